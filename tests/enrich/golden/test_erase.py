"""A sentinel person is planted in every place of core.retention, and no byte of it may be left after the erasure."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from db.fold import fold_journal
from db.journal import Decision, append_decision, make_decision, read_decisions
from db.warehouse import Warehouse
from enrich import decide
from enrich.config import Config
from enrich.erase import Receipt, erase
from enrich.errors import InputInvalid
from enrich.gate import hmac_of, open_readers, read_key
from enrich.merge import merge_companies
from enrich.progress import silent
from enrich.purge import purge_records
from enrich.saved import list_searches
from tests.enrich.golden.conftest import open_world

EMAIL, PHONE, NAME = "sentinella@hidden-example.no", "+4799887766", "Sentinella Zqvist"
SOLE_TRADER = "914778271"
NEEDLES = (b"sentinella", b"zqvist", b"99887766", SOLE_TRADER.encode())


def places_with(data: Path, needles: tuple[bytes, ...] = NEEDLES) -> list[str]:
    return sorted(
        str(path.relative_to(data))
        for path in data.rglob("*")
        if path.is_file() and any(needle in path.read_bytes().lower() for needle in needles)
    )


def plant(world: Any) -> None:
    """The sentinel: contact, sole trader, role, deal, decisions, rejects, files; all under one name."""
    warehouse, data = world.warehouse, world.config.data
    company = world.record(
        "910000001", company=1, name="Alfa AS",
        contact_points=[{"kind": "email", "value": EMAIL}, {"kind": "website", "value": "alfa-example.no"}],
    )  # fmt: skip
    person = {
        "entity_kind": "sole_trader",
        "is_natural_person": True,
        "contact_points": [{"kind": "email", "value": EMAIL}, {"kind": "mobile", "value": "998 87 766"}],
        "phone": PHONE,
    }
    old = {"known_to": "2026-08-01 00:00:00+00", "known_from": "2026-01-01 00:00:00+00"}
    world.record(SOLE_TRADER, company=2, name=NAME.upper(), **person, **old)
    trader = world.record(SOLE_TRADER, company=2, name=NAME, **person)
    world.relation(
        world.record("910000003", company=3, entity_kind="establishment", name="Zqvist Blomster"),
        "establishment_of",
        SOLE_TRADER,
    )
    warehouse.execute(
        "INSERT INTO core.role (record_id, source, role_code, group_code, holder_kind, holder_name, has_resigned, run_id, known_from) "
        "VALUES ($record, 'no_brreg', 'LEDE', 'STYR', 'person', $name, false, uuid(), now())",
        record=company,
        name=NAME,
    )
    contact = {"email": EMAIL, "first_name": "Sentinella", "last_name": "Zqvist", "mobile": PHONE, "owner_id": "7"}
    world.crm("crm_contact", "p1", **contact, known_to="2026-08-01", job_title="before")
    world.crm("crm_contact", "p1", **contact)
    world.crm("crm_contact", "p2", email="ola@alfa-example.no", first_name="Ola", last_name="Hansen")
    world.crm("crm_company", "c2", name=NAME, is_natural_person=True, crm_key="22")
    world.crm("crm_owner", "o7", crm_key="7", name="Vera Vest", email="vera@team-example.no")
    world.crm("crm_deal", "d1", name=f"Flowers for {NAME}", company_name=NAME, stage="open")
    for kind, crm_id, record_id, number in (("contact", "p1", company, 1), ("company", "c2", trader, 2)):
        world.accept(kind, crm_id, record_id, number)
        warehouse.execute(
            "INSERT INTO core.match_evidence BY NAME SELECT $kind AS crm_kind, $crm_id AS crm_id, 1 AS candidate_rank, $record AS record_id, "
            "$company AS company_id, 0.9 AS probability, 'name' AS comparison, 'same' AS outcome, $name AS left_value, "
            "$name AS right_value, 1 AS weight, $name AS sentence",
            kind=kind, crm_id=crm_id, record=record_id, company=world.company_id(number), name=NAME,
        )  # fmt: skip
    warehouse.execute("INSERT INTO core.match_digest SELECT crm_kind, crm_id, 1, 1, 1 FROM core.match")
    for name in ("match", "match_evidence"):
        at = ", now() AS replaced_at" if name == "match" else ", now() AS matched_at"
        warehouse.execute(f"INSERT INTO core.{name}_past BY NAME SELECT *{at} FROM core.{name}")
    warehouse.execute(
        "INSERT INTO core.change VALUES ($record, 'changed', 'name', $old, $name, uuid(), now())",
        record=trader, old=NAME.upper(), name=NAME,
    )  # fmt: skip
    warehouse.execute(
        "INSERT INTO core.change VALUES ($record, 'changed', 'contact_points', $old, NULL, uuid(), now())",
        record=company, old=f"[{{'kind': email, 'value': {EMAIL}}}]",
    )  # fmt: skip
    warehouse.execute(
        "INSERT INTO raw.reject VALUES (uuid(), 'contacts', 3, NULL, 'bad', 'Bad row.', $row, now())",
        row=json.dumps({"email": EMAIL}),
    )
    warehouse.execute(
        "INSERT INTO core.export VALUES (uuid(), $company, 'hubspot', 'create.csv', NULL, 'kari', 'Vera', now())",
        company=world.company_id(2),
    )
    warehouse.execute(
        "INSERT INTO core.site BY NAME SELECT $record AS record_id, 'company_site' AS source, unnest(['alfa-example.no', 'b.no']) AS domain, "
        "'https://alfa-example.no/' AS url, domain AS asked_domain, 'name_and_place' AS evidence_code, "
        "unnest(['Alfa AS, Oslo', 'Alfa ved Sentinella Zqvist, Oslo']) AS evidence, ['post@alfa-example.no', $email] AS emails, "
        "'Alfa for SENTINELLA ZQVIST' AS description, "
        "['+4722000001', $phone] AS phones, uuid() AS run_id, now() AS fetched_at, now() AS known_from",
        record=company, email=EMAIL.upper(), phone=PHONE,
    )  # fmt: skip
    warehouse.execute(
        "INSERT INTO core.signal BY NAME SELECT unnest(['s:1', 's:2']) AS signal_id, 's' AS source, 'job_ad' AS kind, "
        "unnest(['Gartner', $title]) AS title, uuid() AS run_id, now() AS known_from",
        title=f"Gartner hos {NAME}",
    )
    warehouse.execute(
        "INSERT INTO core.number_inquiry SELECT 'no_numbers', unnest([$trader, '910000001']), 'hit', now()",
        trader=SOLE_TRADER,
    )
    decide.edit(
        world.config, company_id=world.company_id(2), record_id=trader, field="name", value=NAME, why=f"{NAME} said so"
    )
    decide.judge(world.config, crm_id="c2", record_id=trader, verdict="same", why=f"is {NAME}")
    left = {"target": "csv", "file_name": "all.csv", "icp": None, "handed_to": None}
    companies = [{"company_id": world.company_id(2), "record_id": trader}]
    append_decision(
        world.config.journal, make_decision("export", {**left, "companies": companies}, who="kari", why=None)
    )
    said_of_others = {"icp": "everybody", "icp_version": "v", "include": [], "as_of": "2026-11-01T00:00:00+00:00"}
    (data / "searches").mkdir()
    for kind, payload in (
        ("export", {**left, "companies": [], "file_name": f"{NAME}.csv", "handed_to": EMAIL}),
        (
            "list",
            {"list": f"Friends of {NAME}", "company_id": world.company_id(1), "record_id": company, "member": True},
        ),
        ("list", {"list": "Flowers", "company_id": world.company_id(1), "record_id": company, "member": True}),
        ("search", {**said_of_others, "name": f"as asked by {EMAIL}", "text": None, "owner": None}),
        ("search", {**said_of_others, "name": "asks", "text": EMAIL, "owner": None}),
        ("search", {**said_of_others, "name": "owned", "text": None, "owner": EMAIL.upper()}),
        ("search", {**said_of_others, "name": "other", "text": "flowers", "owner": None}),
        ("search", {**said_of_others, "name": "called", "text": "998 87 766", "owner": None}),
    ):
        made = make_decision(kind, payload, who="kari", why=None)
        if kind == "search":
            answer = f"{made.decision_id}.json"
            made = replace(made, payload={**payload, "company_count": 1, "answer": answer})
            (data / "searches" / answer).write_text(json.dumps({world.company_id(1): 0}), encoding="utf-8")
        append_decision(world.config.journal, made)
    for folder, text in (
        ("landing/no_brreg/run/enheter.csv", f"organisasjonsnummer,navn\n{SOLE_TRADER},{NAME}\n"),
        ("rejects/contacts.csv", f"email,reason\n{EMAIL},bad\n"),
        ("rejects/others.csv", "email,reason\nola@alfa-example.no,bad\n"),
        ("exports/create.csv", f"name\n{NAME}\n"),
        ("tmp/spill.bin", NAME),
    ):
        (data / folder).parent.mkdir(parents=True, exist_ok=True)
        (data / folder).write_text(text, encoding="utf-8")
    world.publish()
    with open_readers(world.config, why=f"call {NAME}"):
        pass
    warehouse.checkpoint()
    (data / "backups").mkdir(exist_ok=True)
    shutil.copy2(data / "warehouse.duckdb", data / "backups" / "warehouse-before.duckdb")


@pytest.fixture(scope="module")
def planted_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("planted")
    with open_world(data) as world:
        plant(world)
    assert {place.split("/")[0] for place in places_with(data)} >= {
        "warehouse.duckdb", "backups", "landing", "rejects", "exports", "journal", "published", "tmp", "people-access.log",
    }  # fmt: skip
    return data


@pytest.fixture
def planted(planted_once: Path, tmp_path: Path) -> Config:
    """A copy a test of the folder that holds the sentinel everywhere."""
    return copied(planted_once, tmp_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """A folder before and after the sentinel's e-mail address was erased, first only on trial."""

    trial: Receipt
    journal_before: dict[str, bytes]
    journal_after_trial: dict[str, bytes]
    receipt: Receipt
    config: Config


