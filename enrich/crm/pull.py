"""Pulls a CRM by its API: what changed since the last time, what is gone, and who was erased there.

A pull is an import whose rows come from an API. Each kind of record is fetched, written beside, and taken in with its
place in one transaction: whoever is stopped begins again where the last kind ended. What the API says of a record that
is held is asked for of that record by its id, since absence from a listing proves nothing; so a change that the search
had not seen yet is found too.
"""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from db.warehouse import Row, Warehouse
from enrich.config import Config, SourceConfig
from enrich.crm.labels import fold_label, never_stored
from enrich.crm.merged import move_judgements, survivor_of
from enrich.crm.report import ImportReport
from enrich.crm.stage_rows import TABLE_OF
from enrich.crm.take_in import Pulled, held_query, take_in_pulled
from enrich.erase import erase_records
from enrich.errors import ConfirmationNeeded, InputInvalid
from enrich.progress import Progress
from sources.errors import SourceAborted
from sources.http import PoliteClient
from sources.kinds.crm_api import (
    COMPANIES,
    LINKS,
    PRIMARY_COMPANIES,
    CrmAccount,
    CrmApi,
    CrmConnector,
    CrmObject,
    CrmRecord,
)
from sources.secret import Secret

OVERLAP = timedelta(minutes=15)
"""So far a search reaches back before the last one: what was changed a moment ago is not found yet."""
WHOLE_EVERY = timedelta(days=7)
"""After so long everything is asked for again: a record that was deleted before the first pull and restored since has the
date of an old change, and no search finds it."""
CAN_COME_BACK = timedelta(days=60)
"""So long a record that was closed here is still asked about: it may be restored, or erased for good."""
KEPT_DELETED = timedelta(days=89)
"""HubSpot keeps what is deleted for 90 days (one is left for the clocks). Only who was live there less long ago and is
neither live nor among the deleted was erased; whoever was last seen before may just have been deleted long ago."""
MOST_GONE = 0.10
FEWEST_GONE = 20
"""Where more than this share of the records of a kind, and more than this many, are gone at once, somebody has to say yes."""

_OWNER_COLUMNS = ("Owner ID", "email", "firstname", "lastname", "archived")
_PROPERTY = re.compile(r"[a-z][a-z0-9_]*")
_RENDERING = 1
"""Raised whenever rows of the same answers come out otherwise: everything is then asked for anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReport:
    """What a pull did, or would do, to one kind of record; `gone` counts by what became of them in the CRM."""

    kind: str
    is_whole: bool
    report: ImportReport
    gone: Mapping[str, int]

    def __str__(self) -> str:
        """As a person reads it."""
        of, verb = self.report, "would be " if self.report.is_dry_run else ""
        causes = ", ".join(f"{count:,} {cause}" for cause, count in self.gone.items())
        return (
            f"{self.kind} ({'all' if self.is_whole else 'changes'}): {of.rows_in:,} {'row' if of.rows_in == 1 else 'rows'} in = {of.rows_created:,} {verb}created + "
            f"{of.rows_updated:,} {verb}updated + {of.rows_unchanged:,} unchanged + {of.rows_duplicate:,} duplicate + "
            f"{of.rows_rejected:,} rejected; {of.rows_closed:,} {verb}closed" + (f" ({causes} there)" if causes else "")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A record of the CRM as it is held here."""

    crm_id: str
    is_open: bool
    is_lately_live: bool
    """A pull within `KEPT_DELETED` saw it live."""
    modified_at: datetime | None


@dataclass(slots=True)
class _Standing:
    """What became of the held records of a kind: whose rows are wanted again, and who is gone, by cause."""

    again: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)
    into: dict[str, str] = field(default_factory=dict)
    """Of records that the CRM answered in the place of others: which one stands for which."""
    lost: set[str] = field(default_factory=set)

    @property
    def gone(self) -> set[str]:
        return self.deleted | self.merged | self.lost


