"""Bolagsverket's API on loopback: tokens that end, lists of annual reports, and the reports as archives of iXBRL."""

import base64
import io
import itertools
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

ID, SECRET = "team-prospekt", "s3cr3t-0451"
API = "/vardefulla-datamangder/v1"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"
 xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:iso4217="http://www.xbrl.org/2003/iso4217"
 xmlns:xbrldi="http://xbrl.org/2006/xbrldi" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2010-04-20"
 xmlns:se-k2-type="http://www.taxonomier.se/se/fr/k2/datatype"
 xmlns:se-cd-base="http://www.taxonomier.se/se/fr/cd-base/2021-10-31"
 xmlns:se-gen-base="http://www.taxonomier.se/se/fr/gen-base/2021-10-31">
<head><title>Årsredovisning</title></head><body><div style="display:none"><ix:header><ix:resources>"""
UNITS = """<xbrli:unit id="SEK"><xbrli:measure>iso4217:SEK</xbrli:measure></xbrli:unit>
<xbrli:unit id="EUR"><xbrli:measure>iso4217:EUR</xbrli:measure></xbrli:unit>
<xbrli:unit id="antal-anstallda"><xbrli:measure>se-k2-type:AntalAnstallda</xbrli:measure></xbrli:unit>"""


def context(name: str, number: str, *days: str, inside: str = "") -> str:
    """A context of one day, or of a first and a last one; `inside` is a dimension."""
    period = (
        f"<xbrli:instant>{days[0]}</xbrli:instant>"
        if len(days) == 1
        else f"<xbrli:startDate>{days[0]}</xbrli:startDate><xbrli:endDate>{days[1]}</xbrli:endDate>"
    )
    part = f"<xbrli:scenario>{inside}</xbrli:scenario>" if inside else ""
    return (
        f'<xbrli:context id="{name}"><xbrli:entity><xbrli:identifier scheme="http://www.bolagsverket.se">{number}'
        f"</xbrli:identifier></xbrli:entity><xbrli:period>{period}</xbrli:period>{part}</xbrli:context>"
    )


def contexts(number: str, year: int = 2024) -> str:
    """The contexts of a report for a calendar year: this year's and the one's before, as reports name them."""
    return "".join(
        context(f"period{ago}", number, f"{year - ago}-01-01", f"{year - ago}-12-31")
        + context(f"balans{ago}", number, f"{year - ago}-12-31")
        for ago in range(3)
    )


def number(name: str, text: str, where: str = "period0", unit: str = "SEK", **more: str) -> str:
    """A number as reports state it; a keyword of None leaves an attribute out."""
    attributes = {"decimals": "INF", "scale": "0", "format": "ixt:numspacecomma"} | more
    written = " ".join(f'{key}="{value}"' for key, value in attributes.items() if value)
    return (
        f'<td><ix:nonFraction name="se-gen-base:{name}" contextRef="{where}" unitRef="{unit}" {written}>{text}'
        "</ix:nonFraction></td>"
    )


def report(of: str, facts: Iterable[str], *, year: int = 2024, more: str = "", head: str = HEAD) -> bytes:
    """An annual report, as small as one can be."""
    body = "".join(facts)
    return (
        f"{head}{contexts(of, year)}{more}{UNITS}</ix:resources></ix:header></div><table><tr>{body}</tr></table>"
        "</body></html>"
    ).encode()


def usual(of: str, year: int = 2024, **figures: str) -> bytes:
    """A small company's report, with its figures or others."""
    stated = {
        "Nettoomsattning": "12 345 678", "Rorelseresultat": "1 200 000", "AretsResultat": "900 000",
        "Tillgangar": "5 000 000", "EgetKapital": "2 000 000", "MedelantaletAnstallda": "12",
    } | figures  # fmt: skip
    facts = []
    for name, text in stated.items():
        where = "balans" if name in ("Tillgangar", "EgetKapital") else "period"
        if name == "MedelantaletAnstallda":
            facts.append(number(name, text, "period0", "antal-anstallda", format=""))
        else:
            facts += [number(name, text, f"{where}0"), number(name, "1 000", f"{where}1")]
    return report(of, facts, year=year)


