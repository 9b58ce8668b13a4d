"""Klass over a real socket: what changed and what stayed, and tables that are refused."""

import re
from collections.abc import Callable, Iterator

import pytest

from sources.errors import SourceAborted
from sources.http import PoliteClient
from sources.registers import no_ssb_klass
from sources.source import CodesConnector
from tests.registers.klass_server import CHANGES, KlassServer
from tests.registers.loopback import said_json


@pytest.fixture
def klass() -> Iterator[KlassServer]:
    with KlassServer() as server:
        yield server


@pytest.fixture
def client(make_client: Callable[..., PoliteClient], klass: KlassServer) -> PoliteClient:
    return make_client(attempts=2, environ={no_ssb_klass.SOURCE.base_url_env: klass.origin})


def test_every_pair_of_codes_is_known_those_that_stayed_too(klass: KlassServer, client: PoliteClient) -> None:
    assert isinstance(no_ssb_klass, CodesConnector)
    lists = no_ssb_klass.fetch_codes(client)
    industries = {one for one in lists.correspondences if one[0] == "SN2007"}
    assert industries == {("SN2007", old, "SN2025", new) for old, new in klass.pairs}
    assert ("SN2007", "01.110", "SN2025", "01.110") in lists.correspondences
    titles = {(code.scheme, code.code): code.title for code in lists.codes}
    assert titles["SN2007", "62.011"] == "Tittel 62.011"
    assert titles["SN2025", "62"] == "Tittel 62"
    days = {"2024-12-31", "2026-01-01", "2017-12-31", "2019-12-31", None}
    assert {asked.params.get("date") for asked in klass.asked} == days


def test_a_code_that_was_given_to_something_else_does_not_lead_to_itself(client: PoliteClient) -> None:
    lists = no_ssb_klass.fetch_codes(client)
    assert {new for _, old, _, new in lists.correspondences if old == "47.810"} != {"47.810"}


def test_a_row_without_a_counterpart_is_passed_over(klass: KlassServer, client: PoliteClient) -> None:
    klass.extra = [
        {"sourceCode": "62.101", "targetCode": "* Har ingen korrespondanse i SN2007"},
        {"sourceCode": "62.101", "targetCode": None},
    ]
    found = no_ssb_klass.fetch_codes(client).correspondences
    assert len([one for one in found if one[0] == "SN2007"]) == len(klass.pairs)


def became(client: PoliteClient, number: str, year: int = 2019) -> set[str]:
    found = no_ssb_klass.fetch_codes(client).correspondences
    return {after for scheme, before, _, after in found if (scheme, before) == (f"KOMMUNE{year}", number)}


@pytest.mark.parametrize(
    ("number", "year", "today"),
    [
        ("0101", 2019, {"3101"}),
        ("0123", 2019, {"3118"}),
        ("1850", 2019, {"1806", "1875"}),
        ("1142", 2019, {"1103"}),
        # what stayed, and what got another name only
        ("1103", 2019, {"1103"}),
        ("1804", 2019, {"1804"}),
        # a part of it is another's since
        ("1519", 2019, {"1577", "1520"}),
        # numbers of before 2018, and those of then that 2019 has no more
        ("1601", 2017, {"5001"}),
        ("1601", 2019, set()),
        ("5001", 2019, {"5001"}),
        ("3001", 2019, set()),
        ("9999", 2019, set()),
    ],
)
def test_a_municipality_is_followed_to_its_numbers_of_today(
    client: PoliteClient, number: str, year: int, today: set[str]
) -> None:
    assert became(client, number, year) == today


def test_a_number_that_ended_or_began_leads_nowhere(klass: KlassServer, client: PoliteClient) -> None:
    whole = no_ssb_klass.fetch_codes(client)
    klass.changes = (*klass.changes, ("2020-01-01", "2111", ""), ("2020-01-01", "", "2100"))
    assert no_ssb_klass.fetch_codes(client) == whole
    assert whole.warnings == ()


NOWHERE = tuple((day, before, "7777") for day, before, _ in CHANGES)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (NOWHERE, r"codes of KOMMUNE2017 nowhere, and from nowhere to 6 of KOMMUNE"),
        ((), "is no list of changes: 0 of its 0 rows"),
        ((("2020-01-01", "0101", ""),), "is no list of changes: 1 of its 1 rows have a day and a code, 0 an old"),
        ((*CHANGES, ("2020-01-01", "", "")), "is no list of changes: 14 of its 15 rows"),
    ],
)
def test_changes_that_cannot_be_used_stop_only_the_municipalities(
    klass: KlassServer, client: PoliteClient, changes: tuple[tuple[str, str, str], ...], why: str
) -> None:
    industries = {one for one in no_ssb_klass.fetch_codes(client).correspondences if one[0] == "SN2007"}
    klass.changes = changes
    lists = no_ssb_klass.fetch_codes(client)
    assert set(lists.correspondences) == industries
    [warning] = lists.warnings
    assert warning.startswith(
        "what became of the numbers of municipalities stays as it was fetched before: no_ssb_klass: "
    )
    assert re.search(why, warning)


@pytest.mark.parametrize("status", [404, 503])
def test_changes_that_are_not_had_stop_only_the_municipalities(
    klass: KlassServer, client: PoliteClient, status: int
) -> None:
    whole = klass.answer
    gone = said_json({}, status)
    klass.answer = lambda asked: gone if "changes" in asked.path else whole(asked)  # type: ignore[method-assign]
    lists = no_ssb_klass.fetch_codes(client)
    assert {one[0] for one in lists.correspondences} == {"SN2007"}
    assert len(lists.warnings) == 1


def test_a_table_of_other_lists_is_refused(klass: KlassServer, client: PoliteClient) -> None:
    klass.extra = [{"sourceCode": "0301", "targetCode": "030101"}]
    with pytest.raises(SourceAborted, match="It seems to be of other lists"):
        no_ssb_klass.fetch_codes(client)


def test_a_table_that_contradicts_the_one_of_the_program_is_refused(klass: KlassServer, client: PoliteClient) -> None:
    news = sorted({new for _, new in klass.pairs})
    turned = dict(zip(news, [*news[7:], *news[:7]], strict=True))
    klass.pairs = {(old, turned[new]) for old, new in klass.pairs}
    with pytest.raises(SourceAborted, match="of its table says what the one that comes with the program says"):
        no_ssb_klass.fetch_codes(client)


def test_a_table_that_loses_codes_is_refused(klass: KlassServer, client: PoliteClient) -> None:
    empty = said_json({"correspondenceMaps": [{"sourceCode": "62.101", "targetCode": "62.011"}]})
    whole = klass.answer

    klass.answer = lambda asked: empty if "tables" in asked.path else whole(asked)  # type: ignore[method-assign]
    with pytest.raises(SourceAborted, match="codes lead nowhere"):
        no_ssb_klass.fetch_codes(client)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (said_json({"codes": [{"code": "62", "name": "IT"}]}), "has 1 codes, and should have 1,500"),
        (said_json({"codes": "none"}), "has 0 codes"),
        (said_json({"message": "not found"}, 404), "404"),
    ],
)
def test_a_list_that_is_none_is_refused(answer: object, message: str, klass: KlassServer, client: PoliteClient) -> None:
    klass.spoil(answer)  # type: ignore[arg-type]
    with pytest.raises(SourceAborted, match=message):
        no_ssb_klass.fetch_codes(client)


def test_a_table_that_is_gone_is_said(klass: KlassServer, client: PoliteClient) -> None:
    klass.table = "3000"
    with pytest.raises(SourceAborted, match="404"):
        no_ssb_klass.fetch_codes(client)
