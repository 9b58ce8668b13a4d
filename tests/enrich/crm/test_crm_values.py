import csv
import re
import string
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no import orgnr

from enrich.crm.columns import decide_orders, find_rules
from enrich.crm.country import country_names, read_country
from enrich.crm.dates import ORDERS, orders_of, read_date, read_moment
from enrich.crm.labels import KINDS, labels_of
from enrich.crm.person import looks_like_person
from enrich.crm.read import Cell
from enrich.crm.registration import is_personal_number, read_registration
from enrich.crm.rejects import RejectFile, redact
from enrich.crm.values import (
    ValueUnreadable,
    is_ruined,
    read_boolean,
    read_employees,
    read_key,
    read_label,
    read_money,
    read_number,
    read_text,
)

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
DAYS = st.dates(date(1970, 1, 1), date(2068, 12, 31))
CELLS = st.one_of(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), DAYS)


def reason_of(read: object, *arguments: object) -> str:
    with pytest.raises(ValueUnreadable) as caught:
        read(*arguments)  # type: ignore[operator]
    return caught.value.code


def grouped(amount: Decimal, group: str, mark: str) -> str:
    return f"{amount:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", group)


@pytest.mark.parametrize(
    ("group", "mark"), [(" ", ","), (".", ","), (",", "."), ("\u00a0", ","), ("'", "."), ("", ",")]
)
@given(amount=AMOUNTS)
def test_a_number_with_two_decimals_is_read_in_every_way_of_writing_it(group: str, mark: str, amount: Decimal) -> None:
    assert read_number(grouped(amount, group, mark)) == amount


@given(amount=st.integers(1_000, 999_999))
def test_a_single_mark_before_three_digits_is_never_guessed(amount: int) -> None:
    dotted = f"{amount:,}"
    assert reason_of(read_number, dotted) == "ambiguous_number"
    assert read_number(dotted, mark=".") == amount
    assert read_number(dotted, mark=",") == Decimal(dotted.replace(",", "."))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12,34.56.78", "not_a_number"),
        ("1,2E+07", "ruined_by_spreadsheet"),
        ("1 23 456", "not_a_number"),
        ("mye", "not_a_number"),
        ("10 MNOK", "not_a_number"),
        ("#REF!", "spreadsheet_error"),
        ("½", "not_a_number"),
    ],
)
def test_what_is_no_number_is_left_out(text: str, said: str) -> None:
    assert reason_of(read_number, text) == said


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1 234,5 kr", "1234.5", None),
        ("kr. 1 200", "1200", None),
        ("$99.95", "99.95", None),
        ("SEK 12.000.000", "12000000", "SEK"),
        ("£1,250.00", "1250.00", "GBP"),
        ("(500,00) EUR", "-500.00", "EUR"),
    ],
)
def test_amounts_with_their_currency(text: str, amount: str, currency: str | None) -> None:
    assert read_money(text) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text", ["ca 20", "~50", "11 to", "50-11", "-5", "12.5", "mange", "9,2E+03", "1-2-3", "1 111,5", "1.111.00"]
)
def test_sizes_that_are_no_range_are_left_out(text: str) -> None:
    assert reason_of(read_employees, text) in ("not_a_size", "ruined_by_spreadsheet")


def test_a_size_that_a_spreadsheet_made_a_date_is_left_out() -> None:
    assert reason_of(read_employees, date(2024, 10, 1)) == "spreadsheet_date"


@pytest.mark.parametrize("text", ["1 111,0", "1\u00a0111,00", "1.111,0", "1,111.0", "1111.0", "1111,00", "1.111"])
def test_a_whole_number_may_have_decimals_that_are_zero(text: str) -> None:
    assert read_employees(text) == (1_111, 1_111)


@given(low=st.integers(0, 99_999), more=st.integers(0, 9_999))
def test_ranges_of_employees(low: int, more: int) -> None:
    assert read_employees(f"{low} – {low + more}") == (low, low + more)
    assert read_employees(f"{low:,}-{low + more:,}".replace(",", " ")) == (low, low + more)
    assert read_employees(f"{low}+") == (low, None)
    assert read_employees(float(low)) == (low, low)


@given(day=DAYS, order=st.sampled_from([("dmy", "%d/%m/%Y"), ("mdy", "%m/%d/%Y"), ("ymd", "%Y/%m/%d")]))
def test_a_date_in_the_order_of_its_column_is_that_date(day: date, order: tuple[str, str]) -> None:
    assert read_date(day.strftime(order[1]), frozenset({order[0]})) == day


