"""NAV's feed of job ads on loopback: pages that overlap by an entry, ads that answer as they are now, tokens that run out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

CONTACT = {
    "name": "Sentinella Kontaktperson",
    "email": "sentinella@kontakt.example",
    "phone": "99887766",
    "role": "Sentinelsjef",
    "title": "Sentineltittel",
}
SENTINELS = (*CONTACT.values(), "Sentineltekst", "Sentinelfirma")
MOST_A_PAGE = 10_000


def ad(key: str, orgnr: str, title: str = "Selger", styrk: str = "3322", **more: Any) -> dict[str, Any]:
    """An open ad as the service shows it, with a contact person wherever one may stand."""
    return {
        "uuid": key,
        "published": "2026-11-01T23:00:00Z",
        "expires": "2026-11-30T23:00:00Z",
        "updated": "2026-11-02T07:00:00Z",
        "workLocations": [
            {
                "country": "NORGE",
                "address": "Sentineltekst 1",
                "city": "BERGEN",
                "postalCode": "5003",
                "county": "VESTLAND",
                "municipal": "BERGEN",
            }
        ],
        "contactList": [CONTACT],
        "title": title,
        "description": "<p>Sentineltekst: ring Sentinella Kontaktperson</p>",
        "sourceurl": "https://sentinelfirma.example/Sentineltekst",
        "source": "Stillingsregistrering",
        "applicationUrl": "mailto:sentinella@kontakt.example",
        "applicationDue": "Snarest",
        "occupationCategories": [{"level1": "Salg og service", "level2": "Salg"}],
        "categoryList": [
            {"categoryType": "STYRK08", "code": styrk, "name": "Selgere (engros)", "description": "", "score": 1.0},
            {"categoryType": "ESCO", "code": "http://data.europa.eu/esco/x", "name": "selger", "score": 0.9},
        ],
        "jobtitle": "Selger",
        "link": f"https://arbeidsplassen.nav.no/stillinger/stilling/{key}",
        "employer": {
            "name": "Sentinelfirma AS",
            "orgnr": orgnr,
            "description": "Sentineltekst",
            "homepage": "https://sentinelfirma.example",
        },
        "engagementtype": "Fast",
        "extent": "Heltid",
        "starttime": "2027-01-01",
        "positioncount": "2",
        "sector": "Privat",
    } | more


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the feed."""

    number: str
    key: str
    status: str
    at: datetime


@dataclass(slots=True)
class Entry:
    """An ad as it is now; `content` is null once it ended."""

    status: str
    at: datetime
    content: dict[str, Any] | None = field(default=None)


class NavServer(LoopbackRegister):
    """`tell` adds an ad or its next state to the feed. `tokens` are those that are good; the last is the public one."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = ["aaaaaaaaaaaa.bbbbbbbbbbbb.cccccccccccc"]
        self.events: list[Event] = []
        self.entries: dict[str, Entry] = {}
        self.most_a_page = MOST_A_PAGE
        self.failing: set[str] = set()

    def tell(self, key: str, content: dict[str, Any] | None, at: datetime) -> None:
        """An ad as it is from now on; without content it ended."""
        status = "INACTIVE" if content is None else "ACTIVE"
        self.entries[key] = Entry(status, at, content)
        self.events.append(Event(f"page-{len(self.events):04}", key, status, at))

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/api/publicToken":
            text = f"Current public token for Nav Job Vacancy Feed:\n{self.tokens[-1]}"
            return Said(body=text.encode(), headers={"Content-Type": "text/plain"})
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return said_json({"title": "Unauthorized", "status": 401}, 401)
        match asked.path.strip("/").split("/"):
            case ["api", "v1", "feed"]:
                since = asked.headers.get("if-modified-since")
                moment = parsedate_to_datetime(since).astimezone(UTC) if since else datetime.min.replace(tzinfo=UTC)
                newer = [event for event in self.events if event.at > moment]
                return self._page(newer[0].number, asked) if newer else Said(status=404)
            case ["api", "v1", "feed", number]:
                return self._page(number, asked)
            case ["api", "v1", "feedentry", key]:
                return self._entry(key)
        return Said(status=404)

    def _page(self, number: str, asked: Asked) -> Said:
        size = int(asked.params.get("pageSize", "1000"))
        if size > MOST_A_PAGE:
            return Said(status=400, body=b"pageSize must be 10000 at most", headers={"Content-Type": "text/plain"})
        places = [place for place, event in enumerate(self.events) if event.number == number]
        if not places:
            return Said(status=404)
        first = self.events[places[0]]
        later = self.events[places[0] + 1 :][: min(size, self.most_a_page)]
        last = later[-1] if later else first
        before_last = later[-2] if len(later) > 1 else last
        is_last = last is before_last
        if asked.headers.get("if-none-match") == before_last.number:  # also where newer entries are behind it
            return Said(status=304)
        page = {
            "version": "1.0",
            "title": "Stillingsfeeden",
            "home_page_url": "https://arbeidsplassen.nav.no",
            "feed_url": f"/api/v1/feed/{first.number}",
            "description": "Feed",
            "next_url": None if is_last else f"/api/v1/feed/{before_last.number}",
            "id": first.number,
            "next_id": None if is_last else before_last.number,
            "items": [self._item(event) for event in [first, *(later if is_last else later[:-1])]],
        }
        said = said_json(page)
        headers = said.headers | {"ETag": before_last.number}
        return Said(body=said.body, headers=headers)

    def _item(self, event: Event) -> dict[str, Any]:
        at = event.at.isoformat()
        title = "..." if event.status == "INACTIVE" else "Selger"
        return {
            "id": event.key,
            "url": f"/api/v1/feedentry/{event.key}",
            "title": title,
            "content_text": "Sentineltekst",
            "date_modified": at,
            "_feed_entry": {
                "uuid": event.key,
                "status": event.status,
                "title": title,
                "businessName": "Sentinelfirma AS",
                "municipal": "BERGEN",
                "sistEndret": at,
            },
        }

    def _entry(self, key: str) -> Said:
        if key in self.failing:
            return said_json({"status": 500}, 500)
        entry = self.entries.get(key)
        if entry is None:
            return Said(status=404)
        at = entry.at.isoformat()
        return said_json({"uuid": key, "ad_content": entry.content, "sistEndret": at, "status": entry.status})
