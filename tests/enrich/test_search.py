"""Finding companies in the published small world of conftest.py."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from db.sql import read_query
from db.warehouse import Warehouse
from enrich import decide, lacking
from enrich.config import Config
from enrich.errors import CompanySuppressed, ConfigInvalid, InputInvalid, NotFound
from enrich.gate import Readers, open_readers
from enrich.icp.model import Criteria, Icp
from enrich.icp.reasons import Answer
from enrich.lacking import find_lacking, say_lacking
from enrich.progress import silent
from enrich.publish import publish
from enrich.runs import new_run_id
from enrich.search import (
    FindAnswer,
    _most_telling,
    compile_icp,
    find,
    read_company,
    read_territory_owner,
    resolve_company,
)
from enrich.why import explain_company
from tests.enrich.conftest import company_row, insert_companies

NumberOf = Callable[[str], str]


def names(answer: FindAnswer) -> list[str]:
    return [str(company.values["name"]) for company in answer.companies]


def left_out(answer: FindAnswer) -> dict[str, int | None]:
    return {one.rule: one.company_count for one in answer.left_out}


def record_of(number: str) -> dict[str, Any]:
    digits = number.removeprefix("NO:")
    return {"company_id": str(uuid.UUID(int=int(digits))), "record_id": f"no_brreg:{digits}"}


def test_known_fits_come_before_those_that_may_fit_then_by_score_then_by_size(
    published: Config, readers: Readers
) -> None:
    answer = find(readers, published, "software")
    assert names(answer) == [
        "BETA KODE AS",
        "ALFA KODE AS",
        "OMIKRON UVISS AS",
        "PSI VAKNET AS",
        "YPSILON RINGT FOR LENGE SIDEN AS",
        "ZETA OSLO AS",
        "EPSILON KODE AS",
        "=FORMEL() AS",
        "GAMMA KODE AS",
        "DELTA KODE AS",
    ]
    assert (answer.fits, answer.may_fit, answer.truncated) == (9, 1, False)


def test_every_rule_says_how_many_it_left_out_each_counted_once(published: Config, readers: Readers) -> None:
    assert left_out(find(readers, published, "software")) == {
        "suppressed": 1,
        "natural_person": 1,
        "kind": 2,
        "dead": 2,
        "marketing_protected": 1,
        "customer": 2,
        "customer_group": 1,
        "contacted": 1,
        "marked": 2,
    }


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({"mark": "snoozed", "mark_until": date(2026, 11, 21)}, 256),
        ({"mark": "snoozed", "mark_until": date(2026, 11, 20)}, 0),
        ({"mark": "snoozed"}, 256),
        ({"last_contacted_date": date(2026, 10, 23)}, 128),
        ({"last_contacted_date": date(2026, 10, 22)}, 0),
        ({"last_exported_at": datetime(2026, 10, 23, 1, tzinfo=UTC)}, 128),
        ({"last_exported_at": datetime(2026, 10, 22, 23, tzinfo=UTC)}, 0),
    ],
    ids=["snoozed until today", "until yesterday", "without an end", "contacted 29 days ago", "30 days ago", "exported 29 days ago", "30 days before"],
)  # fmt: skip
def test_a_rule_holds_as_long_as_its_days(company_table: Warehouse, fields: dict[str, Any], rules: int) -> None:
    insert_companies(company_table, [company_row(900000000, "ALFA KODE AS", **fields)])
    fitting = "SELECT *, 'yes' AS verdict, 100 AS fit_low, 100 AS fit_high, true AS is_told, false AS is_held_back, NULL AS territory_owner FROM core.company"
    owners = "SELECT NULL AS owner_id, NULL AS name, NULL AS email WHERE false"
    sql = f"WITH fitting AS ({fitting}), crm_owner AS ({owners}) {read_query('search/apply_rules')}"
    [row] = company_table.ask(sql, as_of=date(2026, 11, 21), contacted_days=30, owner=None)
    assert row["rules"] == rules


@pytest.mark.parametrize(
    ("answers", "first"), [(["employees"], "DELTA KODE AS"), (["age_years", "revenue"], "EPSILON KODE AS")]
)
def test_those_are_asked_about_first_of_whom_a_source_says_what_is_unknown(
    published: Config, readers: Readers, answers: list[str], first: str
) -> None:
    with Warehouse.open_to_read(published.published / "companies.duckdb") as companies:
        told = companies.rows("search/reached_records", answers=answers)
        others = companies.rows("search/reached_records", answers=["revenue"])
        scored = companies.ask("SELECT unnest(record_ids) AS id, fit_low FROM mart.fit JOIN mart.company USING (company_id) ORDER BY fit_low")  # fmt: skip
    [row] = readers.warehouse.ask("SELECT record_ids[1] AS id FROM mart.company WHERE name = $name", name=first)
    # whose answer would change nothing comes behind, each the best first
    assert told[0]["record_id"] == row["id"]
    assert [one["record_id"] for one in others].index(row["id"]) > 0
    score_of = {str(one["id"]): int(str(one["fit_low"])) for one in scored}  # the highest of a record's ICPs
    scores = [score_of[str(one["record_id"])] for one in others]
    assert scores == sorted(scores, reverse=True)


def test_shown_and_left_out_make_up_all_that_fit(published: Config, readers: Readers) -> None:
    answer = find(readers, published, "everybody", limit=None)
    counted = sum(count for count in left_out(answer).values() if count is not None)
    assert len(answer.companies) + counted == 27


@pytest.mark.parametrize(
    ("include", "brought_back"),
    [
        ("customers", {"PI KUNDE AS", "RHO TILBUD AS"}),
        ("groups", {"SIGMA KONSERN AS"}),
        ("contacted", {"TAU RINGT AS"}),
        ("marked", {"FI KONKURRENT AS", "KHI SOVER AS"}),
        ("dead", {"NY KONKURS AS", "XI BORTE AS"}),
        ("kinds", {"LAMBDA AVDELING", "MY KONKURSBO"}),
    ],
)
def test_include_brings_back_what_one_rule_left_out_and_says_so(
    published: Config, readers: Readers, include: str, brought_back: set[str]
) -> None:
    before = find(readers, published, "software")
    after = find(readers, published, "software", include={include})
    assert set(names(after)) - set(names(before)) == brought_back
    for company in after.companies:
        assert str(company.values["why"]).startswith("Although") is (company.values["name"] in brought_back)


def test_whoever_may_fit_by_nothing_but_its_country_is_counted_and_not_listed(
    published: Config, readers: Readers
) -> None:
    sized = Icp(must=Criteria(country=("NO",), employees="10-200"))
    config = published.model_copy(update={"icp": {"sized": sized}})
    answer = find(readers, config, "sized", limit=None)
    assert "DELTA KODE AS" not in names(answer)
    assert left_out(answer)["little_known"] == 1
    assert "DELTA KODE AS" in names(find(readers, config, "sized", limit=None, include={"little-known"}))
    assert explain_company(readers, config, "DELTA KODE AS", "sized").left_out_by == "little_known"


def test_a_criterion_of_which_nothing_is_known_of_anybody_is_named(published: Config, readers: Readers) -> None:
    assert find(readers, published, "software").lacking == ()
    rich = Icp.model_validate({"must": {"country": ["NO"], "revenue": "10M- NOK", "employees": "1-"}})
    asking = published.model_copy(update={"icp": {"rich": rich}})
    [revenue] = find(readers, asking, "rich").lacking
    assert (revenue.criterion, revenue.country, revenue.is_of_none, revenue.sources) == (
        "revenue",
        "NO",
        True,
        ("no_brreg",),
    )


@pytest.mark.parametrize(
    ("kind", "country", "told"),
    [
        ("tender_won", "NO", "tenders are known of no company in NO yet: no_doffin and eu_ted state them (`prospekt refresh no_doffin eu_ted`)"),
        ("tender_buyer", "DK", "tenders are known of no company in DK yet: eu_ted states them (`prospekt refresh eu_ted`)"),
        ("job_ad", "NO", "job ads are known of no company in NO yet: no_nav_jobs states them (`prospekt refresh no_nav_jobs`)"),
        ("job_ad", "SE", "job ads are known of no company in SE yet: se_jobtech states them (`prospekt refresh se_jobtech`)"),
    ],
)  # fmt: skip
def test_events_that_are_lacking_are_named_with_those_who_tell_of_such(
    published: Config, kind: str, country: str, told: str
) -> None:
    with Warehouse.open_to_write(published.data, command="test") as warehouse:
        warehouse.run("normalise/create")
        insert_companies(warehouse, [company_row(900000000, "ALFA KODE AS", country_code=country, signals=None)])
        publish(warehouse, published, new_run_id(), silent)
    asked = Icp.model_validate({"must": {"signals": {"kind": kind}}})
    with open_readers(published) as readers:
        query = compile_icp(readers, published, "x", asked)
        assert say_lacking(find_lacking(readers, query, (country,), home="NO")) == (told,)


@pytest.mark.parametrize(
    ("text_in", "sources"), [([], None), (["purpose", "website"], None), (["website"], ("company_site",))]
)
def test_words_of_sites_are_lacking_where_no_site_was_read(
    published: Config, readers: Readers, text_in: list[str], sources: tuple[str, ...] | None
) -> None:
    words = Icp.model_validate({"must": {"country": ["NO"], "words": ["havbruk"], "text_in": text_in}})
    asking = published.model_copy(update={"icp": {"words": words}})
    assert [one.sources for one in find(readers, asking, "words").lacking] == ([sources] if sources else [])


def test_what_another_source_says_of_most_companies_stands_for_their_own_register_and_of_few_does_not(
    published: Config, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GLEIF states legal forms and no employees: those that are known are of registers that named them in passing."""
    formed = Icp.model_validate({"must": {"country": ["NO"], "legal_form": ["AS"], "employees": "1-"}})
    asking = published.model_copy(update={"icp": {"formed": formed}})
    monkeypatch.setattr(lacking, "read_loaded", lambda _: frozenset({"gleif"}))
    [found] = find(readers, asking, "formed").lacking
    assert (found.criterion, found.is_of_none, found.sources) == ("employees", False, ("no_brreg",))


