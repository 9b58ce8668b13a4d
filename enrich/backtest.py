"""Backtest: whether an ICP's fit, by what was known then, tells deals that were won from those that were lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from db.sql import read_query
from enrich.config import Config
from enrich.deals import Deal, read_ended_deals
from enrich.errors import InputInvalid
from enrich.gate import Readers
from enrich.icp.lift import (
    Groups,
    Interval,
    LiftStep,
    Scores,
    bootstrap_auc,
    draw_curve,
    measure_auc,
    place_out_of_period,
)
from enrich.search import choose_icp, compile_icp, read_as_of

PERIODS = ("quarter", "year")
FEWEST = 10
"""So many companies with won deals, and with lost ones, say something."""

STEPS = tuple(step / 10 for step in range(1, 11))
MISFIT = -1.0
"""The score of a company that does not fit: below all that do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodResult:
    """One period: its deals, and the AUC within it, by the low and the high end of what is known; null without both kinds."""

    period: str
    won: int
    lost: int
    auc_low: float | None
    auc_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How well the score separates where everything unknown speaks against (`low`) or for (`high`) a company.

    `curve` ranks each deal among those of the other periods; it is empty where there is one period only.
    """

    unknown: str
    auc: Interval | None
    curve: tuple[LiftStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The result. `readings` is empty where there are too few deals, and `too_few` says why.

    `unmatched` deals belong to no published company, `undated` have no date; neither is judged. Of `before_known`
    nothing was recorded yet when they ended: they are judged by the earliest that is known.
    """

    icp: str
    icp_version: str
    by: str
    as_of: datetime
    won: int
    lost: int
    unmatched: int
    undated: int
    before_known: int
    misfits_won: int
    misfits_lost: int
    periods: tuple[PeriodResult, ...]
    readings: tuple[Reading, ...]
    too_few: str | None
    sources: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """Deals with the score of then, at both ends of what is known."""

    deals: tuple[Deal, ...]
    low: Scores
    high: Scores
    is_misfit: Sequence[bool]
    before_known: int


def backtest_icp(readers: Readers, config: Config, icp_name: str | None = None, *, by: str = "quarter") -> Backtest:
    """Judge every deal that was won or lost by the ICP, period by period (`by`: quarter or year).

    Values of the company are put back to what its records said when the deal ended, as far as changes were noted. Raises
    `NotFound` for an unknown ICP, `InputInvalid` where the files have no deals.
    """
    if by not in PERIODS:
        raise InputInvalid(f"{by!r} is no period; choose {' or '.join(PERIODS)}.")
    name, icp = choose_icp(config, icp_name)
    readers.lay_decisions()
    ended = read_ended_deals(readers)
    query = compile_icp(readers, config, name, icp)
    dated = tuple(deal for deal in ended.deals if deal.closed_date is not None)
    judged = _judge(
        readers,
        query.select(f"({read_query('search/companies_then')})", columns=_ASKED, misfits=True),
        query.parameters,
        dated,
    )
    won = np.array([deal.is_won for deal in judged.deals], dtype=bool)
    labels = [name_period(deal.closed_date, by) for deal in judged.deals if deal.closed_date is not None]
    names, periods = np.unique(np.array(labels, dtype=str), return_inverse=True)
    _, companies = np.unique(np.array([deal.company_id for deal in judged.deals], dtype=str), return_inverse=True)
    too_few = _say_too_few(judged.deals, len(names), by)
    results = tuple(
        PeriodResult(
            period=str(label),
            won=int(won[periods == place].sum()),
            lost=int((~won[periods == place]).sum()),
            auc_low=_auc_of(judged.low, won, periods, place),
            auc_high=_auc_of(judged.high, won, periods, place),
        )
        for place, label in enumerate(names)
    )
    readings = tuple(
        Reading(
            unknown=unknown,
            auc=bootstrap_auc(scores, won, periods, companies),
            curve=draw_curve(place_out_of_period(scores, periods), won, STEPS) if len(names) > 1 else (),
        )
        for unknown, scores in (("against", judged.low), ("for", judged.high))
        if too_few is None
    )
    misfits = np.array(judged.is_misfit, dtype=bool)
    return Backtest(
        icp=name,
        icp_version=query.version,
        by=by,
        as_of=read_as_of(readers),
        won=int(won.sum()),
        lost=int((~won).sum()),
        unmatched=ended.unmatched,
        undated=len({deal.crm_id for deal in ended.deals if deal.closed_date is None}),
        before_known=judged.before_known,
        misfits_won=int((misfits & won).sum()),
        misfits_lost=int((misfits & ~won).sum()),
        periods=results,
        readings=readings,
        too_few=too_few,
        sources=tuple(readers.warehouse.rows("search/sources")),
    )


