"""Refreshing: fetch or read what sources have to say, land it, and bring everything that follows up to date.

A source that fails stops only itself. What was landed stays landed, what was not is undone, whenever it is stopped.
"""

import errno
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from db.errors import DiskFull, FolderReadOnly
from db.fold import fold_journal
from db.private import make_private_folder
from db.warehouse import Warehouse
from enrich.accounts import refresh_accounts
from enrich.codes import refresh_codes
from enrich.config import Config, SourceConfig
from enrich.delivery import layouts_of_part
from enrich.errors import EnrichError, InputInvalid, NotFound
from enrich.freshness import is_switched_on
from enrich.gate import read_key
from enrich.knowledge import refresh_knowledge
from enrich.land import LandReport, land_delivery, preview_delivery
from enrich.mandates import refresh_mandates
from enrich.numbers import look_up_numbers, numbers_due
from enrich.pipeline import Say, StagesReport, is_behind, run_stages
from enrich.progress import Progress
from enrich.pull import pull_crm
from enrich.rates import refresh_rates
from enrich.retention import keep_retention
from enrich.roles import refresh_roles
from enrich.runs import fail_dead_runs, log_run, new_run_id
from enrich.signals import fetch_signals, land_signals, read_signal_file
from enrich.signals import read_cursor as read_signal_cursor
from enrich.sites import refresh_sites
from sources.errors import RetryableError, SourceError
from sources.feed import SignalsConnector
from sources.http import PoliteClient, user_agent
from sources.kinds.bulk_file import read_file
from sources.kinds.crm_api import CrmConnector
from sources.kinds.file_copy import UNPACKED
from sources.kinds.hal_register import drop_position
from sources.registry import find_sources
from sources.source import (
    AccountsConnector,
    BulkConnector,
    ChangesConnector,
    CodesConnector,
    Connector,
    Coverage,
    Delivery,
    FileConnector,
    KnowledgeConnector,
    Known,
    LookupConnector,
    MandatesConnector,
    RatesConnector,
    RolesConnector,
    SiteConnector,
    Source,
)
from sources.web import WebClient