def test_the_unknown_that_moves_the_order_most_is_named_with_who_would_tell(
    published: Config, readers: Readers
) -> None:
    missing = find(readers, published, "software").missing
    assert missing is not None
    # DELTA's number of employees decides whether it fits at all, EPSILON's age a quarter of its score
    assert (missing.criterion, missing.company_count, missing.points) == ("employees", 1, 100)
    assert missing.sources == ()  # its register has said what it knows
    grows = Icp.model_validate({"must": {"country": ["NO"], "employees": "1-"}, "should": [{"revenue_growth": "0%-"}]})
    asking = published.model_copy(update={"icp": {"grows": grows}})
    growth = find(readers, asking, "grows").missing
    assert growth is not None
    assert (growth.criterion, growth.sources) == ("revenue_growth", ("no_brreg",))
    assert find(readers, published, "software", text="beta").missing is None


def test_a_source_that_knows_companies_by_a_number_which_these_do_not_have_would_not_tell() -> None:
    unknown = Answer(criterion="industry 96", kind="must", verdict="unknown", weight=None, value=None)
    shown = {"points": [unknown.as_point()], "country_code": "NO"}
    for sources, tell in ((["gleif"], ("no_brreg",)), (["gleif", "us_sec_tickers"], ("no_brreg", "us_sec"))):
        missing = _most_telling([{**shown, "sources": sources}])
        assert missing is not None
        assert missing.sources == tell


