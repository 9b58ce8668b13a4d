import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from db.journal import append_decision, make_decision
from db.publish import prune_published
from db.warehouse import Warehouse
from enrich import decide
from enrich.config import Config
from enrich.errors import ContractBroken
from enrich.gate import read_key
from enrich.progress import silent
from enrich.publish import PublishReport, publish
from enrich.purge import purge_records
from enrich.runs import new_run_id
from tests.enrich.golden.conftest import open_world

PEOPLE_TABLES = ("person_company", "contact", "match", "role", "crm_company", "owner", "list_member")


@pytest.fixture
def peopled(world: Any) -> Any:
    """A company, a sole trader, and a contact at the company."""
    return people(world)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> PublishReport:
    """The same with two more contacts and a change, published once for all tests that only look at the files."""
    with open_world(tmp_path_factory.mktemp("published")) as world:
        people(world)
        numbers = {"phone": "+4722009911", "mobile": "+4799009911"}
        world.crm("crm_contact", "p2", email="per@left-example.no", first_name="Per", has_opted_out=True, **numbers)
        world.crm("crm_contact", "p3", email="eva@stays-example.no", first_name="Eva", has_opted_out=False, **numbers)
        world.warehouse.execute(
            "INSERT INTO core.change SELECT record_id, 'changed', 'contact_points', '[{kind: email, value: ola@fjord-example.no}]', "
            "NULL, run_id, now() FROM core.source_record WHERE name = 'Fjord AS'"
        )
        return world.publish()


def people(world: Any) -> Any:
    record = world.record("910000001", company=1, name="Fjord AS", domain="fjord-example.no", employees_low=12)
    world.record("910000002", company=2, name="Kari Nordmann", entity_kind="sole_trader", is_natural_person=True)
    world.crm("crm_company", "c1", crm_key="11", name="Fjord", owner_id="7")
    world.crm(
        "crm_contact", "p1", email="ola@fjord-example.no", first_name="Ola", last_name="Hansen", company_crm_key="11"
    )
    world.crm("crm_owner", "o7", crm_key="7", name="Vera Vest", email="vera@team.example")
    world.accept("company", "c1", record, 1)
    return world


def ask(path: Path, sql: str) -> list[Any]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_companies_file_has_no_natural_person_and_the_people_file_is_private(published_once: PublishReport) -> None:
    report = published_once
    assert ask(report.companies, "SELECT field, old_value FROM mart.change") == [("contact_points", None)]
    assert ask(report.companies, "SELECT name FROM mart.company") == [("Fjord AS",)]
    assert ask(report.people, "SELECT name FROM mart.person_company") == [("Kari Nordmann",)]
    assert report.people.stat().st_mode & 0o777 == 0o600
    assert (report.company_count, report.person_company_count, report.contact_count) == (1, 1, 3)
    written = report.companies.read_bytes().lower()
    assert b"fjord as" in written
    for personal in (b"nordmann", b"hansen", b"ola@fjord", b"vera vest"):
        assert personal not in written


def test_every_table_view_and_column_says_what_it_is_and_nothing_personal_is_among_the_companies(
    published_once: PublishReport,
) -> None:
    report = published_once
    for path in (report.companies, report.people):
        bare = ask(
            path,
            "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL UNION ALL "
            "SELECT view_name FROM duckdb_views() WHERE comment IS NULL AND NOT internal UNION ALL "
            "SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal",
        )
        assert bare == []
    classes = {
        str(row[0]).split(":")[0]
        for row in ask(report.companies, "SELECT comment FROM duckdb_columns() WHERE NOT internal")
    }
    assert classes == {"open", "mixed", "internal"}


def test_published_files_are_whole_and_open_in_the_oldest_duckdb(published_once: PublishReport) -> None:
    report = published_once
    assert sorted(path.name for path in report.companies.parent.iterdir()) == sorted(
        [report.companies.name, report.people.name, "companies.duckdb", "people.duckdb"]
    )
    [(tags,)] = ask(report.companies, "SELECT tags FROM duckdb_databases() WHERE NOT internal AND path IS NOT NULL")
    assert str(tags["storage_version"]).startswith("v1.5.0")