def archive(*documents: bytes, names: Iterable[str] | None = None) -> bytes:
    """Documents as they are sent."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, document in zip(names or (f"del{n}.xhtml" for n in itertools.count(1)), documents, strict=False):
            opened.writestr(name, document)
    return buffer.getvalue()


class HvdServer(LoopbackRegister):
    """`file` puts a report in place; `tokens_hold` is how many questions a token answers before it has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.filed: dict[str, list[dict[str, str]]] = {}
        self.archives: dict[str, bytes] = {}
        self.tokens_hold = 1_000
        self.tokens = 0
        self.forbids = False
        self.organisations: dict[str, list[dict[str, Any]]] = {}
        self._left = 0

    def environ(self) -> dict[str, str]:
        """What a machine knows that may ask this server."""
        return {
            "PROSPEKT_SE_BOLAGSVERKET_URL": self.origin,
            "PROSPEKT_SE_BOLAGSVERKET_URL_API": self.origin + API,
            "PROSPEKT_SE_BOLAGSVERKET_URL_TOKEN": self.origin + "/oauth2/token",
            "PROSPEKT_SE_BOLAGSVERKET_ID": ID,
            "PROSPEKT_SE_BOLAGSVERKET_SECRET": SECRET,
        }

    def file(self, of: str, packed: bytes, *, to: str = "2024-12-31", at: str = "2025-06-01") -> str:
        """File a report of a company; its id."""
        key = f"{of}_{len(self.archives)}"
        self.archives[key] = packed
        self.filed.setdefault(of, []).append(
            {"dokumentId": key, "filformat": "zip", "rapporteringsperiodTom": to, "registreringstidpunkt": at}
        )
        return key

    def asked_for(self) -> list[str]:
        """The paths below the API that were asked, in order."""
        return [asked.path.removeprefix(f"{API}/") for asked in self.asked if asked.path.startswith(API)]

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/oauth2/token":
            return self._token(asked)
        if asked.headers.get("authorization") != f"Bearer token-{self.tokens}" or self._left <= 0:
            return _error(401, "auth.error")
        if self.forbids:
            return _error(403, "auth.error")
        self._left -= 1
        match asked.method, asked.path.removeprefix(f"{API}/").split("/"):
            case "POST", ["dokumentlista"]:
                question: Mapping[str, str] = json.loads(asked.body)
                listed = self.filed.get(question["identitetsbeteckning"], [])
                return said_json({"dokument": listed})
            case "POST", ["organisationer"]:
                wanted = json.loads(asked.body)["identitetsbeteckning"]
                return said_json({"organisationer": self.organisations.get(wanted, [])})
            case "GET", ["dokument", key] if key in self.archives:
                return Said(body=self.archives[key], headers={"Content-Type": "application/zip"})
        return _error(404, "not.found")

    def _token(self, asked: Asked) -> Said:
        basic = base64.b64encode(f"{ID}:{SECRET}".encode()).decode()
        if asked.method != "POST" or asked.headers.get("authorization") != f"Basic {basic}":
            return said_json({"error": "invalid_client", "error_description": SECRET}, status=401)
        assert asked.body == b"grant_type=client_credentials&scope=vardefulla-datamangder%3Aread"
        self.tokens += 1
        self._left = self.tokens_hold
        return said_json({"access_token": f"token-{self.tokens}", "token_type": "Bearer", "expires_in": 3600})


def _error(status: int, instance: str) -> Said:
    kind = "urn:bolagsverket:error:auth" if "auth" in instance else "about:blank"
    return said_json({"type": kind, "instance": instance, "status": status, "title": "Error"}, status=status)
