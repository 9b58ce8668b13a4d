"""A warehouse with the real tables, and companies to put into it."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from db import warehouse
from db.fold import decisions_as_rows, fold_journal
from db.journal import make_decision
from db.warehouse import Warehouse
from enrich import refresh_source
from enrich.config import Config
from enrich.decide import suppress
from enrich.gate import Readers, open_readers
from enrich.icp.model import Icp
from enrich.progress import silent
from enrich.publish import publish
from sources.http import PoliteClient

AddCompany = Callable[..., str]
AddRecord = Callable[..., str]
AddCrm = Callable[..., str]
Judge = Callable[[str, str, str], str]
_connect = warehouse._connect_to_write


@pytest.fixture(autouse=True, scope="session")
def _migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Some six hundred statements make a warehouse; tests/db runs them each time, here every test copies one."""
    folder = tmp_path_factory.mktemp("migrated")
    Warehouse.open_to_write(folder, command="test").close()
    migrated = folder / "warehouse.duckdb"

    def connect_to_copy(path: Path) -> Any:
        if path.name == migrated.name and not path.exists():
            shutil.copy2(migrated, path)
        return _connect(path)

    patch = pytest.MonkeyPatch()
    patch.setattr(warehouse, "_connect_to_write", connect_to_copy)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _no_pauses() -> Iterator[None]:
    """Registers on loopback need not be spared; how long and how often one waits, `tests/sources` says."""
    patch = pytest.MonkeyPatch()
    patch.setattr(refresh_source, "PoliteClient", partial(PoliteClient, sleep=lambda _: None))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


@pytest.fixture
def company_table(_migrated: Warehouse) -> Warehouse:
    """A warehouse whose table of companies is empty; the rest is as the tests of this module left it."""
    _migrated.execute("DELETE FROM core.company")
    return _migrated


@pytest.fixture
def add_company(company_table: Warehouse) -> AddCompany:
    """Adds a company: what a Norwegian software house would be, but for the fields given; gives its name."""

    def add(name: str = "FJORDKODE AS", **fields: Any) -> str:
        number = 900000000 + company_table.ask("SELECT count(*) AS n FROM core.company")[0]["n"]  # type: ignore[operator]
        insert_companies(company_table, [company_row(number, name, **fields)])
        return name

    return add


