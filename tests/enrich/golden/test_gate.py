import json
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from db.errors import WarehouseMissing
from db.fold import fold_journal
from db.journal import append_decision, make_decision
from db.keyed import lend_key
from db.warehouse import Warehouse
from enrich import decide
from enrich.config import CrmConfig
from enrich.errors import ContractBroken, InputInvalid
from enrich.exported import undo_export
from enrich.gate import NATURAL_PERSONS, Exportable, hmac_of, open_readers
from enrich.subject import make_subject
from enrich.words.asked import find_terms, read_words
from enrich.words.rank import rank_words
from tests.enrich.golden.conftest import World, open_world

COMPANY_1 = "SELECT company_id::VARCHAR AS company_id, name FROM current_company ORDER BY name"


@pytest.fixture(scope="module")
def _published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("published")
    with open_world(data) as world:
        first = world.record(
            "910000001", company=1, name="Alfa AS", domain="alfa-example.no", phone="+4722000001", employees_low=5
        )
        world.record("910000002", company=2, name="Beta AS", is_marketing_protected=True)
        world.record("910000003", company=3, name="Kari Nordmann", entity_kind="sole_trader", is_natural_person=True)
        world.record("910000004", company=4, name="Delta AS")
        world.relation("no_brreg:910000004", "parent", "910000001")
        world.crm("crm_company", "c1", crm_key="11", name="Alfa")
        world.crm("crm_contact", "p1", email="ola@alfa-example.no", first_name="Ola", last_name="Hansen")
        world.crm(
            "crm_contact", "p2", email="per@delta-example.no", first_name="Per", last_name="Olsen", has_opted_out=True
        )
        world.accept("company", "c1", first, 1)
        world.publish()
    return data


