"""A register that gives annual reports as they were filed: a list of them by company, each an archive of inline XBRL.

The latest report of a company is read: its period, and the one before it beside which it is set. A report is read in
memory and let go of: it is signed by people, and of them nothing is kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sources.errors import RecordRejected, SourceAborted
from sources.kinds.accounts_api import MOST_AMOUNT, ask_each
from sources.kinds.ixbrl import MOST_REPORT_BYTES, Fact, Report, date_of, pick_value, read_report, unpack_reports
from sources.kinds.json_api import parse
from sources.kinds.json_stream import name_keys
from sources.kinds.oauth2 import AuthorisedApi
from sources.lookup import AccountsAnswer, Outcome
from sources.record import Account

if TYPE_CHECKING:
    from sources.http import Answer

LONGEST_PERIOD = timedelta(days=585)
"""No financial year has more than eighteen months (and the odd days of a first one)."""
MOST_EMPLOYEES = 3_000_000
"""More than anybody employs: a date or an amount that stands in the place of a number of people."""
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTaxonomy:
    """The names under which reports state what we read.

    `namespace` is a pattern, for taxonomies have a new one each year. `amounts` maps our fields to names, `employees` is
    the name of their average number, where it is stated. `number_in` gives the company's number as the register spells
    it, of what a report writes.
    """

    namespace: str
    amounts: Mapping[str, str]
    number_in: Callable[[str], str]
    employees: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportService:
    """Where reports are listed and fetched, and the keys of the list. `document` has {key}.

    `period_to` and `filed_at` are keys of the last day of the period and of the day it was filed; `known` are all keys
    of an answer, dotted.
    """

    listing: str
    question: str
    reports: str
    report_id: str
    period_to: str
    filed_at: str
    known: frozenset[str]
    document: str
    taxonomy: ReportTaxonomy


def ask_reports(api: AuthorisedApi, service: ReportService, keys: Sequence[str]) -> Iterator[AccountsAnswer]:
    """The accounts in the latest report of each of these entities, each with what became of asking."""
    return ask_each(api.source, keys, lambda key: _ask(api, service, key))


def _ask(api: AuthorisedApi, service: ReportService, key: str) -> AccountsAnswer | None:
    listed = api.ask(service.listing, posted={service.question: key}, allow=frozenset({400, 404, 500}))
    if listed.status != 200:
        return without_report(listed, key)
    answer = parse(api.source, listed)
    unknown = tuple(sorted(set(name_keys(answer)) - service.known))
    found = answer.get(service.reports) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise SourceAborted(f"{listed.url} answered without a list of {service.reports!r}.", source=api.source.name)
    latest = max(found, key=lambda each: _newest(service, each), default=None)
    if latest is None or not latest.get(service.report_id):
        return AccountsAnswer(source_key=key, outcome=Outcome.NO_DATA, unknown_keys=unknown)
    # an archive is read as it is: the keys that are never stored stand in no archive, and its checksums would tell
    archive = api.ask(
        service.document.format(key=quote(str(latest[service.report_id]), safe="")),
        accept="*/*",
        allow=frozenset({400, 404, 500}),
        most_bytes=MOST_REPORT_BYTES,
    )
    if archive.status != 200:
        return without_report(archive, key)
    ends = date_of(str(latest.get(service.period_to, ""))[:10])
    return answer_of(
        service.taxonomy, key, lambda: map(read_report, unpack_reports(archive.body)), ends=ends, unknown_keys=unknown
    )


def answer_of(
    taxonomy: ReportTaxonomy,
    key: str,
    read: Callable[[], Iterable[Report]],
    *,
    ends: date | None,
    unknown_keys: tuple[str, ...],
) -> AccountsAnswer:
    """What a report answers that `read` gives in its parts; one that cannot be believed is a reject. `ends` as `read_accounts`."""
    try:
        accounts, rejects = read_accounts(taxonomy, key, list(read()), ends=ends)
    except RecordRejected as error:
        accounts, rejects = (), ((error.code, error.reason),)
    return AccountsAnswer(
        source_key=key,
        outcome=Outcome.HIT if accounts else Outcome.FAILED,
        accounts=accounts,
        rejects=rejects,
        unknown_keys=unknown_keys,
    )


def without_report(answer: "Answer", key: str) -> AccountsAnswer | None:
    """What an answer of no success says of one company; null where the service fails."""
    outcomes = {400: Outcome.INVALID_INPUT, 404: Outcome.NO_DATA}
    return AccountsAnswer(source_key=key, outcome=outcomes[answer.status]) if answer.status in outcomes else None


def _newest(service: ReportService, listed: Mapping[str, Any]) -> tuple[str, str, str]:
    """The period, then when it was filed: of two reports of one period the later corrects the earlier."""
    return (
        str(listed.get(service.period_to) or ""),
        str(listed.get(service.filed_at) or ""),
        str(listed.get(service.report_id) or ""),
    )


def read_accounts(
    taxonomy: ReportTaxonomy, key: str, reports: Sequence[Report], *, ends: date | None
) -> tuple[tuple[Account, ...], tuple[tuple[str, str], ...]]:
    """The accounts of a report's period and of the one before it, and (code, sentence) for figures left out.

    `ends` is the last day of the report's period as its list says; what is of no period that ends then is not believed.
    Raises RecordRejected for a report that states nothing we read, or is of another company or period.
    """
    concepts = {name: field for field, name in taxonomy.amounts.items()}
    if taxonomy.employees is not None:
        concepts[taxonomy.employees] = "average_employees"
    facts: dict[str, list[Fact]] = {}
    for fact in (fact for report in reports for fact in report.facts):
        namespace, name = fact.concept
        if fact.is_whole and name in concepts and re.search(taxonomy.namespace, namespace):
            facts.setdefault(concepts[name], []).append(fact)
    stated = [fact for field in taxonomy.amounts for fact in facts.get(field, ())]
    if not stated:
        raise RecordRejected("the report states none of the figures that are read", code="no_figures")
    if {taxonomy.number_in(fact.entity) for fact in stated} != {key}:
        raise RecordRejected("the report names another company than the one asked for", code="other_company")
    starts, end = _period(stated, ends)
    currency, *others = {fact.unit or "" for fact in stated}
    if others or not _CURRENCY.fullmatch(currency):
        raise RecordRejected("the report does not state its figures in one currency", code="missing_currency")
    periods = [(starts, end)]
    if starts is not None:
        before = starts - timedelta(days=1)
        first = _first_day(stated, before)
        periods += [(first, before)] if first is not None else []
    read = [_account(key, facts, *period, currency=currency) for period in periods]
    unread = sorted({name for report in reports for name, _ in report.unread if name.rpartition(":")[2] in concepts})
    rejects = [
        ("contradicting_figures", f"the report states {field.replace('_', ' ')} twice, not alike")
        for account, contradicted in read
        for field in contradicted
    ] + [("unreadable_figure", f"the report states {name} in a form that cannot be read") for name in unread]
    return tuple(account for account, _ in read if account is not None), tuple(rejects)


def _period(stated: Iterable[Fact], ends: date | None) -> tuple[date | None, date]:
    """The first and last day of the report's own period: the longest that ends when it should."""
    facts = list(stated)
    end = ends or max(fact.ends for fact in facts)
    if not any(fact.ends == end for fact in facts):
        raise RecordRejected("the report is of another period than its list says", code="bad_period")
    return _first_day(facts, end), end


