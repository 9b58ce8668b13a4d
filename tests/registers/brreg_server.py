"""Norway's register on loopback: its answers, limits and errors, as the fact sheets record them."""

import gzip
import hashlib
import json
from typing import Any

from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

BASE = "/enhetsregisteret/api"
DEEPEST = 10_000
SEARCH = frozenset(
    {"organisasjonsnummer", "navn", "organisasjonsform", "konkurs", "kommunenummer", "size", "page", "sort"}
)
ACCOUNTS = "/regnskapsregisteret/regnskap/"
MANDATES = "/fullmakt/enheter/"
ROLE_FEED = frozenset({"afterId", "afterTime", "size", "organisasjonsnummer"})
FEED = frozenset({"dato", "oppdateringsid", "organisasjonsnummer", "includeChanges", "size", "page", "sort"})


def unit(number: str, name: str, form: str = "AS", **more: Any) -> dict[str, Any]:
    """An entity as the API shows it, the least that one has."""
    return {
        "organisasjonsnummer": number,
        "navn": name,
        "organisasjonsform": {"kode": form, "beskrivelse": form, "_links": {"self": {"href": "…"}}},
        "registreringsdatoEnhetsregisteret": "1995-03-12",
        "registrertIMvaregisteret": True,
        "harRegistrertAntallAnsatte": False,
        "konkurs": False,
        "underAvvikling": False,
        "underTvangsavviklingEllerTvangsopplosning": False,
        "respons_klasse": "Enhet",
        "_links": {"self": {"href": "…"}},
    } | more


def filed(number: str, year: int = 2024, **more: Any) -> dict[str, Any]:
    """One year's accounts as the service of accounts shows them."""
    return {
        "id": 6300613,
        "journalnr": "2025741982",
        "regnskapstype": "SELSKAP",
        "virksomhet": {"organisasjonsnummer": number, "organisasjonsform": "AS", "morselskap": False},
        "regnskapsperiode": {"fraDato": f"{year}-01-01", "tilDato": f"{year}-12-31"},
        "valuta": "NOK",
        "avviklingsregnskap": False,
        "oppstillingsplan": "smaa",
        "egenkapitalGjeld": {"egenkapital": {"sumEgenkapital": -120000.0}},
        "eiendeler": {"sumEiendeler": 2500000.0},
        "resultatregnskapResultat": {
            "aarsresultat": 0.0,
            "driftsresultat": {"driftsresultat": 15000.5, "driftsinntekter": {"sumDriftsinntekter": 4200000.0}},
        },
    } | more


def signing(number: str, *combinations: tuple[str, str, tuple[str, ...]], words: str | None = None) -> dict[str, Any]:
    """Who may sign, as the service shows it: combinations (code, text, names), and the rule in free words."""
    basis = {} if words is None else {"signaturProkuraRoller": {"signaturProkuraFritekst": words}}
    kombinasjon = [
        {"kode": code, "tekstforklaring": text, "kombinasjonsId": str(place), "personRolleKombinasjon": people(*names)}
        for place, (code, text, names) in enumerate(combinations, start=1)
    ]
    answer: dict[str, Any] = {
        "oppslagsData": {"oppslagsTidspunkt": "2026-07-13T07:17:49", "oppslagsIdent": "4838852"},
        "status": {
            "rutineStatus": {"kode": "OK", "tekstforklaring": "Maskinelt oppslag utført uten feil."},
            "regelStatus": {"kode": "RF" if combinations else "RI", "tekstforklaring": "…", "regelIdent": None},
        },
        "enhet": {"organisasjonsnummer": number, "konkurs": "false", "_links": {"self": {"href": "…"}}},
        "signeringsGrunnlag": {"kode": "SF" if combinations or words else "SI", "tekstforklaring": "…"} | basis,
        "_links": {"self": {"href": "…"}},
    }
    return answer | ({"signeringsKombinasjon": {"kombinasjon": kombinasjon}} if combinations else {})


