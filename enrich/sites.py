"""Companies' own web sites: which addresses are asked, for whom, when again, and whether a site is the company's.

An address comes from a register, from the CRM, or from an e-mail address; none is guessed. They are asked in that order, down
to the first whose site proves to be the company's own (`enrich/site_evidence.py`). Nothing of any other site is kept.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from db.warehouse import Row, Warehouse
from enrich.catalogue import answered_by
from enrich.normalise.domain import employer_domain, registrable_domain
from enrich.progress import Progress
from enrich.site_evidence import SiteCompany, SiteVerdict, judge_site
from enrich.wanted import lend_wanted
from enrich.waterfall import Budget, Landing, LookupReport, ask_in_order
from sources.lookup import Outcome
from sources.site import SiteAnswer, SiteAsked, SiteReading
from sources.source import SiteConnector
from sources.web import WebClient

MOST_ADDRESSES = 3
"""Of one company: more is a CRM full of guesses."""
MOST_SECONDS = 300.0
MOST_REQUESTS = 3_000
"""A refresh makes no more requests than this; the next ones go on where it stopped."""
BATCH = 24
DUE_DAYS = {
    Outcome.HIT: 90,
    Outcome.NO_DATA: 90,
    Outcome.BLOCKED: 90,
    Outcome.INVALID_INPUT: 180,
    Outcome.FAILED: 30,
    Outcome.TIMED_OUT: 7,
    Outcome.RATE_LIMITED: 1,
}
"""After so many days an address is asked again, by what became of it; a new address of a company is asked at once."""
DUE_DAYS_OF_CODE = {"robots_unreachable": 7}
"""A robots.txt that fails forbids everything, but not for long."""

MOST_COMPANIES = 20_000
"""So many companies' addresses are looked at in a refresh, those that were asked lately behind the others."""

_STATED = pa.schema(
    [
        *((name, pa.string()) for name in ("record_id", "source", "domain", "url", "asked_domain", "evidence_code", "evidence")),
        ("evidence_url", pa.string()), ("language_code", pa.string()), ("emails", pa.list_(pa.string())),
        ("phones", pa.list_(pa.string())),
        ("social", pa.list_(pa.struct([("network", pa.string()), ("url", pa.string())]))),
        ("technologies", pa.list_(pa.struct([(name, pa.string()) for name in ("name", "category", "seen_in")]))),
        ("description", pa.string()), ("description_url", pa.string()), ("fetched_at", pa.timestamp("us", tz="UTC")),
    ]
)  # fmt: skip
_ENDED = pa.schema([(name, pa.string()) for name in ("record_id", "source", "domain")])
_ASKED = pa.schema(
    [(name, pa.string()) for name in ("record_id", "source", "domain", "outcome", "reason_code")]
    + [("request_count", pa.int32())]
)


