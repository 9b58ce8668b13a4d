"""The engine answers as the SQL of the ICP does, company by company: over made-up companies, ICPs, words and decisions."""

import itertools
import random
import shutil
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db.warehouse import Row, Warehouse
from enrich import decide
from enrich.company import select_everyone
from enrich.config import Config
from enrich.describe import describe_companies
from enrich.engine import answer, index
from enrich.engine.facets import FACETS, UNKNOWN_VALUE, facet_parameters, value_of
from enrich.engine.gather import judge_rows
from enrich.engine.index import SearchIndex
from enrich.gate import Readers, open_readers
from enrich.icp.criteria import compile_website
from enrich.icp.fit import FitQuery, sources_stating
from enrich.icp.model import Criteria, Icp
from enrich.progress import silent
from enrich.publish import publish
from enrich.rules import excluding_bits
from enrich.search import compile_icp, find
from tests.enrich.conftest import company_row, make_config

COMPANIES, FIRST = 300, 910000000
TODAY = date.today()  # noqa: DTZ011 - as far from midnight's edge as the days below
TEXTS = (
    None, "Utvikling av programvare", "Læring, maskinell læring og drift", "maskinell-læring", "Øl og café", "Ol; cafe",
    "Aerlig næring", "Programvareutvikling 3D-print", "handel + service", "Konsultverksamhet och därmed förenlig", "ÆRLIG ART",
)  # fmt: skip
WORDS = (
    "program",
    "øl",
    "ol",
    "læring",
    "ær",
    "CAFÉ",
    "3d-print",
    "maskinell læring",
    "handel",
    "konsult",
    "art",
    "nowhere",
    "drift",
)
INDUSTRIES: tuple[list[tuple[str, str | None]] | None, ...] = (
    None, [], [("62.100", "SN2025")], [("62.010", "SN2007")], [("47.110", "SN2025"), ("62.200", "SN2025")], [("78.200", "SN2025")],
    [("41.000", "SNI2025")], [("6211", "US-SIC")], [("7372", "US-SIC"), ("62.100", "SN2025")], [("6201", None)], [("7820", "DB03")],
)  # fmt: skip
PLACES = (
    ("NO", "46", "4601", "BERGEN", "5003"), ("NO", "03", "0301", "OSLO", "0150"), ("NO", None, "3005", "DRAMMEN", "3015"),
    ("NO", "NO-03", None, None, None), ("SE", "SE-AB", None, None, "11122"), (None, None, None, None, None),
    ("NO", "NO-30", None, None, None), ("NO", None, "0219", "BÆRUM", "1337"),
)  # fmt: skip
SIZES = ((None, None), (0, 0), (1, 4), (2, None), (7, 7), (20, 49), (50, 50), (150, 150), (None, 9))
MARKS = (*[None] * 20, "competitor", "snoozed", "customer")