def company_row(number: int, name: str, **fields: Any) -> dict[str, Any]:
    """A row of core.company: what a Norwegian software house would be, but for the fields given."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    row = {
        "company_id": str(uuid.UUID(int=number)),
        "id_label": f"NO:{number}",
        "registration_scheme": "NO-ORGNR",
        "registration_number": str(number),
        "name": name,
        "country_code": "NO",
        "entity_kind": "legal_entity",
        "is_natural_person": False,
        "legal_form_code": "AS",
        "legal_form_scheme": "NO-LEGAL-FORM",
        "status": "active",
        "industry_code": "62.100",
        "industry_scheme": "SN2025",
        "industry_title": "Programmeringstjenester",
        "industries": [{"code": "62.100", "scheme": "SN2025", "rank": 1}],
        "employees_low": 40,
        "employees_high": 40,
        "employees_state": "exact",
        "website": "fjordkode.example",
        "postal_code": "5003",
        "city": "BERGEN",
        "municipality_code": "4601",
        "municipality_name": "BERGEN",
        "region_code": "46",
        "founded_date": date(2010, 5, 1),
        "signals": [],
        "purpose": "Utvikling av programvare for havbruk",
        "sector_code": "2100",
        "top_company_id": str(uuid.UUID(int=number)),
        "is_customer": False,
        "has_open_deal": False,
        "is_customer_group": False,
        "is_in_crm": False,
        "sources": ["no_brreg"],
        "anchor_record_id": f"no_brreg:{number}",
        "record_ids": [f"no_brreg:{number}"],
        "first_known_at": at,
        "last_known_at": at,
    } | fields
    if "industries" in fields:
        main = next(iter(fields["industries"]), {"code": None, "scheme": None})
        row |= {"industry_code": main["code"], "industry_scheme": main["scheme"]}
    return row


def insert_companies(warehouse: Warehouse, rows: list[dict[str, Any]]) -> None:
    """Put rows into core.company."""
    for row in rows:  # one by one, because they do not all have the same columns
        with warehouse.lend("new_company", pa.Table.from_pylist([row])):
            warehouse.execute("INSERT INTO core.company BY NAME SELECT * FROM new_company")


ICPS = {
    "software": {
        "must": {"country": ["NO"], "industry": ["62"], "employees": "10-200"},
        "should": [{"has_website": True, "weight": 2}, {"age_years": "5-", "weight": 1}, {"words": ["havbruk"]}],
        "must_not": {"legal_form": ["NUF"]},
    },
    "everybody": {"must": {"country": ["NO", "SE"]}},
    "western": {"must": {"territory": ["west"]}, "should": [{"employees": "20-"}]},
}
RECENT, LONG_AGO = date.today() - timedelta(days=30), date(2020, 1, 1)  # noqa: DTZ011 - far from midnight's edge
COMPANIES: dict[str, dict[str, Any]] = {
    "ALFA KODE AS": {"domain": "alfa.example", "phone": "+4755550001", "street": "Torget 1"},
    "BETA KODE AS": {"employees_low": 90, "employees_high": 90},
    "GAMMA KODE AS": {"website": None, "employees_low": 150, "employees_high": 150},
    "DELTA KODE AS": {"employees_low": None, "employees_high": None, "employees_state": "not_supplied"},
    "EPSILON KODE AS": {"founded_date": None},
    "ZETA OSLO AS": {"municipality_code": "0301", "municipality_name": "OSLO", "region_code": "03", "city": "OSLO", "postal_code": "0150"},
    "ETA HANDEL AS": {"industries": [{"code": "47.110", "scheme": "SN2025", "rank": 1}]},
    "THETA LITEN AS": {"employees_low": 1, "employees_high": 4, "employees_state": "withheld"},
    "IOTA SVERIGE AB": {"country_code": "SE", "legal_form_scheme": "SE-LEGAL-FORM", "legal_form_code": "AB", "municipality_code": None},
    "KAPPA UTLAND NUF": {"legal_form_code": "NUF", "entity_kind": "branch"},
    "LAMBDA AVDELING": {"entity_kind": "establishment", "legal_form_code": "BEDR"},
    "MY KONKURSBO": {"entity_kind": "estate", "legal_form_code": "KBO"},
    "NY KONKURS AS": {"status": "bankrupt"},
    "XI BORTE AS": {"status": "left_source"},
    "OMIKRON UVISS AS": {"status": "unknown"},
    "PI KUNDE AS": {"is_customer": True, "is_in_crm": True, "crm_company_keys": ["7001"], "owner_id": "11"},
    "RHO TILBUD AS": {"has_open_deal": True, "is_in_crm": True, "crm_company_keys": ["7002"]},
    "SIGMA KONSERN AS": {"is_customer_group": True, "top_company_id": str(uuid.UUID(int=900000015))},
    "TAU RINGT AS": {"last_contacted_date": RECENT, "is_in_crm": True, "crm_company_keys": ["7003"], "owner_id": "12"},
    "YPSILON RINGT FOR LENGE SIDEN AS": {"last_contacted_date": LONG_AGO, "is_in_crm": True, "crm_company_keys": ["7004", "7005"], "owner_id": "12"},
    "FI KONKURRENT AS": {"mark": "competitor"},
    "KHI SOVER AS": {"mark": "snoozed", "mark_until": date(2999, 1, 1)},
    "PSI VAKNET AS": {"mark": "snoozed", "mark_until": LONG_AGO},
    "OMEGA RESERVERT AS": {"is_marketing_protected": True},
    "KARI NORDMANN KODE": {"entity_kind": "sole_trader", "is_natural_person": True, "legal_form_code": "ENK"},
    "SKJULT AS": {"domain": "skjult.example"},
    "=FORMEL() AS": {"purpose": "+1", "is_in_crm": True, "crm_company_keys": ["K-17"]},
}  # fmt: skip
"""A small world that has a company for every rule and verdict; SKJULT AS is suppressed before publication."""


@pytest.fixture(scope="session")
def _published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("published")
    config = make_config(data)
    with Warehouse.open_to_write(data, command="test") as warehouse:
        warehouse.execute("CREATE TABLE core.record_key (record_id VARCHAR, domain VARCHAR, phone VARCHAR)")
        numbered = enumerate(COMPANIES.items(), start=900000000)
        insert_companies(warehouse, [company_row(number, name, **fields) for number, (name, fields) in numbered])
        for owner_id, name in (("11", "Kari Selger"), ("12", "Ola Selger")):
            warehouse.execute(
                "INSERT INTO core.crm_owner (crm_id, import_id, known_from, is_closed, row_hash, key_hmac, crm_key, name, email)"
                " VALUES ($id, uuid(), now(), false, 1, $id, $id, $name, lower(split_part($name, ' ', 1)) || '@team.example')",
                id=owner_id,
                name=name,
            )
        hidden = list(COMPANIES).index("SKJULT AS") + 900000000
        suppress(config, "organisation", f"NO:{hidden}", why="asked to be left alone")
        fold_journal(warehouse, config.journal)
        publish(warehouse, config, "0190f2c3-0000-7000-8000-0000000000aa", silent)
    (data / "warehouse.duckdb").unlink()  # readers need nothing of it
    return data


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A published market of 240 companies: 24 of them have a deal, the 12 software houses of Bergen among these won theirs.

    Deals are of four quarters of 2025, three won and three lost in each; one more was won from nobody that is known. The last of
    the 216 others has a deal that is open. To read only.
    """
    data = tmp_path_factory.mktemp("market")
    config = make_config(data).model_copy(
        update={"icp": {name: Icp.model_validate(asked) for name, asked in MARKET_ICPS.items()}}
    )
    rows: list[dict[str, Any]] = []
    deals: list[tuple[int, str, date | None]] = []
    for place in range(240):
        is_won, is_lost = place < 12, 12 <= place < 24
        code = "62.100" if is_won or place % 30 == 29 else ("47.110", "56.101", "41.200")[place % 3]
        size = 20 + place if is_won else 1 + place % 9
        rows.append(
            company_row(
                900000000 + place,
                f"MARKED {place} AS",
                industries=[{"code": code, "scheme": "SN2025", "rank": 1}],
                employees_low=size,
                employees_high=size,
                municipality_code="4601" if is_won else ("0301", "5001", "1103")[place % 3],
                is_customer=is_won,
            )
        )
        if is_won or is_lost:
            stage = "won" if is_won else "lost"
            deals.append((place, stage, date(2025, 3 * (place % 4) + 2, 10)))
    deals += [(999, "won", date(2025, 2, 1)), (239, "open", None)]
    with Warehouse.open_to_write(data, command="test") as warehouse:
        warehouse.execute("CREATE TABLE core.record_key (record_id VARCHAR, domain VARCHAR, phone VARCHAR)")
        with warehouse.lend("new_company", pa.Table.from_pylist(rows)):
            warehouse.execute("INSERT INTO core.company BY NAME SELECT * FROM new_company")
        dealt = [
            {"place": place, "stage": stage, "closed_date": closed, "company_id": str(uuid.UUID(int=900000000 + place))}
            for place, stage, closed in deals
        ]
        with warehouse.lend("dealt", pa.Table.from_pylist(dealt)):
            ledger = "uuid() AS import_id, now() AS known_from, false AS is_closed, 1 AS row_hash, 'k' AS key_hmac"
            warehouse.execute(
                f"INSERT INTO core.crm_company BY NAME SELECT 'c' || place AS crm_id, 'c' || place AS crm_key, {ledger}, false AS is_natural_person FROM dealt"
            )
            warehouse.execute(
                f"INSERT INTO core.crm_deal BY NAME SELECT 'd' || place AS crm_id, {ledger}, stage, closed_date, ['c' || place] AS company_crm_keys FROM dealt"
            )
            warehouse.execute(
                "INSERT INTO core.match BY NAME SELECT 'company' AS crm_kind, 'c' || place AS crm_id, 'accepted' AS state, 'x' AS record_id, "
                "company_id::UUID AS company_id, 'model' AS decided_by, '1' AS model_version, now() AS matched_at FROM dealt WHERE place < 999"
            )
        # the first of the winners had three employees until a year ago
        warehouse.execute(
            "INSERT INTO core.company_member VALUES ('no_brreg:900000000', $company, true, 'first', now())",
            company=str(uuid.UUID(int=900000000)),
        )
        for field in ("employees_low", "employees_high"):
            warehouse.execute(
                "INSERT INTO core.change VALUES ('no_brreg:900000000', 'changed', $field, '3', '20', uuid(), '2026-01-01 00:00:00+00')",
                field=field,
            )
        publish(warehouse, config, "0190f2c3-0000-7000-8000-0000000000ab", silent)
    (data / "warehouse.duckdb").unlink()
    return config