def test_the_owner_by_territory_is_the_same_wherever_it_is_shown(published: Config, readers: Readers) -> None:
    shown = {one.values["name"]: one.values for one in find(readers, published, "software", limit=None).companies}
    for name, owner in (("ZETA OSLO AS", "Ola Selger"), ("ALFA KODE AS", "Vestland-Vera")):
        assert shown[name]["owner"] == owner
        assert read_territory_owner(readers, published, str(shown[name]["company_id"])) == owner
    sweden = find(readers, published, "everybody", text="iota").companies[0].values
    assert (sweden["owner"], read_territory_owner(readers, published, str(sweden["company_id"]))) == (
        "unassigned",
        None,
    )


def test_where_a_text_finds_nobody_each_of_its_words_is_counted(published: Config, readers: Readers) -> None:
    nobody = find(readers, published, "software", text='kode "nosuch word"')
    assert nobody.companies == ()
    assert nobody.words_found["nosuch word"] == 0
    assert nobody.words_found["kode"] > 0
    assert find(readers, published, "software", text="kode").words_found == {}


def test_natural_persons_need_a_reason(published: Config, readers: Readers) -> None:
    with pytest.raises(InputInvalid, match="reason"):
        find(readers, published, "software", include={"natural-persons"})
    answer = find(
        readers, published, "software", include={"natural-persons"}, why_include="a campaign for sole traders"
    )
    assert "KARI NORDMANN KODE" in names(answer)


@pytest.mark.parametrize("include", ["suppressed", "marketing_protected", "nonsense"])
def test_nothing_brings_back_whom_the_gate_holds(published: Config, readers: Readers, include: str) -> None:
    with pytest.raises(InputInvalid, match="cannot be included"):
        find(readers, published, "software", include={include})


