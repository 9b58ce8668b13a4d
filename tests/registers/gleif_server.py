"""GLEIF on loopback: records by LEI and by number as the registers spell it, relationships, golden copies."""

import io
import zipfile
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json


def lei_record(lei: str, name: str, **entity: Any) -> dict[str, Any]:
    """A record as the API shows it, the least that one has."""
    stated = {"legalName": {"name": name}, "legalAddress": {"country": "NO"}, "status": "ACTIVE"} | entity
    attributes = {"lei": lei, "entity": stated, "registration": {"status": "ISSUED"}}
    return {"type": "lei-records", "id": lei, "attributes": attributes}


class GleifServer(LoopbackRegister):
    """`url` is the API's address, `bulk_url` that of the golden copies, which redirect to a dated archive."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.origin + "/api/v1"
        self.bulk_url = self.origin + "/api/v2/golden-copies/publishes"
        self.records: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}

    def publish(self, kind: str, csv: bytes, *, members: int = 1) -> None:
        """One golden copy (`lei2`, `rr` or `repex`), or its changes (`lei2-LastWeek`), zipped."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(members):
                archive.writestr(f"20260705-0800-gleif-goldencopy-{kind}-{number}.csv", csv)
        self.files[kind] = buffer.getvalue()

    def answer(self, asked: Asked) -> Said:
        match asked.path.strip("/").split("/"):
            case ["api", "v1", "lei-records"]:
                return said_json({"meta": {}, "data": [each for each in self.records.values() if _fits(each, asked)]})
            case ["api", "v2", "golden-copies", "publishes", kind, "latest.csv"]:
                delta = asked.params.get("delta")
                return Said(status=302, headers={"Location": f"/storage/{kind}{f'-{delta}' if delta else ''}.csv.zip"})
            case ["storage", name] if name.split(".")[0] not in self.files:
                return Said(status=404)
            case ["storage", name]:
                return Said(body=self.files[name.split(".")[0]], headers={"Content-Type": "application/zip"})
        return said_json({"errors": [{"status": "404", "title": "Not found"}]}, 404)


def _fits(record: dict[str, Any], asked: Asked) -> bool:
    entity = record["attributes"]["entity"]
    stated = {
        "filter[lei]": record["id"],
        "filter[entity.registeredAs]": entity.get("registeredAs"),
        "filter[entity.legalAddress.country]": entity["legalAddress"]["country"],
    }
    return all(stated[name] == value for name, value in asked.params.items())