@pytest.fixture(scope="module")
def erased_once(planted_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Erased:
    """The e-mail address is erased, once for all tests that look at what that leaves; they change nothing here."""
    config = copied(planted_once, tmp_path_factory.mktemp("erased"))

    def journal() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in config.journal.iterdir()}

    before = journal()
    trial = erase(config, "email", EMAIL, country="NO", why="asked by letter", dry_run=True)
    after_trial = journal()
    receipt = erase(config, "email", EMAIL, country="NO", why="asked by letter")
    return Erased(
        trial=trial, journal_before=before, journal_after_trial=after_trial, receipt=receipt, config=config
    )  # fmt: skip


@pytest.fixture
def erased(erased_once: Erased, tmp_path: Path) -> Config:
    """A copy a test of the folder from which the e-mail address was erased."""
    return copied(erased_once.config.data, tmp_path)


def copied(data: Path, to: Path) -> Config:
    shutil.copytree(data, to, symlinks=True, dirs_exist_ok=True)
    return Config(who="kari", data=to)


def check_receipt(receipt: Receipt) -> None:
    assert receipt.removed["core.crm_contact"] == 2
    assert receipt.removed["data/rejects"] == 1
    assert receipt.removed["data/journal"] == 9
    assert "owner vera@team-example.no" in receipt.notify