MARKET_ICPS = {
    "good": {"should": [{"industry": ["62"], "weight": 3}, {"employees": "10-99"}]},
    "useless": {"should": [{"age_years": "5-"}]},
    "large": {"must": {"employees": "20-"}},
    "old": {"must": {"age_years": "15-"}},
    "untold": {"must": {"technology": ["shopify"]}, "should": [{"industry": ["62"]}]},
    "hiring": {"should": [{"signals": {"kind": "job_ad"}, "weight": 2}, {"industry": ["62"]}]},
}


def make_config(data: Path) -> Config:
    return Config.model_validate(
        {
            "who": "kari@team.example",
            "data": data,
            "icp": ICPS,
            "territory": {
                "west": {"owner": "Vestland-Vera", "municipalities": ["Bergen"]},
                "oslo": {"owner": "Ola Selger", "postal_prefixes": ["0"]},
            },
            "find": {"icp": "software"},
        }
    )


@pytest.fixture
def published(_published_once: Path, tmp_path: Path) -> Config:
    """The configuration of a data folder in which the small world is published; each test has its own copy."""
    shutil.copytree(_published_once, tmp_path / "data", symlinks=True)
    return make_config(tmp_path / "data")


@pytest.fixture
def readers(published: Config) -> Iterator[Readers]:
    """The published small world, open to read."""
    with open_readers(published) as opened:
        yield opened


