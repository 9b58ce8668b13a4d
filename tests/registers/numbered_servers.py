"""Services that are asked for one number at a time, on loopback: the SEC's submissions, VIES, France's Annuaire."""

import json
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

TOO_FAST = Said(
    status=403,
    body=b"<!DOCTYPE html><html><title>SEC.gov | Request Rate Threshold Exceeded</title></html>",
    headers={"Content-Type": "text/html"},
)


def filer(cik: str, name: str, **more: Any) -> dict[str, Any]:
    """A company's submissions, the least that one has."""
    stated = {"cik": cik, "entityType": "operating", "sic": "3571", "name": name, "stateOfIncorporation": "CA"}
    return stated | {"filings": {"recent": {"accessionNumber": ["0000320193-26-000001"]}}} | more


class SecServer(LoopbackRegister):
    """`filers` by CIK, `tickers` as (CIK, ticker, name); who does not say name and e-mail is shut out."""

    def __init__(self) -> None:
        super().__init__()
        self.filers: dict[str, dict[str, Any]] = {}
        self.tickers: list[tuple[int, str, str]] = []

    def answer(self, asked: Asked) -> Said:
        if "@" not in asked.headers["user-agent"] or "(" in asked.headers["user-agent"]:
            return TOO_FAST
        if asked.path == "/company_tickers.json":
            rows = (dict(zip(("cik_str", "ticker", "title"), row, strict=True)) for row in self.tickers)
            return said_json({str(place): row for place, row in enumerate(rows)})
        key = asked.path.removeprefix("/submissions/CIK").removesuffix(".json")
        if len(key) != 10 or key.lstrip("0") not in self.filers:
            return Said(status=404, body=b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>")
        return said_json(self.filers[key.lstrip("0")])


class ViesServer(LoopbackRegister):
    """`names` by VAT number, empty where the state does not say them; `errors` by VAT number or by member state."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    @property
    def questions(self) -> list[dict[str, str]]:
        return [json.loads(asked.body) for asked in self.asked]

    def answer(self, asked: Asked) -> Said:
        question = json.loads(asked.body)
        state, number = question["countryCode"], question["vatNumber"]
        error = self.errors.get(state + number) or self.errors.get(state)
        if error is not None:
            wrapped = {"actionSucceed": False, "errorWrappers": [{"error": error}]}
            return said_json(wrapped, 400 if error == "INVALID_INPUT" else 200)
        name = self.names.get(state + number)
        said = {"countryCode": state, "vatNumber": number, "requestDate": "2026-11-22T10:00:00.000Z"}
        return said_json(
            said
            | {"valid": name is not None, "name": name or "---", "address": "---", "traderNameMatch": "NOT_PROCESSED"}
            | {"requestIdentifier": "WAPIAAAAW1" if "requesterNumber" in question else ""}
        )


OFFICER = {"nom": "TESTPERSON", "prenoms": "MARIE SENTINELLE", "date_de_naissance": "1931-07-13", "qualite": "Gérant"}


class AnnuaireServer(LoopbackRegister):
    """`companies` by SIREN; of what is secondary it tells what was asked for, and officers whom nobody asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.companies: dict[str, dict[str, Any]] = {}

    def answer(self, asked: Asked) -> Said:
        if asked.path != "/search":
            return Said(status=404)
        if (asked.params.get("minimal"), asked.params.get("include")) != ("true", "siege"):
            return said_json({"erreur": "Veuillez indiquer si vous souhaitez une réponse minimale"}, 400)
        found = [one | {"dirigeants": [OFFICER]} for one in [self.companies.get(asked.params["q"])] if one is not None]
        return said_json({"results": found, "total_results": len(found), "page": 1, "per_page": 10, "total_pages": 1})