@given(day=DAYS, form=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%y", "%y/%m/%d"]))
def test_without_its_order_a_date_is_that_date_or_unknown(day: date, form: str) -> None:
    text = day.strftime(form)
    orders = orders_of(text)
    read = {order: read_date(text, frozenset({order})) for order in orders}
    assert day in read.values()
    if len(set(read.values())) > 1:
        assert reason_of(read_date, text) == "ambiguous_date"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-03-05 14:22", datetime(2024, 3, 5, 14, 22, tzinfo=UTC)),
        ("2024-03-05T14:22:10.500Z", datetime(2024, 3, 5, 14, 22, 10, tzinfo=UTC)),
        ("2024-03-05T14:22:10+0200", datetime(2024, 3, 5, 12, 22, 10, tzinfo=UTC)),
        ("13/02/2024 2:05 PM", datetime(2024, 2, 13, 14, 5, tzinfo=UTC)),
        ("13. 2. 2024", datetime(2024, 2, 13, tzinfo=UTC)),
        ("1709647320000", datetime(2024, 3, 5, 14, 2, tzinfo=UTC)),
        (45356, datetime(2024, 3, 5, tzinfo=UTC)),
        (45356.5, datetime(2024, 3, 5, 12, tzinfo=UTC)),
        (date(2024, 3, 5), datetime(2024, 3, 5, tzinfo=UTC)),
    ],
    ids=str,
)
def test_moments(cell: Cell, moment: datetime) -> None:
    assert read_moment(cell) == moment


@pytest.mark.parametrize("text", ["i går", "45356", "2024-02-30", "00/00/0000", "1/2", "99999999"])
def test_what_is_no_date_is_left_out(text: str) -> None:
    assert reason_of(read_date, text) == "not_a_date"


def test_a_column_is_decided_by_its_own_rows_then_by_the_configuration() -> None:
    rows: list[tuple[int, list[Cell]]] = [
        (2, ["03/04/2024", "03/04/2024", "1.234"]),
        (3, ["2024-01-02", "25/12/2023", "0,5"]),
    ]
    places = {"created": 0, "modified": 1, "revenue": 2}
    rules = find_rules(rows, places)
    assert rules.date_orders == {"created": frozenset({"dmy", "mdy"}), "modified": frozenset({"dmy"})}
    assert rules.decimal_marks == {"revenue": ","}
    assert find_rules(rows, places, date_order="mdy").date_orders == {
        "created": frozenset({"mdy"}),
        "modified": frozenset({"dmy"}),
    }
    assert decide_orders([orders_of("25/12/2023"), orders_of("12/25/2023")], None) == ORDERS


@given(number=st.integers(10_000_000, 99_999_999).map(lambda body: f"{body}{_check_digit(body)}"))
def test_norwegian_numbers_however_they_are_written(number: str) -> None:
    if not orgnr.is_valid(number):
        return
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    for text in (number, spaced, f"NO{number}MVA", f"NO {spaced} MVA", f"{spaced}\u00a0"):
        found = read_registration(text, "NO")
        assert found is not None
        assert (found.scheme, found.value) == ("NO-ORGNR", number)