@pytest.fixture
def number_of() -> Callable[[str], str]:
    """Gives the number, as in NO:900000000, of a company of the small world."""
    return lambda name: f"NO:{list(COMPANIES).index(name) + 900000000}"


@pytest.fixture
def ledger(_migrated: Warehouse) -> Warehouse:
    """A warehouse without records, CRM and decisions."""
    crm = ("crm_company", "crm_contact", "decision")
    matches = ("match", "match_evidence", "match_digest", "match_past", "match_evidence_past")
    for table in ("source_record", "company_member", "company_id_log", "resolution_review", "change", *crm, *matches):
        _migrated.execute(f"DELETE FROM core.{table}")
    for table in ("record_key", "record_name", "identifier"):
        _migrated.execute(f"DROP TABLE IF EXISTS core.{table}")
    return _migrated


@pytest.fixture
def add_record(ledger: Warehouse) -> AddRecord:
    """Adds a source record in its current version, or another version of one; gives its record id."""
    return record_adder(ledger)


def record_adder(ledger: Warehouse) -> AddRecord:
    """What `add_record` gives, for a warehouse of the caller's."""
    given = ledger.ask("SELECT coalesce(max(source_seq), 0) AS seq FROM core.source_record")[0]["seq"]

    def add(source: str, key: str, name: str, *, numbers: dict[str, str] | None = None, **fields: Any) -> str:
        nonlocal given
        given += 1  # type: ignore[operator]
        at = datetime(2026, 11, 1, tzinfo=UTC)
        row = {
            "record_id": f"{source}:{key}",
            "source": source,
            "source_key": key,
            "run_id": str(uuid.uuid4()),
            "source_seq": given,
            "known_from": at,
            "is_closed": False,
            "content_hash": given,
            "mapping_version": 1,
            "layout": "test",
            "fetched_at": at,
            "entity_kind": "legal_entity",
            "is_natural_person": False,
            "name": name,
            "country_code": "NO",
            "identifiers": [
                {"scheme": scheme, "value": value, "original": value} for scheme, value in (numbers or {}).items()
            ],
            "status": "active",
            "employees_state": "not_supplied",
        } | fields
        ledger.execute(
            "UPDATE core.source_record SET known_to = now() WHERE record_id = $id AND known_to IS NULL",
            id=row["record_id"],
        )
        with ledger.lend("new_record", pa.Table.from_pylist([{k: v for k, v in row.items() if v != []}])):
            ledger.execute("INSERT INTO core.source_record BY NAME SELECT * FROM new_record")
        return str(row["record_id"])

    return add


@pytest.fixture
def add_crm(ledger: Warehouse) -> AddCrm:
    """Adds a company (or with `kind="contact"` a contact) to the CRM; gives its CRM id."""
    return crm_adder(ledger)


def crm_adder(ledger: Warehouse) -> AddCrm:
    """What `add_crm` gives, for a warehouse of the caller's."""

    def add(crm_id: str, name: str | None = None, *, kind: str = "company", **values: Any) -> str:
        row = {
            "crm_id": crm_id,
            "import_id": str(uuid.uuid4()),
            "known_from": datetime(2026, 11, 1, tzinfo=UTC),
            "is_closed": False,
            "row_hash": 1,
            "key_hmac": crm_id,
            "crm_key": crm_id,
            **({"name": name, "is_natural_person": False} if kind == "company" else {"company_name": name}),
        } | values
        with ledger.lend("new_crm", pa.Table.from_pylist([row])):
            ledger.execute(f"INSERT INTO core.crm_{kind} BY NAME SELECT * FROM new_crm")
        return crm_id

    return add


@pytest.fixture
def judge_pair(ledger: Warehouse) -> Judge:
    """Takes a judgement on a CRM id and a record id into the warehouse; gives its id."""

    def judge(crm_id: str, record_id: str, verdict: str) -> str:
        decision = make_decision(
            "judgement", {"crm_id": crm_id, "record_id": record_id, "verdict": verdict}, who="kari", why=None
        )
        with ledger.lend("journal_rows", decisions_as_rows([decision])):
            ledger.run("decide/fold")
        return decision.decision_id

    return judge
