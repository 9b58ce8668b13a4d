"""Refreshing: fetch or read what sources have to say, land it, and bring everything that follows up to date.

A source that fails stops only itself. What was landed stays landed, what was not is undone, whenever it is stopped.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from db.fold import fold_journal
from db.warehouse import Warehouse
from enrich.config import Config, SourceConfig
from enrich.delivery_report import DeliveryReport
from enrich.errors import ConfirmationNeeded, InputInvalid, NotFound, SourcesAway, SourcesFailed
from enrich.freshness import is_switched_on
from enrich.pipeline import Say, StagesReport, is_behind, run_stages
from enrich.progress import Progress
from enrich.refresh_source import SourceRefresh
from enrich.retention import keep_retention
from enrich.runs import fail_dead_runs, new_run_id
from sources.errors import RetryableError
from sources.feed import SignalsConnector
from sources.kinds.crm_api import CrmConnector
from sources.kinds.file_copy import UNPACKED
from sources.registry import find_sources
from sources.source import (
    AccountsConnector,
    BulkConnector,
    ChangesConnector,
    CodesConnector,
    Connector,
    Coverage,
    FileConnector,
    KnowledgeConnector,
    MandatesConnector,
    NumbersConnector,
    RatesConnector,
    RolesConnector,
    SiteConnector,
    Source,
)


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

    After all sources had their turn the error of one that was refreshed alone is raised; of several `SourcesFailed`, or
    `SourcesAway` where waiting is all that helps. Raises `ConfirmationNeeded` where a complete delivery would close over
    1 % of the records and `yes` is not given, if nothing else went wrong.
    """
    connectors = choose_sources(config, names, file=file)
    command = " ".join(["refresh", *(connector.SOURCE.name for connector in connectors)])
    with Warehouse.open_to_write(config.data, command=command) as warehouse:
        if not dry_run:
            _tidy_up(warehouse, config, say)
        for name, connector in find_sources().items():
            is_on = config.of_source(name, is_opt_in=connector.SOURCE.is_opt_in).enabled
            if not names and lacks_login(name) and is_on:
                say(f"{name}: left out, it wants a login that is not set (docs/sources/{name}.md).")
        refreshing = SourceRefresh(
            warehouse, config, coverage, dry_run, yes, progress, say, [], [], len(connectors) > 1
        )
        for connector in connectors:
            if not due or _is_due(warehouse, config, connector.SOURCE):
                refreshing.refresh_source(connector, file)
        stages = None
        if not dry_run and is_behind(warehouse, config):
            stages = run_stages(warehouse, config, run_id=new_run_id(), progress=progress, say=say, command=command)
    _raise_failed(refreshing.errors, of=len(connectors))
    return RefreshReport(deliveries=tuple(refreshing.done), is_dry_run=dry_run, stages=stages)


def _raise_failed(errors: Sequence[Exception], *, of: int) -> None:
    failed = [error for error in errors if not isinstance(error, ConfirmationNeeded)]
    if errors and (of == 1 or not failed):  # one that only wants a yes may be given it
        raise errors[0]
    if failed:
        kind = SourcesAway if all(isinstance(error, RetryableError) for error in errors) else SourcesFailed
        raise kind(errors, of=of)


def _tidy_up(warehouse: Warehouse, config: Config, say: Say) -> None:
    """End what was cut off, let go of what is old, and take in what was decided."""
    if fail_dead_runs(warehouse):
        say("An earlier run was cut off; nothing of it was kept.")
    for text in config.landing.rglob(f"*{UNPACKED}"):
        text.unlink()  # left by a run that was cut off
    keep_retention(warehouse, config)
    fold_journal(warehouse, config.journal)


def choose_sources(config: Config, names: Sequence[str], *, file: Path | None) -> list[Connector]:
    """The sources named, else all that are switched on, those of the CRM's country first; raises where one cannot be."""
    connectors = find_sources()
    for name in names:
        if name not in connectors:
            raise NotFound("source", name, get_close_matches(name, connectors, n=3) or sorted(connectors))
    if file is not None and len(names) != 1:
        raise InputInvalid("A file is loaded for one source: name it, e.g. `prospekt refresh no_brreg --file FILE`.")
    if file is not None and not has_file(connectors[names[0]]):
        raise InputInvalid(f"{names[0]} has no file: run `prospekt refresh {names[0]}`.")
    for name in names:
        if file is None and not is_fetched(connectors[name]):
            raise InputInvalid(
                f"{name} is loaded from a file that you download ({connectors[name].SOURCE.homepage}): then run "
                f"`prospekt refresh {name} --file FILE --complete`."
            )
    of = {name: config.of_source(name, is_opt_in=connector.SOURCE.is_opt_in) for name, connector in connectors.items()}
    on = [
        name
        for name, connector in connectors.items()
        if of[name].enabled and is_fetched(connector) and is_switched_on(connector, of[name]) and not lacks_login(name)
    ]
    # those of the team's own country first: without a net or with little time they are what is wanted
    on.sort(key=lambda name: connectors[name].SOURCE.country != config.crm.country)
    return [connectors[name] for name in dict.fromkeys(names or on)]


def is_fetched(connector: Connector) -> bool:
    """Whether a source is fetched or asked at all, and not only loaded from a file given by hand."""
    whole = BulkConnector | ChangesConnector | CrmConnector | SignalsConnector | RatesConnector | CodesConnector
    by_company = NumbersConnector | RolesConnector | MandatesConnector | AccountsConnector | KnowledgeConnector
    return isinstance(connector, whole | by_company | SiteConnector)


def has_file(connector: Connector) -> bool:
    """Whether a file given by hand can be loaded of it."""
    asked_only = RatesConnector | CodesConnector | SiteConnector | KnowledgeConnector | NumbersConnector
    with_file = BulkConnector | FileConnector | CrmConnector | SignalsConnector
    return isinstance(connector, with_file) or not isinstance(connector, asked_only)


def lacks_login(name: str) -> bool:
    """Whether a source answers only to a login that the environment does not have; asked for by name, it says so."""
    return not all(os.environ.get(variable) for variable in find_sources()[name].SOURCE.login_envs)


def _is_due(warehouse: Warehouse, config: Config, source: Source) -> bool:
    configured = config.sources.get(source.name, SourceConfig()).cadence_hours
    last = warehouse.value("runs/last_good_at", source=source.name)
    every = timedelta(hours=source.cadence_hours if configured is None else configured)
    return not isinstance(last, datetime) or datetime.now(UTC) >= last + every
