"""YTJ on loopback: a search in pages of 100 that ignores any size, and the daily archive of all companies."""

import io
import json
import zipfile
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

PAGE = 100


def company(number: str, name: str, **more: Any) -> dict[str, Any]:
    """A company as the API shows it, the least that one has, in the trade register."""
    return {
        "businessId": {"value": number, "registrationDate": "2001-02-03", "source": "3"},
        "names": [{"name": name, "type": "1", "registrationDate": "2001-02-03", "version": 1, "source": "1"}],
        "companyForms": [{"type": "16", "registrationDate": "2001-02-03", "version": 1, "source": "1"}],
        "registeredEntries": [{"type": "1", "register": "1", "authority": "2", "registrationDate": "2001-02-03"}],
        "registrationDate": "2001-02-03",
        "status": "2",
    } | more


def zipped(*members: bytes) -> bytes:
    """An archive with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, member in enumerate(members):
            archive.writestr(f"data_2026080{number}.json", member)
    return buffer.getvalue()


class PrhServer(LoopbackRegister):
    """`url` is the API's address. An unknown number is an empty answer with 200, as at the register."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.origin + "/opendata-ytj-api/v3"
        self.companies: list[dict[str, Any]] = []
        self.archive = zipped(b"[]")
        self.etag = '"1"'

    def publish(self, companies: list[dict[str, Any]]) -> None:
        """A new daily archive with these companies."""
        self.companies = companies
        self.archive = zipped(json.dumps(companies, ensure_ascii=False).encode())
        self.etag = f'"{hash(self.archive)}"'

    def answer(self, asked: Asked) -> Said:
        match asked.path.strip("/").split("/"):
            case ["opendata-ytj-api", "v3", "companies"]:
                found = [each for each in self.companies if _fits(each, asked)]
                start = (int(asked.params.get("page", 1)) - 1) * PAGE
                return said_json({"totalResults": len(found), "companies": found[start : start + PAGE]})
            case ["opendata-ytj-api", "v3", "all_companies"]:
                if asked.headers.get("if-none-match") == self.etag:
                    return Said(status=304, headers={"ETag": self.etag})
                headers = {"Content-Type": "application/zip", "ETag": self.etag}
                return Said(body=self.archive, headers=headers)
        return said_json({"errorcode": 1006, "message": "Not found"}, 404)


def _fits(each: dict[str, Any], asked: Asked) -> bool:
    number, name = asked.params.get("businessId"), asked.params.get("name", "")
    return number in (None, each["businessId"]["value"]) and any(name in one["name"] for one in each["names"])