def test_a_suppression_counts_at_once(published: Config, number_of: NumberOf) -> None:
    with open_readers(published) as readers:
        assert "ALFA KODE AS" in names(find(readers, published, "software"))
        decide.suppress(published, "organisation", number_of("ALFA KODE AS"), why="asked")
        answer = find(readers, published, "software")
    assert "ALFA KODE AS" not in names(answer)
    assert left_out(answer)["suppressed"] == 2


def test_a_mark_counts_at_once_and_can_be_taken_back(published: Config, readers: Readers, number_of: NumberOf) -> None:
    beta = record_of(number_of("BETA KODE AS"))
    decide.mark(published, **beta, mark="partner", why="resells us")
    assert "BETA KODE AS" not in names(find(readers, published, "software"))
    decide.mark(published, **beta, mark="none")
    assert "BETA KODE AS" in names(find(readers, published, "software"))


def test_an_edit_counts_at_once(published: Config, readers: Readers, number_of: NumberOf) -> None:
    decide.edit(published, **record_of(number_of("DELTA KODE AS")), field="employees", value="60", why="they told us")
    [delta] = [one for one in find(readers, published, "software").companies if one.values["name"] == "DELTA KODE AS"]
    assert (delta.values["verdict"], delta.values["size"]) == ("yes", "60")


def test_a_row_says_what_it_is_who_owns_it_and_why(published: Config, readers: Readers, number_of: NumberOf) -> None:
    rows = {str(one.values["name"]): one.values for one in find(readers, published, "software").companies}
    alfa = rows["ALFA KODE AS"]
    assert alfa["id_label"] == number_of("ALFA KODE AS")
    assert (alfa["place"], alfa["industry"], alfa["size"]) == ("BERGEN, NO", "62.100 Programmeringstjenester", "40")
    assert (alfa["owner"], alfa["fit"]) == ("Vestland-Vera", "100")
    assert alfa["why"] == (
        "Industry 62.100 Programmeringstjenester, “havbruk” in its purpose, 40 employees, in NO, "
        f"{alfa['points'][5]['value']} old, website alfa.example."  # type: ignore[index]  # points is a list
    )
    assert rows["YPSILON RINGT FOR LENGE SIDEN AS"]["owner"] == "Ola Selger"
    assert rows["ZETA OSLO AS"]["owner"] == "Ola Selger"
    assert rows["GAMMA KODE AS"]["fit"] == "50"
    assert "but no website registered (no_brreg 2026-11-01)" in str(rows["GAMMA KODE AS"]["why"])
    assert rows["EPSILON KODE AS"]["fit"] == "75-100 until age is known"
    assert (rows["DELTA KODE AS"]["size"], rows["DELTA KODE AS"]["fit"]) == ("unknown", "100 if employees fits")


@pytest.mark.parametrize("owner", ["Ola Selger", "ola@team.example", "OLA SELGER"])
def test_an_owner_sees_their_own(published: Config, readers: Readers, owner: str) -> None:
    answer = find(readers, published, "software", owner=owner)
    assert {one.values["owner"] for one in answer.companies} == {"Ola Selger"}
    assert left_out(answer) == {"suppressed": None, "contacted": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("oslo", {"ZETA OSLO AS"}),
        ("havbruk zeta", {"ZETA OSLO AS"}),
        ('"programvare for"  beta', {"BETA KODE AS"}),
        ("ZET", {"ZETA OSLO AS"}),
        ("eta", set()),
        ("lenge siden", {"YPSILON RINGT FOR LENGE SIDEN AS"}),
    ],
)
def test_a_text_narrows_by_words_of_name_purpose_and_activity(
    published: Config, readers: Readers, text: str, found: set[str]
) -> None:
    assert set(names(find(readers, published, "software", text=text))) == found


def test_a_text_without_letters_is_refused(published: Config, readers: Readers) -> None:
    with pytest.raises(InputInvalid, match="letter or digit"):
        find(readers, published, "software", text="havbruk &")


def test_a_page_says_that_there_is_more(published: Config, readers: Readers) -> None:
    answer = find(readers, published, "software", limit=3)
    assert len(answer.companies) == 3
    assert answer.truncated
    assert answer.fits + answer.may_fit == 10


def test_without_the_people_file_nobody_of_the_team_and_no_person_is_seen(published: Config) -> None:
    with open_readers(published, people=False) as readers:
        answer = find(readers, published, "software")
    assert "natural_person" not in left_out(answer)
    assert "Kari Selger" not in {one.values["owner"] for one in answer.companies}


