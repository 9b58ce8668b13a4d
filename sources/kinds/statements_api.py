"""A service that lists by company the days of which it has accounts, and gives each as an XBRL instance.

A statement is read in memory and let go of; the latest of a company is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.errors import AnswerUnreadable
from sources.kinds.accounts_api import ask_each
from sources.kinds.annual_reports import ReportTaxonomy, answer_of, without_report
from sources.kinds.ixbrl import MOST_REPORT_BYTES, date_of
from sources.kinds.json_api import parse
from sources.kinds.json_stream import name_keys
from sources.kinds.xbrl_instance import InstanceForm, read_instance
from sources.lookup import AccountsAnswer, Outcome
from sources.source import Source

if TYPE_CHECKING:
    from sources.http import PoliteClient


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementService:
    """Where statements are listed and fetched, and the keys of the list; `number` and `last_day` are parameters, too.

    `known` are all keys of an answer, dotted.
    """

    listing: str
    statement: str
    number: str
    last_day: str
    statements: str
    known: frozenset[str]
    form: InstanceForm
    taxonomy: ReportTaxonomy


def ask_statements(
    client: "PoliteClient", source: Source, service: StatementService, keys: Sequence[str]
) -> Iterator[AccountsAnswer]:
    """The accounts in the latest statement of each of these entities, each with what became of asking; raises as `ask_each`."""
    return ask_each(source, keys, lambda key: _ask(client, source, service, key))


def _ask(client: "PoliteClient", source: Source, service: StatementService, key: str) -> AccountsAnswer | None:
    asked = {service.number: key}
    listed = client.get(source, service.listing, params=asked, allow=frozenset({400, 404, 500}))
    if listed.status != 200:
        return without_report(listed, key)
    answer = parse(source, listed)
    unknown = tuple(sorted(set(name_keys(answer)) - service.known))
    found = answer.get(service.statements)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise AnswerUnreadable(f"{listed.url} answered without a list of {service.statements!r}.", source=source.name)
    latest = max((str(each.get(service.last_day) or "")[:10] for each in found), default="")
    if not latest:
        return AccountsAnswer(source_key=key, outcome=Outcome.NO_DATA, unknown_keys=unknown)
    filed = client.get(
        source,
        service.statement,
        params=asked | {service.last_day: latest},
        accept="text/xml",
        allow=frozenset({400, 404, 500}),
        most_bytes=MOST_REPORT_BYTES,
    )
    if filed.status != 200:
        return without_report(filed, key)
    return answer_of(
        service.taxonomy,
        key,
        lambda: [read_instance(filed.body, service.form)],
        ends=date_of(latest),
        unknown_keys=unknown,
    )