@dataclass(slots=True, kw_only=True)
class CrmPull:
    """One pull of one CRM on its way."""

    warehouse: Warehouse
    config: Config
    connector: CrmConnector
    client: PoliteClient
    landing: Path
    whole: bool
    dry_run: bool
    yes: bool
    progress: Progress
    erased: int = 0
    """Contacts that were erased there and here; of a dry run, that would be."""
    moved: int = 0
    """Judgements of merged records that hold of the ones that are left by now."""
    warnings: tuple[str, ...] = ()
    _lost: list[str] = field(default_factory=list)
    _unsure: int = 0
    """Contacts that are gone there, and that no pull saw live lately enough to know that they were erased."""

    def run(self) -> Iterator[KindReport]:
        """Pull every kind and take it in; raises where the CRM refuses, with what was taken in before kept."""
        source = self.connector.SOURCE
        api = CrmApi(client=self.client, source=source, token=self._token(), secret_env=self._secret_env())
        account = api.account()
        self._refuse_other_portal(account.portal)
        yield self._take_owners(api, account)
        try:
            for of in self.connector.OBJECTS:
                yield self._take_kind(api, account, of)
        except Exception:
            self._erase_lost()  # a kind that is refused, today or always, keeps nobody here who was erased there
            raise
        self.warnings = (*api.warnings(), *self._said_unsure())
        self._erase_lost()

    def _erase_lost(self) -> None:
        """After all kinds, where it can be: a deal's name may tell of the contact too."""
        self.erased = len(self._lost)
        if self._lost and not self.dry_run:
            erase_records(
                self.warehouse,
                self.config,
                self._lost,
                why=f"erased in {self.connector.SOURCE.title}",
                progress=self.progress,
            )

    def _said_unsure(self) -> Iterator[str]:
        if self._unsure:
            closed = "would be closed" if self.dry_run else "were closed"
            yield (
                f"{self._unsure:,} {'contact is' if self._unsure == 1 else 'contacts are'} no longer in "
                f"{self.connector.SOURCE.title} and no pull of the last 90 days had seen them there: deleted long ago or erased, "
                f"which cannot be told apart. They {closed}, not erased; if somebody asked for it, use prospekt erase"
            )

    def _secret_env(self) -> str:
        name = self.connector.SOURCE.name
        secret_env = self.config.sources.get(name, SourceConfig()).secret_env
        if secret_env is None:
            raise InputInvalid(
                f"{name} needs a token: make a private app in {self.connector.SOURCE.title}, put its token into an environment "
                f'variable, and name that in config.toml: [sources.{name}] with secret_env = "{name.upper()}_TOKEN". '
                f"docs/sources/{name}.md says how."
            )
        return secret_env

    def _token(self) -> Secret:
        variable = self._secret_env()
        text = os.environ.get(variable, "").strip()
        if not text:
            raise InputInvalid(
                f"The environment variable {variable}, which config.toml names under [sources.{self.connector.SOURCE.name}], is "
                "not set or empty. Put the token of the private app into it; nothing was changed."
            )
        try:
            return Secret(text)
        except ValueError as error:
            raise InputInvalid(f"The environment variable {variable} cannot be sent: {error}") from None

    def _refuse_other_portal(self, portal: str) -> None:
        """A token of another account would lay one CRM over another."""
        name, configured = self.connector.SOURCE.name, self.config.crm.portal
        before = [str(row["portal"]) for row in self.warehouse.rows("crm/pulled_portals", source=name)]
        other = configured if configured not in (None, portal) else next((one for one in before if one != portal), None)
        if other is not None:
            where = (
                "config.toml names ([crm] portal)" if other == configured else "was pulled into this data folder before"
            )
            raise SourceAborted(
                f"the token belongs to account {portal}, and {other} is what {where}.",
                source=name,
                hint="Use the token of that account, or another data folder for this one. Nothing was changed.",
            )

    def _take_owners(self, api: CrmApi, account: CrmAccount) -> KindReport:
        path = self.landing / f"{self.connector.SOURCE.name}-owners.parquet"
        with _PullFile(path, _OWNER_COLUMNS) as file:
            for record in api.owners(self.connector.OWNERS_SCOPE):
                file.add(record)
            self.progress(f"{self.connector.SOURCE.name}: owners", file.count, None)
        return self._take_in(
            path,
            "owners",
            account,
            is_whole=True,
            standing=_Standing(),
            held={},
            merged_ids={},
            asked="",
            rows=file.count,
        )

    def _take_kind(self, api: CrmApi, account: CrmAccount, of: CrmObject) -> KindReport:
        properties = self._properties(of)
        asked = self._asked_sha256(of, properties)
        since = None if self.whole else self._pulled_until(of.kind, account.portal, asked)
        held = self._held(of.kind, account.portal)
        path = self.landing / f"{self.connector.SOURCE.name}-{of.kind}.parquet"
        links = (PRIMARY_COMPANIES, COMPANIES) if of.primary_link is not None else ()
        merged_ids: dict[str, tuple[str, ...]] = {}
        with _PullFile(path, (*properties, *links)) as file:

            def take(records: Iterable[CrmRecord]) -> None:
                records = iter(records)
                while some := list(islice(records, LINKS)):
                    companies = api.companies_of(of, [one.record_id for one in some]) if links else {}
                    for one in some:
                        primary, every = companies.get(one.record_id, ((), ()))
                        file.add(one, {PRIMARY_COMPANIES: ";".join(primary), COMPANIES: ";".join(every)})
                        if one.merged_ids:
                            merged_ids[one.record_id] = one.merged_ids
                    self.progress(f"{self.connector.SOURCE.name}: {of.kind}", file.count, None)

            if since is None:
                take(api.all_records(of, properties))
            else:
                take(api.changed_records(of, properties, since - OVERLAP))
            standing = self._standing(api, of, held, file.seen, merged_ids)
            if links:
                standing.again += self._relinked(api, of, held, file.seen | standing.gone | set(standing.again))
            for found in api.read_records(of, properties, standing.again):
                take(found.records)
        return self._take_in(
            path,
            of.kind,
            account,
            is_whole=since is None,
            standing=standing,
            held=held,
            merged_ids=merged_ids,
            asked=asked,
            rows=file.count,
        )

    def _properties(self, of: CrmObject) -> tuple[str, ...]:
        """What the declaration asks for, and what the team's own mapping reads; nothing that is never stored."""
        own: Mapping[str, str] = getattr(self.config.crm, of.kind)
        further = [name for name, mapped in own.items() if mapped and _PROPERTY.fullmatch(name)]
        return tuple(
            name for name in dict.fromkeys((*of.properties, *further)) if fold_label(name) not in never_stored()
        )

    def _asked_sha256(self, of: CrmObject, properties: tuple[str, ...]) -> str:
        crm = self.config.crm
        read = (properties, getattr(crm, of.kind), crm.country, crm.won_stages, crm.lost_stages)
        said = json.dumps([_RENDERING, self.connector.SOURCE.mapping_version, *read], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def _pulled_until(self, kind: str, portal: str, asked: str) -> datetime | None:
        """The moment from which on changes are wanted; null where every record is."""
        rows = self.warehouse.rows("crm/pull_state", source=self.connector.SOURCE.name, portal=portal, kind=kind)
        if not rows or rows[0]["asked_sha256"] != asked:
            return None
        until, whole_at = rows[0]["modified_until"], rows[0]["whole_at"]
        if not isinstance(until, datetime) or not isinstance(whole_at, datetime):
            return None
        return until if datetime.now(UTC) - whole_at < WHOLE_EVERY else None

    def _held(self, kind: str, portal: str) -> dict[str, _Held]:
        """The records of the account that are held, by their id there."""
        noun = TABLE_OF[kind]
        rows = self.warehouse.ask(
            held_query(kind),
            prefixes=[f"hubspot:{one}:{noun}:" for one in (portal, "0")],
            closed_since=datetime.now(UTC) - CAN_COME_BACK,
            source=self.connector.SOURCE.name,
            portal=portal,
            kind=kind,
            live_since=datetime.now(UTC) - KEPT_DELETED,
        )
        return {str(row["crm_key"]): _as_held(row) for row in rows}

    def _standing(
        self,
        api: CrmApi,
        of: CrmObject,
        held: Mapping[str, _Held],
        seen: set[str],
        merged_ids: Mapping[str, tuple[str, ...]],
    ) -> _Standing:
        """What became of the held records that were not among the rows; each is asked about by its id."""
        standing = _Standing(merged={one for ids in merged_ids.values() for one in ids if one in held} - seen)
        asked = [one for one in held if one not in seen and one not in standing.merged]
        missing: list[str] = []
        for done, found in enumerate(api.read_records(of, (of.modified,), asked), start=1):
            for record in found.records:
                known = held.get(record.record_id)
                if known is not None and (not known.is_open or _is_newer(record.values.get(of.modified), known)):
                    standing.again.append(record.record_id)
            standing.merged |= found.merged
            standing.into |= {
                one: record.record_id for record in found.records for one in record.merged_ids if one in found.merged
            }
            missing += sorted(found.missing)
            self.progress(f"{self.connector.SOURCE.name}: {of.kind} looked after", done * 100, len(asked))
        for found in api.read_records(of, (of.modified,), missing, archived=True):
            standing.deleted |= {record.record_id for record in found.records} & set(missing)
            # of what is in neither answer nothing is known but that it is there no more
            standing.lost |= found.missing
        return standing

    def _relinked(self, api: CrmApi, of: CrmObject, held: Mapping[str, _Held], known: set[str]) -> list[str]:
        """The open records whose companies are others by now: that changes no date of theirs."""
        wanted = [one for one, each in held.items() if each.is_open and one not in known]
        changed: list[str] = []
        for start in range(0, len(wanted), LINKS):
            some = wanted[start : start + LINKS]
            rows = self.warehouse.rows(
                f"crm/held_companies_{TABLE_OF[of.kind]}", crm_ids=[held[one].crm_id for one in some]
            )
            before = {str(row["crm_key"]): row["companies"] for row in rows}
            now = api.companies_of(of, some)
            for one in some:
                primary, every = now.get(one, ((), ()))
                if of.kind == "contacts":
                    every = tuple(primary or every)
                    every = every if len(every) == 1 else ()
                if before.get(one) != list(every):
                    changed.append(one)
        return changed

    def _take_in(
        self,
        path: Path,
        kind: str,
        account: CrmAccount,
        *,
        is_whole: bool,
        standing: _Standing,
        held: Mapping[str, _Held],
        merged_ids: Mapping[str, tuple[str, ...]],
        asked: str,
        rows: int,
    ) -> KindReport:
        lost = sorted(one for one in standing.lost if kind == "contacts" and held[one].is_lately_live)
        gone = {one for one in standing.gone if one in held and held[one].is_open}
        self._refuse_too_many(kind, len(gone | set(lost)), sum(each.is_open for each in held.values()))
        if not self.dry_run:
            self.moved += self._move_judgements(kind, account.portal, gone, standing, held, merged_ids)
        report = take_in_pulled(
            self.warehouse,
            self.config,
            path,
            kind=kind,
            pulled=Pulled(
                source=self.connector.SOURCE.name,
                portal=account.portal,
                gone=sorted(held[one].crm_id for one in gone),
                merged_ids=merged_ids,
                modified_until=account.at,
                is_whole=is_whole,
                asked_sha256=asked,
                rows=rows,
            ),
            dry_run=self.dry_run,
            progress=self.progress,
        )
        path.unlink()  # its rows are in the ledger; nothing of anybody who is erased there may lie about here
        self._lost += [held[one].crm_id for one in lost]
        if kind == "contacts":
            self._unsure += len((gone & standing.lost) - set(lost))
        causes = Counter(
            "deleted" if one in standing.deleted else "merged" if one in standing.merged else "gone for good"
            for one in gone
        )
        return KindReport(kind=kind, is_whole=is_whole, report=report, gone=dict(sorted(causes.items())))

    def _move_judgements(
        self,
        kind: str,
        portal: str,
        gone: set[str],
        standing: _Standing,
        held: Mapping[str, _Held],
        merged_ids: Mapping[str, tuple[str, ...]],
    ) -> int:
        into = dict(merged_ids) | {
            kept: (*merged_ids.get(kept, ()), *(one for one, each in standing.into.items() if each == kept))
            for kept in standing.into.values()
        }
        left = {one: kept for one in gone & standing.merged if (kept := survivor_of(one, into)) is not None}
        ids = {
            kept: held[kept].crm_id
            if kept in held and held[kept].is_open
            else f"hubspot:{portal}:{TABLE_OF[kind]}:{kept}"
            for kept in left.values()
        }
        return move_judgements(self.config, {held[one].crm_id: ids[kept] for one, kept in left.items()})

    def _refuse_too_many(self, kind: str, gone: int, before: int) -> None:
        if gone > max(FEWEST_GONE, before * MOST_GONE) and not (self.yes or self.dry_run):
            raise ConfirmationNeeded(
                f"{gone:,} of {before:,} {kind} are no longer in {self.connector.SOURCE.title}: they would be closed here, and "
                "contacts that were erased there for good would be erased here. Nothing of this kind was changed; see what "
                "would happen with --dry-run, or repeat it with --yes."
            )


class _PullFile:
    """Records written beside as they come, one row each, however often they are given."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.seen: set[str] = set()
        self._columns = columns
        self._waiting: list[dict[str, str | None]] = []
        self._schema = pa.schema([(name, pa.string()) for name in columns])
        self._handle = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._writer = pq.ParquetWriter(self._handle, self._schema)

    def __enter__(self) -> "_PullFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._write()
        self._writer.close()
        self._handle.close()

    @property
    def count(self) -> int:
        return len(self.seen)

    def add(self, record: CrmRecord, further: Mapping[str, str] | None = None) -> None:
        if record.record_id in self.seen:
            return
        self.seen.add(record.record_id)
        self._waiting.append({**record.values, **(further or {})})
        if len(self._waiting) >= LINKS:
            self._write()

    def _write(self) -> None:
        rows = [{name: row.get(name) for name in self._columns} for row in self._waiting]
        self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))
        self._waiting.clear()


def _as_held(row: Row) -> _Held:
    modified_at = row["modified_at"]
    return _Held(
        crm_id=str(row["crm_id"]),
        is_open=bool(row["is_open"]),
        is_lately_live=bool(row["is_lately_live"]),
        modified_at=modified_at if isinstance(modified_at, datetime) else None,
    )


def _is_newer(said: str | None, known: _Held) -> bool:
    """Whether the CRM says of a later change than is known; times are kept by the millisecond at most."""
    if said is None:
        return False
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return True
    return known.modified_at is None or moment.replace(microsecond=0) > known.modified_at.replace(microsecond=0)