def test_a_fact_names_value_source_address_licence_and_whether_it_is_used(world: Any) -> None:
    world.record("910000001", company=1, name="Fjord AS", founded_date="1991-01-01")
    lei = "5493000000000000NO12"
    world.record(lei, company=1, source="gleif", name="FJORD EXPORT AS", founded_date="1990-01-01")
    called = [{"kind": "phone", "value": "22 22 55 55"}]
    world.record("910000002", company=2, name="Alene AS", phone="+4722225555", contact_points=called)
    report = world.publish()
    assert ask(report.companies, "SELECT value, original FROM mart.fact WHERE field = 'phone'") == [
        ("+4722225555", "22 22 55 55")
    ]
    facts = ask(report.companies, "SELECT field, value, source, url, licence, is_used FROM mart.fact ORDER BY ALL")
    assert (
        "name",
        "Fjord AS",
        "no_brreg",
        "https://virksomhet.brreg.no/nb/oppslag/enheter/910000001",
        "NLOD 2.0",
        True,
    ) in facts
    assert ("name", "FJORD EXPORT AS", "gleif", f"https://search.gleif.org/#/record/{lei}", "CC0 1.0", False) in facts
    assert (
        "founded_date",
        "1990-01-01",
        "gleif",
        f"https://search.gleif.org/#/record/{lei}",
        "CC0 1.0",
        False,
    ) in facts
    used = [fact[:3] for fact in facts if fact[5] and fact[0] == "lei"]
    assert used == [("lei", lei, "gleif")]
    assert ("name", "Alene AS") in {fact[:2] for fact in facts}


def test_an_edit_is_a_fact_of_the_team_beside_what_the_register_says(peopled: Any) -> None:
    about = {"company_id": peopled.company_id(1), "record_id": "no_brreg:910000001"}
    made = decide.edit(peopled.config, **about, field="name", value="Fjord Holding AS")
    report = peopled.publish()
    facts = ask(
        report.companies, "SELECT value, record_id, source, is_used FROM mart.fact WHERE field = 'name' ORDER BY source"
    )
    assert facts == [
        ("Fjord AS", "no_brreg:910000001", "no_brreg", False),
        ("Fjord Holding AS", f"edit:{made.decision_id}", "team", True),
    ]


SUPPRESSED = {
    "a company by its number": ("organisation", "NO:910000001", (b"alfa", b"910000001", b"annsen"), ()),
    "a company by its domain": (
        "domain", "https://beta-example.no", (b"beta as", b"910000002", b"bo@beta", b"mail.beta"), (),
    ),
    "a contact by e-mail": ("email", "CECILIE@gamma-example.no", (b"cecilie@gamma", b"ceciliesen"), (b"gamma as",)),
    "a contact by name": ("person", "david davidsen", (b"david@delta", b"davidsen"), (b"delta as",)),
    "a sole trader by name": ("person", "elin epsilon", (b"epsilon", b"910000005"), ()),
    "a sole trader by number": ("organisation", "NO:910000006", (b"zeta", b"910000006"), ()),
    "nobody": ("", "", (), (b"eta as", b"910000007", b"greta@eta", b"gretasen", b"hege theta", b"910000008")),
}  # fmt: skip
"""Whom a suppression takes out of both files, and what of the same company stays; all are suppressed in one world."""


