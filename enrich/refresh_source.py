"""Refreshing one source: its file or feed fetched, or a file given by hand read, and all of it landed."""

import errno
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from db.errors import DiskFull, FolderReadOnly, WarehouseError
from db.private import make_private_folder
from db.warehouse import Warehouse
from enrich.asking import Asking
from enrich.codes import refresh_codes
from enrich.config import Config, SourceConfig
from enrich.delivery import layouts_of_part
from enrich.delivery_report import DeliveryReport, describe_landing
from enrich.errors import EnrichError, InputInvalid
from enrich.faults import log_fault
from enrich.gate import read_key
from enrich.given_file import tell_owner
from enrich.land import LandReport, land_delivery, preview_delivery
from enrich.numbers import deliver_numbers
from enrich.pipeline import Say
from enrich.progress import Progress
from enrich.pull import pull_crm
from enrich.rates import refresh_rates
from enrich.runs import log_run, new_run_id, note_failure
from enrich.signals import fetch_signals, land_signals, read_signal_file
from enrich.signals import read_cursor as read_signal_cursor
from sources.errors import NoConnection, RetryableError, SourceAborted, SourceError, UnknownLayout
from sources.feed import SignalsConnector
from sources.http import CONNECT_SECONDS, PoliteClient, user_agent
from sources.kinds.bulk_file import read_file
from sources.kinds.crm_api import CrmConnector
from sources.kinds.file_date import file_moment, written_at
from sources.kinds.hal_register import drop_position
from sources.retry import ATTEMPTS, NextTry
from sources.source import (
    BulkConnector,
    ChangesConnector,
    CodesConnector,
    Connector,
    Coverage,
    Delivery,
    FileConnector,
    Known,
    LookupConnector,
    NumbersConnector,
    RatesConnector,
    Source,
)

MOST_CLOSED = 0.01
"""A complete delivery that would close more than this share of a part's records needs a yes, or more than its source says."""

FEWEST_UNREACHED = 2
"""Hosts that could not be reached, one after another, before it is said that there is no connection at all."""
BRIEF_CONNECT_SECONDS = 3.0
"""Time to connect that a source gets from then on, in one attempt."""


