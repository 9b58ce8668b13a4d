"""Refreshing: fetch or read what sources have to say, land it, and bring everything that follows up to date.

A source that fails stops only itself. What was landed stays landed, what was not is undone, whenever it is stopped.
"""

import os
import re
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
from enrich.icp.countries import countries_meant
from enrich.pipeline import Say, StagesReport, is_behind, run_stages
from enrich.progress import Progress
from enrich.refresh_source import SourceRefresh
from enrich.retention import keep_retention
from enrich.runs import fail_dead_runs, new_run_id
from sources.errors import NoConnection, RetryableError
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
    LookupConnector,
    MandatesConnector,
    NumbersConnector,
    RatesConnector,
    RolesConnector,
    SiteConnector,
    Source,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whether a source is due: it last went well at `last_good_at` (UTC, null: never), and is asked every so many hours."""

    source: str
    is_due: bool
    last_good_at: datetime | None
    cadence_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshReport:
    """What a refresh did: its deliveries, and the stages that followed, where any had to.

    `turns` are told by a dry run of what is due, which asks nobody. `is_behind` says that stages have to follow, where
    they were left to the caller.
    """

    deliveries: tuple[DeliveryReport, ...]
    is_dry_run: bool
    stages: StagesReport | None
    turns: tuple[Turn, ...] = ()
    is_behind: bool = False


def refresh(
    config: Config,
    *,
    names: Sequence[str] = (),
    file: Path | None = None,
    as_of: datetime | None = None,
    numbers: Sequence[str] = (),
    coverage: Coverage | None = None,
    due: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    only_land: bool = False,
    progress: Progress,
    say: Say,
) -> RefreshReport:
    """Refresh the sources named, or all that are switched on and not of other countries; `due` leaves out those whose cadence has not passed.

    A dry run of what is due says which sources are, and asks none of them.

    `file` is a register's file downloaded by hand, for the one source named, and `as_of` (UTC) the moment that it is of,
    where neither its name nor when it was written says so; it only adds and changes unless `coverage` is complete.
    `numbers` are asked for one by one of the source named, as `NO:923609016` or as it writes them, and nothing else is.
    Without a file, a complete coverage fetches the whole register again where its changes would do. `only_land` leaves
    the stages that follow to the caller, who has more to take in before.

    After all sources had their turn the error of one that was refreshed alone is raised; of several `SourcesFailed`, or
    `SourcesAway` where waiting is all that helps. Raises `ConfirmationNeeded` where a complete delivery would close over
    1 % of the records and `yes` is not given, if nothing else went wrong.
    """
    connectors = choose_sources(config, names, file=file)
    if numbers and (
        file is not None or coverage is not None or due or len(names) != 1 or not is_asked_by_number(connectors[0])
    ):
        able = sorted(name for name, connector in find_sources().items() if is_asked_by_number(connector))
        raise InputInvalid(
            f"--number asks one register for single companies, without --file, --complete, --partial or --due: {', '.join(able)}."
        )
    if as_of is not None and (file is None or as_of > datetime.now(UTC)):
        raise InputInvalid(
            "--as-of says of which day a file is: name the file with --file."
            if file is None
            else f"{as_of:%Y-%m-%d %H:%M} UTC is to come: a file is of an earlier moment."
        )
    if file is not None and not file.exists():
        raise InputInvalid(f"There is no file {file}.")
    command = " ".join(["refresh", *(connector.SOURCE.name for connector in connectors)])
    with Warehouse.open_to_write(config.data, command=command) as warehouse:
        if not dry_run:
            _tidy_up(warehouse, config, say)
        if not names:
            connectors = _leave_out(warehouse, config, connectors, say)
        turns = [_turn_of(warehouse, config, connector.SOURCE) for connector in connectors] if due else []
        if due and dry_run and file is None:
            return RefreshReport(deliveries=(), is_dry_run=True, stages=None, turns=tuple(turns))
        waiting = {turn.source for turn in turns if not turn.is_due}
        connectors = [connector for connector in connectors if connector.SOURCE.name not in waiting]
        refreshing = SourceRefresh(
            warehouse,
            config,
            coverage,
            dry_run,
            yes,
            progress,
            say,
            [],
            [],
            len(connectors) > 1,
            as_of,
            tuple(map(read_number, numbers)),
        )
        for number, connector in enumerate(connectors):
            if refreshing.goes_on:
                progress("sources", number, len(connectors))
            refreshing.refresh_source(connector, file)
        progress("sources", len(connectors), len(connectors))
        stages = None
        must_follow = not dry_run and is_behind(warehouse, config)
        if must_follow and not only_land:
            stages = run_stages(warehouse, config, run_id=new_run_id(), progress=progress, say=say, command=command)
    if refreshing.is_offline and all(isinstance(error, NoConnection) for error in refreshing.errors):
        raise _say_offline(list(refreshing.unreached))
    _raise_failed(refreshing.errors, of=len(connectors))
    return RefreshReport(
        deliveries=tuple(refreshing.done),
        is_dry_run=dry_run,
        stages=stages,
        is_behind=must_follow and stages is None,
    )


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


def _leave_out(warehouse: Warehouse, config: Config, connectors: Sequence[Connector], say: Say) -> list[Connector]:
    """Those of all sources that are asked; says which are not, and why."""
    for name, connector in find_sources().items():
        if lacks_login(name) and config.of_source(name, is_opt_in=connector.SOURCE.is_opt_in).enabled:
            say(f"{name}: left out, it wants a login that is not set (docs/sources/{name}.md).")
    elsewhere = find_elsewhere(warehouse, config, connectors)
    if elsewhere:
        say(
            f"{', '.join(elsewhere)}: left out, as nothing here is of their countries; `prospekt refresh SOURCE` loads one, "
            "and from then on it is among these."
        )
    return [connector for connector in connectors if connector.SOURCE.name not in elsewhere]


def find_elsewhere(warehouse: Warehouse, config: Config, connectors: Sequence[Connector]) -> list[str]:
    """Those sources of other countries than the team's (`[crm] country`; where that is not set, none is of another).

    A country is the team's too where an ICP or a territory is about it (`countries_meant`), or a company of the CRM is in it; a source
    counts as of the team's where it has a section, or was loaded before.
    """
    if config.crm.country is None:
        return []
    own = {config.crm.country.upper(), *(str(row["country_code"]) for row in warehouse.rows("crm/countries"))}
    own |= countries_meant(config.icp.values(), config.territory, home=config.crm.country.upper())
    return [
        source.name
        for source in (connector.SOURCE for connector in connectors)
        if source.country not in (None, *own)
        and source.name not in config.sources
        and warehouse.value("runs/last_good_at", source=source.name) is None
    ]


def is_asked_by_number(connector: Connector) -> bool:
    """Whether a source answers about the companies of single numbers."""
    return isinstance(connector, LookupConnector | NumbersConnector)


def read_number(text: str) -> str:
    """A number as its register writes it.

    >>> read_number("NO:923 609 016"), read_number("FI:0112038-9"), read_number("5493001KJTIIGC8Y1R12")
    ('923609016', '0112038-9', '5493001KJTIIGC8Y1R12')
    """
    return re.sub(r"^[A-Za-z]{2,3}:|\s", "", text)


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


def _turn_of(warehouse: Warehouse, config: Config, source: Source) -> Turn:
    configured = config.sources.get(source.name, SourceConfig()).cadence_hours
    hours = source.cadence_hours if configured is None else configured
    last = warehouse.value("runs/last_good_at", source=source.name)
    good_at = last if isinstance(last, datetime) else None
    return Turn(
        source=source.name,
        is_due=good_at is None or datetime.now(UTC) >= good_at + timedelta(hours=hours),
        last_good_at=good_at,
        cadence_hours=hours,
    )


def _say_offline(names: Sequence[str]) -> NoConnection:
    """What is raised in the place of one error a source where none of these could be reached."""
    return NoConnection(
        f"There is no connection: {', '.join(names)} could not be reached. Look after it and run the command again, or "
        "download the files where there is a net (from where: `prospekt sources SOURCE`) and load each with "
        "`prospekt refresh SOURCE --file FILE --complete`.",
        source=names[0],
    )
