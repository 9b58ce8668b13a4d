"""Sweden's two weekly files as they come: packed values in quotes between semicolons, and Latin-1 between tabs."""

import random
from collections.abc import Iterator

from bench.companies import brand, pick
from bench.words import Pools, build_pools

BOLAGSVERKET = (
    "organisationsidentitet namnskyddslopnummer registreringsland organisationsnamn organisationsform "
    "avregistreringsdatum avregistreringsorsak pagandeAvvecklingsEllerOmstruktureringsforfarande registreringsdatum "
    "verksamhetsbeskrivning postadress"
).split()
_SAID = (
    "ForAndrTyp COAdress Foretagsnamn FtgStat Gatuadress JEStat JurForm Namn Ng1 Ng2 Ng3 Ng4 Ng5 PeOrgNr PostNr".split()
)
_SAID += "PostOrt RegDatKtid Reklamsparrtyp".split()
SCB = (*_SAID, *(f"m{name}" for name in _SAID if name not in ("ForAndrTyp", "PeOrgNr")))
PERSONS, PERSONS_OF_SCB = 0.42, 0.55
"""Shares of rows about natural persons; assumptions."""
DEREGISTERED = 0.606
"""Measured on the live file of 2026."""
_TEXTS = (
    "Bolaget skall bedriva handel med varor, förvaltning av fast och lös egendom samt därmed förenlig verksamhet. "
    'Konsultverksamhet inom bygg, anläggning, IT och ekonomi; ""import"" och export. Föremålet för bolagets verksamhet är '
    "att äga och förvalta värdepapper"
).split(" ")
_TOWNS = "GÖTEBORG STOCKHOLM MALMÖ LUND UMEÅ ÖSTERSUND KIRUNA UPPSALA VÄXJÖ ÅRE HÖÖR ÄLMHULT YSTAD BORÅS".split()
_INDUSTRIES = "62010 46510 62100 47121 41200 68201 43341 70220 86230 01500 49410 96021".split()


def luhn_of(body: str) -> str:
    """A number of nine digits with the tenth that checks it.

    >>> luhn_of("556016068")
    '5560160680'
    """
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(body))
    return body + str(-sum(one - 9 * (one > 9) for one in doubled) % 10)


def draw_bolagsverket(seed: int, chunk: int, start: int, count: int) -> bytes:
    """So many rows of the company register's file, from the place `start`."""
    rng, pools = random.Random(f"{seed}:bolagsverket:{chunk}"), build_pools()
    lines = (";".join(f'"{value}"' for value in _company(rng, pools, start + place)) for place in range(count))
    return "".join(f"{line}\n" for line in lines).encode()


def draw_scb(seed: int, chunk: int, start: int, count: int) -> bytes:
    """So many rows of the statistical register's file, from the place `start`."""
    rng, pools = random.Random(f"{seed}:scb:{chunk}"), build_pools()
    lines = ("\t".join(_unit(rng, pools, start + place)) for place in range(count))
    return "".join(f"{line}\n" for line in lines).encode("iso-8859-1", "replace")


def _company(rng: random.Random, pools: Pools, place: int) -> Iterator[str]:
    chance = rng.random
    is_person, is_gone = chance() < PERSONS, chance() < DEREGISTERED
    yield f"{_personal(rng)}$PERSON-IDORG" if is_person else f"{_number(place)}$ORGNR-IDORG"
    yield "1"
    yield "SE-LAND"
    name = f"{brand(rng, pools)} {pick(rng, pools.endings)}{'' if is_person else ' AB'}$FORETAGSNAMN-ORGNAM${_day(rng)}"
    yield name + (f"|{brand(rng, pools)} Ltd$FORNAMN_FRSPRAK-ORGNAM${_day(rng)}" if chance() < 0.05 else "")
    yield "E-ORGFO" if is_person else "AB-ORGFO"
    yield _day(rng) if is_gone else ""
    yield "LIAV-AVORG" if is_gone else ""
    yield f"KK-AVOMFO$Konkurs${_day(rng)}" if chance() < 0.02 else ""
    yield _day(rng)
    words = (pick(rng, pools.stems) if chance() < 0.1 else rng.choice(_TEXTS) for _ in range(int(3 + chance() * 34)))
    yield " ".join(words) if chance() < 0.9 else ""
    care = f"c/o {pick(rng, pools.stems)}" if chance() < 0.1 else ""
    yield f"{_street(rng, pools)}${care}${rng.choice(_TOWNS)}${_postal_code(rng)}$SE-LAND"


def _unit(rng: random.Random, pools: Pools, place: int) -> list[str]:
    is_person = rng.random() < PERSONS_OF_SCB
    said = dict.fromkeys(SCB, "")
    said |= {
        "ForAndrTyp": "1",
        "Foretagsnamn": brand(rng, pools) if rng.random() < 0.12 else "",
        "FtgStat": rng.choice("01119"),
        "Gatuadress": _street(rng, pools),
        "JEStat": "1",
        "JurForm": "10" if is_person else "49",
        "Namn": f"{brand(rng, pools)} {pick(rng, pools.endings)} AB",
        "Ng1": "00000" if rng.random() < 0.1 else rng.choice(_INDUSTRIES),
        "Ng2": rng.choice(_INDUSTRIES) if rng.random() < 0.1 else "00000",
        "PeOrgNr": _personal(rng) if is_person else f"16{_number(place)}",
        "PostNr": _postal_code(rng),
        "PostOrt": rng.choice(_TOWNS),
        "RegDatKtid": _day(rng).replace("-", ""),
        "Reklamsparrtyp": "2" if rng.random() < 0.003 else "1",
    }
    said |= dict.fromkeys(("Ng3", "Ng4", "Ng5"), "00000")
    return list(said.values())


def _number(place: int) -> str:
    return luhn_of(f"55{6_000_000 + place:07}")


def _personal(rng: random.Random) -> str:
    """A personal number that nobody has: its last four digits are those of no check."""
    return f"19{rng.randrange(10, 100)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}{rng.randrange(10_000):04}"


def _day(rng: random.Random) -> str:
    return f"{rng.randrange(1950, 2027)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"


def _street(rng: random.Random, pools: Pools) -> str:
    return f"{pick(rng, pools.stems)}gatan {rng.randrange(1, 99)}"


def _postal_code(rng: random.Random) -> str:
    return str(rng.randrange(10_000, 99_000))