def check_nothing_is_left(config: Config, receipt: Receipt) -> None:
    check_receipt(receipt)
    assert [
        (place, [n for n in NEEDLES if n in (config.data / place).read_bytes().lower()])
        for place in places_with(config.data)
    ] == []
    assert (config.data / "rejects" / "others.csv").exists()
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        assert warehouse.ask("SELECT emails, phones FROM core.site") == [
            {"emails": ["post@alfa-example.no"], "phones": ["+4722000001"]}
        ]
        assert warehouse.ask("SELECT title FROM core.signal ORDER BY title") == [{"title": "Gartner"}, {"title": None}]
        assert warehouse.ask("SELECT source_key FROM core.number_inquiry") == [{"source_key": "910000001"}]
    with open_readers(config) as readers:
        assert readers.warehouse.ask("SELECT name FROM mart.company ORDER BY name")[0] == {"name": "Alfa AS"}
        assert readers.warehouse.ask("SELECT crm_id FROM current_contact") == [{"crm_id": "p2"}]
        lists = [str(row["list_name"]) for row in readers.warehouse.ask("SELECT list_name FROM current_list_member")]
        assert [name.partition("-")[0] for name in sorted(lists)] == ["Flowers", "erased"]
    [search] = list_searches(config)
    assert (search.name, search.text) == ("other", "flowers")
    assert [path.name for path in (config.data / "searches").iterdir()] == [search.answer]


