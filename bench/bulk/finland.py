"""Finland's daily file as it comes: one JSON array, each company with all that it ever was, labels in three languages."""

import json
import random
from typing import Any

from bench.companies import brand, pick
from bench.words import Pools, build_pools

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
_INDUSTRIES = {
    "62100": ("Ohjelmistokehitys", "Programutveckling", "Computer programming activities"),
    "47120": ("Muu erikoistumaton vähittäiskauppa", "Annan ospecialiserad detaljhandel", "Other non-specialised retail sale"),
    "41000": ("Asuin- ja muiden rakennusten rakentaminen", "Byggande av hus", "Construction of residential buildings"),
    "68201": ("Asuntojen ja asuinkiinteistöjen hallinta", "Förvaltning av bostäder", "Management of dwellings"),
    "70220": ("Muu liikkeenjohdon konsultointi", "Annan konsultverksamhet", "Other management consultancy activities"),
}  # fmt: skip
_OLD = {"62010": _INDUSTRIES["62100"], "47111": _INDUSTRIES["47120"], "41200": _INDUSTRIES["41000"]}
_FORMS = {
    "16": ("Osakeyhtiö", "Aktiebolag", "Limited company"),
    "13": ("Asunto-osakeyhtiö", "Bostadsaktiebolag", "Housing company"),
    "5": ("Avoin yhtiö", "Öppet bolag", "General partnership"),
}
_ENTRIES = {
    ("1", "1"): ("Rekisterissä", "Registrerad", "Registered"),
    ("1", "4"): ("Lakannut", "Upphört", "Ceased"),
    ("1", "0"): ("Rekisteröimätön", "Oregistrerad", "Unregistered"),
    ("5", "55"): ("Ennakkoperintärekisterissä", "I förskottsuppbördsregistret", "In the prepayment register"),
    ("6", "80"): ("Liiketoiminnasta arvonlisäverovelvollinen", "Momsskyldig för rörelse", "VAT-liable for business activity"),
    ("7", "41"): ("Työnantajarekisterissä", "I arbetsgivarregistret", "In the employer register"),
    ("4", "1"): ("Verohallinnon perustiedoissa", "I Skatteförvaltningens basuppgifter", "In the Tax Administration's data"),
}  # fmt: skip
_TOWNS = (
    ("HELSINKI", "HELSINGFORS", "091"), ("ESPOO", "ESBO", "049"), ("TURKU", "ÅBO", "853"), ("OULU", "ULEÅBORG", "564"),
    ("TAMPERE", "TAMMERFORS", "837"), ("VANTAA", "VANDA", "092"), ("KUOPIO", "KUOPIO", "297"),
)  # fmt: skip


def number_of(place: int) -> str | None:
    """A business ID with its check digit; none where the seven digits have none.

    >>> number_of(112038), number_of(1)
    ('0112038-9', '0000001-9')
    """
    body = f"{place:07}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return None if rest == 1 else f"{body}-{(11 - rest) % 11}"


def draw_companies(seed: int, chunk: int, start: int, count: int) -> bytes:
    """So many companies, from the place `start`: objects with commas between."""
    rng, pools = random.Random(f"{seed}:prh:{chunk}"), build_pools()
    numbers = (number for place in range(start * 2, (start + count) * 2) if (number := number_of(1_000_000 + place)))
    drawn = (_company(rng, pools, next(numbers)) for _ in range(count))
    return ",".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in drawn).encode()


def _company(rng: random.Random, pools: Pools, number: str) -> dict[str, Any]:
    chance = rng.random
    founded, is_gone = _day(rng), chance() < 0.3
    form = rng.choices(list(_FORMS), (80, 15, 5))[0]
    code = rng.choice(list(_OLD if is_gone else _INDUSTRIES))
    ended = {"endDate": _day(rng)} if is_gone else {}
    company: dict[str, Any] = {
        "businessId": {"value": number, "registrationDate": founded, "source": "3"},
        "euId": {"value": f"FIFPRO.{number}", "source": "1"},
        "names": [_name(rng, pools, kind, place + 1) | (ended if place == 0 else {}) for place, kind in enumerate(_kinds(rng))],
        "mainBusinessLine": {
            "type": code,
            "descriptions": _labels((_OLD if is_gone else _INDUSTRIES)[code]),
            "typeCodeSet": "TOIMI3" if is_gone else "TOIMI4",
            "registrationDate": _day(rng),
            "source": "2",
        },
        "companyForms": [
            {"type": form, "descriptions": _labels(_FORMS[form]), "registrationDate": founded, "version": 1, "source": "1"}
        ],
        "companySituations": [{"type": "KONK", "registrationDate": _day(rng), "source": "1"}] if chance() < 0.01 else [],
        "registeredEntries": [_entry(rng, register, kind, is_gone) for register, kind in _ENTRIES if chance() < 0.8],
        "addresses": [_address(rng, pools, kind) for kind in (1, 2) if chance() < 0.85],
        "tradeRegisterStatus": "4" if is_gone else "1",
        "status": "2",
        "registrationDate": founded,
        **ended,
        "lastModified": f"{_day(rng)}T12:45:49",
    }  # fmt: skip
    if chance() < 0.2:
        company["website"] = {
            "url": f"www.{brand(rng, pools).lower()}.example",
            "registrationDate": _day(rng),
            "source": "0",
        }
    return company


def _kinds(rng: random.Random) -> list[str]:
    """Sorts of a company's names: the main one, and as often as not others."""
    return ["1", *rng.choices("123", (2, 1, 2), k=rng.choices((0, 1, 2, 4), (5, 3, 2, 1))[0])]


def _name(rng: random.Random, pools: Pools, kind: str, version: int) -> dict[str, Any]:
    name = {"name": f"{brand(rng, pools)} {pick(rng, pools.endings)} Oy", "type": kind, "registrationDate": _day(rng)}
    return name | ({"endDate": _day(rng)} if version > 1 and rng.random() < 0.6 else {}) | {"version": version, "source": "1"}  # fmt: skip


def _entry(rng: random.Random, register: str, kind: str, is_gone: bool) -> dict[str, Any]:
    entry = {"type": kind, "descriptions": _labels(_ENTRIES[register, kind]), "registrationDate": _day(rng)}
    if kind == "0" or (is_gone and kind != "4"):
        entry["endDate"] = _day(rng)
    return entry | {"register": register, "authority": "2" if register == "1" else "1"}


def _address(rng: random.Random, pools: Pools, kind: int) -> dict[str, Any]:
    finnish, swedish, municipality = rng.choice(_TOWNS)
    where: dict[str, Any] = {"type": kind}
    if kind == 1 or rng.random() < 0.6:
        where |= {"street": f"{pick(rng, pools.stems)}katu", "buildingNumber": str(rng.randrange(1, 99))}
        where |= {"entrance": "A", "apartmentNumber": str(rng.randrange(1, 60))} if rng.random() < 0.3 else {}
    else:
        where["postOfficeBox"] = str(rng.randrange(1, 400))
    return where | {
        "postCode": f"{rng.randrange(100, 99_999):05}",
        "postOffices": [
            {"city": swedish, "languageCode": "2", "municipalityCode": municipality},
            {"city": finnish, "languageCode": "1", "municipalityCode": municipality},
        ],
        "registrationDate": _day(rng),
        "source": "0",
    }


def _labels(said: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"languageCode": str(place + 1), "description": text} for place, text in enumerate(said)]


def _day(rng: random.Random) -> str:
    return f"{rng.randrange(1960, 2027)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