def _check_digit(body: int) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(str(body), (3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 11)[:1]


@pytest.mark.parametrize(
    ("text", "country", "scheme", "value"),
    [
        ("556703-7485", "SE", "SE-ORGNR", "5567037485"),
        ("SE556703748501", None, "SE-ORGNR", "5567037485"),
        ("2077474-0", "FI", "FI-YTUNNUS", "2077474-0"),
        ("DK 13 58 56 28", None, "DK-CVR", "13585628"),
        ("01234567", "GB", "GB-COH", "01234567"),
        ("sc123456", "GB", "GB-COH", "SC123456"),
        ("HRB 12345", "DE", "DE-REG", "HRB12345"),
        ("5493001KJTIIGC8Y1R12", None, "LEI", "5493001KJTIIGC8Y1R12"),
    ],
)
def test_numbers_of_other_countries(text: str, country: str | None, scheme: str, value: str) -> None:
    found = read_registration(text, country)
    assert found is not None
    assert (found.scheme, found.value) == (scheme, value)


@pytest.mark.parametrize(
    ("cell", "country", "said"),
    [
        ("9,23609E+08", "NO", "ruined_number"),
        ("9.23609E+08", "NO", "ruined_number"),
        ("9E+08", None, "ruined_number"),
        (923609016.5, "NO", "ruined_number"),
        ("92360901", "NO", "short_number"),
        ("923609000", "NO", "invalid_number"),
        ("1234567", "GB", "short_number"),
        ("923609016", None, "number_without_country"),
        ("811228-9874", "SE", "personal_number"),
        ("131052-308T", "FI", "personal_number"),
        ("15108695088", "NO", "personal_number"),
    ],
)
def test_numbers_that_are_ruined_or_a_persons_are_never_guessed(cell: Cell, country: str | None, said: str) -> None:
    assert reason_of(read_registration, cell, country) == said


@given(digits=st.integers(100_000, 10**12))
def test_what_a_spreadsheet_writes_for_a_long_number_is_ruined(digits: int) -> None:
    assert is_ruined(f"{digits:.5E}")
    assert is_ruined(f"{digits:.5E}".replace(".", ","))
    assert not is_ruined(str(digits))
    assert reason_of(read_key, f"{digits:.3E}") == "ruined_by_spreadsheet"


def is_finite(number: Decimal | None) -> bool:
    return number is None or number.is_finite()


OF_ANY_TEXT = {"too_long", "damaged_bytes", "spreadsheet_error"}
OF_NUMBERS = {"not_a_number", "ambiguous_number", "ruined_by_spreadsheet"}
READERS: dict[Callable[[Cell], Any], tuple[set[str], Callable[[Any], object]]] = {
    read_text: (set(), lambda text: text is None or text == " ".join(text.split()) != ""),
    read_employees: (
        {"not_a_size", "spreadsheet_date", "ruined_by_spreadsheet"},
        lambda size: size == (None, None) or 0 <= size[0] <= (size[0] if size[1] is None else size[1]),
    ),
    read_money: (
        OF_NUMBERS,
        lambda money: is_finite(money[0]) and (money[1] is None or re.fullmatch("[A-Z]{3}", money[1])),
    ),
    read_number: (OF_NUMBERS, is_finite),
    read_moment: (
        {"not_a_date", "ambiguous_date", "other_date_order"},
        lambda moment: moment is None or moment.tzinfo is not None,
    ),
    read_boolean: ({"not_yes_or_no"}, lambda said: said in (True, False, None)),
    read_country: ({"unknown_country"}, lambda code: code is None or code in country_names().values()),
}
"""The codes with which each refuses beside OF_ANY_TEXT, and what holds of all that it reads."""


@pytest.mark.parametrize("read", READERS)
@given(cell=CELLS)
def test_any_cell_is_read_or_refused_with_a_reason(read: Callable[[Cell], Any], cell: Cell) -> None:
    codes, is_sound = READERS[read]
    value, refused = None, None
    try:
        value = read(cell)
    except ValueUnreadable as unreadable:
        refused = unreadable
    if refused is None:
        assert is_sound(value)
    else:  # reasons are counted by their text: each is one of a few sentences
        assert refused.code in codes | OF_ANY_TEXT
        assert re.match("(it|its|a spreadsheet|the spreadsheet|day and month) ", refused.reason)


@given(text=st.text(alphabet=string.printable + "\u200f\u202e\ufeffåÅ<>&\u00a0", max_size=80))
def test_text_is_one_line_without_marks_that_cannot_be_seen(text: str) -> None:
    try:
        read = read_text(text)
    except ValueUnreadable:
        return
    if read is not None:
        assert read == " ".join(read.split())
        assert not set(read) & set("\0\u200f\u202e\ufeff\x0b")


def test_no_cell_of_a_reject_file_is_computed_nor_its_header(tmp_path: Path) -> None:
    rejects = RejectFile(path=tmp_path / "rejects.csv", header=["=1+1", "phone"], dropped=frozenset(), is_dry_run=False)
    rejects.add(2, "rejected", "no name", ["\n=HYPERLINK(1)", "+47 22 33 44 55"])
    rejects.finish()
    with rejects.path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["row", "outcome", "reason", "'=1+1", "phone"],
            ["2", "rejected", "no name", "'\n=HYPERLINK(1)", "+47 22 33 44 55"],
        ]


def test_personal_numbers_do_not_reach_a_reject_file() -> None:
    assert redact("8112289874") == "[personal number removed]"
    assert is_personal_number("198112289874")
    assert not is_personal_number("9001000001")


