"""What others know of companies (Wikidata, registers asked by number): who is asked about, when again, and whose it is.

A record is found by a number, and a number can be mistyped there. It lands only where its name or its web site is the
company's too and its country is no other: what lands is merged, so a wrong record would put its facts on the company.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from db.warehouse import Row, Warehouse
from enrich.catalogue import answered_by
from enrich.land import LandReport
from enrich.normalise.domain import employer_domain
from enrich.normalise.name import normal_columns
from enrich.progress import Progress
from enrich.wanted import count_due, lend_wanted
from enrich.waterfall import Budget, Landing, LookupReport, ask_in_order, resting
from sources.http import PoliteClient
from sources.kinds.json_api import deliver
from sources.lookup import CompanyAsked, FoundRecord, KnowledgeAnswer, Outcome
from sources.source import Coverage, CredentialsConnector, Delivery, KnowledgeConnector

MOST_SECONDS = 300.0
BATCH = 100
"""So many answers are landed at once."""
DUE_DAYS = {
    Outcome.HIT: 90,
    Outcome.NO_DATA: 180,
    Outcome.BLOCKED: 90,
    Outcome.INVALID_INPUT: 180,
    Outcome.FAILED: 30,
    Outcome.TIMED_OUT: 7,
}
"""After so many days a company is asked about again; one of which a source was too busy to tell, in the next refresh."""

_ASKED = pa.schema([(name, pa.string()) for name in ("record_id", "outcome", "reason_code")])
_FOUND = pa.schema([("source_key", pa.string())])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Company:
    """A company as the records that it has tell it; `names` in comparable form."""

    names: frozenset[str]
    country: str | None
    domain: str | None
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeReport:
    """What became of the companies that were asked about, and why of some nothing is known."""

    asked: LookupReport
    asked_by: tuple[str, ...]
    codes: Mapping[str, int] = field(default_factory=dict)

    def sentences(self, source: str, most: int) -> Iterator[str]:
        """As a person reads it, where at most so many companies may be asked about."""
        nobody = (
            "no company is due; asked about are those of the CRM and those that an ICP reaches, where one of these numbers "
            f"is known: {', '.join(self.asked_by)}."
        )
        if self.asked.outcomes or not self.asked.warnings:
            yield f"{source}: {self.asked.told(most, nobody=nobody)}"
        if self.codes:
            parts = " + ".join(f"{count:,} {code.replace('_', ' ')}" for code, count in sorted(self.codes.items()))
            yield f"{source}: nothing was taken of {sum(self.codes.values()):,} = {parts}"
        yield from self.asked.warnings


def refresh_knowledge(
    warehouse: Warehouse,
    connector: KnowledgeConnector,
    client: PoliteClient,
    *,
    published: Path,
    landing: Path,
    most: int,
    progress: Progress,
    land: Callable[[Delivery], LandReport | None],
) -> KnowledgeReport:
    """Ask about the companies that are due, at most `most`, and land what is theirs through `land`.

    All that was fetched is landed, also where the source stops answering in between; its error is raised then.
    """
    source = connector.SOURCE
    due, due_count, not_due = _due(warehouse, connector, published, most)
    nobody = LookupReport(what="records", outcomes=resting(not_due), waiting=due_count)
    if not due or not most:
        return KnowledgeReport(asked=nobody, asked_by=connector.ASKED_BY)
    missing = connector.missing_credentials(client) if isinstance(connector, CredentialsConnector) else None
    if missing is not None:
        told = replace(nobody, warnings=(f"{source.name}: {missing}",))
        return KnowledgeReport(asked=told, asked_by=connector.ASKED_BY)
    codes = Counter[str]()

    def step(keys: Sequence[str]) -> Iterator[KnowledgeAnswer]:
        wanted = [CompanyAsked(source_key=key, numbers=due[key].numbers) for key in keys]
        return (_judged(due[answer.source_key], answer) for answer in connector.ask_about(client, wanted))

    def take(taken: Sequence[KnowledgeAnswer], _run_id: str) -> tuple[int, int]:
        codes.update(answer.code for answer in taken if answer.code is not None)
        found = {record.key: record for answer in taken for record in answer.records}
        landed = None
        if found:
            delivery = deliver(
                source,
                source.layouts[0],
                [record.payload for record in found.values()],
                coverage=Coverage.PARTIAL,
                landing=landing,
                fetched_at=datetime.now(UTC),
                url=client.base_url(source),
            )
            landed = land(delivery)
        _note(warehouse, source.name, taken, list(found))
        return (0, 0) if landed is None else (landed.landed, landed.rejected)

    asked = ask_in_order(
        warehouse,
        [step],
        list(due),
        Landing(land=take),
        what="records",
        source=source.name,
        budget=Budget(companies=most, seconds=MOST_SECONDS),
        progress=progress,
        batch=BATCH,
        due_count=due_count,
        not_due=not_due,
    )
    return KnowledgeReport(asked=asked, asked_by=connector.ASKED_BY, codes=codes)


def _due(
    warehouse: Warehouse, connector: KnowledgeConnector, published: Path, most: int
) -> tuple[dict[str, _Company], int, int]:
    """The first `most` companies to ask about, by their anchor record, in the order to ask; how many are due, and how many not."""
    warehouse.run("normalise/create")  # a warehouse that never normalised has no numbers to look in
    now = datetime.now(UTC)
    due_before = {str(outcome): now - timedelta(days=days) for outcome, days in DUE_DAYS.items()}
    with (
        lend_wanted(warehouse, published, answers=answered_by(connector)),
        warehouse.lend(
            "due_before",
            pa.table({"outcome": list(due_before), "at": pa.array(due_before.values(), pa.timestamp("us", tz="UTC"))}),
        ),
    ):
        rows = warehouse.rows(
            "land/knowledge_due",
            source=connector.SOURCE.name,
            schemes=list(connector.ASKED_BY),
            most=max(most, 1),  # a row tells how many there are
        )
    due = {str(row["record_id"]): _company(row) for row in rows if row["is_due"]}
    return due, *count_due(rows)


def _company(row: Row) -> _Company:
    others = row["other_names"] if isinstance(row["other_names"], list) else []
    numbers = row["numbers"] if isinstance(row["numbers"], list) else []
    return _Company(
        names=_comparable([str(row["name"]), *map(str, others)]),
        country=None if row["country_code"] is None else str(row["country_code"]),
        domain=None if row["domain"] is None else str(row["domain"]),
        numbers=tuple((one["scheme"], one["value"]) for one in numbers),
    )


def _judged(company: _Company, answer: KnowledgeAnswer) -> KnowledgeAnswer:
    """The answer, with the records only that are the company's."""
    if not answer.records:
        return answer
    against = {record.key: _contradiction(company, record) for record in answer.records}
    own = tuple(record for record in answer.records if against[record.key] is None)
    if own:
        return replace(answer, records=own)
    return replace(answer, records=(), outcome=Outcome.NO_DATA, code=next(iter(against.values())))


def _contradiction(company: _Company, record: FoundRecord) -> str | None:
    """What speaks against a record that was found by a number of the company, as a code."""
    if None not in (company.country, record.country) and company.country != record.country:
        return "other_country"
    if not company.names.isdisjoint(_comparable(record.names)):
        return None
    website = None if record.website is None else employer_domain(record.website)
    return None if website is not None and website == company.domain else "other_name"


def _comparable(names: Sequence[str]) -> frozenset[str]:
    return frozenset(key for key in normal_columns(names)[1] if key) if names else frozenset()


def _note(warehouse: Warehouse, source: str, taken: Sequence[KnowledgeAnswer], found: Sequence[str]) -> None:
    asked = [
        {"record_id": one.source_key, "outcome": str(one.outcome), "reason_code": one.code}
        for one in taken
        if one.outcome is not Outcome.RATE_LIMITED
    ]
    with (
        warehouse.lend("asked", pa.Table.from_pylist(asked, schema=_ASKED)),
        warehouse.lend("found", pa.Table.from_pylist([{"source_key": key} for key in found], schema=_FOUND)),
        warehouse.transaction(),
    ):
        warehouse.run("land/knowledge", source=source, at=datetime.now(UTC))