def test_no_byte_is_left_anywhere_of_an_email_address(erased: Config, erased_once: Erased) -> None:
    check_nothing_is_left(erased, erased_once.receipt)


@pytest.mark.parametrize("asked", [("phone", "99887766"), ("person", NAME)], ids=["phone", "person"])
def test_no_byte_is_left_anywhere(planted: Config, asked: tuple[str, str]) -> None:
    check_nothing_is_left(planted, erase(planted, *asked, country="NO", why="asked by letter"))


def test_an_organisation_that_is_a_person_is_erased_with_its_register_records(planted: Config) -> None:
    receipt = erase(planted, "organisation", f"NO:{SOLE_TRADER}")
    assert receipt.removed["core.source_record"] == 3
    assert any(line.startswith("export create.csv") for line in receipt.notify)
    with Warehouse.open_to_write(planted.data, command="test") as warehouse:
        assert warehouse.ask("SELECT record_id FROM core.source_record WHERE source_key = $key", key=SOLE_TRADER) == []
        assert warehouse.ask("SELECT * FROM core.match_digest") == []  # of verdicts that may have lost evidence too


def test_a_dry_run_counts_the_same_and_changes_nothing(erased_once: Erased) -> None:
    check_receipt(erased_once.trial)
    assert erased_once.journal_after_trial == erased_once.journal_before
    assert (erased_once.receipt.removed, erased_once.receipt.notify) == (
        erased_once.trial.removed,
        erased_once.trial.notify,
    )


def test_who_was_erased_does_not_come_back_by_import_or_by_a_restored_copy(erased: Config, planted_once: Path) -> None:
    shutil.copy2(planted_once / "warehouse.duckdb", erased.data / "warehouse.duckdb")
    with Warehouse.open_to_write(erased.data, command="test") as warehouse:
        assert warehouse.ask("SELECT count(*) AS n FROM core.crm_contact WHERE email = $email", email=EMAIL) == [
            {"n": 2}
        ]
        fold_journal(warehouse, erased.journal)
        merge_companies(warehouse, erased, "0190f2c3-0000-7000-8000-0000000000ff", silent)
        for table in ("crm_contact", "crm_company", "match_evidence", "match_evidence_past", "change"):
            text = str(warehouse.ask(f"SELECT * FROM core.{table}")).lower()
            assert "sentinella" not in text, table
        text = str(warehouse.ask("SELECT * FROM core.source_record")).lower()
        assert EMAIL not in text


def test_an_address_and_a_role_that_went_go_again_when_the_register_states_them_again(erased: Config) -> None:
    with Warehouse.open_to_write(erased.data, command="test") as warehouse:
        warehouse.execute(
            "UPDATE core.source_record SET contact_points = [{'kind': 'email', 'value': $email}] "
            "WHERE record_id = 'no_brreg:910000001'",
            email=EMAIL.upper(),
        )
        warehouse.execute(
            "INSERT INTO core.role (record_id, source, role_code, group_code, holder_kind, holder_name, has_resigned, run_id, known_from) "
            "SELECT 'no_brreg:910000001', 'no_brreg', 'LEDE', 'STYR', 'person', unnest([$name, 'Ola Hansen']), false, uuid(), now()",
            name=NAME.upper(),
        )
        merge_companies(warehouse, erased, "0190f2c3-0000-7000-8000-0000000000ff", silent)
        assert warehouse.ask(
            "SELECT contact_points FROM core.source_record WHERE record_id = 'no_brreg:910000001'"
        ) == [{"contact_points": []}]
        assert warehouse.ask("SELECT holder_name FROM core.role") == [{"holder_name": "Ola Hansen"}]