_ASKED = ("place", "then_date < first_known_at::DATE AS is_before_known")


def _judge(readers: Readers, select: str, parameters: Mapping[str, object], deals: Sequence[Deal]) -> _Judged:
    then = pa.table(
        {
            "place": pa.array(range(len(deals)), pa.int64()),
            "company_id": pa.array([deal.company_id for deal in deals], pa.string()),
            "then_date": pa.array([deal.closed_date for deal in deals], pa.date32()),
        }
    )
    with readers.warehouse.lend("then_rows", then):
        rows = sorted(readers.warehouse.ask(select, **parameters), key=lambda row: int(str(row["place"])))
    return _Judged(
        deals=tuple(deals[int(str(row["place"]))] for row in rows),
        low=np.array([float(str(row["fit_low"])) if row["verdict"] == "yes" else MISFIT for row in rows]),
        high=np.array([float(str(row["fit_high"])) if row["verdict"] != "no" else MISFIT for row in rows]),
        is_misfit=[row["verdict"] == "no" for row in rows],
        before_known=sum(bool(row["is_before_known"]) for row in rows),
    )


def _auc_of(
    scores: Scores, won: "np.ndarray[tuple[int], np.dtype[np.bool_]]", periods: Groups, place: int
) -> float | None:
    here = periods == place
    return measure_auc(scores[here], won[here], periods[here])


def _say_too_few(deals: Sequence[Deal], period_count: int, by: str) -> str | None:
    won, lost = ({deal.company_id for deal in deals if deal.is_won is wanted} for wanted in (True, False))
    if min(len(won), len(lost)) < FEWEST:
        return (
            f"too few deals: {len(won)} companies with a won deal and {len(lost)} with a lost one are matched and dated, "
            f"at least {FEWEST} of each say something"
        )
    if period_count < len(PERIODS):
        return f"all deals are of one {by}: nothing is left to compare it with" + (
            "; try --by quarter" if by == "year" else ""
        )
    return None


def name_period(day: date, by: str) -> str:
    """The period a day lies in.

    >>> name_period(date(2026, 5, 1), "quarter"), name_period(date(2026, 5, 1), "year")
    ('2026-Q2', '2026')
    """
    return f"{day.year}-Q{(day.month + 2) // 3}" if by == "quarter" else str(day.year)


def say_verdict(backtest: Backtest) -> str:
    """In one sentence whether the ICP separates, whatever is unknown."""
    if backtest.too_few is not None:
        return f"It cannot be told: {backtest.too_few}."
    intervals = [reading.auc for reading in backtest.readings if reading.auc is not None]
    if not intervals:
        return f"It cannot be told: no {backtest.by} has both won and lost deals."
    if all(one.low > CHANCE for one in intervals):
        return "The fit separates won from lost deals better than chance, whatever is unknown."
    if all(one.high < CHANCE for one in intervals):
        return "The fit is the wrong way round: deals of companies that fit were lost more often."
    if any(one.low > CHANCE for one in intervals):
        return "Whether the fit separates won from lost deals depends on what is unknown of the companies."
    return "The fit cannot be told from chance on these deals."


CHANCE = 0.5
"""The AUC of a coin."""