def made_companies() -> list[dict[str, Any]]:
    """Companies of every combination that a dice gives, a tenth of them natural persons'."""
    dice = random.Random(7)
    rows = []
    for number in range(FIRST, FIRST + COMPANIES):
        country, region, municipality, town, postal_code = dice.choice(PLACES)
        industries = dice.choice(INDUSTRIES)
        low, high = dice.choice(SIZES)
        has_revenue, is_person = dice.random() < 0.4, dice.random() < 0.1
        amount = dice.choice((100_000, 5_000_000, 20_000_000))
        row = company_row(
            number, f"{dice.choice(('ÆRLIG', 'Fjord', 'Café Øl', 'ALFA'))} {dice.choice(('', 'Handel'))} AS"
        )
        rows.append(row | {
            "country_code": country, "region_code": region, "municipality_code": municipality, "municipality_name": town,
            "postal_code": postal_code, "city": town, "employees_low": low, "employees_high": high,
            "industries": None if industries is None else [{"code": code, "scheme": scheme, "rank": 1} for code, scheme in industries],
            "industry_code": industries[0][0] if industries else None, "industry_scheme": industries[0][1] if industries else None,
            "founded_date": dice.choice((None, TODAY - timedelta(days=dice.randrange(-900, 9000)))),
            "registered_date": dice.choice((None, TODAY - timedelta(days=400))),
            "website": dice.choice((None, "x.example")), "sources": dice.choice((["no_brreg"], ["se_scb"], ["gleif", "no_brreg"])),
            "purpose": dice.choice(TEXTS), "activity": dice.choice((None, None, *TEXTS)),
            "site_description": None if is_person else dice.choice((None, None, *TEXTS, "Drift av bruk. …", "… Kun program")),
            "legal_form_code": dice.choice(("AS", "NUF", None)), "legal_form_scheme": dice.choice(("NO-LEGAL-FORM", "ELF")),
            "entity_kind": "sole_trader" if is_person else dice.choice((*["legal_entity"] * 6, "branch", "fund")),
            "is_natural_person": is_person, "status": dice.choice((*["active"] * 6, "unknown", "bankrupt")),
            "is_marketing_protected": dice.choice((None, None, False, True)), "is_customer": dice.random() < 0.05,
            "has_open_deal": dice.random() < 0.03, "is_customer_group": dice.random() < 0.03,
            "last_contacted_date": dice.choice((None, None, TODAY - timedelta(days=10), TODAY - timedelta(days=900))),
            "mark": dice.choice(MARKS), "mark_until": dice.choice((None, TODAY + timedelta(days=9), TODAY - timedelta(days=9))),
            "owner_id": dice.choice((None, None, "11", "99")), "sector_code": dice.choice((None, "2100")),
            "signals": dice.choice((None, [], [{
                "kind": "job_ad", "happened_date": TODAY - timedelta(days=dice.randrange(3, 90)), "until_date": None, "title": "Selger",
                "codes": dice.choice(([], ["STYRK08:3322"])), "position_count": 1, "source": "no_nav",
            }])),
            "is_subsidiary": dice.choice((None, False, True)), "technologies": dice.choice((None, [], ["shopify"])),
            "revenue_growth_1y": dice.choice((None, 0.05, 0.3)), "latitude": dice.choice((None, 60.39, 59.91)), "longitude": 5.32,
            "is_in_crm": (in_crm := dice.random() < 0.3), "crm_company_keys": [f"hubspot:1:{number}"] if in_crm else None, "revenue": amount if has_revenue else None, "revenue_currency": dice.choice(("NOK", "SEK")) if has_revenue else None,
            "revenue_date": date(2024, 12, 31) if has_revenue else None, "revenue_eur": amount // 12 if has_revenue else None,
            "revenue_rate_date": dice.choice((None, date(2024, 12, 31))) if has_revenue else None,
        })  # fmt: skip
    return rows