@dataclass(frozen=True, slots=True)
class SourceRefresh:
    """Refreshes one source after another: what they share, and what became of them so far."""

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
    as_of: datetime | None = None
    """The moment (UTC) that a file given by hand is of, where somebody said so."""
    numbers: tuple[str, ...] = ()
    """Only these numbers are asked for, where there are any."""
    unreached: dict[str, str] = field(default_factory=dict)
    """Sources that could not be reached since any server last answered, each with its host."""

    @property
    def is_offline(self) -> bool:
        """Whether so many hosts were out of reach that the connection is to blame, and not they."""
        return len(set(self.unreached.values())) >= FEWEST_UNREACHED

    def refresh_source(self, connector: Connector, file: Path | None) -> None:
        """Land everything that one source brings; an error of its own ends this source, not the others."""
        source, started_at = connector.SOURCE, datetime.now(UTC)
        with self._landing_folder(source) as folder:
            try:
                if isinstance(connector, CrmConnector):
                    self._pull(connector, file, folder)
                elif isinstance(connector, SignalsConnector):
                    self._take_signals(connector, file, folder)
                elif self.numbers:
                    self._look_up(connector, folder)
                elif file is not None:
                    delivery = self._read_given(connector, file, folder)
                    if delivery.coverage is Coverage.COMPLETE:
                        part = delivery.layout.part
                        delivery = replace(delivery, cursor=drop_position(self._known(source, part).cursor, part))
                    self._land(source, delivery, folder)
                else:
                    self._fetch(connector, folder)
            except Exception as raised:  # noqa: BLE001  # whatever one source's answer leads to is its own failure
                error = self._of_source(source, raised)
                if not self.dry_run:
                    note_failure(self.warehouse, source.name, error, started_at=started_at)
                self._tell_failure(error, source)
                if isinstance(error, RetryableError) and isinstance(connector, BulkConnector):
                    self.errors.append(_with_way_by_hand(error, source))
                else:
                    self.errors.append(error)

    def _of_source(self, source: Source, raised: Exception) -> SourceError | EnrichError:
        """What was raised as the source's own failure; what would fail every other source too is raised again."""
        if isinstance(raised, SourceError | EnrichError):
            return raised
        is_of_machine = isinstance(raised, WarehouseError | MemoryError) or (
            isinstance(raised, OSError) and raised.errno is not None
        )
        if is_of_machine or self.warehouse.is_interrupted:
            raise raised
        path = log_fault(self.config.data, raised)
        fault = SourceAborted(
            f"an answer could not be read (unexpected {type(raised).__name__}): the source changed it, or prospekt has a fault.",
            source=source.name,
            hint=f"What was landed before stays. The details are in {path}: report the fault with that file.",
        )
        fault.__cause__ = raised
        return fault

    def _read_given(self, connector: Connector, file: Path, folder: Path) -> Delivery:
        """The file given by hand; raises where it is another source's, with whose."""
        source = connector.SOURCE
        read = connector.read_given if isinstance(connector, FileConnector) else partial(read_file, source)
        try:
            delivery = read(file, coverage=self.coverage or Coverage.PARTIAL, landing=folder)
            return self._date(delivery, file)
        except SourceAborted as error:
            told = None if _is_nearly_its_own(source, error) else tell_owner(file, but=source.name)
            if told is None:
                raise
            raise SourceAborted(f"{told} Nothing was loaded.", source=source.name) from error

    def _date(self, delivery: Delivery, file: Path) -> Delivery:
        """The delivery as of the moment that was said, if any was."""
        if self.as_of is not None:
            seq = int(self.as_of.timestamp() * 1000)
            made_seq = None if delivery.made_seq is None else delivery.made_seq - delivery.source_seq + seq
            delivery = replace(delivery, fetched_at=self.as_of, source_seq=seq, made_seq=made_seq)
        self._tell_moment(file, delivery.fetched_at)
        return delivery

    def _tell_moment(self, file: Path, moment: datetime) -> None:
        """Say as of when a file counts, and why: an older one never replaces what is newer."""
        if self.as_of is not None:
            why = "as you said"
        elif abs(moment - written_at(file)) < timedelta(minutes=1):  # one that is ahead counts as of now
            why = "when this copy was last written; if its register made it earlier, say so with --as-of DATE"
        else:
            why = "by its name"
        self.say(f"The file {file.name} counts as of {moment:%Y-%m-%d %H:%M} UTC, {why}.")

    def _tell_failure(self, error: Exception, source: Source) -> None:
        """Say at once what becomes of the others; that there is no connection at all is said once."""
        was_offline = self.is_offline
        if isinstance(error, NoConnection):
            self.unreached[source.name] = urlsplit(error.url or source.base_url).netloc
        if self.goes_on and was_offline and self.is_offline and isinstance(error, NoConnection):
            self.say(f"{source.name}: no connection.")
        elif self.goes_on:
            self.say(f"{source.name} failed, the others go on: {error}")
        if self.is_offline and not was_offline:
            self.say(
                f"There is no connection, it seems: {' and '.join(self.unreached)} cannot be reached. The others are tried "
                "once each, briefly."
            )

    @contextmanager
    def _client(self, source: Source) -> Iterator[PoliteClient]:
        """A client for one source, which says when it has to ask again; impatient where nobody else was reached."""
        fetching, trying, was_told = f"{source.name}: fetching", f"{source.name}: tries", False

        def tell(following: NextTry) -> None:
            nonlocal was_told
            self.progress(trying, following.attempt - 1, following.attempts)
            if not was_told:
                was_told = True
                self.say(
                    f"{following.error} Trying again in {following.pause_seconds:.0f} s (try {following.attempt} of "
                    f"{following.attempts}; Ctrl-C stops it)."
                )

        self.progress(fetching, 0, None)
        with PoliteClient(
            user_agent=user_agent(self.config.contact),
            attempts=1 if self.is_offline else ATTEMPTS,
            connect_seconds=BRIEF_CONNECT_SECONDS if self.is_offline else CONNECT_SECONDS,
            tell_next=tell,
        ) as client:
            try:
                yield client
            finally:
                for label in (fetching, *([trying] if was_told else [])):
                    self.progress(label, 1, 1)
                if client.has_reached:
                    self.unreached.clear()

    def _fetch(self, connector: Connector, folder: Path) -> None:
        source = connector.SOURCE
        with self._client(source) as client:
            if isinstance(connector, RatesConnector) and not self.dry_run:
                self.say(refresh_rates(self.warehouse, connector, client))
            if isinstance(connector, CodesConnector) and not self.dry_run:
                self.say(refresh_codes(self.warehouse, connector, client))
            follows = self.coverage is not Coverage.COMPLETE and isinstance(connector, ChangesConnector)
            was_loaded = follows and bool(self._known(source, source.parts[0]).loaded)
            for part in source.parts:
                known = self._known(source, part)
                if isinstance(connector, BulkConnector) and (not follows or part not in known.loaded):
                    delivery = connector.fetch_bulk(client, landing=folder / part, known=known, part=part)
                    if delivery is None:
                        self._note_unchanged(source, part, said_at=datetime.now(UTC))
                    else:
                        self._land(source, delivery, folder)
            if was_loaded and isinstance(connector, ChangesConnector):
                known = self._known(source, source.parts[0])
                before = len(self.done)
                for delivery in connector.fetch_changes(client, landing=folder, known=known):
                    self._land(source, delivery, folder)
                if len(self.done) == before:
                    self._note_unchanged(source, source.parts[0], said_at=datetime.now(UTC))
            if not self.dry_run:
                asking = Asking(
                    warehouse=self.warehouse,
                    config=self.config,
                    client=client,
                    landing=folder,
                    cursor=self._known(source, source.parts[0]).cursor if source.parts else None,
                    land=lambda delivery: self._land(source, delivery, folder),
                    progress=self.progress,
                    say=self.say,
                )
                reports = list(asking.ask(connector))  # asking lands, which adds to what is done
                self.done.extend(reports)

    def _look_up(self, connector: Connector, folder: Path) -> None:
        """Ask for the numbers that somebody named, and land what there is under them."""
        source, delivery, unknown = connector.SOURCE, None, tuple[str, ...]()
        with self._client(source) as client:
            if isinstance(connector, LookupConnector):
                delivery = connector.look_up(client, self.numbers, landing=folder)
                unknown = delivery.unknown
            elif isinstance(connector, NumbersConnector):
                answers = list(connector.look_up_numbers(client, self.numbers))
                delivery = deliver_numbers(source, client, answers, landing=folder)
                unknown = tuple(one.source_key for one in answers if one.payload is None and not one.is_person)
        if delivery is not None and (len(unknown) < len(self.numbers) or delivery.gone):
            self._land(source, delivery, folder)
        if unknown:
            self.say(f"{source.name} has no company under {', '.join(unknown)}.")

    def _take_signals(self, connector: SignalsConnector, file: Path | None, folder: Path) -> None:
        """Land the dated events that a source tells of; of a dry run nothing is kept."""
        source, started = connector.SOURCE, time.monotonic()
        config = self.config.sources.get(source.name, SourceConfig())
        cursor = None if self.coverage is Coverage.COMPLETE else read_signal_cursor(self.warehouse, source)
        with self._client(source) as client:
            batches = (
                fetch_signals(connector, client, landing=folder, config=config, cursor=cursor)
                if file is None
                else read_signal_file(
                    connector, file, coverage=self.coverage or Coverage.PARTIAL, landing=folder, as_of=self.as_of
                )
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
        if file is not None:
            self._tell_moment(file, self.as_of or file_moment(source, file))
        for sentence in told.sentences(source.name, is_dry_run=self.dry_run):
            self.say(sentence)

    def _pull(self, connector: CrmConnector, file: Path | None, folder: Path) -> None:
        """A CRM brings no records of a register: what it says is taken in as an import is."""
        if file is not None:
            raise InputInvalid(f"A file of your CRM is taken in with `prospekt import {file}`.")
        whole = self.coverage is Coverage.COMPLETE
        with self._client(connector.SOURCE) as client:
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

    def _land(self, source: Source, delivery: Delivery, folder: Path) -> LandReport | None:
        """Land a delivery, or of a dry run see what would become of it; null where it is the same as the last."""
        started = time.monotonic()
        part = delivery.layout.part
        if self._is_same_as_last(source, delivery):
            self._note_unchanged(source, part, said_at=delivery.fetched_at)
            if delivery.unpacked is not None:
                delivery.unpacked.unlink()
            return None
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
                command="refresh --number" if self.numbers else "refresh",
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
        if landed.rows_in == 0 and delivery.coverage is Coverage.PARTIAL:
            self.say(f"{source.name}: there was no row in it. Is it the whole file?")
        for warning in delivery.warnings:
            self.say(f"{source.name}: {warning}.")
        return landed

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


def _is_nearly_its_own(source: Source, error: SourceAborted) -> bool:
    """Whether a header that fits no layout has most columns of one: the register changed its file, and nobody else's it is."""
    return isinstance(error, UnknownLayout) and len(error.missing) * 2 < len(source.layout(error.layout).columns)


def _with_way_by_hand(error: RetryableError, source: Source) -> RetryableError:
    """The error, with how to load the file where this machine has no net."""
    return type(error)(
        f"{error} Try again later, or download the register's file where there is a net (from where: `prospekt sources "
        f"{source.name}`, {source.homepage}) and load it with `prospekt refresh {source.name} --file FILE --complete`.",
        source=error.source,
        url=error.url,
        retry_after_seconds=error.retry_after_seconds,
    )