def test_the_count_of_the_suppressed_is_unknown_for_an_icp_that_changed_since(
    published: Config, readers: Readers
) -> None:
    icp = published.icp["software"].model_copy(update={"should": ()})
    changed = published.model_copy(update={"icp": {"software": icp}})
    answer = find(readers, changed, "software")
    assert left_out(answer)["suppressed"] is None
    assert answer.left_out[0].label == "suppressed, 1 in all; how many of them would fit is not known"


def test_a_file_that_holds_back_nobody_says_so_of_any_icp_and_text(published: Config) -> None:
    with duckdb.connect(str((published.published / "companies.duckdb").resolve())) as companies:
        companies.execute("DELETE FROM mart.withheld WHERE icp IS NOT NULL")
        companies.execute("UPDATE mart.withheld SET company_count = 0")
    changed = published.model_copy(update={"icp": {"new": published.icp["software"]}})
    with open_readers(changed) as readers:
        assert "suppressed" not in left_out(find(readers, changed, "new", text="havbruk"))


@pytest.mark.parametrize(
    ("owner", "suggested"),
    [("Ola Selgar", "Ola Selger"), ("vera", "Vestland-Vera"), ("kari@team.exampel", "kari@team.example")],
    ids=["misspelt", "part-of-a-territory-owner", "misspelt-email"],
)
def test_an_owner_whom_nobody_knows_is_an_error_with_suggestions(
    published: Config, readers: Readers, owner: str, suggested: str
) -> None:
    with pytest.raises(NotFound) as unknown:
        find(readers, published, "software", owner=owner)
    assert suggested in unknown.value.suggestions


def test_a_code_that_no_company_has_is_an_error_with_the_nearest_in_use(published: Config, readers: Readers) -> None:
    must = published.icp["software"].must.model_copy(update={"industry": ("62.11",), "legal_form": ("ASS",)})
    icp = published.icp["software"].model_copy(update={"must": must})
    wrong = published.model_copy(update={"icp": {"software": icp}})
    with pytest.raises(ConfigInvalid) as refused:
        find(readers, wrong, "software")
    [industry, form] = refused.value.problems
    assert industry.startswith("icp.software.must.industry: no company has the industry '62.11'")
    assert "62.100" in industry
    assert "nearest in use: AS" in form


def test_an_unknown_icp_is_named_with_the_nearest(published: Config, readers: Readers) -> None:
    with pytest.raises(NotFound, match="Did you mean: software"):
        find(readers, published, "sofware")


def test_an_export_counts_as_handed_over_before_and_after_it_is_folded(
    published: Config, readers: Readers, number_of: NumberOf
) -> None:
    from db.fold import fold_journal
    from db.journal import append_decision, make_decision

    beta = record_of(number_of("BETA KODE AS"))
    payload = {"companies": [beta], "target": "csv", "file_name": "a.csv", "icp": "software 1", "handed_to": "Ola"}
    append_decision(published.journal, make_decision("export", payload, who="kari", why=None))
    answer = find(readers, published, "software")
    assert "BETA KODE AS" not in names(answer)
    assert left_out(answer)["contacted"] == 2
    with Warehouse.open_to_write(published.data, command="test") as warehouse:
        assert fold_journal(warehouse, published.journal) > 0
        assert fold_journal(warehouse, published.journal) == 0
        [kept] = warehouse.ask(
            "SELECT company_id::VARCHAR AS company_id, target, handed_to, exported_by FROM core.export"
        )
    assert kept == {"company_id": beta["company_id"], "target": "csv", "handed_to": "Ola", "exported_by": "kari"}


@pytest.mark.parametrize(
    "text",
    [
        "NO:900000000",
        "no: 900 000 000",
        "900000000",
        "900 000 000",
        "NO 900 000 000",
        "no900000000",
        "NO 900 000 000 MVA",
        "alfa kode as",
        "ALFA",
        "00000000-0000-0000-0000-000035a4e900",
    ],
)
def test_a_company_is_found_by_number_id_or_name(readers: Readers, text: str) -> None:
    assert resolve_company(readers, text) == "00000000-0000-0000-0000-000035a4e900"


