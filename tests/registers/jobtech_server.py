"""JobTech's JobStream on loopback: all open ads in one list, and what changed since a moment, removals without contents."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

CONTACT = {"name": "Sentinella Kontaktperson", "email": "sentinella@kontakt.example", "telephone": "0701234567"}
SENTINELS = (*CONTACT.values(), "Sentineltext", "Sentinelbolag")


def ad(key: str, number: str | None, headline: str = "Säljare", ssyk: str = "3322", **more: Any) -> dict[str, Any]:
    """An open ad as the service shows it, with a contact person wherever one may stand."""
    return {
        "id": key,
        "external_id": None,
        "webpage_url": f"https://arbetsformedlingen.se/platsbanken/annonser/{key}",
        "headline": headline,
        "application_deadline": "2026-12-01T23:59:59",
        "number_of_vacancies": 3,
        "description": {"text": "Sentineltext", "text_formatted": "<p>Sentineltext</p>"},
        "employment_type": {"concept_id": "PFZr_Syz_cUq", "label": "Vanlig anställning", "legacy_ams_taxonomy_id": "1"},
        "scope_of_work": {"min": 100, "max": 100},
        "employer": {
            "phone_number": "0701234567",
            "email": "sentinella@kontakt.example",
            "url": "http://www.sentinelbolag.example",
            "organization_number": number,
            "name": "Sentinelbolag AB",
            "workplace": "Sentinelbolag Kiruna",
        },
        "application_details": {"information": "Sentineltext", "reference": "Sentinella Kontaktperson"},
        "application_contacts": [CONTACT],
        "occupation": {"concept_id": "x1", "label": "Företagssäljare", "legacy_ams_taxonomy_id": "7296"},
        "occupation_group": {"concept_id": "x2", "label": "Företagssäljare", "legacy_ams_taxonomy_id": ssyk},
        "occupation_field": {"concept_id": "x3", "label": "Försäljning", "legacy_ams_taxonomy_id": "5"},
        "workplace_address": {
            "municipality_code": "2584",
            "municipality": "Kiruna",
            "region_code": "25",
            "region": "Norrbottens län",
            "country": "Sverige",
            "street_address": "Sentineltext 35",
            "postcode": "98132",
            "city": "KIRUNA",
            "coordinates": [20.2, 67.8],
        },
        "must_have": {"skills": [], "languages": [{"concept_id": "y", "label": "Engelska", "weight": 10}]},
        "publication_date": "2026-11-02T00:00:00",
        "last_publication_date": "2026-12-01T23:59:59",
        "removed": False,
        "removed_date": None,
        "source_type": "VIA_AF_FORMULAR",
        "keywords": {"extracted": {"employer": ["sentinelbolag"]}},
        "timestamp": 1793606400000,
    } | more


class JobtechServer(LoopbackRegister):
    """`tell` adds an ad or its next state at a moment; without contents it is removed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: dict[str, dict[str, Any]] = {}
        self.events: list[tuple[datetime, dict[str, Any]]] = []
        self.is_packed = False

    def tell(self, key: str, content: dict[str, Any] | None, at: datetime) -> None:
        if content is None:
            self.open.pop(key, None)
            said = {"id": key, "removed": True, "removed_date": at.strftime("%Y-%m-%dT%H:%M:%S"), "municipality": "x"}
        else:
            said = self.open[key] = content | {"timestamp": int(at.timestamp() * 1000)}
        self.events.append((at, said))

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/v2/snapshot":
            return self._list(list(self.open.values()))
        if asked.path == "/v2/stream" and "updated-after" in asked.params:
            after = datetime.strptime(asked.params["updated-after"], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
            return self._list([said for at, said in self.events if at >= after])
        return said_json({"message": "Input payload validation failed"}, 400)

    def _list(self, ads: list[dict[str, Any]]) -> Said:
        body = json.dumps(ads, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        if self.is_packed:
            return Said(body=gzip.compress(body), headers=headers | {"Content-Encoding": "gzip"})
        return Said(body=body, headers=headers)