def people(*names: str) -> list[dict[str, Any]]:
    """Who signs together, with the birth dates that the service gives, too."""
    return [
        {"fodselsdato": "13.12.1901", "navn": name, "rolle": {"kode": "MEDL", "tekstforklaring": "Styremedlem"}}
        for name in names
    ]


class BrregServer(LoopbackRegister):
    """The register's state is in plain dictionaries that a test fills; `url` is its base address."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.origin + BASE
        self.units: dict[str, dict[str, dict[str, Any]]] = {"enheter": {}, "underenheter": {}}
        self.deleted: dict[str, dict[str, Any]] = {}
        self.gone: dict[str, str] = {}
        self.roles: dict[str, dict[str, Any]] = {}
        self.role_file: bytes | None = None
        self.role_events: list[tuple[int, str, str]] = []
        self.accounts: dict[str, list[dict[str, Any]]] = {}
        self.fails_on: set[str] = set()
        self.mandates: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[dict[str, Any]]] = {"enheter": [], "underenheter": []}
        self.bulk: dict[str, bytes] = {}

    def delete(self, number: str, date: str, *, collection: str = "enheter") -> None:
        """A deleted unit stays, reduced, under its number, and is never found by search."""
        unit = self.units[collection].pop(number)
        kept = {key: unit[key] for key in ("organisasjonsnummer", "navn", "organisasjonsform", "_links")}
        kind = "SlettetEnhet" if collection == "enheter" else "SlettetUnderEnhet"
        self.deleted[number] = kept | {"slettedato": date, "respons_klasse": kind}

    def remove(self, number: str, date: str) -> None:
        """A unit removed from open data answers 410."""
        self.units["enheter"].pop(number, None)
        self.gone[number] = date

    def tell(
        self,
        position: int,
        number: str,
        change: str,
        *,
        collection: str = "enheter",
        date: str = "2026-09-21T04:05:11.193Z",
    ) -> None:
        """One entry of the feed."""
        self.events[collection].append(
            {
                "oppdateringsid": position,
                "dato": date,
                "organisasjonsnummer": number,
                "endringstype": change,
            }
        )

    def publish(self, csv: bytes, *, collection: str = "enheter") -> None:
        """The nightly file."""
        self.bulk[collection] = gzip.compress(csv, mtime=0)

    def publish_roles(self) -> None:
        """The file of all roles, as the register packs it."""
        elements = [{"organisasjonsnummer": number} | roles for number, roles in self.roles.items()]
        self.role_file = gzip.compress(json.dumps(elements, ensure_ascii=False).encode(), mtime=0)

    def tell_roles(self, position: int, number: str, *, time: str = "2026-09-21T04:05:11.193Z") -> None:
        """One event of the roles' feed."""
        self.role_events.append((position, number, time))

    def answer(self, asked: Asked) -> Said:
        if asked.path.startswith(ACCOUNTS):
            return self._accounts(asked.path.removeprefix(ACCOUNTS))
        if asked.path.startswith(MANDATES):
            return self._mandate(asked.path.removeprefix(MANDATES))
        parts = asked.path.removeprefix(BASE).strip("/").split("/")
        match parts:
            case [("enheter" | "underenheter") as collection]:
                return self._search(asked, collection)
            case [("enheter" | "underenheter") as collection, "lastned", "csv"]:
                return self._file(asked, collection)
            case ["oppdateringer", ("enheter" | "underenheter") as collection]:
                return self._feed(asked, collection)
            case ["roller", "totalbestand"]:
                return Said(status=404) if self.role_file is None else Said(body=self.role_file)
            case ["oppdateringer", "roller"]:
                return self._role_feed(asked)
            case ["enheter", number, "roller"]:
                return said_json(self.roles[number]) if number in self.roles else Said(status=404)
            case [("enheter" | "underenheter") as collection, number]:
                return self._single(collection, number)
        return Said(status=404)

    def _single(self, collection: str, number: str) -> Said:
        if number in self.gone:
            return said_json({"organisasjonsnummer": number, "slettedato": self.gone[number], "_links": {}}, 410)
        unit = self.units[collection].get(number) or self.deleted.get(number)
        return Said(status=404) if unit is None else said_json(unit)

    def _search(self, asked: Asked, collection: str) -> Said:
        refused = _refusal(asked, SEARCH)
        if refused is not None:
            return refused
        numbers = asked.params.get("organisasjonsnummer", "").split(",")
        found = [self.units[collection][number] for number in numbers if number in self.units[collection]]
        return said_json(_page(asked, {collection: found}))

    def _feed(self, asked: Asked, collection: str) -> Said:
        refused = _refusal(asked, FEED)
        if refused is not None:
            return refused
        first, since = int(asked.params.get("oppdateringsid", 0)), asked.params.get("dato", "")
        events = [each for each in self.events[collection] if each["oppdateringsid"] >= first and each["dato"] >= since]
        events.sort(key=lambda each: each["oppdateringsid"], reverse=asked.params.get("sort") == "id,DESC")
        return said_json(_page(asked, {f"oppdaterte{collection.capitalize()}": events}))

    def _role_feed(self, asked: Asked) -> Said:
        strange = sorted(asked.params.keys() - ROLE_FEED)
        if strange:
            return _bad_request(asked, f"Ukjent parameter {strange[0]}", strange)
        after, since = int(asked.params.get("afterId", 0)), asked.params.get("afterTime", "")
        events = [
            {
                "specversion": "1.0",
                "id": str(position),
                "source": f"https://data.brreg.no{BASE}/enheter/{number}/roller",
                "type": "no.brreg.enhetsregisteret.rolle.oppdatert",
                "time": time,
                "data": {"organisasjonsnummer": number},
            }
            for position, number, time in sorted(self.role_events)
            if position > after and time >= since
        ]
        return said_json(events[: int(asked.params.get("size", 20))])

    def _accounts(self, number: str) -> Said:
        if number in self.fails_on:
            body = {"status": 500, "error": "Internal Server Error", "path": f"{ACCOUNTS}{number}"}
            return said_json(body, 500)
        return said_json(self.accounts[number]) if number in self.accounts else Said(status=404)

    def _mandate(self, asked: str) -> Said:
        """One kind of mandate of one entity, under its number and kind: "923609016/signatur"."""
        if {asked, asked.split("/")[0]} & self.fails_on:
            return Said(status=500)
        return said_json(self.mandates[asked]) if asked in self.mandates else Said(status=404)

    def _file(self, asked: Asked, collection: str) -> Said:
        if asked.headers.get("accept") != "*/*":
            return Said(status=406)
        body = self.bulk[collection]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if asked.headers.get("if-none-match") == etag:
            return Said(status=304, headers={"ETag": etag})
        return Said(body=body, headers={"ETag": etag, "Content-Type": "application/octet-stream"})