@dataclass(slots=True, kw_only=True)
class _Wanted:
    """A company whose site is wanted: by what it is known, and the addresses that may be its site, by domain."""

    country: str | None
    names: dict[str, None] = field(default_factory=dict)
    numbers: set[tuple[str, str]] = field(default_factory=set)
    places: dict[tuple[str | None, str | None, str | None], None] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def known(self) -> SiteCompany:
        """What a site has to print."""
        return SiteCompany(
            names=tuple(self.names), numbers=frozenset(self.numbers), country=self.country, places=tuple(self.places)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSite:
    """What became of one address of a company; `verdict` is null where its site could not be read."""

    source_key: str
    domain: str
    outcome: Outcome
    code: str
    requests: int
    reading: SiteReading | None = None
    verdict: SiteVerdict | None = None


def refresh_sites(
    warehouse: Warehouse,
    connector: SiteConnector,
    client: WebClient,
    *,
    published: Path,
    most: int,
    progress: Progress,
    most_seconds: float = MOST_SECONDS,
) -> LookupReport:
    """Ask and land the sites that are due, of at most `most` companies: of the CRM's first, then of those an ICP reaches."""
    source = connector.SOURCE.name
    reached, company_count = _wanted(warehouse, source, published, answered_by(connector))
    wanted = _due(warehouse, source, reached)

    def step(number: int) -> Callable[[Sequence[str]], Iterator[JudgedSite]]:
        return lambda keys: _ask(connector, client, wanted, keys, number)

    report = ask_in_order(
        warehouse,
        [step(number) for number in range(MOST_ADDRESSES)],
        list(wanted),
        Landing(land=lambda taken, run_id: _land(warehouse, source, taken, run_id), requests=lambda one: one.requests),
        what="sites",
        source=source,
        budget=Budget(companies=most, seconds=most_seconds, requests=MOST_REQUESTS),
        progress=progress,
        batch=BATCH,
        not_due=len(reached) - len(wanted),
    )
    if company_count <= MOST_COMPANIES:
        return report
    told = (
        f"{source}: addresses were looked at of {MOST_COMPANIES:,} of the {company_count:,} companies that the CRM has or an "
        "ICP reaches, those not asked lately first; the others follow as these are asked."
    )
    return replace(report, warnings=(*report.warnings, told))


def _wanted(
    warehouse: Warehouse, source: str, published: Path, answers: Collection[str]
) -> tuple[dict[str, _Wanted], int]:
    """The companies whose sites are wanted, by their anchor record, in the order to ask; and of how many they are the first."""
    warehouse.run("normalise/create")  # a warehouse that never normalised has no comparable forms to look in
    with lend_wanted(warehouse, published, answers=answers):
        since = datetime.now(UTC) - timedelta(days=max(DUE_DAYS.values()))
        rows = warehouse.rows("land/site_companies", source=source, since=since, most=MOST_COMPANIES)
    in_crm = defaultdict[object, list[str]](list)
    for row in warehouse.rows("land/site_addresses"):
        in_crm[row["company_id"]].append(str(row["domain"]))
    wanted: dict[str, _Wanted] = {}
    company_of: dict[str, object] = {}
    further: dict[str, list[str]] = {}
    for row in rows:
        key = str(row["record_id"])
        country = row["country_code"]
        one = wanted.setdefault(key, _Wanted(country=None if country is None else str(country)))
        company_of[key] = row["company_id"]
        _note(one, row)
        if row["email_domain"] is not None:
            further.setdefault(key, []).append(str(row["email_domain"]))
    for key, one in wanted.items():
        for address in (*in_crm[company_of[key]], *further.get(key, ())):
            _note_address(one, address)
    company_count = int(str(rows[0]["company_count"])) if rows else 0
    return {key: one for key, one in wanted.items() if one.addresses}, company_count


def _note(one: _Wanted, row: Row) -> None:
    """Take in what one record of a company says of it."""
    names = row["names"] if isinstance(row["names"], list) else []
    one.names |= dict.fromkeys([str(row["name"]), *(each["name"] for each in names if each["kind"] != "former")])
    for number in row["identifiers"] if isinstance(row["identifiers"], list) else []:
        one.numbers.add((number["scheme"], number["value"]))
    for place in row["addresses"] if isinstance(row["addresses"], list) else []:
        one.places[place["street"], place["postal_code"], place["city"]] = None
    if row["website"] is not None:
        _note_address(one, str(row["website"]))


def _note_address(one: _Wanted, address: str) -> None:
    """Take in an address that may be the company's site, the first of each domain; shared hosts are nobody's."""
    domain = employer_domain(address)
    if domain is not None and len(one.addresses) < MOST_ADDRESSES:
        one.addresses.setdefault(domain, address)


def _due(warehouse: Warehouse, source: str, wanted: Mapping[str, _Wanted]) -> dict[str, _Wanted]:
    """Those with an address that is due, without the others; who was found is left until that is due again."""
    now = datetime.now(UTC)
    resting: set[tuple[str, str]] = set()
    found: set[str] = set()
    for row in warehouse.rows("land/site_inquiries", source=source):
        outcome, asked_at = Outcome(str(row["outcome"])), row["asked_at"]
        days = DUE_DAYS_OF_CODE.get(str(row["reason_code"]), DUE_DAYS.get(outcome, 30))
        if not isinstance(asked_at, datetime) or asked_at < now - timedelta(days=days):
            continue
        key, domain = str(row["record_id"]), str(row["domain"])
        resting.add((key, domain))
        if outcome is Outcome.HIT and key in wanted and domain in wanted[key].addresses:
            found.add(key)
    due: dict[str, _Wanted] = {}
    for key, one in wanted.items():
        one.addresses = {domain: address for domain, address in one.addresses.items() if (key, domain) not in resting}
        if one.addresses and key not in found:
            due[key] = one
    return due


def _ask(
    connector: SiteConnector, client: WebClient, wanted: Mapping[str, _Wanted], keys: Sequence[str], number: int
) -> Iterator[JudgedSite]:
    """What became of the address with that number of each company that has one."""
    asked: list[tuple[str, SiteAsked]] = []
    for key in keys:
        for domain, address in list(wanted[key].addresses.items())[number : number + 1]:
            asked.append((domain, SiteAsked(source_key=key, address=address, country=wanted[key].country)))
    answers = connector.read_sites(client, [one for _, one in asked])
    for (domain, _), answer in zip(asked, answers, strict=True):
        yield _judged(wanted[answer.source_key], domain, answer)


def _judged(company: _Wanted, domain: str, answer: SiteAnswer) -> JudgedSite:
    verdict = None if answer.reading is None else judge_site(company.known(), answer.reading)
    is_own = verdict is not None and verdict.is_own
    return JudgedSite(
        source_key=answer.source_key,
        domain=domain,
        outcome=answer.outcome if verdict is None or is_own else Outcome.NO_DATA,
        code=answer.code if verdict is None else verdict.code,
        requests=answer.requests,
        reading=answer.reading if is_own else None,
        verdict=verdict,
    )


def _land(warehouse: Warehouse, source: str, taken: Sequence[JudgedSite], run_id: str) -> tuple[int, int]:
    """Write what own sites state, end what sites stated that are no longer own, and note who was asked."""
    stated = {one.source_key: _stated(source, one) for one in taken if one.reading is not None}
    ended = [
        {"record_id": one.source_key, "source": source, "domain": one.domain}
        for one in taken
        if one.outcome in (Outcome.NO_DATA, Outcome.INVALID_INPUT)
    ]
    asked = {
        (one.source_key, one.domain): {
            "record_id": one.source_key,
            "source": source,
            "domain": one.domain,
            "outcome": str(one.outcome),
            "reason_code": one.code,
            "request_count": one.requests,
        }
        for one in taken
    }
    with (
        warehouse.lend("stated_site", pa.Table.from_pylist(list(stated.values()), schema=_STATED)),
        warehouse.lend("ended_site", pa.Table.from_pylist(ended, schema=_ENDED)),
        warehouse.lend("asked", pa.Table.from_pylist(list(asked.values()), schema=_ASKED)),
        warehouse.transaction(),
    ):
        warehouse.run("land/sites", run_id=run_id, at=datetime.now(UTC))
    return len(stated), len(taken) - len(stated)


def _stated(source: str, one: JudgedSite) -> dict[str, object]:
    reading, verdict = one.reading, one.verdict
    if reading is None or verdict is None:
        raise ValueError("a site that was not read states nothing")
    domain = registrable_domain(reading.url) or one.domain
    return {
        "record_id": one.source_key,
        "source": source,
        "domain": domain,
        "url": reading.url,
        "asked_domain": one.domain,
        "evidence_code": verdict.code,
        "evidence": verdict.reason,
        "evidence_url": verdict.url,
        "language_code": reading.language,
        # an address of another domain is an agency's, or a person's mailbox that looks like a role's
        "emails": [email for email in reading.emails if registrable_domain(email) in (domain, one.domain)],
        "phones": list(reading.phones),
        "social": [{"network": network, "url": url} for network, url in reading.social],
        "technologies": [
            {"name": each.name, "category": each.category, "seen_in": each.seen_in} for each in reading.technologies
        ],
        "description": reading.description,
        "description_url": reading.description_url,
        "fetched_at": reading.fetched_at,
    }
