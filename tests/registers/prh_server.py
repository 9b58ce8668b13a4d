"""PRH on loopback: YTJ's search in pages of 100 that ignores any size and its daily archive, and the API of accounts."""

import io
import json
import zipfile
from collections.abc import Iterable
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


NAMESPACES = """xmlns="http://www.xbrl.org/2003/instance" xmlns:xbrldi="http://xbrl.org/2006/xbrldi"
 xmlns:fi_met="http://www.suomi.fi/xbrl/crr/dict/met" xmlns:fi_dim="http://www.suomi.fi/xbrl/crr/dict/dim"
 xmlns:fi_MC="http://www.suomi.fi/xbrl/crr/dict/dom/MC" xmlns:fi_RF="http://www.suomi.fi/xbrl/crr/dict/dom/RF"
 xmlns:iso4217="http://www.xbrl.org/2003/iso4217" """
USUAL = {"md103/x673": "481773.33", "md103/x689": "72600.00", "md103/x740": "57560.30", "mi53/x360": "201064.55"}


def statement(number: str, first: str, last: str, lines: Iterable[tuple[str, str]], *, more: str = "") -> bytes:
    """Annual accounts as PRH gives them: (element/member, value) of a period; `more` stands behind them.

    A member after a bar is of a second dimension: what it was a year before.
    """
    told = [
        (
            f'<context id="all"><entity><identifier scheme="http://ytj.fi">{number}</identifier></entity>'
            f"<period><instant>{last}</instant></period></context>"
            '<unit id="ISO4217_EUR"><measure>iso4217:EUR</measure></unit>'
            f'<fi_met:si289 contextRef="all">{number}</fi_met:si289><fi_met:si168 contextRef="all">Alfa Oy</fi_met:si168>'
            f'<fi_met:di120 contextRef="all">{first}</fi_met:di120><fi_met:di121 contextRef="all">{last}</fi_met:di121>'
        )
    ]
    for place, (line, value) in enumerate(lines):
        element, _, member = line.partition("/")
        of, _, before = member.partition("|")
        dimension = f'<xbrldi:explicitMember dimension="fi_dim:REF">fi_RF:{before}</xbrldi:explicitMember>'
        told.append(
            f'<context id="c{place}"><entity><identifier scheme="http://ytj.fi">{number}</identifier></entity><period>'
            f'<instant>{last}</instant></period><scenario><xbrldi:explicitMember dimension="fi_dim:MCY">fi_MC:{of}'
            f"</xbrldi:explicitMember>{dimension if before else ''}</scenario></context>"
            f'<fi_met:{element} contextRef="c{place}" unitRef="ISO4217_EUR" decimals="2">{value}</fi_met:{element}>'
        )
    return f'<?xml version="1.0" encoding="UTF-8"?><xbrl {NAMESPACES}>{"".join(told)}{more}</xbrl>'.encode()


class PrhServer(LoopbackRegister):
    """`url` is the API's address. An unknown number is an empty answer with 200, as at the register."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.origin + "/opendata-ytj-api/v3"
        self.companies: list[dict[str, Any]] = []
        self.archive = zipped(b"[]")
        self.etag = '"1"'
        self.filed: dict[str, dict[str, bytes]] = {}

    def file(self, number: str, last: str, document: bytes) -> None:
        """Accounts of a company, of the period that ends on a day."""
        self.filed.setdefault(number, {})[last] = document

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
            case ["opendata-xbrl-api", "v3", "financials"]:
                number = asked.params["businessId"]
                rows = [{"businessId": number, "financialDate": day} for day in self.filed.get(number, {})]
                return said_json({"totalResults": len(rows), "financials": rows})
            case ["opendata-xbrl-api", "v3", "financial"]:
                document = self.filed[asked.params["businessId"]].get(asked.params["financialDate"])
                return (
                    Said(status=404) if document is None else Said(body=document, headers={"Content-Type": "text/xml"})
                )
        return said_json({"errorcode": 1006, "message": "Not found"}, 404)


def _fits(each: dict[str, Any], asked: Asked) -> bool:
    number, name = asked.params.get("businessId"), asked.params.get("name", "")
    return number in (None, each["businessId"]["value"]) and any(name in one["name"] for one in each["names"])