@pytest.fixture
def published(_published_once: Path, tmp_path: Path) -> Iterator[World]:
    """Three companies (one of which may not be marketed to), a sole trader, two contacts; published; a copy a test."""
    shutil.copytree(_published_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    with open_world(tmp_path) as world:
        yield world


def admitted(world: Any, **how: Any) -> list[str]:
    rows = [{"company_id": world.company_id(number), "number": number} for number in range(1, 5)]
    with open_readers(world.config) as readers:
        return [str(one.values["number"]) for one in readers.admit(rows, **how)]


def test_only_the_gate_makes_an_exportable() -> None:
    with pytest.raises(PermissionError, match="only the gate"):
        Exportable(values={"name": "Kari"})
    with pytest.raises(PermissionError):
        Exportable(values={"name": "Kari"}, seal=object())


def test_what_is_admitted_cannot_be_changed(published: Any) -> None:
    with open_readers(published.config) as readers:
        [one] = readers.admit([{"company_id": published.company_id(1), "name": "Alfa AS"}])
    with pytest.raises(TypeError):
        one.values["name"] = "Kari"  # type: ignore[index]


def test_natural_persons_need_a_reason_and_the_protected_stay_out_for_any(published: Any) -> None:
    assert admitted(published) == ["1", "4"]
    assert admitted(published, include=[NATURAL_PERSONS], why="asked for a quote") == ["1", "3", "4"]
    with pytest.raises(InputInvalid, match="reason"):
        admitted(published, include=[NATURAL_PERSONS], why=" ")


@pytest.mark.parametrize(
    ("scheme", "value"), [("organisation", "NO:910000001"), ("domain", "alfa-example.no"), ("phone", "+47 22 00 00 01")]
)
def test_a_suppression_counts_at_once_before_any_publication(published: Any, scheme: str, value: str) -> None:
    with open_readers(published.config) as readers:
        rows = readers.warehouse.ask(COMPANY_1)
        assert [one.values["name"] for one in readers.admit(rows)] == ["Alfa AS", "Delta AS"]
        decide.suppress(published.config, scheme, value)
        assert [one.values["name"] for one in readers.admit(rows)] == ["Delta AS"]
    assert admitted(published) == ["4"]


@pytest.mark.parametrize(
    ("scheme", "value"), [("email", "Ola@alfa-example.no"), ("person", "Ola Hansen"), ("domain", "alfa-example.no")]
)
def test_a_suppressed_contact_is_gone_at_once_and_who_opted_out_leaves_without_address(
    published: Any, scheme: str, value: str
) -> None:
    with open_readers(published.config) as readers:
        rows = readers.warehouse.ask("SELECT crm_id, email FROM current_contact ORDER BY crm_id")
        assert [dict(one.values) for one in readers.admit_contacts(rows)] == [
            {"crm_id": "p1", "email": "ola@alfa-example.no"},
            {"crm_id": "p2", "email": None},
        ]
        decide.suppress(published.config, scheme, value)
        assert [one.values["crm_id"] for one in readers.admit_contacts(rows)] == ["p2"]


def test_contacts_of_a_suppressed_company_of_the_crm_are_gone_at_once(published: Any) -> None:
    published.crm("crm_company", "c7", crm_key="77", name="Unmatched", domains=["unmatched-example.no"])
    published.crm("crm_contact", "p7", email="eva@elsewhere-example.no", company_crm_key="77")
    published.publish()
    with open_readers(published.config) as readers:
        assert len(readers.admit_contacts([{"crm_id": "p7", "email": None}])) == 1
        decide.suppress(published.config, "domain", "unmatched-example.no")
        assert readers.admit_contacts([{"crm_id": "p7", "email": None}]) == []


def test_suppression_and_judgement_made_while_another_process_writes_are_obeyed_at_once(published: Any) -> None:
    """The fixture's warehouse is open to write all the while: this is a running refresh."""
    elsewhere = textwrap.dedent(
        """
        import sys; from pathlib import Path
        from enrich import decide; from enrich.config import Config; from enrich.gate import open_readers
        config = Config(who="ola", data=Path(sys.argv[1]))
        decide.suppress(config, "organisation", "NO:910000001")
        decide.judge(config, crm_id="c1", record_id="no_brreg:910000004", verdict="same")
        """
    )
    subprocess.run([sys.executable, "-c", elsewhere, str(published.config.data)], check=True)
    assert admitted(published) == ["4"]


def test_a_judgement_moves_the_company_of_the_crm_at_once_with_what_the_team_has_with_it(published: Any) -> None:
    published.crm("crm_company", "c5", crm_key="55", name="Delta", lifecycle_stage="customer")
    published.publish()

    def in_crm() -> list[tuple[Any, ...]]:
        with open_readers(published.config) as readers:
            rows = readers.warehouse.ask(
                "SELECT name, is_in_crm, coalesce(crm_company_keys, []) AS keys, is_customer, is_customer_group "
                "FROM current_company WHERE name <> 'Beta AS' ORDER BY name"
            )
            doubled = readers.warehouse.ask("SELECT crm_id FROM current_match GROUP BY crm_id HAVING count(*) > 1")
        assert doubled == []
        return [tuple(row.values()) for row in rows]

    assert in_crm() == [("Alfa AS", True, ["11"], False, False), ("Delta AS", False, [], False, False)]
    decide.judge(published.config, crm_id="c1", record_id="no_brreg:910000002", verdict="same")
    decide.judge(published.config, crm_id="c1", record_id="no_brreg:910000004", verdict="same")
    assert in_crm() == [("Alfa AS", False, [], False, False), ("Delta AS", True, ["11"], False, False)]
    decide.judge(published.config, crm_id="c5", record_id="no_brreg:910000004", verdict="same")
    assert in_crm() == [("Alfa AS", False, [], False, True), ("Delta AS", True, ["11", "55"], True, False)]


def test_what_hangs_on_an_edited_value_is_edited_with_it(published: Any) -> None:
    about = {"company_id": published.company_id(1), "record_id": "no_brreg:910000001"}
    decide.edit(published.config, **about, field="industry_code", value="62.010")
    decide.edit(published.config, **about, field="municipality_code", value="4601")
    with open_readers(published.config) as readers:
        columns = "industry_code, industries, industry_title, municipality_code, municipality_name, region_code"
        now = readers.warehouse.ask(f"SELECT {columns} FROM current_company WHERE name = 'Alfa AS'")
    published.publish()
    with open_readers(published.config) as readers:
        assert readers.warehouse.ask(f"SELECT {columns} FROM current_company WHERE name = 'Alfa AS'") == now


def test_whom_somebody_moved_lies_nowhere_until_its_place_is_looked_up(published: Any) -> None:
    """Also where the register's own place is known: it is no more where that was."""
    moves = {
        5: ("NO", {"municipality_code": "4601"}, "municipality_code", "0301"),
        6: ("SE", {"city": "STOCKHOLM"}, "city", "GÖTEBORG"),
        7: ("SE", {"city": "STOCKHOLM"}, "country_code", "DK"),
        8: ("SE", {"city": "STOCKHOLM"}, "postal_code", "11121"),
    }
    empty = dict.fromkeys(("street", "postal_code", "city", "municipality_code", "municipality_name", "region_code"))
    for number, (country, stated, _, _) in moves.items():
        seat = {"kind": "business", "country_code": country, **empty, **stated}
        published.record(f"91000000{number}", company=number, country_code=country, addresses=[seat])
    published.publish()

    def placed() -> list[tuple[object, ...]]:
        with open_readers(published.config) as readers:
            rows = readers.warehouse.ask(
                "SELECT place_name, place_region, place_municipality, latitude IS NOT NULL AND longitude IS NOT NULL AS is_placed "
                "FROM current_company WHERE company_id IN (SELECT unnest($ids::UUID[])) ORDER BY id_label",
                ids=[published.company_id(number) for number in moves],
            )
        return [tuple(row.values()) for row in rows]

    stockholm = ("Stockholm", "SE-01", "SE-0180", True)
    assert placed() == [("Bergen", None, None, True), stockholm, stockholm, stockholm]
    for number, (_, _, field, value) in moves.items():
        about = {"company_id": published.company_id(number), "record_id": f"no_brreg:91000000{number}"}
        decide.edit(published.config, **about, field=field, value=value)
    nowhere = (None, None, None, False)
    assert placed() == [nowhere, nowhere, nowhere, stockholm]
    published.publish()
    assert placed() == [("Oslo", None, None, True), ("Göteborg", "SE-14", "SE-1480", True), nowhere, stockholm]


def test_an_edited_website_is_known_by_the_domain_that_somebody_registered(published: Any) -> None:
    about = {"company_id": published.company_id(4), "record_id": "no_brreg:910000004"}
    decide.edit(published.config, **about, field="website", value="https://shop.example.no/start")
    with open_readers(published.config) as readers:
        assert {"domain": "example.no"} in readers.warehouse.ask("SELECT domain FROM current_company")
    published.publish()
    assert published.company(4)["domain"] == "example.no"
    decide.suppress(published.config, "domain", "example.no")
    assert admitted(published) == ["1"]


@pytest.mark.parametrize("is_published", [True, False])
@pytest.mark.parametrize(
    ("scheme", "held_back", "field", "value"),
    [("phone", "+4722000009", "phone", "22 00 00 09"), ("domain", "example.no", "website", "https://shop.example.no")],
)
def test_a_pending_edit_to_what_is_suppressed_holds_its_company_back_at_once(
    published: Any, scheme: str, held_back: str, field: str, value: str, is_published: bool
) -> None:
    decide.suppress(published.config, scheme, held_back)
    if is_published:
        published.publish()
    config = published.config.model_copy(update={"crm": CrmConfig(country="NO")})
    about = {"company_id": published.company_id(4), "record_id": "no_brreg:910000004", "field": field}
    decide.edit(config, **about, value=value)
    assert admitted(published) == ["1"]
    decide.edit(config, **about, value=None)
    assert admitted(published) == ["1", "4"]


def test_an_export_that_was_undone_was_not(published: Any) -> None:
    companies = [{"company_id": published.company_id(1), "record_id": "no_brreg:910000001"}]
    left = {"companies": companies, "target": "csv", "file_name": "a.csv", "icp": None, "handed_to": None}
    made = make_decision("export", left, who="kari", why=None)
    append_decision(published.config.journal, made)
    decide.undo(published.config, made.decision_id)
    with open_readers(published.config) as readers:
        assert readers.warehouse.ask("SELECT count(last_exported_at) AS n FROM current_company") == [{"n": 0}]


def test_an_export_taken_back_after_publication_counts_no_more_at_once_and_in_the_next(published: Any) -> None:
    left = {"target": "csv", "file_name": "a.csv", "icp": None, "handed_to": None}
    made = [
        make_decision(
            "export",
            left
            | {
                "companies": [
                    {"company_id": published.company_id(one), "record_id": f"no_brreg:91000000{one}"} for one in some
                ]
            },
            who="kari",
            why=None,
        )
        for some in ((1,), (1, 4))
    ]
    for one in made:
        append_decision(published.config.journal, one)
    published.publish()
    undo_export(published.config, made[1].decision_id)
    handed_over = "SELECT name, last_exported_at FROM current_company WHERE last_exported_at IS NOT NULL"
    stands = [{"name": "Alfa AS", "last_exported_at": made[0].decided_at}]
    with open_readers(published.config) as readers:
        assert readers.warehouse.ask(handed_over) == stands
        touched = [
            row["company_id"]
            for row in readers.warehouse.ask("SELECT company_id::VARCHAR AS company_id FROM touched_now")
        ]
        assert sorted(map(str, touched)) == [published.company_id(1), published.company_id(4)]
    published.publish()
    with open_readers(published.config) as readers:
        assert readers.warehouse.ask(handed_over) == stands


def test_a_pending_decision_changes_nothing_of_other_companies(published: Any) -> None:
    seat = {"kind": "business", "municipality_code": "0301", "municipality_name": "OSLO"}
    published.record(
        "910000005", company=5, addresses=[seat], industries=[{"code": "62.010", "scheme": "SN2007", "rank": 1}]
    )
    published.publish()

    def seen() -> dict[str, Any]:
        with open_readers(published.config) as readers:
            [row] = readers.warehouse.ask(
                "SELECT * FROM current_company WHERE company_id = $id", id=published.company_id(5)
            )
        return row

    before = seen()
    assert (before["municipality_name"], before["region_code"], len(before["industries"])) == ("OSLO", "03", 1)
    decide.mark(published.config, company_id=published.company_id(1), record_id="no_brreg:910000001", mark="partner")
    assert seen() == before


def test_pending_decisions_are_laid_over_millions_of_companies_row_by_row(published: Any) -> None:
    """A correlated subquery keeps every column of all companies in memory: three million do not fit."""
    decide.mark(published.config, company_id=published.company_id(1), record_id="no_brreg:910000001", mark="partner")
    with open_readers(published.config) as readers:
        plan = str(readers.warehouse.ask("EXPLAIN SELECT * FROM current_company")[0]["explain_value"])
    assert "DELIM" not in plan
    assert "CTE" not in plan


def test_marks_edits_lists_and_judgements_are_seen_at_once_and_taken_back_at_once(published: Any) -> None:
    config = published.config
    about = {"company_id": published.company_id(1), "record_id": "no_brreg:910000001"}

    def seen() -> tuple[Any, ...]:
        with open_readers(config) as readers:
            [row] = readers.warehouse.ask(
                "SELECT name, employees_low, employees_high, mark, is_customer FROM current_company WHERE company_id = $id",
                id=published.company_id(1),
            )
            [sibling] = readers.warehouse.ask(
                "SELECT is_customer_group FROM current_company WHERE company_id = $id", id=published.company_id(4)
            )
            listed = readers.warehouse.ask("SELECT list_name FROM current_list_member")
            matched = readers.warehouse.ask("SELECT state FROM current_match WHERE crm_id = 'c1'")
        return (*row.values(), sibling["is_customer_group"], len(listed), matched[0]["state"])

    before = ("Alfa AS", 5, None, None, False, False, 0, "accepted")
    assert seen() == before
    marked = decide.mark(config, **about, mark="customer")
    decide.edit(config, **about, field="employees", value="20-30")
    decide.edit(config, **about, field="name", value="Alfa Holding AS")
    decide.add_to_list(config, "autumn", **about)
    judged = decide.judge(config, crm_id="c1", record_id="no_brreg:910000001", verdict="different")
    after = ("Alfa Holding AS", 20, 30, "customer", True, True, 1, "none")
    assert seen() == after
    published.publish()
    assert seen() == (*after[:-1], "accepted")  # the fixture runs no matching, which would have heeded the judgement
    decide.undo(config, marked.decision_id)
    decide.undo(config, judged.decision_id)
    decide.edit(config, **about, field="employees", value=None)
    decide.edit(config, **about, field="name", value=None)
    decide.remove_from_list(config, "autumn", **about)
    seen_now = seen()
    assert seen_now[:4] == before[:4]
    assert seen_now[6] == 0


def test_readers_take_both_files_from_one_publication(published: Any) -> None:
    with open_readers(published.config) as readers:
        first = readers.warehouse.ask("SELECT c.run_id = p.run_id AS same FROM mart.meta AS c, people.mart.meta AS p")
        published.publish()
        assert first == [{"same": True}]
    with open_readers(published.config) as readers:
        assert readers.warehouse.ask(
            "SELECT count(*) AS n FROM mart.meta AS c JOIN people.mart.meta AS p USING (run_id)"
        ) == [{"n": 1}]


def test_a_file_that_a_publication_removes_while_it_is_opened_is_looked_for_once_more(
    published: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_read = Warehouse.open_to_read
    removed: list[Path] = []

    def swap_first(path: Path, **how: Any) -> Warehouse:
        if not removed:
            removed.append(path)
            published.publish()
            path.unlink()
        return open_to_read(path, **how)

    monkeypatch.setattr(Warehouse, "open_to_read", swap_first)
    assert admitted(published) == ["1", "4"]
    assert removed


def test_opening_the_people_file_is_logged_with_who_when_and_why(published: Any) -> None:
    with open_readers(published.config, people=False) as readers:
        assert not readers.has_people
    with open_readers(published.config, why="export for Vera"):
        pass
    log = published.config.data / "people-access.log"
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(line["who"], line["why"]) for line in lines] == [("kari", "export for Vera")]
    assert log.stat().st_mode & 0o777 == 0o600


def test_before_the_first_publication_readers_are_told_what_to_do(world: Any) -> None:
    with pytest.raises(WarehouseMissing, match="prospekt refresh"):
        open_readers(world.config)


@pytest.mark.parametrize("value", ["", "a", "kari.nordmann@example.no", "Ærlig Øst Ås", "x" * 300], ids=len)
def test_the_hash_is_the_same_in_sql_and_in_python(value: str, tmp_path: Any) -> None:
    key = bytes(range(32))
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        lend_key(warehouse, key)
        [row] = warehouse.ask("SELECT hmac_of('email', $value) AS hmac", value=value)
    assert row["hmac"] == hmac_of(key, "email", value)


@pytest.mark.parametrize(
    "name",
    ["Kari Nordmann", " KARI\u00a0 Nordmann\t", "Kari\u2009Nordmann", "A\u030ase \u00d8st"],
    ids=["plain", "no-break space", "thin space", "decomposed"],
)
def test_a_persons_name_has_one_spelling_in_sql_and_in_python(name: str, tmp_path: Any) -> None:
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        lend_key(warehouse, b"k")
        [row] = warehouse.ask("SELECT fold_person($name) AS name", name=name)
    assert row["name"] == make_subject("person", name).value


@pytest.mark.parametrize(
    ("scheme", "number", "asked"),
    [
        ("LEI", "5493004XXLDY3L7V4N23", "LEI:5493004XXLDY3L7V4N23"),
        ("FI-YTUNNUS", "2077474-0", "FI:2077474-0"),
        ("NO-ORGNR", "923609016", "NO:923 609 016 MVA"),
    ],
    ids=["LEI", "Finnish", "Norwegian VAT"],
)
def test_a_number_has_one_spelling_in_sql_and_in_python(scheme: str, number: str, asked: str, tmp_path: Any) -> None:
    with Warehouse.open_to_write(tmp_path, command="test") as warehouse:
        lend_key(warehouse, b"k")
        [row] = warehouse.ask("SELECT organisation_of($scheme, $number) AS number", scheme=scheme, number=number)
    assert row["number"] == make_subject("organisation", asked).value


@pytest.fixture(scope="module")
def _sited_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("sited")
    with open_world(data) as world:
        record = world.record("910000001", company=1, name="Alfa AS", domain="alfa-example.no", phone="+4722000001")
        world.warehouse.execute(
            "INSERT INTO core.site BY NAME SELECT $record AS record_id, 'company_site' AS source, 'alfa-site.no' AS domain, "
            "'https://alfa-site.no/' AS url, domain AS asked_domain, 'number' AS evidence_code, '910000001' AS evidence, "
            "['post@alfa-site.no', 'salg@mail.alfa-site.no'] AS emails, ['+4722000001', '+4722000002'] AS phones, "
            "uuid() AS run_id, now() AS fetched_at, now() AS known_from",
            record=record,
        )
        world.publish()
    return data


@pytest.fixture
def sited(_sited_once: Path, tmp_path: Path) -> Iterator[World]:
    """A published company with what its own site states; a copy a test."""
    shutil.copytree(_sited_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    with open_world(tmp_path) as world:
        yield world


@pytest.mark.parametrize(
    ("scheme", "value", "emails", "phones"),
    [
        ("email", "post@alfa-site.no", ["salg@mail.alfa-site.no"], ["+4722000001", "+4722000002"]),
        ("phone", "+4722000002", ["post@alfa-site.no", "salg@mail.alfa-site.no"], ["+4722000001"]),
        ("domain", "alfa-site.no", None, None),
    ],
)
def test_what_is_held_back_is_not_shown_of_a_site(
    sited: World, scheme: str, value: str, emails: list[str] | None, phones: list[str] | None
) -> None:
    left = [] if emails is None else [{"emails": emails, "phones": phones}]

    def shown() -> list[dict[str, object]]:
        with open_readers(sited.config) as readers:
            rows = readers.warehouse.rows("search/site_of", company_id=sited.company_id(1))
        return [{name: row[name] for name in ("emails", "phones")} for row in rows]

    assert len(shown()[0]["emails"]) == 2  # type: ignore[arg-type]
    decide.suppress(sited.config, scheme=scheme, value=value, why="asked us to stop")
    assert shown() == left, "at once"
    sited.publish()
    assert shown() == left
    with open_readers(sited.config) as readers:
        assert readers.warehouse.ask("SELECT emails, phones FROM mart.site") == left


DESCRIBED = {
    "Alfa bygger hus i Bodø.": True,
    "Snakk med Ola Hansen om hus.": False,  # a contact of the CRM
    "OLA JOHAN HANSENS HUS": False,
    "Hus av Hansen og Ola.": True,
    "Kari Nordmann bygger hus.": False,  # holds a role, as NORDMANN, Kari Anne
    "Hus av Kari Anne Nordmann.": False,
    "kari nordmann bygger hus": False,
    "Andre Lie bygger hus.": False,
    "Selskapet Lie bygger hus.": True,
    "Hus av Per Hansen-Lie.": True,
    "Hus av Eva Strand.": False,  # a sole trader
    "Hus av Liv Planted.": False,  # was suppressed
    "Hus av Planted Liv.": False,
    "Liv Planteds hus.": False,
    "Hus av Liv Anne Planted.": False,
    "Hus av PLANTED LIV.": False,
    "Hus av Ole A. Planted.": False,  # was suppressed, with the dot
    "Hus av Virtanen Matti.": False,  # holds a role, as VIRTANEN MATTI
    "Hus av Matti Virtanen.": False,
}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A company a description, of which some name a person who is known here."""
    with open_world(tmp_path_factory.mktemp("described")) as world:
        world.record("910000099", company=99, name="Eva Strand", entity_kind="sole_trader", is_natural_person=True)
        for number, text in enumerate(DESCRIBED, start=1):
            stated = [{"kind": "website", "value": f"alfa{number}.no"}]
            record = world.record(
                f"9100000{number:02}",
                company=number,
                name=f"Alfa {number} AS",
                domain=f"alfa{number}.no",
                contact_points=stated,
            )
            describe(world, record, text, domain=f"alfa{number}-site.no")
        for place, name in enumerate(("NORDMANN, Kari Anne", "André Lie", "VIRTANEN MATTI JUHANI")):
            world.warehouse.execute(
                "INSERT INTO core.role (record_id, source, role_code, group_code, holder_kind, holder_name, position, has_resigned, run_id, known_from) "
                "SELECT 'no_brreg:910000050', 'no_brreg', 'LEDE', 'STYR', 'person', $name, $place, false, uuid(), now()",
                name=name, place=place,
            )  # fmt: skip
        world.crm("crm_contact", "p1", email="ola@x-example.no", first_name="Ola", last_name="Hansen")
        for name in ("Liv Planted", "Ole A. Planted"):
            decide.suppress(world.config, "person", name, why="asked")
        fold_journal(world.warehouse, world.config.journal)
        world.publish()
        yield world


def describe(world: World, record: str, text: str, *, domain: str) -> None:
    world.warehouse.execute(
        "INSERT INTO core.site BY NAME SELECT $record AS record_id, 'company_site' AS source, $domain AS domain, "
        "'https://' || $domain AS url, domain AS asked_domain, 'number' AS evidence_code, $record AS evidence, "
        "$text AS description, url || '/om' AS description_url, uuid() AS run_id, now() AS fetched_at, now() AS known_from",
        record=record, text=text, domain=domain,
    )  # fmt: skip


def test_whose_site_names_a_person_who_is_known_here_is_published_without_its_description(described: World) -> None:
    with open_readers(described.config) as readers:
        shown = readers.warehouse.ask("SELECT name, site_description FROM mart.company")
        stated = readers.warehouse.ask("SELECT value, url FROM mart.fact WHERE field = 'site_description'")
        words = {str(row["word"]) for row in readers.warehouse.ask("SELECT word FROM mart.word")}
        indexed = {str(row["word"]) for row in readers.warehouse.ask("SELECT word FROM search.word")}
    texts = dict(enumerate(DESCRIBED, start=1))
    kept = {number: text for number, text in texts.items() if DESCRIBED[text]}
    assert {row["name"]: row["site_description"] for row in shown} == {
        f"Alfa {number} AS": kept.get(number) for number in texts
    }
    assert {(row["value"], row["url"]) for row in stated} == {
        (text, f"https://alfa{number}-site.no/om") for number, text in kept.items()
    }
    assert "selskapet" in words & indexed
    assert not {"nordmann", "kari", "strand", "planted"} & (words | indexed)


@pytest.mark.parametrize(("scheme", "value"), [("person", "Per Hansen-Lie"), ("domain", "alfa10-site.no")])
def test_who_is_suppressed_is_gone_from_what_sites_say_at_once(
    described: World, tmp_path: Path, scheme: str, value: str
) -> None:
    shutil.copytree(described.config.data, tmp_path / "data", symlinks=True)
    config = described.config.model_copy(update={"data": tmp_path / "data"})

    def shown() -> tuple[object, ...]:
        with open_readers(config) as readers:
            [row] = readers.warehouse.ask(
                "SELECT company_id::VARCHAR AS id, site_description FROM current_company WHERE name = 'Alfa 10 AS'"
            )
            facts = readers.warehouse.rows("search/facts_of", ids=[row["id"]])
        return row["site_description"], [fact["value"] for fact in facts if fact["field"] == "site_description"]

    assert shown() == ("Hus av Per Hansen-Lie.", ["Hus av Per Hansen-Lie."])
    decide.suppress(config, scheme, value, why="asked us to stop")
    assert shown() == (None, [])


def test_what_is_held_back_of_a_site_finds_nobody_at_once(world: World) -> None:
    for number, text in ((1, "Vi bygger hus i Nordfjord."), (2, "Vi bygger hus i Nordfjord og Stryn.")):
        record = world.record(f"91000000{number}", company=number, name=f"Alfa {number} AS", domain=f"alfa{number}.no")
        describe(world, record, text, domain=f"alfa{number}-site.no")
    world.publish()
    world.warehouse.close()

    def found() -> list[str]:
        with open_readers(world.config) as readers:
            rank_words(readers.warehouse, find_terms(readers.warehouse, read_words("nordfjord")[0]))
            ids = [
                str(row["company_id"])
                for row in readers.warehouse.ask("SELECT company_id::VARCHAR AS company_id FROM worded")
            ]
            every = [world.company_id(1), world.company_id(2)]
            assert {str(row["company_id"]) for row in readers.warehouse.rows("search/words_found", ids=every)} == set(
                ids
            )
            return sorted(ids)

    assert found() == sorted([world.company_id(1), world.company_id(2)])
    decide.suppress(world.config, "domain", "alfa1-site.no", why="asked us to stop")
    assert found() == [world.company_id(2)]


def test_a_file_of_before_sites_said_anything_is_refused_with_what_to_do(world: World) -> None:
    world.record("910000001", company=1)
    world.publish()
    world.warehouse.close()
    path = (world.config.published / "companies.duckdb").resolve()
    with duckdb.connect(str(path)) as connection:
        connection.execute("ALTER TABLE mart.company DROP COLUMN site_description")
    with open_readers(world.config) as readers:
        assert readers.warehouse.ask("SELECT count(*) AS n FROM current_company") == [{"n": 1}]
    decide.suppress(world.config, "person", "Liv Planted", why="asked us to stop")
    with pytest.raises(ContractBroken, match="Run `prospekt publish`"):
        open_readers(world.config)


def test_who_becomes_a_natural_person_keeps_no_description(world: World) -> None:
    record = world.record("910000001", company=1, name="Kari Nordmann", is_natural_person=True)
    describe(world, record, "Vi selger sko.", domain="alfa-site.no")
    world.merge()
    assert world.company(1)["site_description"] is None
    assert world.warehouse.ask("SELECT description, description_url FROM core.site") == [
        {"description": None, "description_url": None}
    ]