def test_what_a_site_states_of_an_erased_one_goes_again(erased: Config) -> None:
    erase(erased, "phone", PHONE)
    with Warehouse.open_to_write(erased.data, command="test") as warehouse:
        warehouse.execute(
            "UPDATE core.site SET emails = [$email, 'post@alfa-example.no'], phones = [$phone]",
            email=EMAIL.upper(),
            phone=PHONE,
        )
        merge_companies(warehouse, erased, "0190f2c3-0000-7000-8000-0000000000ff", silent)
        assert warehouse.ask("SELECT emails, phones FROM core.site") == [
            {"emails": ["post@alfa-example.no"], "phones": []}
        ]
        assert warehouse.ask("SELECT phone FROM core.company WHERE name = 'Alfa AS'") == [{"phone": None}]


def test_an_erasure_that_was_stopped_is_finished_by_the_next(planted: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("enrich.erase.merge_companies", stop)
        with pytest.raises(KeyboardInterrupt):
            erase(planted, "email", EMAIL)
    erase(planted, "email", EMAIL)
    assert places_with(planted.data) == []


@pytest.mark.parametrize("stopped_in", ["append_decision", "_delete"])
def test_an_erasure_that_was_stopped_at_the_journal_is_finished_by_the_next(
    planted: Config, monkeypatch: pytest.MonkeyPatch, stopped_in: str
) -> None:
    def stop(*said: object, **_: object) -> None:
        if isinstance(said[1], Decision) and said[1].kind == "erasure":
            return append_decision(planted.journal, said[1])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"enrich.erase.{stopped_in}", stop)
        with pytest.raises(KeyboardInterrupt):
            erase(planted, "email", EMAIL)
    erase(planted, "email", EMAIL)
    assert places_with(planted.data) == []


def test_an_erased_number_is_found_in_rejects_as_the_crm_wrote_it_and_leaves_comparable_forms(world: Any) -> None:
    spellings = {
        "spaced": "998 87 766",
        "dashed": "+47 99-88-77-66",
        "dotted": "(0047) 998.87.766",
        "other": "998 87 767",
    }
    world.record("910000001", company=1, phone=PHONE, contact_points=[{"kind": "phone", "value": "998 87 766"}])
    world.crm("crm_contact", "p1", first_name="Sentinella", last_name="Zqvist", mobile=PHONE)
    rejects = world.config.data / "rejects"
    rejects.mkdir()
    for name, spelling in spellings.items():
        world.warehouse.execute(
            "INSERT INTO raw.reject VALUES (uuid(), $name, 3, NULL, 'bad', 'Bad row.', $row, now())",
            name=name,
            row=json.dumps({"phone": spelling}),
        )
        (rejects / f"{name}.csv").write_text(f"phone,reason\n{spelling},bad\n", encoding="utf-8")
    world.publish()
    world.warehouse.close()
    erase(world.config, "phone", PHONE)
    assert [path.name for path in rejects.iterdir()] == ["other.csv"]
    with Warehouse.open_to_write(world.config.data, command="test") as warehouse:
        assert warehouse.ask("SELECT source FROM raw.reject") == [{"source": "other"}]
        assert warehouse.ask("SELECT phone FROM core.record_key") == [{"phone": None}]
        assert warehouse.ask("SELECT phone FROM core.company") == [{"phone": None}]


def test_a_number_of_nobody_here_that_a_register_was_asked_for_goes(world: Any) -> None:
    world.record("910000001", company=1)
    world.warehouse.execute(
        "INSERT INTO core.number_inquiry SELECT 'no_numbers', unnest([$trader, '910000001']), 'hit', now()",
        trader=SOLE_TRADER,
    )
    world.warehouse.close()
    erase(world.config, "organisation", f"NO:{SOLE_TRADER}")
    with Warehouse.open_to_write(world.config.data, command="test") as warehouse:
        assert warehouse.ask("SELECT source_key FROM core.number_inquiry") == [{"source_key": "910000001"}]


