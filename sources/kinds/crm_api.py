"""A CRM's object API: whole listings, what changed since a moment, records by their ids, and whose company is which.

What changed is searched for and walked by record id, never by page number or by the moment of change: a search gives
10,000 results and no more, pages by place, and a record that changes while pages are read moves to the end, so that
another one slips through at the place where it was. Behind an id nothing moves, however many records were changed at
one moment.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from sources.errors import RetryableError, SourceAborted
from sources.kinds.crm_refusal import SPOKEN, hear_refusals
from sources.kinds.json_api import parse
from sources.secret import Secret, bearer
from sources.source import Connector, Source

if TYPE_CHECKING:
    from sources.http import Answer, PoliteClient

PAGE = 100
"""Records in a page, a search or a batch."""
LINKS = 1_000
"""Records whose links are asked for at once."""
SEARCHES_PER_MINUTE = 240
"""Searches have a limit of their own, of four or five a second for the whole account."""
MOST_RESTARTS = 3
"""So often a listing is begun anew whose place in the pages was forgotten by the server."""
ID = "hs_object_id"
MERGED = ("hs_merged_object_ids", "hs_calculated_merged_vids")
"""Properties that say which records were merged into one: ids behind semicolons, with or without a moment behind a colon."""
PRIMARY_COMPANIES = "Associated company IDs (Primary)"
COMPANIES = "Associated company IDs"
_KNOWN_KEYS = frozenset(
    {"id", "properties", "createdAt", "updatedAt", "archived", "archivedAt", "url", "objectWriteTraceId"}
    | {"propertyWarnings", "associations", "propertiesWithHistory"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmObject:
    """One kind of record: where it is, what is asked of it, and the scope that this needs.

    `modified` is the property with the moment of the last change. Any true one of `opt_outs` says that a person wants no
    marketing; it is told as the first of them. `primary_link` is the type of link to the one company among several that
    counts; null for a kind whose companies nobody asks for.
    """

    kind: str
    path: str
    scope: str
    modified: str
    properties: tuple[str, ...]
    opt_outs: tuple[str, ...] = ()
    primary_link: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmRecord:
    """A record as the CRM gives it: its id, what was asked of it as text, and the ids that were merged into it."""

    record_id: str
    values: Mapping[str, str | None]
    merged_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of ids that were asked for: their records, those not there, and those merged into other records."""

    records: tuple[CrmRecord, ...]
    missing: frozenset[str]
    merged: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmAccount:
    """Whose CRM it is, and what time it is there."""

    portal: str
    at: datetime


@runtime_checkable
class CrmConnector(Connector, Protocol):
    """A connector of a CRM: its kinds of record, in the order in which they are taken in."""

    OBJECTS: tuple[CrmObject, ...]
    OWNERS_SCOPE: str