def _refusal(asked: Asked, known: frozenset[str]) -> Said | None:
    size, page = int(asked.params.get("size", 20)), int(asked.params.get("page", 0))
    strange = sorted(asked.params.keys() - known)
    if strange:
        return _bad_request(asked, f"Ukjent parameter {strange[0]}", strange)
    if size * (page + 1) > DEEPEST:
        return _bad_request(asked, "size * (page+1) kan ikke overstige 10_000", ["size", "page"])
    return None


def _bad_request(asked: Asked, sentence: str, params: list[str]) -> Said:
    return said_json(
        {
            "tidsstempel": 1660146687576,
            "status": 400,
            "feilmelding": "Feilaktig forespørsel",
            "sti": asked.path,
            "antallFeil": 1,
            "valideringsfeil": [{"feilmelding": sentence, "parametere": params}],
        },
        400,
    )


def _page(asked: Asked, embedded: dict[str, list[Any]]) -> dict[str, Any]:
    size, page = int(asked.params.get("size", 20)), int(asked.params.get("page", 0))
    ((name, rows),) = embedded.items()
    shown = rows[page * size : (page + 1) * size]
    answer: dict[str, Any] = {"_embedded": {name: shown}} if shown else {}
    pages = {"size": size, "totalElements": len(rows), "totalPages": -(-len(rows) // size), "number": page}
    return answer | {"_links": {"self": {"href": "…"}}, "page": pages}