@pytest.fixture(scope="module", autouse=True)
def small_blocks() -> Iterator[None]:
    """So few companies at a time that there are several blocks, which hear of each other's best, and so little room that tables
    are forgotten, and large dimensions asked in SQL.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer, "_BLOCK", 64)
        for name, little in {
            "_KEPT_LARGE": 1,
            "_KEPT_BYTES": 400,
            "_FEW_COMBINATIONS": 20,
            "_TEXTS_AT_A_TIME": 2,
        }.items():
            patch.setattr(index, name, little)
        yield


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    config = make_config(folder)
    with Warehouse.open_to_write(folder, command="test") as warehouse:
        warehouse.run("normalise/create")
        with warehouse.lend("made", pa.Table.from_pylist(made_companies())):
            warehouse.execute("INSERT INTO core.company BY NAME SELECT * FROM made")
        warehouse.execute(
            "INSERT INTO core.exchange_rate VALUES (DATE '2024-12-31', 'NOK', 11.795), (DATE '2024-12-31', 'SEK', 11.459)"
        )
        warehouse.execute(
            "INSERT INTO core.signal_coverage VALUES ('no_nav', 'job_ad', 'NO', DATE '2020-01-01', now())"
        )
        publish(warehouse, config, "0190f2c3-0000-7000-8000-0000000000aa", silent)
    (folder / "warehouse.duckdb").unlink()
    return folder


@pytest.fixture(scope="module")
def undecided(data: Path) -> Iterator[tuple[Config, Readers]]:
    config = make_config(data)
    with open_readers(config) as readers:
        yield config, readers


@pytest.fixture(scope="module")
def decided(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, Readers]]:
    """The same files, and decisions that they do not know: suppressed, edited and marked companies."""
    folder = tmp_path_factory.mktemp("decided") / "data"
    shutil.copytree(data, folder, symlinks=True)
    config = make_config(folder)
    with open_readers(config) as readers:
        shown = readers.warehouse.ask(
            "SELECT company_id::VARCHAR AS id, anchor_record_id AS record FROM current_company ORDER BY name, id LIMIT 12"
        )
        for place, row in enumerate(shown):
            named: Any = {"company_id": str(row["id"]), "record_id": str(row["record"])}
            if place < 3:
                decide.suppress(config, "organisation", f"NO:{named['record_id'].partition(':')[2]}", why="asked")
            elif place < 7:
                decide.edit(config, **named, field="employees", value=("60", "0", "1-4", "300")[place - 3], why="told")
            elif place < 9:
                field, value = (("industry_code", "62.100"), ("city", "TROMSØ"))[place - 7]
                decide.edit(config, **named, field=field, value=value, why="told")
            else:
                decide.mark(config, **named, mark="partner", why="resells")
        yield config, readers


RANGES = ("1-", "-9", "5-20", "0", "100-")
CRITERIA: dict[str, st.SearchStrategy[Any]] = {
    "country": st.sampled_from((["NO"], ["SE"], ["NO", "SE"])),
    "region": st.sampled_from((["Vestland"], ["Oslo", "Buskerud"], ["SE-AB"], ["Viken"])),
    "municipality": st.sampled_from((["Bergen"], ["3005"], ["Oslo", "4601"])),
    "postal_prefix": st.sampled_from((["50"], ["0", "11"])),
    "industry": st.sampled_from((["62"], ["62.01"], ["47", "78"], ["41"])),
    "employees": st.sampled_from(RANGES),
    "age_years": st.sampled_from(RANGES),
    "revenue": st.sampled_from(("1M-10M NOK", "10M- SEK", "-500k EUR")),
    "legal_form": st.sampled_from((["AS"], ["NUF", "AS"])),
    "sector": st.just(["21"]),
    "has_website": st.booleans(),
    "words": st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True),
    "territory": st.sampled_from((["west"], ["oslo"], ["west", "oslo"])),
    "status": st.sampled_from((["active"], ["bankrupt", "dissolved"])),
    "founded": st.sampled_from(("2015-", "-2010")),
    "is_subsidiary": st.booleans(),
    "technology": st.just(["shopify"]),
    "near": st.just({"place": "Bergen", "km": 50}),
    "in_crm": st.booleans(),
    "last_contact_days": st.sampled_from(("100-", "-30")),
    "last_contact": st.sampled_from(("since 01-01", "before 2026-06-01")),
    "revenue_growth": st.just("10%-"),
    "marketing_protected": st.booleans(),
    "signals": st.sampled_from(({"kind": "job_ad"}, {"kind": "job_ad", "occupations": ["sales"], "days": 30})),
}


def some(most: int) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(st.sampled_from(sorted(CRITERIA)), max_size=most, unique=True)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({name: CRITERIA[name] for name in chosen} | where(chosen))
    )


def where(chosen: Iterable[str]) -> dict[str, st.SearchStrategy[Any]]:
    """In which texts words are looked for: in all half of the time."""
    places: tuple[list[str], ...] = (
        [],
        [],
        [],
        ["website"],
        ["name", "website"],
        ["purpose", "website"],
        ["name", "activity", "purpose"],
    )
    return {"text_in": st.sampled_from(places)} if "words" in chosen else {}


HARD = st.sampled_from(sorted(CRITERIA)).flatmap(
    lambda name: st.fixed_dictionaries(
        {name: CRITERIA[name], "weight": st.sampled_from((1.0, 2.0, 0.7))} | where([name])
    )
)
SOFT = st.fixed_dictionaries({"employees": st.sampled_from(("10-50", "20-")), "soft": st.sampled_from((0.25, 0.8))})
WISHES = st.lists(st.one_of(HARD, HARD, HARD, SOFT), max_size=4)
ICPS = st.builds(
    lambda must, should, must_not: {"must": must, "should": should, "must_not": must_not}, some(3), WISHES, some(1)
).filter(lambda icp: any(icp.values()))
QUESTIONS = st.fixed_dictionaries({
    "icp": ICPS,
    "text": st.one_of(st.none(), st.none(), st.sampled_from(WORDS), st.just('"maskinell læring"'), st.just("program drift")),
    "owner": st.one_of(st.none(), st.none(), st.sampled_from(("Vestland-Vera", "unassigned", "99"))),
    "include": st.sets(st.sampled_from(("customers", "marked", "dead", "little-known", "kinds", "natural-persons")), max_size=3),
})  # fmt: skip


@settings(
    max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=(Phase.generate,)
)
@given(question=QUESTIONS)
def test_published_companies_are_answered_as_in_sql(
    undecided: tuple[Config, Readers], question: dict[str, Any]
) -> None:
    assert_same(*undecided, **question)


@pytest.mark.parametrize("little_said", [0, 1_000_000])
@pytest.mark.parametrize("text", ['"maskinell læring"', "program drift", '"program og drift"', "e-handel"])
def test_a_phrase_is_found_whether_or_not_its_frequent_words_are_looked_up(
    data: Path, text: str, little_said: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enrich.engine.index._LITTLE_SAID", little_said)
    config = make_config(data)
    with open_readers(config) as readers:  # others have kept what they found
        assert_same(config, readers, icp={"must": {"country": ["NO"]}}, text=text, owner=None, include=set())


ASKED = {
    "country": ["NO"], "region": ["Vestland"], "municipality": ["Bergen"], "postal_prefix": ["50"], "industry": ["62.01"],
    "employees": "5-20", "age_years": "5-", "revenue": "1M-10M NOK", "legal_form": ["AS"], "sector": ["21"], "has_website": True,
    "words": ["program"], "territory": ["oslo"], "status": ["active"], "founded": "2015-", "is_subsidiary": True,
    "technology": ["shopify"], "in_crm": True, "last_contact_days": "100-", "last_contact": "since 01-01", "revenue_growth": "10%-", "marketing_protected": False,
    "signals": {"kind": "job_ad"}, "near": {"place": "Bergen", "km": 50},
    "employees_growth": "10%-", "group_size": "2-10", "has_parent": True, "roles": ["board"],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ASKED))
def test_no_company_is_looked_at_for_what_combinations_of_values_tell(
    data: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(data)
    asking = config.model_copy(update={"icp": {"made": Icp.model_validate({"must": {name: ASKED[name]}})}})
    judged_by_itself = Mock(side_effect=AssertionError)
    monkeypatch.setattr(SearchIndex, "_judge_each", judged_by_itself)
    with open_readers(config) as readers:
        answer = find(readers, asking, "made", limit=1)
    judged_by_itself.assert_not_called()
    assert answer.fits + answer.may_fit + sum(each.company_count or 0 for each in answer.left_out)


def test_every_criterion_was_looked_at() -> None:
    says_how = {"text_in", "industry_scheme", "required"}  # of another criterion
    assert set(ASKED) | says_how == set(Criteria.model_fields)


@pytest.mark.parametrize("words", ["program læring", "handel", "drift øl"])
def test_a_page_of_words_is_the_beginning_of_all(undecided: tuple[Config, Readers], words: str) -> None:
    config, readers = undecided
    wish = {"employees": "10-50", "soft": 0.25}
    asking = config.model_copy(update={"icp": {"made": Icp.model_validate({"should": [wish]})}})
    everyone = find(readers, asking, "made", words=words, limit=None).companies
    for limit in (1, 2, 5):
        page = find(readers, asking, "made", words=words, limit=limit).companies
        assert [one.values for one in page] == [one.values for one in everyone[:limit]]


def test_a_people_file_without_businesses_answers(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        warehouse.run("normalise/create")
        company = next(row for row in made_companies() if not row["is_natural_person"])
        with warehouse.lend(
            "made", pa.Table.from_pylist([company | {"status": "active", "employees_low": 10, "employees_high": 10}])
        ):
            warehouse.execute("INSERT INTO core.company BY NAME SELECT * FROM made")
        publish(warehouse, config, "0190f2c3-0000-7000-8000-0000000000ab", silent)
    wish = {"employees": "10-50", "soft": 0.25}
    asking = config.model_copy(update={"icp": {"made": Icp.model_validate({"should": [wish]})}})
    with open_readers(asking) as readers:
        page = find(
            readers, asking, "made", facets=True, include={"customers", "marked", "dead", "little-known", "kinds"}
        )
    assert (page.fits, page.may_fit, len(page.companies)) == (1, 0, 1)


@pytest.mark.parametrize(
    "stopped", [("rows", Warehouse), ("table", Warehouse), ("beside", Warehouse), ("_read", SearchIndex)]
)
def test_what_was_stopped_halfway_is_done_again(
    decided: tuple[Config, Readers], stopped: tuple[str, type], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, _ = decided
    asking = config.model_copy(update={"icp": {"made": Icp.model_validate({"must": {"country": ["NO"]}})}})

    def asked(readers: Readers) -> list[Any]:
        found = find(readers, asking, "made", limit=None, include={"natural-persons"}, why_include="a test")
        return [found.fits, found.may_fit, [one.values["company_id"] for one in found.companies]]

    with open_readers(config) as readers:
        right = asked(readers)
    name, of = stopped
    does, calls = getattr(of, name), itertools.count()
    with open_readers(config) as readers:
        monkeypatch.setattr(of, name, lambda *given, **named: [next(calls), does(*given, **named)][1])
        asked(readers)
    for last in range(next(calls)):
        left = itertools.chain([False] * last, [True], itertools.repeat(False))

        def once_stopped(*given: Any, left: Iterator[bool] = left, **named: Any) -> Any:
            if next(left):
                raise KeyboardInterrupt
            return does(*given, **named)

        monkeypatch.setattr(of, name, does)
        with open_readers(config) as readers:
            monkeypatch.setattr(of, name, once_stopped)
            with pytest.raises(KeyboardInterrupt):
                asked(readers)
            assert asked(readers) == right


def test_a_suppression_whose_laying_was_stopped_is_laid_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(data, tmp_path / "data", symlinks=True)
    config = make_config(tmp_path / "data")
    asking = config.model_copy(update={"icp": {"made": Icp.model_validate({"must": {"country": ["NO"]}})}})
    with open_readers(config) as readers:
        shown = find(readers, asking, "made").companies[0].values
        number = str(shown["anchor_record_id"]).partition(":")[2]
        decide.suppress(config, "organisation", f"NO:{number}", why="asked")
        with monkeypatch.context() as patch:
            patch.setattr(Warehouse, "run", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                find(readers, asking, "made")
        assert shown["company_id"] not in {
            one.values["company_id"] for one in find(readers, asking, "made", limit=None).companies
        }


def test_half_a_point_is_rounded_up_as_in_sql(undecided: tuple[Config, Readers]) -> None:
    wishes = [{"has_website": True, "weight": 1}, {"is_subsidiary": True, "weight": 7}]  # 12.5 and 87.5 of 100
    assert_same(*undecided, icp={"should": wishes}, text=None, owner=None, include=set())


@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=(Phase.generate,)
)
@given(question=QUESTIONS)
def test_pending_decisions_are_heard_as_in_sql(decided: tuple[Config, Readers], question: dict[str, Any]) -> None:
    assert_same(*decided, **question)


def assert_same(
    config: Config, readers: Readers, *, icp: dict[str, Any], text: str | None, owner: str | None, include: set[str]
) -> None:
    """That `find` gives whom the SQL gives, in its order, with its scores, rules and reasons, and counts the others as it does."""
    asking = config.model_copy(update={"icp": {"made": Icp.model_validate(icp)}})
    why = "a test" if "natural-persons" in include else None
    said = find(
        readers, asking, "made", text=text, owner=owner, include=include, why_include=why, limit=None, facets=True
    )
    query = compile_icp(readers, asking, "made", asking.icp["made"], text=text)
    rows = asked_in_sql(readers, asking, query, owner)
    kept = [row for row in rows if not row["rules"] & excluding_bits(include)]
    assert said.fits == sum(row["verdict"] == "yes" for row in kept)
    assert said.may_fit == sum(row["verdict"] == "maybe" for row in kept)
    assert [told(one.values) for one in said.companies] == [told(row) for row in kept]
    shown = [dict(one.values) for one in said.companies[:25]]
    assert shown == describe_companies(readers, asking, query, [str(one["company_id"]) for one in shown])
    assert [one.company_count for one in said.left_out if one.company_count] == left_out(rows, excluding_bits(include))
    page = find(readers, asking, "made", text=text, owner=owner, include=include, why_include=why, limit=7)
    assert [one.values for one in page.companies] == [one.values for one in said.companies[:7]]
    counted = {(one.facet, one.value): one.company_count for one in said.facets or ()}
    assert counted == facets_in_sql(readers, query, [str(row["company_id"]) for row in kept])


def asked_in_sql(readers: Readers, config: Config, query: FitQuery, owner: str | None) -> list[Any]:
    """Every company that fits or may fit, held back or not, best first."""
    judged = judge_rows(readers, query, f"({select_everyone(readers)})")
    ordered = f"SELECT * FROM ({judged}) ORDER BY verdict = 'yes' DESC, fit_low DESC, fit_high DESC, employees_low DESC NULLS LAST, name, company_id"
    return readers.warehouse.ask(ordered, **query.parameters, contacted_days=config.find.contacted_days, owner=owner)


def told(values: Any) -> tuple[Any, ...]:
    return (
        str(values["company_id"]),
        values["verdict"],
        values["fit_low"],
        values["fit_high"],
        values["owner"] or "unassigned",
    )


def left_out(rows: list[Any], excluding: int) -> list[int]:
    """How many each rule left out, each company at its first, in the order of the rules."""
    firsts = [bits & -bits for bits in (row["rules"] & excluding for row in rows) if bits]
    return [firsts.count(bit) for bit in sorted(set(firsts))]


def facets_in_sql(readers: Readers, query: FitQuery, company_ids: list[str]) -> dict[tuple[str, str], int]:
    website = compile_website(sources_stating("website"))
    counted: dict[tuple[str, str], int] = {}
    for facet in FACETS:
        rows: list[Row] = readers.warehouse.ask(
            f"SELECT coalesce(({value_of(facet, website)})::VARCHAR, '{UNKNOWN_VALUE}') AS value, count(*) AS n "
            f"FROM ({select_everyone(readers)}) WHERE company_id IN (SELECT unnest($ids::UUID[])) GROUP BY ALL",
            ids=company_ids,
            **facet_parameters(website, as_of=query.parameters["as_of"]),
        )
        counted |= {(facet.name, str(row["value"])): int(str(row["n"])) for row in rows}
    return counted