@pytest.mark.parametrize(
    ("text", "suggested"),
    [("kode", "NO:900000002 GAMMA KODE AS (BERGEN)"), ("alfakode", "NO:900000000 ALFA KODE AS (BERGEN)")],
    ids=["part-of-several-names", "misspelt"],
)
def test_a_name_that_is_not_clear_is_answered_with_suggestions(readers: Readers, text: str, suggested: str) -> None:
    with pytest.raises(NotFound) as unclear:
        resolve_company(readers, text)
    assert suggested in unclear.value.suggestions


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("993856887", "check digit is wrong"),
        ("NO:993856887", "check digit is wrong"),
        ("923609016", "in no register that is loaded"),
        ("FI:2077474-0", "in no register that is loaded"),
    ],
)
def test_a_number_that_nobody_has_says_whether_it_can_be_one(readers: Readers, text: str, hint: str) -> None:
    with pytest.raises(NotFound, match=hint):
        resolve_company(readers, text)


def test_a_natural_person_is_never_suggested_by_name(readers: Readers) -> None:
    with pytest.raises(NotFound) as unclear:
        resolve_company(readers, "Kari Nordmann")
    assert unclear.value.suggestions == ()


def test_a_mark_is_told_as_it_is_and_not_as_a_choice_of_marks(published: Config, readers: Readers) -> None:
    rows = {
        str(one.values["name"]): str(one.values["why"])
        for one in find(readers, published, "software", include={"marked"}).companies
    }
    assert rows["FI KONKURRENT AS"].startswith("Although it is marked as competitor;")
    assert rows["KHI SOVER AS"].startswith("Although it is marked as snoozed until 2999-01-01;")
    assert explain_company(readers, published, "FI KONKURRENT AS").label == "it is marked as competitor"


def test_a_further_industry_is_told_as_such_with_its_title(published: Config) -> None:
    industries = [{"code": "47.110", "scheme": "SN2025", "rank": 1}, {"code": "62.100", "scheme": "SN2025", "rank": 2}]
    with Warehouse.open_to_write(published.data, command="test") as warehouse:
        warehouse.run("normalise/create")
        alfa = company_row(900000000, "ALFA KODE AS", industries=industries, industry_title="Handel")
        insert_companies(warehouse, [alfa, company_row(900000001, "KAPPA NUF", legal_form_code="NUF")])
        warehouse.execute("INSERT INTO core.code VALUES ('SN2025', '62.100', 'Dataprogrammering', uuid())")
        publish(warehouse, published, new_run_id(), silent)
    with open_readers(published) as readers:
        [shown] = find(readers, published, "software").companies
        card = read_company(readers, str(shown.values["company_id"]))
    assert str(shown.values["why"]).startswith("Also registered as 62.100 Dataprogrammering, ")
    assert (shown.values["industry"], card.industries) == ("47.110 Handel", ("47.110", "62.100 Dataprogrammering"))


def test_a_code_that_two_lists_of_a_company_name_otherwise_has_the_title_of_its_own(published: Config) -> None:
    industries = [{"code": "62.010", "scheme": scheme, "rank": 1} for scheme in ("SNI2007", "SNI2025")]
    with Warehouse.open_to_write(published.data, command="test") as warehouse:
        warehouse.run("normalise/create")
        insert_companies(
            warehouse, [company_row(900000000, "ALFA KODE AS", industries=industries, industry_title="Programming")]
        )
        for scheme, title in (("SNI2007", "Programming"), ("SNI2025", "Games")):
            warehouse.execute(
                "INSERT INTO core.code VALUES ($scheme, '62.010', $title, uuid())", scheme=scheme, title=title
            )
        publish(warehouse, published, new_run_id(), silent)
    newer = Icp.model_validate({"must": {"industry": ["62.010"], "industry_scheme": "SNI2025"}})
    asking = published.model_copy(update={"icp": {"newer": newer}})
    with open_readers(published) as readers:
        [shown] = find(readers, asking, "newer").companies
        card = read_company(readers, str(shown.values["company_id"]))
    assert card.industries == ("62.010 Programming (SNI2007)", "62.010 Games (SNI2025)")
    told = "Also registered as 62.010 Programming (SNI2007), Games (SNI2025)"
    assert str(shown.values["why"]).startswith(told)


def test_who_is_suppressed_is_named_as_asked_and_not_by_our_id(published: Config, number_of: NumberOf) -> None:
    number = number_of("ALFA KODE AS")
    decide.suppress(published, "organisation", number, why="asked")
    with open_readers(published) as readers:
        asked = number.replace("NO:", "no: ")
        with pytest.raises(CompanySuppressed, match=f"^{asked} is suppressed"):
            read_company(readers, resolve_company(readers, asked), asked=asked)