def test_who_is_erased_with_a_middle_name_goes_from_what_sites_say_without_it(world: Any) -> None:
    alfa = world.record("910000001", company=1)
    for number, said in enumerate(
        [
            "Spør Kari Nordmann i dag.",
            "Kari Nordmanns butikk.",
            "Spør NORDMANN KÁRI i dag.",
            "Spør Kari i dag, eller Ola.",
        ]
    ):
        world.warehouse.execute(
            "INSERT INTO core.site BY NAME SELECT $record AS record_id, 'company_site' AS source, $domain AS domain, "
            "'https://alfa-example.no/' AS url, $domain AS asked_domain, 'number' AS evidence_code, 'NO' AS evidence, "
            "$said AS description, 'https://alfa-example.no/' AS description_url, uuid() AS run_id, now() AS fetched_at, now() AS known_from",
            record=alfa, domain=f"alfa{number}.no", said=said,
        )  # fmt: skip
    world.crm("crm_contact", "p1", first_name="Kari Anne", last_name="Nordmann", email="kari@alfa-example.no")
    world.warehouse.close()
    erase(world.config, "email", "kari@alfa-example.no")
    with Warehouse.open_to_write(world.config.data, command="test") as warehouse:
        left = warehouse.ask("SELECT description, description_url IS NULL AS is_gone FROM core.site ORDER BY domain")
    assert [row["description"] for row in left] == [None, None, None, "Spør Kari i dag, eller Ola."]
    assert [row["is_gone"] for row in left] == [True, True, True, False]


def test_only_a_keyed_hash_is_left(erased: Config) -> None:
    laid = [dict(one.payload) for one in read_decisions(erased.journal) if one.kind == "erasure"]
    assert hmac_of(read_key(erased), "email", EMAIL) in {one["hmac"] for one in laid}
    with Warehouse.open_to_write(erased.data, command="test") as warehouse:
        stones = warehouse.ask("SELECT hmac FROM core.tombstone WHERE scheme = 'email'")
    assert {row["hmac"] for row in stones} == {one["hmac"] for one in laid if one["scheme"] == "email"}


def test_every_place_that_holds_persons_is_known_to_retention_and_reached(planted: Config) -> None:
    with Warehouse.open_to_write(planted.data, command="test") as warehouse:
        kept = {str(row["place"]): str(row["erase_by"]) for row in warehouse.rows("erase/places")}
        tables = warehouse.ask(
            "SELECT DISTINCT schema_name || '.' || table_name AS name FROM duckdb_columns() JOIN duckdb_tables() "
            "USING (database_oid, schema_oid, table_oid, schema_name, table_name) WHERE schema_name IN ('raw', 'core') "
            "AND regexp_matches(duckdb_columns.comment, '^(personal|mixed|staff): ')"
        )
    assert {row["name"] for row in tables} - set(kept) == set()
    reached = {f"data/{path.name}" for path in planted.data.iterdir()} - {
        "data/warehouse.duckdb", "data/writer.lock", "data/writer.json", "data/warehouse.duckdb.wal",
        "data/people-access.lock",
    }  # fmt: skip
    assert len(reached) > 7
    assert reached - set(kept) == set()


def test_a_domain_can_be_suppressed_but_not_erased(planted: Config) -> None:
    with pytest.raises(InputInvalid, match="suppress"):
        erase(planted, "domain", "hidden-example.no")


def test_a_withdrawn_record_is_purged_in_all_versions_and_leaves_a_tombstone(world: Any) -> None:
    world.record("910000001", company=1, known_to="2026-08-01", known_from="2026-01-01")
    gone = world.record("910000001", company=1)
    stays = world.record("910000002", company=2)
    assert purge_records(world.warehouse, read_key(world.config), [gone]) >= 4
    assert [row["record_id"] for row in world.warehouse.ask("SELECT DISTINCT record_id FROM core.source_record")] == [
        stays
    ]
    assert world.warehouse.ask("SELECT scheme, reason FROM core.tombstone") == [{"scheme": "record", "reason": "gone"}]
    assert world.merge().companies == 1


def test_of_somebody_who_is_not_here_the_receipt_says_that_nothing_is_held(planted: Config) -> None:
    assert not erase(planted, "email", "nobody@nowhere-example.no", dry_run=True).is_held
    receipt = erase(planted, "email", "nobody@nowhere-example.no")
    assert not receipt.is_held
    assert places_with(planted.data) != []
    assert [one.kind for one in read_decisions(planted.journal)].count("erasure") == 1
