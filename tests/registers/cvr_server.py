"""CVR on loopback: an ElasticSearch 6 index behind a login, with the window, the silences and the half answers of one."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

USER, PASSWORD = "team-4711", "Hemmelig%Kode"
WINDOW = 10_000
MOST_SIZE = 3_000
LOADED = "2026-01-01T00:00:00.000+01:00"
CPR = "010170-1234"
Document = dict[str, Any]


def company(number: int, name: str, *, loaded: str = LOADED, **more: Any) -> Document:
    """A company as the index holds it, the least that one has, in business, with a person in it."""
    meta = {
        "nyesteNavn": {"navn": name, "periode": {"gyldigFra": "2001-02-03", "gyldigTil": None}},
        "nyesteVirksomhedsform": {"virksomhedsformkode": 80, "langBeskrivelse": "Anpartsselskab"},
        "nyesteBeliggenhedsadresse": {"landekode": "DK", "vejnavn": "Gaden", "husnummerFra": 1, "conavn": f"Per {CPR}"},
        "nyesteKontaktoplysninger": ["55555555"],
        "sammensatStatus": "NORMAL",
    } | more.pop("meta", {})
    return {
        "cvrNummer": number,
        "reklamebeskyttet": False,
        "fejlRegistreret": False,
        "navne": [{"navn": name, "periode": {"gyldigFra": "2001-02-03", "gyldigTil": None}, "sidstOpdateret": LOADED}],
        "livsforloeb": [{"periode": {"gyldigFra": "2001-02-03", "gyldigTil": None}, "sidstOpdateret": LOADED}],
        "postadresse": [],
        "telefonNummer": [{"kontaktoplysning": "55555555", "hemmelig": True, "periode": {"gyldigTil": None}}],
        "attributter": [{"type": "TEGNINGSREGEL", "vaerdier": [{"vaerdi": f"tegnes af Per {CPR}", "periode": {}}]}],
        "deltagerRelation": [
            {
                "deltager": {
                    "enhedstype": "PERSON",
                    "navne": [{"navn": "Per Personsen"}],
                    "foedselsdato": "1970-01-01",
                },
                "organisationer": [{"hovedtype": "LEDELSESORGAN", "note": f'"}}] {CPR}'}],
            }
        ],
        "virksomhedMetadata": meta,
        "sidstIndlaest": loaded,
    } | more


class CvrServer(LoopbackRegister):
    """`url` is the index's address. A question to a type that there is not finds nothing, and says 200."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.origin + "/cvr-permanent"
        self.documents: dict[int, Document] = {}
        self.types = ["virksomhed"]
        self.heeds_source = True
        """Whether `_source` is heard; where not, whole documents come."""
        self.hidden: set[int] = set()
        """Numbers that searches count and do not show."""
        self.failed_shards = 0

    def put(self, *companies: Document) -> None:
        self.documents |= {one["cvrNummer"]: one for one in companies}

    def questions(self) -> list[dict[str, Any]]:
        return [json.loads(asked.body) for asked in self.asked if asked.method == "POST"]

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}":
            return Said(status=401, body=f"no such user {USER}".encode(), headers={"WWW-Authenticate": "Basic"})
        match asked.method, asked.path.strip("/").split("/"):
            case "POST", ["cvr-permanent", kind, "_search"]:
                return self._search(kind, json.loads(asked.body))
        return said_json({"error": "no handler found for uri"}, 400)

    def _search(self, kind: str, question: dict[str, Any]) -> Said:
        size = question.get("size", 10)
        if question.get("from", 0) + size > WINDOW or size > MOST_SIZE:
            return _error("query_phase_execution_exception", "Result window is too large", 500)
        order = [next(iter(one)) for one in question.get("sort", [])]
        if any(not name.startswith("Vrvirksomhed.") for name in order):
            return _error("query_shard_exception", "No mapping found in order to sort on", 400)
        every = self.documents.values() if kind in self.types else ()
        found = sorted((one for one in every if _fits(one, question["query"])), key=lambda one: _places(one, order))
        after = question.get("search_after")
        shown = [one for one in found if after is None or _places(one, order) > after][:size]
        fields = question.get("_source") if self.heeds_source else None
        hits = [
            {"_index": "cvr-v-20220630", "_type": "_doc", "_source": {"Vrvirksomhed": _only(one, fields)}}
            | ({"sort": _places(one, order)} if order else {})
            for one in shown
            if one["cvrNummer"] not in self.hidden
        ]
        shards = {"total": 6, "successful": 6 - self.failed_shards, "skipped": 0, "failed": self.failed_shards}
        return said_json(
            {
                "took": 3,
                "timed_out": False,
                "_shards": shards,
                "hits": {"total": len(found), "max_score": None, "hits": hits},
            }
        )


def _error(kind: str, reason: str, status: int) -> Said:
    return said_json({"error": {"type": kind, "reason": reason}, "status": status}, status)


def _fits(document: Document, query: Mapping[str, Any]) -> bool:
    match query:
        case {"match_all": _}:
            return True
        case {"terms": {"Vrvirksomhed.cvrNummer": numbers}}:
            return document["cvrNummer"] in numbers
        case {"range": {"Vrvirksomhed.sidstIndlaest": {"gte": since}}}:
            return _epoch(document["sidstIndlaest"]) >= _epoch(since)
    return False  # what the index does not understand finds nothing


def _epoch(said: str) -> int:
    return int(datetime.fromisoformat(said).timestamp() * 1000)


def _places(document: Document, order: list[str]) -> list[Any]:
    """A document's place in the order as the index says it: the number is a keyword, a time is milliseconds."""
    values = {"Vrvirksomhed.cvrNummer": str(document["cvrNummer"])}
    return [values[name] if name in values else _epoch(document["sidstIndlaest"]) for name in order]


def _only(document: Document, fields: list[str] | None) -> Document:
    """The document with these dotted names, through objects and lists."""
    if fields is None:
        return document
    wanted = [name.removeprefix("Vrvirksomhed.").split(".") for name in fields]
    return dict(_kept(document, wanted))


def _kept(document: Mapping[str, Any], wanted: list[list[str]]) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        below = [path[1:] for path in wanted if path[0] == name]
        if [] in below or (below and not isinstance(value, (dict, list))):
            yield name, value
        elif below and isinstance(value, dict):
            yield name, dict(_kept(value, below))
        elif below:
            yield name, [dict(_kept(one, below)) for one in value]