def _first_day(facts: Iterable[Fact], end: date) -> date | None:
    """The first day of the longest period that ends then and can be a financial year."""
    starts = [fact.starts for fact in facts if fact.starts is not None and fact.ends == end]
    return min((first for first in starts if end - first < LONGEST_PERIOD), default=None)


def _account(
    key: str, facts: Mapping[str, Sequence[Fact]], starts: date | None, ends: date, *, currency: str
) -> tuple[Account | None, list[str]]:
    """One period's accounts, null where nothing of it is known for certain, and the fields stated in contradiction."""
    values: dict[str, Decimal] = {}
    contradicted = []
    for field, stated in facts.items():
        of_period = [fact for fact in stated if fact.ends == ends and fact.starts in (None, starts)]
        value = pick_value(of_period)
        is_possible = (
            value is not None
            and abs(value) < MOST_AMOUNT
            and (field != "average_employees" or 0 <= value <= MOST_EMPLOYEES)
        )
        if value is not None and is_possible:
            values[field] = value.quantize(Decimal("0.01"))
        elif of_period:
            contradicted.append(field)
    if not set(values) - {"average_employees"}:
        return None, contradicted
    account = Account(source_key=key, kind="company", period_from=starts, period_to=ends, currency=currency, **values)
    return account, contradicted
