"""A HubSpot account on loopback: its object API with the limits and the habits that integrations stumble over.

The clock is the account's own and stands still but for `tick`. What a search finds lags behind by `lag`, a listing's
place in its pages is forgotten when a test says so, merged records answer under their old ids, deleted ones can come
back, erased ones are nowhere.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

TOKEN = "pat-eu1-4e6f2c1d-9a58-4b7e-8c55-0b1f2d3e4a59"
PORTAL = "12345678"
MODIFIED = {"companies": "hs_lastmodifieddate", "contacts": "lastmodifieddate", "deals": "hs_lastmodifieddate"}
PRIMARY = {"contacts": 1, "deals": 5}
UNLABELLED = {"contacts": 279, "deals": 341}
SCOPES = frozenset(
    {
        "crm.objects.companies.read",
        "crm.objects.contacts.read",
        "crm.objects.deals.read",
        "crm.objects.owners.read",
    }
)


@dataclass
class Held:
    """One record as the account has it."""

    properties: dict[str, str | None]
    modified: datetime
    indexed: datetime
    """As of when the search knows the record; it finds it by the change before the last until it has caught up."""
    archived: bool = False
    companies: dict[str, bool] = field(default_factory=dict)
    """Its companies, and whether each is the primary one."""


class HubspotServer(LoopbackRegister):
    """Fill it with `put`, change it with `change`, `link`, `archive`, `restore`, `merge` and `erase`."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
        self.lag = timedelta()
        self.window = 10_000
        self.scopes = set(SCOPES)
        self.objects: dict[str, dict[str, Held]] = {"companies": {}, "contacts": {}, "deals": {}}
        self.aliases: dict[str, dict[str, str]] = {"companies": {}, "contacts": {}, "deals": {}}
        self.owners: dict[str, dict[str, Any]] = {}
        self.forgets_after: int | None = None
        """After so many pages from now a listing's place in them is forgotten, once."""
        self.on_page: Callable[[Asked], None] | None = None
        """Called before each answer: what happens in the account meanwhile."""
        self._next_id = 100
        self._before: dict[tuple[str, str], datetime] = {}

    # --- what people do in the account ----------------------------------------------------------------------------
    def tick(self, **by: float) -> None:
        self.now += timedelta(**(by or {"minutes": 1}))

    def put(self, kind: str, record_id: str | None = None, **properties: str | None) -> str:
        if record_id is None:
            self._next_id += 1
            record_id = str(self._next_id)
        self.objects[kind][record_id] = Held(
            properties={"createdate": _iso(self.now), **properties}, modified=self.now, indexed=self.now + self.lag
        )
        return record_id

    def change(self, kind: str, record_id: str, **properties: str | None) -> None:
        held = self.objects[kind][record_id]
        held.properties |= properties
        self._touch(kind, record_id)

    def _touch(self, kind: str, record_id: str) -> None:
        held = self.objects[kind][record_id]
        if held.indexed <= self.now:
            self._before[kind, record_id] = held.modified
        held.modified, held.indexed = self.now, self.now + self.lag

    def link(self, kind: str, record_id: str, company: str, *, primary: bool = True) -> None:
        """Associations change no date of the record."""
        links = self.objects[kind][record_id].companies
        if primary:
            links |= dict.fromkeys(links, False)
        links[company] = primary

    def unlink(self, kind: str, record_id: str, company: str) -> None:
        self.objects[kind][record_id].companies.pop(company, None)

    def archive(self, kind: str, record_id: str) -> None:
        self.objects[kind][record_id].archived = True
        self._unlink_company(kind, record_id)

    def restore(self, kind: str, record_id: str) -> None:
        """A restored record keeps the date of its last change."""
        self.objects[kind][record_id].archived = False

    def erase(self, kind: str, record_id: str) -> None:
        del self.objects[kind][record_id]
        self._unlink_company(kind, record_id)

    def merge(self, kind: str, kept: str, other: str, *, as_new: bool = False) -> str:
        """Merge `other` into `kept`; newer accounts give the outcome an id of its own."""
        into, gone = self.objects[kind][kept], self.objects[kind].pop(other)
        for name, value in gone.properties.items():
            into.properties[name] = into.properties.get(name) or value
        merged = [*(into.properties.get("hs_merged_object_ids") or "").split(";"), other]
        target = kept
        if as_new:
            del self.objects[kind][kept]
            target = self.put(kind, **into.properties)
            self.objects[kind][target].companies = dict(into.companies)
            merged.append(kept)
            self.aliases[kind][kept] = target
        self.aliases[kind] = {one: target if to == other else to for one, to in self.aliases[kind].items()} | {
            other: target
        }
        into = self.objects[kind][target]
        into.companies = gone.companies | into.companies
        into.properties["hs_merged_object_ids"] = ";".join(filter(None, merged))
        self._touch(kind, target)
        if kind == "companies":
            for each in (*self.objects["contacts"].values(), *self.objects["deals"].values()):
                moved = {(target if one in (other, kept) else one): primary for one, primary in each.companies.items()}
                each.companies = moved
        return target

    def _unlink_company(self, kind: str, record_id: str) -> None:
        if kind == "companies":
            for each in (*self.objects["contacts"].values(), *self.objects["deals"].values()):
                each.companies.pop(record_id, None)

    # --- what the API answers -------------------------------------------------------------------------------------
    def answer(self, asked: Asked) -> Said:
        if self.on_page is not None:
            self.on_page(asked)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        said = self._route(asked)
        return Said(
            status=said.status, body=said.body, headers=said.headers | {"Date": format_datetime(self.now, usegmt=True)}
        )

    def _route(self, asked: Asked) -> Said:
        path = asked.path.strip("/").split("/")
        if path == ["account-info", "v3", "details"]:
            return said_json({"portalId": int(PORTAL), "timeZone": "Europe/Oslo", "companyCurrency": "NOK"})
        kind = path[3] if path[:3] != ["crm", "v3", "owners"] else "owners"
        scope = f"crm.objects.{kind}.read"
        if scope not in self.scopes:
            return _error(403, "MISSING_SCOPES", "scopes", context={"requiredGranularScopes": [scope]})
        if kind == "owners":
            return self._owners(asked)
        if path[:3] == ["crm", "v4", "associations"]:
            return self._links(kind, json.loads(asked.body))
        if path[-1] == "search":
            return self._search(kind, json.loads(asked.body))
        if path[-2:] == ["batch", "read"]:
            return self._batch(kind, json.loads(asked.body), archived=asked.params.get("archived") == "true")
        return self._list(kind, asked)

    def _owners(self, asked: Asked) -> Said:
        archived = asked.params.get("archived") == "true"
        listed = [one | {"id": each} for each, one in self.owners.items() if one.get("archived", False) is archived]
        return said_json({"results": listed})

    def _list(self, kind: str, asked: Asked) -> Said:
        after = asked.params.get("after")
        if after is not None and self.forgets_after is not None:
            self.forgets_after -= 1
            if self.forgets_after < 0:
                self.forgets_after = None
                return _error(400, "VALIDATION_ERROR", "The cursor has expired.")
        limit, start = int(asked.params.get("limit", 10)), int(after or 0)
        there = [each for each in sorted(map(int, self._live(kind))) if each > start]
        names = asked.params["properties"].split(",")
        page = there[:limit]
        more = {"paging": {"next": {"after": str(page[-1])}}} if len(there) > limit else {}
        return said_json({"results": [self._shown(kind, str(each), names) for each in page], **more})

    def _search(self, kind: str, question: dict[str, Any]) -> Said:
        filters = question["filterGroups"][0]["filters"]
        found = [each for each in self._live(kind) if all(self._passes(kind, each, one) for one in filters)]
        by = question["sorts"][0]["propertyName"]
        found.sort(key=lambda each: int(each) if by == "hs_object_id" else self._found_at(kind, each))
        start, limit = int(question.get("after", 0)), question["limit"]
        if limit > 200 or start + limit > self.window:
            return _error(400, "VALIDATION_ERROR", "There was a problem with the request.")
        page = found[start : start + limit]
        more = {"paging": {"next": {"after": str(start + limit)}}} if len(found) > start + limit else {}
        results = [self._shown(kind, each, question["properties"]) for each in page]
        return said_json({"total": min(len(found), self.window), "results": results, **more})

    def _found_at(self, kind: str, record_id: str) -> datetime:
        """The change by which the search finds a record: the one before, until it has caught up."""
        held = self.objects[kind][record_id]
        never = datetime(1970, 1, 1, tzinfo=UTC)
        return held.modified if held.indexed <= self.now else self._before.get((kind, record_id), never)

    def _passes(self, kind: str, record_id: str, condition: dict[str, str]) -> bool:
        if condition["propertyName"] == "hs_object_id":
            assert condition["operator"] == "GT"
            return int(record_id) > int(condition["value"])
        assert (condition["propertyName"], condition["operator"]) == (MODIFIED[kind], "GTE")
        return int(self._found_at(kind, record_id).timestamp() * 1000) >= int(condition["value"])

    def _batch(self, kind: str, question: dict[str, Any], *, archived: bool) -> Said:
        wanted = [str(one["id"]) for one in question["inputs"]]
        if len(wanted) > 100:
            return _error(400, "VALIDATION_ERROR", "The maximum number of inputs supported is 100.")
        there = {each: self.aliases[kind].get(each, each) for each in wanted}
        known = self.objects[kind]
        found = dict.fromkeys(to for to in there.values() if to in known and known[to].archived is archived)
        missing = [each for each, to in there.items() if to not in found]
        payload: dict[str, Any] = {
            "status": "COMPLETE",
            "results": [self._shown(kind, each, question["properties"]) for each in found],
        }
        if missing:
            payload["numErrors"] = 1
            payload["errors"] = [
                {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "…", "context": {"ids": missing}}
            ]
        return said_json(payload, 207 if missing else 200)

    def _links(self, kind: str, question: dict[str, Any]) -> Said:
        results, none = [], []
        for one in question["inputs"]:
            held = self.objects[kind].get(str(one["id"]))
            if held is None or not held.companies:
                none.append(str(one["id"]))
                continue
            to = [
                {
                    "toObjectId": int(company),
                    "associationTypes": [
                        {"category": "HUBSPOT_DEFINED", "typeId": UNLABELLED[kind], "label": None},
                        *(
                            [{"category": "HUBSPOT_DEFINED", "typeId": PRIMARY[kind], "label": "Primary"}]
                            if primary
                            else []
                        ),
                    ],
                }
                for company, primary in held.companies.items()
            ]
            results.append({"from": {"id": str(one["id"])}, "to": to})
        errors = [
            {
                "status": "error",
                "category": "OBJECT_NOT_FOUND",
                "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                "message": "…",
                "context": {"fromObjectId": [each]},
            }
            for each in none
        ]
        return said_json({"status": "COMPLETE", "results": results, "errors": errors}, 207 if errors else 200)

    def _live(self, kind: str) -> list[str]:
        return [each for each, held in self.objects[kind].items() if not held.archived]

    def _shown(self, kind: str, record_id: str, names: list[str]) -> dict[str, Any]:
        held = self.objects[kind][record_id]
        own = {"hs_object_id": record_id, MODIFIED[kind]: _iso(held.modified)}
        said = {name: (held.properties | own).get(name) for name in names}
        return {
            "id": record_id,
            "properties": {name: value for name, value in said.items() if value is not None},
            "createdAt": held.properties["createdate"],
            "updatedAt": _iso(held.modified),
            "archived": held.archived,
        }


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def _error(status: int, category: str, message: str, **further: Any) -> Said:
    context = further.pop("context", None)
    errors = [] if context is None else [{"message": message, "context": context}]
    return said_json({"status": "error", "message": message, "category": category, "errors": errors, **further}, status)


def too_many(policy: str) -> Said:
    """429 as the account's limits say it: `policy` is DAILY or TEN_SECONDLY_ROLLING."""
    return said_json(
        {"status": "error", "message": "You have reached your limit.", "errorType": "RATE_LIMIT", "policyName": policy},
        429,
    )
