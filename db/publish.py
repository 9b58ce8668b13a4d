"""Publishing: two new files a time for readers, checked before they take the place of the last ones.

`companies-<run>.duckdb` has no natural person and nobody who was suppressed or erased, but what the team knows of
companies (customers, deals, marks): it is for the team, and a package for others.
`people-<run>.duckdb` (mode 0600) has contacts, roles, matches and natural persons. Both are complete DuckDB files
without a write-ahead log; `companies.duckdb` and `people.duckdb` are links to the latest, swapped in one step. A file
that somebody has open keeps working when it is removed.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pyarrow as pa

from db.contract import SCHEMA_VERSION, columns_in, read_contract
from db.errors import DiskFull, FolderReadOnly, PublishRefused, WarehouseError
from db.keyed import lend_key
from db.private import make_private_folder
from db.search_index import SplitWords, write_search_index
from db.sql import PRIVACY_CLASSES, comment_statements, quote_identifier, quote_literal, read_query
from db.warehouse import Row, Warehouse
from db.words import WORD_TABLES, Reading, write_words

STORAGE_VERSION = "v1.5.0"
"""The oldest DuckDB that opens the files."""

BLOCK_SIZE = 32_768
"""Bytes of a file that are read and unpacked at once: a search shows few companies, each out of another block."""

KINDS = ("companies", "people")

_READ_ROW_BY_ROW = frozenset(
    ("anchor_record_id", "domain", "id_label", "name", "phone", "postal_code", "purpose", "street", "website")
)
"""Columns of texts that nearly every company has another of: packed, a search would unpack thousands to show one."""

_ORIGINS = {
    "companies": {
        "company": "company",
        "record": "company",
        "change": "change",
        "account": "account",
        "signal": "signal",
        "signal_coverage": "signal_coverage",
        "exchange_rate": "exchange_rate",
        "correspondence": "correspondence",
        "site": "site",
        "code": "code",
    },
    "people": {
        "person_company": "company",
        "crm_company": "crm_company",
        "contact": "crm_contact",
        "match": "match",
        "match_evidence": "match_evidence",
        "match_past": "match_past",
        "match_evidence_past": "match_evidence_past",
        "resolution_review": "resolution_review",
        "role": "role",
        "mandate": "mandate",
        "owner": "crm_owner",
        "deal": "crm_deal",
    },
}
"""Tables whose columns say what those of the same name in core say."""

SEARCHED = {"companies": "mart.company", "people": "mart.person_company"}
"""The table of each file over which a search is prepared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitStatement:
    """An ICP as SQL: `select(relation)` gives company_id, verdict, fit_low, fit_high and points of a relation.

    `definition` is the ICP in JSON, which is kept with its version.
    """

    name: str
    version: str
    definition: str
    parameters: Mapping[str, object]
    select: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The two files of one publication and what is in them."""

    companies: Path
    people: Path
    company_count: int
    person_company_count: int
    contact_count: int
    withheld_count: int


def publish_files(
    warehouse: Warehouse,
    published: Path,
    *,
    run_id: str,
    key: bytes,
    sources: pa.Table,
    nace_lists: pa.Table,
    divisions: pa.Table,
    fits: Sequence[FitStatement],
    split: SplitWords,
    plain: Callable[[str], str],
    reading: Reading,
    keep_days: int = 7,
) -> Published:
    """Build both files aside, check them, let them take the place of the last ones, and remove old ones.

    `sources` are the declarations (source, title, licence, attribution, publisher, homepage, record_url), `nace_lists` the
    lists of industry codes (scheme) that came from NACE 2, `divisions` the names of divisions of industries (scheme, code,
    title). `split` and `plain` say what the words of a text are (see `write_search_index`); `reading` how they are found
    (see `write_words`), those of texts that did not change being taken over from the last file. Raises `PublishRefused`
    where a file misses its contract; the last good files stay.
    """
    _make_room(warehouse, published)
    building = published / f".building-{run_id}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    try:
        lend_key(warehouse, key)
        for query in (
            "merge/flatten",
            "crm/deal_company",
            "publish/withheld",
            "publish/naming",
            "publish/several_records",
        ):
            warehouse.run(query)
        for fit in fits:
            kept = {"icp_name": fit.name, "icp_version": fit.version, "definition": fit.definition}
            warehouse.run("publish/keep_icp_version", **kept)
        with (
            warehouse.lend("source_declaration", sources),
            warehouse.lend("nace_list", nace_lists),
            warehouse.lend("division_title", divisions),
        ):
            for kind in KINDS:
                # one transaction, because each of some hundred comments would else wait for the disk
                with _new_file(warehouse, building / f"{kind}.duckdb"):
                    with warehouse.transaction():
                        _fill(warehouse, kind, run_id, fits)
                    with warehouse.transaction():  # rows have their place in a table only when it is committed
                        write_search_index(warehouse, SEARCHED[kind], split=split, plain=plain)
            with (
                _last_file(warehouse, published / "companies.duckdb") as has_before,
                _new_file(warehouse, building / "companies.duckdb"),
                warehouse.transaction(),
            ):
                write_words(warehouse, reading, has_before=has_before)
        counts = _check(building, warehouse)
        final = {kind: _free_name(published, kind, run_id) for kind in KINDS}
        for kind in KINDS:
            (building / f"{kind}.duckdb").chmod(0o600 if kind == "people" else 0o644)
            (building / f"{kind}.duckdb").rename(final[kind])
        for kind in reversed(KINDS):  # readers begin at the companies: when they see the new ones, the people are there
            _swap_link(published / f"{kind}.duckdb", final[kind].name)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    said = warehouse.value("publish/newest_tombstone")
    prune_published(published, keep_days=keep_days, gone_at=said if isinstance(said, datetime) else None)
    return Published(companies=final["companies"], people=final["people"], **counts)


def prune_published(published: Path, *, keep_days: int, gone_at: datetime | None = None) -> list[Path]:
    """Remove files that are older than `keep_days` and not of the last two publications; gives those removed.

    Of those before `gone_at`, when a record was last withdrawn or erased, only the last publication may stay: it is
    made without.
    """
    removed = []
    for kind in KINDS:
        found = sorted(published.glob(f"{kind}-*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
        for place, path in enumerate(found[1:], start=1):
            made_at = path.stat().st_mtime
            is_old = place > 1 and made_at < time.time() - keep_days * 86_400
            if is_old or (gone_at is not None and made_at < gone_at.timestamp()):
                path.unlink()
                removed.append(path)
    return removed


@contextmanager
def _new_file(warehouse: Warehouse, path: Path) -> Iterator[None]:
    """Attach a new database as the current catalogue; afterwards detach it, which checkpoints it."""
    with _attached(warehouse, path, f"STORAGE_VERSION '{STORAGE_VERSION}', BLOCK_SIZE {BLOCK_SIZE}"):
        yield


@contextmanager
def _built_file(warehouse: Warehouse, path: Path) -> Iterator[None]:
    """Attach a database that was written as the current catalogue, to read only."""
    with _attached(warehouse, path, "READ_ONLY"):
        yield


@contextmanager
def _attached(warehouse: Warehouse, path: Path, how: str) -> Iterator[None]:
    warehouse.execute(f"ATTACH {quote_literal(str(path))} AS published ({how})")
    warehouse.execute("USE published")
    try:
        yield
    finally:
        warehouse.execute("USE warehouse")
        warehouse.execute("DETACH published")


@contextmanager
def _last_file(warehouse: Warehouse, path: Path) -> Iterator[bool]:
    """Attach the last publication as `before`; whether it has words in the layout of today."""
    if not path.exists():
        yield False
        return
    try:
        warehouse.execute(f"ATTACH {quote_literal(str(path.resolve()))} AS before (READ_ONLY)")
    except WarehouseError:  # damaged: everything is read anew, and it is replaced
        yield False
        return
    try:
        known = {
            (str(row["relation"]), str(row["column"]))
            for row in warehouse.rows("publish/last_words", tables=list(WORD_TABLES))
        }
        needed = {one for one in read_contract().columns["companies"] if one[0] in WORD_TABLES}
        yield known >= needed and warehouse.count("publish/last_version") == SCHEMA_VERSION
    finally:
        warehouse.execute("DETACH before")


def _fill(warehouse: Warehouse, kind: str, run_id: str, fits: Sequence[FitStatement]) -> None:
    warehouse.execute(_company_table(warehouse, SEARCHED[kind]))
    warehouse.execute(read_query(f"publish/{kind}"))
    contract = files("db").joinpath("views", f"mart.{kind}.sql").read_text(encoding="utf-8")
    warehouse.execute(contract)
    warehouse.execute(comment_statements(contract))
    warehouse.execute(_borrowed_comments(warehouse, kind))
    warehouse.execute(read_query(f"publish/{kind}_comments"))
    if kind == "companies":
        warehouse.run("publish/codes_in_use")
        is_any_withheld = warehouse.count("publish/withheld_count") > 0
        for fit in fits:
            _fill_fit(warehouse, fit, is_any_withheld=is_any_withheld)
        warehouse.execute(read_query("publish/icp_versions"))
        warehouse.execute(read_query("publish/all_withheld"))
        warehouse.execute(read_query("publish/known_decisions"))
    warehouse.execute(read_query("publish/meta"), schema_version=SCHEMA_VERSION, run_id=run_id)


def _company_table(warehouse: Warehouse, table: str) -> str:
    """The statements that make the table of companies of a new file."""
    columns = ", ".join(
        f"{quote_identifier(str(row['column_name']))} {row['column_type']}"
        + (" USING COMPRESSION uncompressed" if row["column_name"] in _READ_ROW_BY_ROW else "")
        for row in warehouse.ask("DESCRIBE warehouse.core.company")
    )
    return f"CREATE SCHEMA mart; CREATE TABLE {table} ({columns});"


def _fill_fit(warehouse: Warehouse, fit: FitStatement, *, is_any_withheld: bool) -> None:
    said = {**fit.parameters, "icp_name": fit.name, "icp_version": fit.version}
    warehouse.execute(read_query("publish/fitted"))
    warehouse.execute(
        f"INSERT INTO fitted BY NAME {fit.select('mart.company')}",
        **fit.parameters,
    )
    warehouse.execute(read_query("publish/fit"), **said)
    if not is_any_withheld:
        return
    held = "(SELECT * FROM warehouse.core.company WHERE company_id IN (SELECT company_id FROM withheld_company))"
    warehouse.execute(read_query("publish/fitted"))
    warehouse.execute(f"INSERT INTO fitted BY NAME {fit.select(held)}", **fit.parameters)
    warehouse.execute(read_query("publish/fit_withheld"), **said)


def _borrowed_comments(warehouse: Warehouse, kind: str) -> str:
    """The statements that comment on columns as those of core say, in order, so that the same are parsed once."""
    # asked once for all tables: what DuckDB says of its columns is made anew for every question
    rows = warehouse.rows(
        "publish/borrowed_comments", tables=list(_ORIGINS[kind]), origins=list(_ORIGINS[kind].values())
    )
    return "".join(
        f"COMMENT ON COLUMN mart.{quote_identifier(str(row['table_name']))}.{quote_identifier(str(row['column_name']))}"
        f" IS {quote_literal(str(row['comment']))};\n"
        for row in rows
    )


def _check(building: Path, warehouse: Warehouse) -> dict[str, int]:
    """What is in the files; raises `PublishRefused` where they miss the contract."""
    contract = read_contract()
    problems: list[str] = []
    counts: dict[str, int] = {"withheld_count": warehouse.count("publish/withheld_count")}
    for kind in KINDS:
        # as written, and beside the warehouse: another DuckDB would take longer to start than to answer
        with _built_file(warehouse, building / f"{kind}.duckdb"):
            described = warehouse.rows("publish/columns")
            if contract.schema_version == SCHEMA_VERSION:  # else it is just being raised
                problems += contract.missed_by(kind, columns_in(described))
            problems += _misdescribed(described, kind)
            if not problems:  # the counts ask of the tables whose presence was just checked
                [counted] = warehouse.rows(f"publish/{kind}_counts")
                counts |= {name: int(str(number)) for name, number in counted.items()}
    if not problems:
        if counts.pop("natural_person_count"):
            problems.append("natural persons are among the companies")
        if warehouse.count("publish/expected_companies") != counts["company_count"]:
            problems.append("companies are missing")
        if not counts["company_count"] + counts["person_company_count"] + counts["withheld_count"]:
            problems.append("there is no company; run `prospekt refresh` first")
    if problems:
        raise PublishRefused(problems)
    return counts


def _misdescribed(described: Sequence[Row], kind: str) -> list[str]:
    """Columns without a privacy class, and personal ones where none may be."""
    problems = []
    for row in described:
        privacy, colon, _ = str(row["comment"]).partition(": ")
        if not colon or privacy not in PRIVACY_CLASSES:
            problems.append(f"{row['relation']}.{row['column']} has no comment with a privacy class")
        elif kind == "companies" and privacy in ("personal", "staff"):
            problems.append(f"{row['relation']}.{row['column']} is personal")
    return problems


def _make_room(warehouse: Warehouse, published: Path) -> None:
    """Raise where the folder cannot be written to or has no room for two more files."""
    try:
        make_private_folder(published)
    except OSError as error:
        raise FolderReadOnly(published) from error
    if not os.access(published, os.W_OK):
        raise FolderReadOnly(published)
    needed = warehouse.path.stat().st_size
    if shutil.disk_usage(published).free < needed:
        raise DiskFull(published, needed_bytes=needed)


def _free_name(published: Path, kind: str, run_id: str) -> Path:
    """A name that no file has had: an open connection of the same name would go on showing the old one."""
    path = published / f"{kind}-{run_id}.duckdb"
    count = 1
    while path.exists():
        count += 1
        path = published / f"{kind}-{run_id}-{count}.duckdb"
    return path


def _swap_link(link: Path, target: str) -> None:
    aside = link.with_name(f".{link.name}.new")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.replace(link)