@dataclass(slots=True, kw_only=True)
class CrmApi:
    """Asks one CRM with one token; `unknown` counts keys of answers that nobody described."""

    client: "PoliteClient"
    source: Source
    token: Secret
    secret_env: str
    unknown: Counter[str] = field(default_factory=Counter)

    def account(self) -> CrmAccount:
        """Which account the token belongs to."""
        answer = self._ask("account-info/v3/details", scope="oauth")
        portal = str(parse(self.source, answer).get("portalId") or "")
        if not portal.isdecimal():
            raise SourceAborted("the account does not say its number (portalId).", source=self.source.name)
        said = parsedate_to_datetime(answer.date) if answer.date else None
        return CrmAccount(portal=portal, at=said.astimezone(UTC) if said else answer.fetched_at)

    def owners(self, scope: str) -> Iterator[CrmRecord]:
        """The owners of records, those who left the team too."""
        for archived in ("false", "true"):
            for each in self._pages("crm/v3/owners", {"archived": archived}, scope):
                values = {
                    "Owner ID": each.get("id"),
                    "email": each.get("email"),
                    "firstname": each.get("firstName"),
                    "lastname": each.get("lastName"),
                    "archived": archived,
                }
                yield CrmRecord(record_id=self._id(each), values={name: _text(value) for name, value in values.items()})

    def all_records(self, of: CrmObject, properties: Sequence[str]) -> Iterator[CrmRecord]:
        """Every record of a kind; one that is begun anew is given twice."""
        asked = ",".join([ID, *self._with_own(of, properties)])
        for each in self._pages(f"crm/v3/objects/{of.path}", {"properties": asked, "archived": "false"}, of.scope):
            yield self._record(of, properties, each)

    def changed_records(self, of: CrmObject, properties: Sequence[str], since: datetime) -> Iterator[CrmRecord]:
        """The records that changed at or after a moment, in order of id; those of the last moments may be missing yet."""
        last = "0"
        while True:
            question = {
                "filterGroups": [
                    {
                        "filters": [
                            {"propertyName": of.modified, "operator": "GTE", "value": str(_milliseconds(since))},
                            {"propertyName": ID, "operator": "GT", "value": last},
                        ]
                    }
                ],
                "sorts": [{"propertyName": ID, "direction": "ASCENDING"}],
                "properties": [ID, *self._with_own(of, properties)],
                "limit": PAGE,
            }
            answer = self._ask(f"crm/v3/objects/{of.path}/search", scope=of.scope, question=question, is_search=True)
            payload = parse(self.source, answer)
            results = self._results(payload, answer)
            total = payload.get("total")
            if total is None or not str(total).isdecimal():
                raise SourceAborted(f"{answer.url} answered without 'total'.", source=self.source.name)
            for each in results:
                if int(self._id(each)) <= int(last):
                    raise SourceAborted(f"{answer.url} does not answer in the order of ids.", source=self.source.name)
                last = self._id(each)
                yield self._record(of, properties, each)
            if int(total) <= len(results) or not results:
                return

    def read_records(
        self, of: CrmObject, properties: Sequence[str], ids: Sequence[str], *, archived: bool = False
    ) -> Iterator[Found]:
        """What became of these ids, batch by batch; with `archived`, among the records that were deleted and can come back.

        An id of which the answer says nothing is in none of the three.
        """
        for start in range(0, len(ids), PAGE):
            batch = ids[start : start + PAGE]
            answer = self._ask(
                f"crm/v3/objects/{of.path}/batch/read",
                scope=of.scope,
                params={"archived": str(archived).lower()},
                question={
                    "properties": [ID, *self._with_own(of, properties)],
                    "inputs": [{"id": each} for each in batch],
                },
            )
            payload = parse(self.source, answer)
            records = [self._record(of, properties, each) for each in self._results(payload, answer)]
            merged = {each for record in records for each in record.merged_ids}
            there = {record.record_id for record in records}
            yield Found(
                records=tuple({record.record_id: record for record in records}.values()),
                missing=frozenset(self._missing(payload, answer)) & frozenset(batch),
                merged=frozenset(batch) & merged - there,
            )

    def companies_of(self, of: CrmObject, ids: Sequence[str]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """For each id its companies: the primary one or ones, and all; an id that has none is left out."""
        primary, every = dict[str, list[str]](), dict[str, list[str]]()
        waiting: list[dict[str, str]] = [{"id": each} for each in ids]
        while waiting:
            asked, waiting = waiting[:LINKS], waiting[LINKS:]
            path = f"crm/v4/associations/{of.path}/companies/batch/read"
            answer = self._ask(path, scope=of.scope, question={"inputs": asked})
            payload = parse(self.source, answer)
            self._missing(payload, answer)  # who has no company is told as an error; any other one is one
            for each in self._results(payload, answer):
                whose = str(each["from"]["id"])
                for link in each.get("to", ()):
                    company = str(link["toObjectId"])
                    every.setdefault(whose, []).append(company)
                    types = link.get("associationTypes", ())
                    if any(
                        kind.get("category") == "HUBSPOT_DEFINED" and str(kind.get("typeId")) == str(of.primary_link)
                        for kind in types
                    ):
                        primary.setdefault(whose, []).append(company)
                after = _after(each)
                if after is not None:
                    waiting.append({"id": whose, "after": after})
        # in order of id, since the CRM promises none: the same links in another order are no change
        return {each: (_ordered(primary.get(each, ())), _ordered(found)) for each, found in every.items()}

    def warnings(self) -> tuple[str, ...]:
        """A sentence for each key that records have and nobody described."""
        return tuple(
            f"{self.source.name}: {count:,} records have the unknown key {key!r}"
            for key, count in sorted(self.unknown.items())
        )

    def _pages(self, path: str, params: Mapping[str, str], scope: str) -> Iterator[Mapping[str, Any]]:
        after, restarts = None, 0
        while True:
            place: dict[str, str] = {} if after is None else {"after": after}
            # only a question with a place in the pages can be asked about a place that is forgotten
            allow = frozenset[int]() if after is None else frozenset({400})
            answer = self._ask(path, scope=scope, params={"limit": str(PAGE), **params, **place}, allow=allow)
            if answer.status == 400:
                restarts += 1
                if restarts > MOST_RESTARTS:
                    raise RetryableError(
                        f"{self.source.name}: the listing at {path} lost its place {restarts} times; try again later.",
                        source=self.source.name,
                        url=answer.url,
                    )
                after = None
                continue
            payload = parse(self.source, answer)
            yield from self._results(payload, answer)
            after = _after(payload)
            if after is None:
                return

    def _ask(
        self,
        path: str,
        *,
        scope: str,
        params: Mapping[str, str] | None = None,
        question: Mapping[str, object] | None = None,
        is_search: bool = False,
        allow: frozenset[int] = frozenset(),
    ) -> "Answer":
        paced = replace(self.source, requests_per_minute=SEARCHES_PER_MINUTE) if is_search else self.source
        return self.client.get(
            paced,
            path,
            params=params,
            hidden_headers={"Authorization": bearer(self.token)},
            allow=SPOKEN | allow,
            posted=None if question is None else ("application/json", json.dumps(question).encode()),
            check=hear_refusals(self.source, scope, self.secret_env),
        )

    def _results(self, payload: Mapping[str, Any], answer: "Answer") -> list[Mapping[str, Any]]:
        results = payload.get("results")
        if not isinstance(results, list) or not all(isinstance(each, dict) for each in results):
            raise SourceAborted(f"{answer.url} answered without 'results'.", source=self.source.name)
        return results

    def _missing(self, payload: Mapping[str, Any], answer: "Answer") -> Iterator[str]:
        """The ids that are said not to be there; raises where the batch failed for another reason."""
        found: list[str] = []
        for error in payload.get("errors") or ():
            if error.get("category") != "OBJECT_NOT_FOUND":
                said = str(error.get("category") or "without a category")[:60]
                raise RetryableError(
                    f"{self.source.name}: a part of the batch failed ({said}); run the same command later.",
                    source=self.source.name,
                    url=answer.url,
                )
            context = error.get("context") or {}
            found += [str(each) for name in ("ids", "id") for each in context.get(name) or ()]
        return iter(found)

    def _record(self, of: CrmObject, properties: Sequence[str], each: Mapping[str, Any]) -> CrmRecord:
        self.unknown.update(each.keys() - _KNOWN_KEYS)
        said = each.get("properties")
        if not isinstance(said, dict):
            raise SourceAborted(f"a record of {of.kind} has no 'properties'.", source=self.source.name)
        record_id = self._id(each)
        values = {ID: record_id} | {name: _text(said.get(name)) for name in properties if name != ID}
        if of.opt_outs:
            values[of.opt_outs[0]] = _heard([_text(said.get(name)) for name in of.opt_outs])
        merged = [
            part.partition(":")[0].strip() for name in MERGED for part in (_text(said.get(name)) or "").split(";")
        ]
        merged_ids = tuple(dict.fromkeys(part for part in merged if part.isdecimal() and part != record_id))
        return CrmRecord(record_id=record_id, values=values, merged_ids=merged_ids)

    def _id(self, each: Mapping[str, Any]) -> str:
        record_id = str(each.get("id") or "")
        if not record_id.isdecimal():
            raise SourceAborted("a record has no numeric 'id'.", source=self.source.name)
        return record_id

    def _with_own(self, of: CrmObject, properties: Sequence[str]) -> list[str]:
        return [name for name in dict.fromkeys((*properties, *of.opt_outs, *MERGED)) if name != ID]


def _heard(said: Sequence[str | None]) -> str | None:
    """The one that says most about an opt-out: anything but no outranks no, no outranks silence.

    >>> _heard(["false", "true"]), _heard([None, "false"]), _heard([None, None])
    ('true', 'false', None)
    """
    spoken = [text for text in said if text]
    return next((text for text in spoken if text.lower() != "false"), spoken[0] if spoken else None)


def _after(payload: Mapping[str, Any]) -> str | None:
    after = ((payload.get("paging") or {}).get("next") or {}).get("after")
    return None if after is None else str(after)


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None or value == "" else str(value)


def _ordered(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids), key=lambda each: (len(each), each)))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
