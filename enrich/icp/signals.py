"""The criterion that asks for dated events: `signals = { kind = "job_ad", occupations = ["sales"], days = 60 }`, or
`{ kind = "tender_won", cpv = ["72"] }`.

An event is found or not. That none is found is a no only where a source told of every event of those days in the
company's country, and one of its would have been found by its number; where none was loaded, only since then, or the
company has no number of its own there, it is unknown. An agency's ads are perhaps for others:
also unknown.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from enrich.icp.criteria import words_pattern
from enrich.icp.criterion import Criterion
from enrich.icp.industry_lists import bind_lists, is_nace
from enrich.icp.model import Criteria, SignalAsk
from enrich.icp.occupations import find_codes

FRESH_DAYS = 1
"""A source that was last read longer ago does not know of the days since."""
NONE = "none since "
"""What the value begins with where there is no such event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCoverage:
    """Between which days a source told all events of a kind; null country: of all."""

    kind: str
    country_code: str | None
    source: str
    covered_from: date
    covered_until: datetime


def compile_signals(
    criteria: Criteria, key: str, coverage: Collection[SignalCoverage] | None, as_of: date
) -> Criterion:
    """The criterion, its parameters beginning with `key`; null coverage: the companies come without events."""
    asked = criteria.signals or SignalAsk()
    if coverage is None:
        return Criterion(
            name="signals",
            asked=str(asked),
            verdict="CAST(NULL AS BOOLEAN)",
            value="CAST(NULL AS VARCHAR)",
            fields=("signals",),
            parameters={},
            note="the published file is of an earlier version: run `prospekt publish`",
        )
    since = asked.begins(as_of)
    knowing = [one for one in coverage if one.kind == asked.kind and _knows(one, since, as_of)]
    codes = [start for each in asked.occupations for start in find_codes(each) or ()]
    codes += [f"CPV:{start}" for start in asked.cpv_starts()]
    parameters: dict[str, object] = {
        f"{key}_kind": asked.kind,
        f"{key}_since": since,
        f"{key}_until": as_of,
        f"{key}_countries": sorted(one.country_code for one in knowing if one.country_code is not None),
        f"{key}_none": f"{NONE}{since} ({', '.join(sorted({one.source for one in knowing}))})",
    }
    in_time = f"(one.kind = ${key}_kind AND one.happened_date BETWEEN ${key}_since AND ${key}_until)"
    tests, is_open = [], "false"
    if codes:
        parameters[f"{key}_codes"] = "^(?:" + "|".join(map(_start_pattern, codes)) + ")"
        tests.append(f"len(list_filter(one.codes, lambda code: regexp_matches(code, ${key}_codes))) > 0")
        # an ad without a code may be of any occupation; a tender without one, or with one above those asked, for anything
        is_open = "coalesce(len(one.codes), 0) = 0"
        if above := sorted({f"CPV:{start[:end]:0<8}" for start in asked.cpv_starts() for end in range(2, len(start))}):
            parameters[f"{key}_above"] = above
            is_open = f"({is_open} OR list_has_any(one.codes, ${key}_above))"
    if asked.words:
        parameters[f"{key}_words"] = words_pattern(asked.words)
        tests.append(f"regexp_matches(one.title, ${key}_words)")
    is_meant = f"({' OR '.join(f'coalesce({test}, false)' for test in tests)})" if tests else "true"
    found = f"list_filter(signals, lambda one: {in_time} AND {is_meant})"
    may_be = f"list_filter(signals, lambda one: {in_time} AND {is_open})"
    # null: no event could be linked to it
    is_known = "signals IS NOT NULL"
    if not any(one.country_code is None for one in knowing):
        is_known += f" AND list_contains(${key}_countries, country_code)"
    is_agency = "false"
    if asked.kind == "job_ad":
        parameters[f"{key}_lists"] = bind_lists()
        is_agency = (
            f"coalesce(starts_with(industry_code, '78') AND {is_nace('industry_scheme', f'${key}_lists')}, false)"
        )
    doubt = "occupation not stated" if asked.kind == "job_ad" else "perhaps for something else"
    return Criterion(
        name="signals",
        asked=str(asked),
        verdict=f"""(CASE
            WHEN len({found}) > 0 THEN CASE WHEN {is_agency} THEN NULL ELSE true END
            WHEN len({may_be}) > 0 THEN NULL
            WHEN {is_known} THEN false END)""",
        value=f"""(CASE
            WHEN len({found}) > 0 THEN {_tell(found)} || CASE WHEN {is_agency} THEN ', of an agency, perhaps for others' ELSE '' END
            WHEN len({may_be}) > 0 THEN {_tell(may_be)} || ', {doubt}'
            WHEN {is_known} THEN ${key}_none END)""",
        fields=("signals",),
        parameters=parameters,
        note=None
        if knowing
        else f"no source of it was read for all the days since {since}: no company is known to have none",
    )


def _knows(one: SignalCoverage, since: date, as_of: date) -> bool:
    return one.covered_from <= since and one.covered_until.date() >= as_of - timedelta(days=FRESH_DAYS)


def _start_pattern(start: str) -> str:
    scheme, _, code = start.partition(":")
    return (re.escape(scheme) if scheme else r"\w+") + ":" + code


def _tell(ads: str) -> str:
    """The number of events, and of the newest its day, title and source."""
    newest = f"{ads}[1]"
    return (
        f"len({ads}) || CASE WHEN len({ads}) = 1 THEN ' of ' ELSE ', the latest of ' END || "
        f"strftime({newest}.happened_date, '%Y-%m-%d') || ' “' || {newest}.title || '” (' || {newest}.source || ')'"
    )


def read_coverage(rows: Iterable[dict[str, object]]) -> tuple[SignalCoverage, ...]:
    """The coverage as a query gives it, columns named as the fields."""
    return tuple(SignalCoverage(**row) for row in rows)  # type: ignore[arg-type]