@pytest.mark.parametrize("section", [*KINDS, "lifecycle_stage", "lead_status", "deal_stage", "company_type", "boolean"])
def test_no_label_means_two_things(section: str) -> None:
    assert len(labels_of(section)) > 20


def test_no_country_name_means_two_countries() -> None:
    assert len(country_names()) > 600
    for code in set(country_names().values()):
        assert read_country(code) == code


@pytest.mark.parametrize(
    ("label", "section", "value"),
    [
        ("Marknadskvalificerat lead", "lifecycle_stage", "marketingqualifiedlead"),
        ("salesqualifiedlead", "lifecycle_stage", "salesqualifiedlead"),
        ("Asiakas", "lifecycle_stage", "customer"),
        ("ATTEMPTED_TO_CONTACT", "lead_status", "ATTEMPTED_TO_CONTACT"),
        ("Yritetty ottaa yhteyttä", "lead_status", "ATTEMPTED_TO_CONTACT"),
        ("Closed Won", "deal_stage", "won"),
        ("decisionmakerboughtin", "deal_stage", "open"),
        ("Stängd förlorad", "deal_stage", "lost"),
        ("Tapt forhandling", "deal_stage", "lost"),
        ("Tabt", "deal_stage", "lost"),
        ("Vunnet", "deal_stage", "won"),
        ("Vundet aftale", "deal_stage", "won"),
    ],
)
def test_stages_by_value_and_by_label(label: str, section: str, value: str) -> None:
    assert read_label(label, section) == value


@pytest.mark.parametrize(
    ("name", "mailbox", "has_facts", "is_person"),
    [
        ("kari.nordmann@gmail.com", "kari.nordmann@gmail.com", False, True),
        ("Herr Ola Nordmann", "ola@gmail.com", False, True),
        ("HR One Group", None, False, False),
        ("Nordmann, Ola", None, False, True),
        ("Ola Nordmann", "ola.nordmann@gmail.com", False, True),
        ("Ola Nordmann", "post@gmail.com", False, False),
        ("Ola Nordmann AS", "ola.nordmann@gmail.com", False, False),
        ("Ola Nordmann", "ola.nordmann@gmail.com", True, False),
        ("ACERINOX, SA", None, False, False),
        ("NORDMANN, OLA", None, False, False),
        ("Ernst & Young", None, False, False),
        (None, "kari@gmail.com", False, False),
    ],
)
def test_a_person_is_told_only_by_strong_evidence(
    name: str | None, mailbox: str | None, has_facts: bool, is_person: bool
) -> None:
    assert looks_like_person(name, mailbox=mailbox, has_company_facts=has_facts) is is_person


def test_a_day_is_a_day_in_any_time_zone() -> None:
    assert read_moment("2024-03-05T00:30:00+01:00") == datetime(2024, 3, 5, tzinfo=UTC) - timedelta(minutes=30)


@pytest.mark.parametrize(
    ("text", "country", "scheme", "value"),
    [
        ("12999003", "EE", "EE-REGISTRIKOOD", "12999003"),
        ("LV40003000500", None, "LV-REGNR", "40003000500"),
        ("CZ 27074358", None, "CZ-ICO", "27074358"),
        ("0000725647", "PL", "PL-KRS", "0000725647"),
        ("PL 526-030-02-91", "PL", "PL-NIP", "5260300291"),
        ("732 829 320 00074", "FR", "FR-SIREN", "732829320"),
        ("FR44732829320", None, "FR-SIREN", "732829320"),
        ("BE 0403.170.701", None, "BE-KBO", "0403170701"),
        ("CHE-105.962.823 MWST", None, "CH-UID", "CHE105962823"),
        ("498284", "IE", "IE-CRO", "498284"),
        ("IE6388047V", "IE", "IE-REG", "IE6388047V"),
    ],
)
def test_numbers_of_further_countries_have_their_registers_scheme(
    text: str, country: str | None, scheme: str, value: str
) -> None:
    read = read_registration(text, country)
    assert read is not None
    assert (read.scheme, read.value) == (scheme, value)


@pytest.mark.parametrize(
    ("text", "country"), [("37605030299", "EE"), ("161175-19997", "LV"), ("7103192745", "CZ"), ("44051401359", "PL")]
)
def test_numbers_of_persons_of_further_countries_do_not_stay(text: str, country: str) -> None:
    with pytest.raises(ValueUnreadable) as raised:
        read_registration(text, country)
    assert raised.value.code == "personal_number"