MOST_CLOSED = 0.01
"""A complete delivery that would close more than this share of a part's records needs a yes, or more than its source says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """One delivery of a source: landed (ok), the same as the last (unchanged), or asked company by company (asked).

    Only what was landed has figures.
    """

    source: str
    outcome: str
    coverage: str
    layout: str
    landed: LandReport | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshReport:
    """What a refresh did: its deliveries, and the stages that followed, where any had to."""

    deliveries: tuple[DeliveryReport, ...]
    is_dry_run: bool
    stages: StagesReport | None


def refresh(
    config: Config,
    *,
    names: Sequence[str] = (),
    file: Path | None = None,
    coverage: Coverage | None = None,
    due: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    progress: Progress,
    say: Say,
) -> RefreshReport:
    """Refresh the sources named, or all that are switched on; `due` leaves out those whose cadence has not passed.

    `file` is a register's file downloaded by hand, for the one source named; it only adds and changes unless
    `coverage` is complete. Without a file, a complete coverage fetches the whole register again where its changes
    would do.

    After all sources had their turn the first error of one that failed is raised, one that says "later" last.
    Raises `ConfirmationNeeded` where a complete delivery would close over 1 % of the records and `yes` is not given.
    """
    connectors = _chosen(config, names, file=file)
    command = " ".join(["refresh", *(connector.SOURCE.name for connector in connectors)])
    with Warehouse.open_to_write(config.data, command=command) as warehouse:
        if not dry_run:
            _tidy_up(warehouse, config, say)
        for name in find_sources():
            if not names and lacks_login(name) and config.sources.get(name, SourceConfig()).enabled:
                say(f"{name}: left out, it wants a login that is not set (docs/sources/{name}.md).")
        refreshing = _Refreshing(warehouse, config, coverage, dry_run, yes, progress, say, [], [], len(connectors) > 1)
        for connector in connectors:
            if not due or refreshing.is_due(connector.SOURCE):
                refreshing.refresh_source(connector, file)
        stages = None
        if not dry_run and is_behind(warehouse, config):
            stages = run_stages(warehouse, config, run_id=new_run_id(), progress=progress, say=say, command=command)
    for error in sorted(refreshing.errors, key=lambda error: isinstance(error, RetryableError)):
        raise error
    return RefreshReport(deliveries=tuple(refreshing.done), is_dry_run=dry_run, stages=stages)


def _tidy_up(warehouse: Warehouse, config: Config, say: Say) -> None:
    """End what was cut off, let go of what is old, and take in what was decided."""
    if fail_dead_runs(warehouse):
        say("An earlier run was cut off; nothing of it was kept.")
    for text in config.landing.rglob(f"*{UNPACKED}"):
        text.unlink()  # left by a run that was cut off
    keep_retention(warehouse, config)
    fold_journal(warehouse, config.journal)


def _chosen(config: Config, names: Sequence[str], *, file: Path | None) -> list[Connector]:
    connectors = find_sources()
    for name in names:
        if name not in connectors:
            raise NotFound("source", name, get_close_matches(name, connectors, n=3) or sorted(connectors))
    if file is not None and len(names) != 1:
        raise InputInvalid("A file is loaded for one source: name it, e.g. `prospekt refresh no_brreg --file FILE`.")
    if file is not None and not has_file(connectors[names[0]]):
        raise InputInvalid(f"{names[0]} has no file: run `prospekt refresh {names[0]}`.")
    of = {
        name: config.sources.get(name, SourceConfig(enabled=not connector.SOURCE.is_opt_in))
        for name, connector in connectors.items()
    }
    on = [
        name
        for name, connector in connectors.items()
        if of[name].enabled and is_switched_on(connector, of[name]) and not lacks_login(name)
    ]
    return [connectors[name] for name in dict.fromkeys(names or on)]


def has_file(connector: Connector) -> bool:
    """Whether a file given by hand can be loaded of it."""
    asked_only = RatesConnector | CodesConnector | SiteConnector | KnowledgeConnector | LookupConnector
    with_file = BulkConnector | FileConnector | CrmConnector | SignalsConnector
    return isinstance(connector, with_file) or not isinstance(connector, asked_only)


def lacks_login(name: str) -> bool:
    """Whether a source answers only to a login that the environment does not have; asked for by name, it says so."""
    return not all(os.environ.get(variable) for variable in find_sources()[name].SOURCE.login_envs)


@dataclass(frozen=True, slots=True)
class _Refreshing:
    """One refresh on its way: what all its sources share, and what became of them so far."""

    warehouse: Warehouse
    config: Config
    coverage: Coverage | None
    dry_run: bool
    yes: bool
    progress: Progress
    say: Say
    done: list[DeliveryReport]
    errors: list[Exception]
    goes_on: bool

    def is_due(self, source: Source) -> bool:
        configured = self.config.sources.get(source.name, SourceConfig()).cadence_hours
        last = self.warehouse.value("runs/last_good_at", source=source.name)
        every = timedelta(hours=source.cadence_hours if configured is None else configured)
        return not isinstance(last, datetime) or datetime.now(UTC) >= last + every

    def refresh_source(self, connector: Connector, file: Path | None) -> None:
        """Land everything that one source brings; an error of its own ends this source, not the others."""
        source = connector.SOURCE
        with self._landing_folder(source) as folder:
            try:
                if isinstance(connector, CrmConnector):
                    self._pull(connector, file, folder)
                elif isinstance(connector, SignalsConnector):
                    self._take_signals(connector, file, folder)
                elif file is not None:
                    read = connector.read_given if isinstance(connector, FileConnector) else partial(read_file, source)
                    delivery = read(file, coverage=self.coverage or Coverage.PARTIAL, landing=folder)
                    if delivery.coverage is Coverage.COMPLETE:
                        part = delivery.layout.part
                        delivery = replace(delivery, cursor=drop_position(self._known(source, part).cursor, part))
                    self._land(source, delivery, folder)
                else:
                    self._fetch(connector, folder)
            except (SourceError, EnrichError) as error:
                self.errors.append(error)
                if self.goes_on:
                    self.say(f"{source.name} failed, the others go on: {error}")

    def _fetch(self, connector: Connector, folder: Path) -> None:
        source = connector.SOURCE
        with PoliteClient(user_agent=user_agent(self.config.contact)) as client:
            if isinstance(connector, RatesConnector) and not self.dry_run:
                self.say(refresh_rates(self.warehouse, connector, client))
            if isinstance(connector, CodesConnector) and not self.dry_run:
                self.say(refresh_codes(self.warehouse, connector, client))
            follows = self.coverage is not Coverage.COMPLETE and isinstance(connector, ChangesConnector)
            was_loaded = follows and bool(self._known(source, source.parts[0]).loaded)
            for part in source.parts:
                known = self._known(source, part)
                if isinstance(connector, BulkConnector) and (not follows or part not in known.loaded):
                    self.progress(f"{source.name} {part}: fetching", 0, None)
                    try:
                        delivery = connector.fetch_bulk(client, landing=folder / part, known=known, part=part)
                    except RetryableError as error:
                        raise _with_way_by_hand(error, source) from None
                    if delivery is None:
                        self._note_unchanged(source, part, said_at=datetime.now(UTC))
                    else:
                        self._land(source, delivery, folder)
            if was_loaded and isinstance(connector, ChangesConnector):
                known = self._known(source, source.parts[0])
                self.progress(f"{source.name}: following changes", 0, None)
                before = len(self.done)
                for delivery in connector.fetch_changes(client, landing=folder, known=known):
                    self._land(source, delivery, folder)
                if len(self.done) == before:
                    self._note_unchanged(source, source.parts[0], said_at=datetime.now(UTC))
            if not self.dry_run:
                self._ask_of_companies(connector, client, folder)

    def _take_signals(self, connector: SignalsConnector, file: Path | None, folder: Path) -> None:
        """Land the dated events that a source tells of; of a dry run nothing is kept."""
        source, started = connector.SOURCE, time.monotonic()
        config = self.config.sources.get(source.name, SourceConfig())
        cursor = None if self.coverage is Coverage.COMPLETE else read_signal_cursor(self.warehouse, source)
        with PoliteClient(user_agent=user_agent(self.config.contact)) as client:
            batches = (
                fetch_signals(connector, client, landing=folder, config=config, cursor=cursor)
                if file is None
                else read_signal_file(connector, file, coverage=self.coverage or Coverage.PARTIAL, landing=folder)
            )
            key = read_key(self.config)
            told = land_signals(
                self.warehouse, connector, batches, key=key, dry_run=self.dry_run, progress=self.progress
            )
        self.done.append(
            DeliveryReport(
                source=source.name,
                outcome="ok",
                coverage=told.coverage,
                layout=told.layout,
                landed=told.landed,
                seconds=time.monotonic() - started,
            )
        )
        for sentence in told.sentences(source.name, is_dry_run=self.dry_run):
            self.say(sentence)

    def _ask_of_companies(self, connector: Connector, client: PoliteClient, folder: Path) -> None:
        """What a source says of one company at a time: of companies that the last runs found to be wanted."""
        source = connector.SOURCE
        most = self.config.sources.get(source.name, SourceConfig()).most_lookups
        if isinstance(connector, LookupConnector) and not isinstance(connector, BulkConnector):
            due = numbers_due(self.warehouse, source, published=self.config.published)
            for delivery in look_up_numbers(
                self.warehouse, connector, client, due[:most], landing=folder, progress=self.progress
            ):
                self._land(source, delivery, folder)
            rest = f"; {len(due) - most:,} more in the next refreshes" if len(due) > most else ""
            self.say(f"{source.name}: {min(len(due), most):,} companies asked for by number{rest}")
        if isinstance(connector, RolesConnector):
            cursor = self._known(source, source.parts[0]).cursor
            roles = refresh_roles(
                self.warehouse, connector, client, landing=folder, cursor=cursor, most=most, progress=self.progress
            )
            if roles.asked:
                rest = f"; {roles.waiting:,} more in the next refreshes" if roles.waiting else ""
                companies = "company" if roles.asked == 1 else "companies"
                self.say(f"{source.name}: roles in {roles.asked:,} {companies} of the CRM{rest}")
            for warning in roles.warnings:
                self.say(warning)
        if isinstance(connector, MandatesConnector):
            for sentence in refresh_mandates(self.warehouse, connector, client, most=most, progress=self.progress):
                self.say(sentence)
        if isinstance(connector, AccountsConnector):
            accounts = refresh_accounts(
                self.warehouse, connector, client, published=self.config.published, most=most, progress=self.progress
            )
            if accounts.outcomes:
                self.say(f"{source.name}: {accounts}")
            for warning in accounts.warnings:
                self.say(warning)
        if isinstance(connector, KnowledgeConnector):
            self._ask_for_knowledge(connector, client, folder, most)
        if isinstance(connector, SiteConnector):
            self._ask_sites(connector, most)

    def _ask_for_knowledge(self, connector: KnowledgeConnector, client: PoliteClient, folder: Path, most: int) -> None:
        source, before, started = connector.SOURCE, len(self.done), time.monotonic()
        known = refresh_knowledge(
            self.warehouse,
            connector,
            client,
            published=self.config.published,
            landing=folder,
            most=most,
            progress=self.progress,
            land=lambda delivery: self._land(source, delivery, folder),
        )
        for sentence in known.sentences(source.name):
            self.say(sentence)
        if len(self.done) == before:
            self.done.append(
                DeliveryReport(
                    source=source.name,
                    outcome="unchanged",
                    coverage=str(Coverage.PARTIAL),
                    layout=source.layouts[0].name,
                    landed=None,
                    seconds=time.monotonic() - started,
                )
            )

    def _ask_sites(self, connector: SiteConnector, most: int) -> None:
        started, name = time.monotonic(), connector.SOURCE.name
        web = WebClient(user_agent=user_agent(self.config.contact))
        sites = refresh_sites(
            self.warehouse, connector, web, published=self.config.published, most=most, progress=self.progress
        )
        nobody = f"no company's site is due{'' if most else ' (most_lookups is 0)'}."
        self.say(f"{name}: {sites if sites.outcomes else nobody}")
        self.done.append(
            DeliveryReport(
                source=name,
                outcome="asked" if sites.outcomes else "unchanged",
                coverage=str(Coverage.PARTIAL),
                layout="sites",
                landed=None,
                seconds=time.monotonic() - started,
            )
        )

    def _pull(self, connector: CrmConnector, file: Path | None, folder: Path) -> None:
        """A CRM brings no records of a register: what it says is taken in as an import is."""
        if file is not None:
            raise InputInvalid(f"A file of your CRM is taken in with `prospekt import {file}`.")
        whole = self.coverage is Coverage.COMPLETE
        with PoliteClient(user_agent=user_agent(self.config.contact)) as client:
            for one in pull_crm(
                self.warehouse,
                self.config,
                connector,
                client,
                landing=folder,
                whole=whole,
                dry_run=self.dry_run,
                yes=self.yes,
                progress=self.progress,
                say=self.say,
            ):
                self.done.append(
                    DeliveryReport(
                        source=connector.SOURCE.name,
                        outcome=one.outcome,
                        coverage=one.coverage,
                        layout=one.kind,
                        landed=one.landed,
                        seconds=one.seconds,
                    )
                )

    def _land(self, source: Source, delivery: Delivery, folder: Path) -> None:
        started = time.monotonic()
        part = delivery.layout.part
        if self._is_same_as_last(source, delivery):
            self._note_unchanged(source, part, said_at=delivery.fetched_at)
            if delivery.unpacked is not None:
                delivery.unpacked.unlink()
            return
        key = read_key(self.config)
        if self.dry_run:
            landed = preview_delivery(
                self.warehouse, source, delivery, run_id=new_run_id(), progress=self.progress, key=key
            )
        else:
            landed = land_delivery(
                self.warehouse,
                source,
                delivery,
                run_id=new_run_id(),
                progress=self.progress,
                key=key,
                most_closed=None if self.yes else (delivery.layout.expect or source.expect).most_closed or MOST_CLOSED,
            )
            if delivery.gone:
                self._drop_landing(source, but=folder)
        seconds = time.monotonic() - started
        self.done.append(
            DeliveryReport(
                source=source.name,
                outcome="ok",
                coverage=str(delivery.coverage),
                layout=delivery.layout.name,
                landed=landed,
                seconds=seconds,
            )
        )
        self.say(describe_landing(source.name, delivery, landed, is_dry_run=self.dry_run))
        for warning in delivery.warnings:
            self.say(f"{source.name}: {warning}.")

    def _is_same_as_last(self, source: Source, delivery: Delivery) -> bool:
        last = self._last_good(source, delivery.layout.part)
        return (
            last is not None
            and delivery.original_sha256 is not None
            and (
                last["original_sha256"],
                last["mapping_version"],
                last["coverage"],
            )
            == (delivery.original_sha256, source.mapping_version, str(delivery.coverage))
        )

    def _note_unchanged(self, source: Source, part: str, *, said_at: datetime) -> None:
        """Log that the source has nothing new; what its last good run knew stays known."""
        last = self._last_good(source, part) or {}
        if not self.dry_run:
            with log_run(self.warehouse, new_run_id(), command="refresh", stage="refresh", source=source.name) as run:
                run.outcome = "unchanged"
                cursor = self._known(source, part).cursor  # of the whole source: another part may have moved it since
                seq = int(said_at.timestamp() * 1000)
                run.figures |= {**last, "feed_cursor": cursor, "fetched_at": said_at, "source_seq": seq}
        self.say(f"{source.name}: unchanged since the last run.")
        self.done.append(
            DeliveryReport(
                source=source.name,
                outcome="unchanged",
                coverage=str(last.get("coverage")),
                layout=str(last.get("layout")),
                landed=None,
                seconds=0,
            )
        )

    def _known(self, source: Source, part: str) -> Known:
        [row] = self.warehouse.rows(
            "runs/known",
            source=source.name,
            part_layouts=layouts_of_part(source, part),
            mapping_version=source.mapping_version,
        )
        etag, cursor = row["etag"], row["feed_cursor"]
        loaded: dict[str, int] = {}
        for complete in self.warehouse.rows("runs/loaded", source=source.name):
            its_part, seq = source.layout(str(complete["layout"])).part, int(str(complete["source_seq"]))
            loaded[its_part] = max(seq, loaded.get(its_part, seq))
        return Known(
            etag=None if etag is None else str(etag),
            cursor=None if cursor is None else str(cursor),
            loaded=loaded,
            unfinished=self.config.landing / source.name / "unfinished" / part,
        )

    def _last_good(self, source: Source, part: str) -> dict[str, object] | None:
        rows = self.warehouse.rows("runs/last_good", source=source.name, part_layouts=layouts_of_part(source, part))
        return rows[0] if rows else None

    @contextmanager
    def _landing_folder(self, source: Source) -> Iterator[Path]:
        """A folder of its own under data/landing; it goes again where nothing of it was landed."""
        folder = self.config.landing / source.name / new_run_id()
        before = len(self.done)
        try:
            make_private_folder(folder)
            yield folder
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DiskFull(folder) from error
            if error.errno in (errno.EACCES, errno.EROFS):
                raise FolderReadOnly(self.config.landing) from error
            raise
        finally:
            landed = any(report.outcome == "ok" for report in self.done[before:])
            if self.dry_run or not landed:
                shutil.rmtree(folder, ignore_errors=True)

    def _drop_landing(self, source: Source, *, but: Path) -> None:
        """Drop what earlier runs of a source left in landing: it may name a record that is withdrawn."""
        for folder in (self.config.landing / source.name).glob("*"):
            if folder != but:
                shutil.rmtree(folder)


def describe_landing(source: str, delivery: Delivery, landed: LandReport, *, is_dry_run: bool) -> str:
    """One sentence a person reads: rows in = landed + rejected, and what that means for the records."""
    verb = "would be " if is_dry_run else ""
    text = (
        f"{source} ({delivery.layout.name}, {delivery.coverage}): {landed.rows_in:,} rows in = {landed.landed:,} "
        f"{verb}landed + {landed.rejected:,} {verb}rejected; {landed.added:,} added, {landed.changed:,} changed, "
        f"{landed.unchanged:,} unchanged, {landed.closed:,} closed"
    )
    parts = [f"{count:,} {reason}" for reason, count in landed.reasons.items()]
    if landed.late:
        parts.append(f"{landed.late:,} older than what is known: kept as history")
    parts += [f"{count:,} unreadable values of {name} became unknown" for name, count in landed.problems.items()]
    return f"{text} ({'; '.join(parts)})" if parts else text


def _with_way_by_hand(error: RetryableError, source: Source) -> RetryableError:
    """The error, with how to load the file where this machine has no net."""
    return RetryableError(
        f"{error} Try again later, or download the register's file where there is a net (from where: `prospekt sources`, "
        f"{source.homepage}) and load it with `prospekt refresh {source.name} --file FILE --complete`.",
        source=error.source,
        url=error.url,
        retry_after_seconds=error.retry_after_seconds,
    )