@pytest.fixture(scope="module")
def suppressed_once(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """All that is written into both files after each of SUPPRESSED was."""
    with open_world(tmp_path_factory.mktemp("suppressed")) as world:
        contacts = ("Ann Annsen", "Bo Bosen", "Cecilie Ceciliesen", "David Davidsen", "Greta Gretasen")
        for number, company, contact in zip(
            (1, 2, 3, 4, 7), ("Alfa", "Beta", "Gamma", "Delta", "Eta"), contacts, strict=True
        ):
            first, last = contact.split()
            domain = f"{company.lower()}-example.no"
            record = world.record(f"91000000{number}", company=number, name=f"{company} AS", domain=domain)
            world.crm("crm_company", f"c{number}", crm_key=str(number), name=company)
            email = f"{first.lower()}@{domain}"
            world.crm(
                "crm_contact", f"p{number}", email=email, first_name=first, last_name=last, company_crm_key=str(number)
            )
            world.accept("company", f"c{number}", record, number)
        world.crm("crm_contact", "p9", email="per@mail.beta-example.no", first_name="Per", last_name="Olsen")
        for number, name in ((5, "Elin Epsilon"), (6, "Frode Zeta"), (8, "Hege Theta")):
            world.record(
                f"91000000{number}", company=number, name=name, entity_kind="sole_trader", is_natural_person=True
            )
        for scheme, value, _, _ in SUPPRESSED.values():
            if scheme:
                decide.suppress(world.config, scheme, value)
        report = world.publish()
        return (report.companies.read_bytes() + report.people.read_bytes()).lower()


@pytest.mark.parametrize("whom", SUPPRESSED)
def test_whoever_is_suppressed_is_physically_absent_from_both_files(suppressed_once: bytes, whom: str) -> None:
    _, _, gone, stays = SUPPRESSED[whom]
    assert [text for text in gone if text in suppressed_once] == []
    assert [text for text in stays if text not in suppressed_once] == []


def test_suppressed_companies_that_fit_are_counted_by_icp_and_not_named(world: Any) -> None:
    world.config = Config.model_validate(
        {**world.config.model_dump(), "icp": {"no": {"must": {"country": ["NO"], "employees": "10-"}}}}
    )
    world.record("910000001", company=1, employees_low=12, employees_high=12, employees_state="exact")
    world.record("910000002", company=2, employees_low=12, employees_high=12, employees_state="exact")
    world.record("910000003", company=3, employees_low=2, employees_high=2, employees_state="exact")
    decide.suppress(world.config, "organisation", "NO:910000002")
    report = world.publish()
    assert ask(report.companies, "FROM mart.withheld ORDER BY ALL") == [("no", "suppressed", 1), (None, None, 1)]
    assert ask(report.companies, "SELECT company_id::VARCHAR, verdict, fit_low FROM mart.fit") == [
        (world.company_id(1), "yes", 100)
    ]
    points = ask(report.companies, "SELECT criterion, kind, verdict, value FROM mart.fit_point ORDER BY ALL")
    assert [point[1:3] for point in points] == [("must", "yes"), ("must", "yes")]


def test_the_last_good_files_stay_when_a_new_one_misses_its_contract(peopled: Any) -> None:
    first = peopled.publish()
    peopled.warehouse.execute("DELETE FROM core.company_member")
    with pytest.raises(ContractBroken, match="the last files stay"):
        peopled.publish()
    assert (peopled.config.published / "companies.duckdb").resolve() == first.companies
    assert [path.name for path in peopled.config.published.iterdir() if path.name.startswith(".")] == []


def test_a_file_held_open_over_a_swap_keeps_working_even_when_it_is_removed(peopled: Any) -> None:
    link = peopled.config.published / "companies.duckdb"
    first = peopled.publish()
    with Warehouse.open_to_read(link) as reader:
        assert reader.ask("SELECT count(*) AS n FROM mart.company") == [{"n": 1}]
        peopled.record("910000003", company=3)
        second = peopled.publish()
        first.companies.unlink()
        assert reader.ask("SELECT name FROM mart.company") == [{"name": "Fjord AS"}]
        with Warehouse.open_to_read(link) as fresh:
            assert fresh.ask("SELECT count(*) AS n FROM mart.company") == [{"n": 2}]
    assert second.companies != first.companies


def test_the_same_run_published_twice_gets_a_new_name(peopled: Any) -> None:
    run_id = "0190f2c3-0000-7000-8000-00000000beef"
    assert peopled.publish(run_id).companies != peopled.publish(run_id).companies


def test_old_files_go_and_the_last_two_stay(tmp_path: Path) -> None:
    for age_days in range(1, 5):
        for kind in ("companies", "people"):
            path = tmp_path / f"{kind}-{age_days}.duckdb"
            path.touch()
            then = time.time() - age_days * 10 * 86_400
            os.utime(path, (then, then))
    removed = prune_published(tmp_path, keep_days=15)
    assert sorted(path.name for path in removed) == [
        "companies-3.duckdb", "companies-4.duckdb", "people-3.duckdb", "people-4.duckdb",
    ]  # fmt: skip


def test_the_link_is_never_missing_while_files_are_swapped(peopled: Any) -> None:
    peopled.publish()
    link = peopled.config.published / "companies.duckdb"
    watcher = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys\nwhile not os.path.exists(sys.argv[2]): os.stat(sys.argv[1])",
            str(link),
            str(link.with_name("enough")),
        ]
    )
    for _ in range(2):
        publish(peopled.warehouse, peopled.config, new_run_id(), silent)
    link.with_name("enough").touch()
    assert watcher.wait(timeout=60) == 0


def test_files_from_before_a_withdrawal_go_with_the_next_publication(world: Any) -> None:
    world.record("910000001", company=1)
    gone = world.record("910000002", company=2)
    before = [world.publish(), world.publish()]
    purge_records(world.warehouse, read_key(world.config), [gone])
    after = world.publish()
    assert [one.companies.exists() or one.people.exists() for one in before] == [False, False]
    assert after.companies.exists()
    again = world.publish()
    assert after.companies.exists()
    assert again.companies.exists()


def test_files_published_before_an_erasure_was_taken_in_go_too(world: Any) -> None:
    world.record("910000001", company=1)
    world.merge()
    append_decision(
        world.config.journal,
        make_decision("erasure", {"scheme": "email", "hmac": "00", "receipt": "r"}, who="kari", why=None),
    )
    between = publish(world.warehouse, world.config, new_run_id(), silent)  # as a refresh does that had folded by then
    world.publish()
    assert not between.companies.exists()
    assert not between.people.exists()


def test_who_opted_out_is_counted_but_has_no_address_or_number_in_the_people_file(
    published_once: PublishReport,
) -> None:
    report = published_once
    asked = "SELECT first_name, email, phone, mobile FROM mart.contact WHERE crm_id <> 'p1' ORDER BY crm_id"
    assert ask(report.people, asked) == [
        ("Per", None, None, None),
        ("Eva", "eva@stays-example.no", "+4722009911", "+4799009911"),
    ]
    assert report.contact_count == 3
    assert b"left-example" not in report.people.read_bytes()
