"""TED's search and Doffin's on loopback: tokens and pages, caps, parts of answers, keys, days that are not heard."""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

SENTINELS = (
    "Sentinella Kontaktperson", "Sentinella Testperson", "Sentinelvinner", "Sentinelkommune", "Sentineltekst",
    "sentinella@kontakt.example", "99 88 77 66", "121212-1212", "1212121212", "12345678Z",
)  # fmt: skip
KEY = "0123456789abcdef0123456789abcdef"
MOST_REACHABLE = 1_000


def ted_notice(number: str, day: date, **more: Any) -> dict[str, Any]:
    """An award as TED's search gives it, of which the fields that were asked for come."""
    return {
        "publication-number": number,
        "publication-date": f"{day}+01:00",
        "notice-type": "can-standard",
        "notice-title": {"eng": "Norway – IT services – KjÃ¸p av IT-tjenester", "nor": "Sentineltittel"},
        "classification-cpv": ["72000000"],
        "buyer-name": {"nor": ["Sentinelkommune"]},
        "buyer-identifier": ["974760673"],
        "buyer-country": ["NOR"],
        "winner-name": {"nor": ["Sentinelvinner AS"]},
        "winner-identifier": ["923609016"],
        "winner-country": ["NOR"],
        "winner-email": ["sentinella@kontakt.example"],
        "total-value": 1250000.5,
        "total-value-cur": ["NOK"],
    } | more


def doffin_notice(number: str, day: date, **more: Any) -> dict[str, Any]:
    """A concluded contract as Doffin's search gives it."""
    return {
        "id": number,
        "buyer": [{"id": "b1", "organizationId": "974760673", "name": "Sentinelkommune"}],
        "heading": "Rammeavtale for mÃ¸temat",
        "description": "Sentineltekst: spør Sentinella Kontaktperson",
        "locationId": ["NO081"],
        "estimatedValue": {"currencyCode": "NOK", "amount": 2000000},
        "type": "ANNOUNCEMENT_OF_CONCLUSION_OF_CONTRACT",
        "allTypes": ["RESULT", "ANNOUNCEMENT_OF_CONCLUSION_OF_CONTRACT"],
        "status": "AWARDED",
        "issueDate": day.isoformat(),
        "deadline": None,
        "publicationDate": day.isoformat(),
        "receivedTenders": 1,
        "allReceivedTenders": [{"type": "tenders", "total": 1}],
        "cpvCodes": ["55520000"],
        "limitedDataFlag": False,
        "doffinClassicUrl": None,
        "lots": [
            {
                "heading": "Del 1",
                "description": "Sentineltekst",
                "winner": [{"id": "w1", "organizationId": "923609016", "name": "Sentinelvinner AS"}],
            }
        ],
    } | more


@dataclass(slots=True)
class Search:
    """One query that goes on behind tokens."""

    notices: list[dict[str, Any]] = field(default_factory=list)


class TedServer(LoopbackRegister):
    """`lost` notices are counted, but never come; `hears_days` false: every notice is found, whatever is asked."""

    def __init__(self, notices: list[dict[str, Any]]) -> None:
        super().__init__()
        self.notices = notices
        self.lost = 0
        self.hears_days = True
        self.most_a_page = 250

    def answer(self, asked: Asked) -> Said:
        if (asked.method, asked.path) != ("POST", "/v3/notices/search"):
            return Said(status=404)
        said = json.loads(asked.body)
        days = re.fullmatch(r"PD>=(\d{8}) AND PD<=(\d{8}) AND \((?:\w+-country=[A-Z]{3}(?: OR )?)+\)", said["query"])
        if days is None or said["limit"] > 250 or said["paginationMode"] != "ITERATION" or said["scope"] != "ALL":
            return said_json({"message": "Syntax error in expert query", "error": {"type": "QUERY_SYNTAX_ERROR"}}, 400)
        found = [
            {name: value for name, value in notice.items() if name in said["fields"]} | {"links": {"xml": {"MUL": "x"}}}
            for notice in self.notices
            if not self.hears_days or days[1] <= notice["publication-date"][:10].replace("-", "") <= days[2]
        ]
        begin = int(said.get("iterationNextToken", "t0")[1:])
        end = begin + min(said["limit"], self.most_a_page)
        token = {"iterationNextToken": f"t{end}"} if end < len(found) + self.lost else {}
        return said_json(
            {"notices": found[begin:end], "totalNoticeCount": len(found) + self.lost, "timedOut": False} | token
        )


class DoffinServer(LoopbackRegister):
    """Wants a key; reaches a thousand notices; knows the names of its parameters and passes over all others."""

    def __init__(self, notices: list[dict[str, Any]]) -> None:
        super().__init__()
        self.notices = notices
        self.hears_days = True
        self.most_reachable = MOST_REACHABLE

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("ocp-apim-subscription-key") != KEY:
            return said_json({"statusCode": 401, "message": "Access denied due to missing subscription key."}, 401)
        if asked.path != "/public/v2/search":
            return Said(status=404)
        first, last = asked.params["issueDateFrom"], asked.params["issueDateTo"]
        found = [one for one in self.notices if not self.hears_days or first <= one["issueDate"][:10] < last]
        size = min(int(asked.params.get("numHitsPerPage", "20")), 100)
        begin = (int(asked.params.get("page", "1")) - 1) * size
        reached = found[: self.most_reachable]
        return said_json(
            {"numHitsTotal": len(found), "numHitsAccessible": len(reached), "hits": reached[begin : begin + size]}
        )
