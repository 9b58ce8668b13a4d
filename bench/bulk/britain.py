"""Britain's monthly table as it comes: 55 values a row, all in quotes, most of former names and mortgages empty or zero.

What one row packs to was published (469 MB for some 5.5 million rows); what it unpacks to follows from the form.
"""

import random
from collections.abc import Iterator

from bench.companies import brand, pick
from bench.words import Pools, build_pools

_START = (
    "CompanyName, CompanyNumber,RegAddress.CareOf,RegAddress.POBox,RegAddress.AddressLine1, RegAddress.AddressLine2,"
    "RegAddress.PostTown,RegAddress.County,RegAddress.Country,RegAddress.PostCode,CompanyCategory,CompanyStatus,"
    "CountryOfOrigin,DissolutionDate,IncorporationDate,Accounts.AccountRefDay,Accounts.AccountRefMonth,"
    "Accounts.NextDueDate,Accounts.LastMadeUpDate,Accounts.AccountCategory,Returns.NextDueDate,Returns.LastMadeUpDate,"
    "Mortgages.NumMortCharges,Mortgages.NumMortOutstanding,Mortgages.NumMortPartSatisfied,Mortgages.NumMortSatisfied,"
    "SICCode.SicText_1,SICCode.SicText_2,SICCode.SicText_3,SICCode.SicText_4,LimitedPartnerships.NumGenPartners,"
    "LimitedPartnerships.NumLimPartners,URI"
)
FORMER_NAMES = 10
HEADER = ",".join(
    (
        _START,
        *(f"PreviousName_{place}.CONDATE, PreviousName_{place}.CompanyName" for place in range(1, FORMER_NAMES + 1)),
        "ConfStmtNextDueDate, ConfStmtLastMadeUpDate",
    )
)
_TOWNS = (
    ("LONDON", "", "EC", 30), ("MANCHESTER", "GREATER MANCHESTER", "M", 6), ("BIRMINGHAM", "WEST MIDLANDS", "B", 6),
    ("LEEDS", "WEST YORKSHIRE", "LS", 4), ("BRISTOL", "", "BS", 4), ("GLASGOW", "", "G", 4), ("CARDIFF", "", "CF", 3),
    ("SOUTHEND-ON-SEA", "ESSEX", "SS", 3), ("GRAVESEND", "KENT", "DA", 2), ("ABERDEEN", "", "AB", 2), ("", "", "", 36),
)  # fmt: skip
"""Towns with their county, the letters of their postal codes and how common they are; the last is any village."""
_OF_TOWN = [one[-1] for one in _TOWNS]
_CATEGORIES = ("Private Limited Company",) * 46 + (
    "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)",
    "PRI/LBG/NSC (Private, Limited by guarantee, no share capital, use of 'Limited' exemption)",
    "Limited Liability Partnership",
    "Community Interest Company",
)
_STATUSES = ("Active",) * 17 + ("Active - Proposal to Strike off",) * 2 + ("Liquidation",)
_ACCOUNTS = (
    "MICRO ENTITY",
    "TOTAL EXEMPTION FULL",
    "DORMANT",
    "NO ACCOUNTS FILED",
    "UNAUDITED ABRIDGED",
    "FULL",
    "SMALL",
)
_INDUSTRIES = (
    "62012 - Business and domestic software development", "62020 - Information technology consultancy activities",
    "47910 - Retail sale via mail order houses or via Internet", "96090 - Other service activities n.e.c.",
    "68209 - Other letting and operating of own or leased real estate", "41202 - Construction of domestic buildings",
    "68100 - Buying and selling of own real estate", "82990 - Other business support service activities n.e.c.",
    "70229 - Management consultancy activities other than financial management", "99999 - Dormant Company",
    "56102 - Unlicensed restaurants and cafes", "43999 - Other specialised construction activities n.e.c.",
    "86900 - Other human health activities", "64209 - Activities of other holding companies n.e.c.",
    "49410 - Freight transport by road", "74990 - Non-trading company", "93130 - Fitness facilities", "None Supplied",
)  # fmt: skip
_COUNTRIES = ("ENGLAND", "ENGLAND", "UNITED KINGDOM", "UNITED KINGDOM", "", "SCOTLAND", "WALES")
_STREETS = ("STREET", "ROAD", "LANE", "AVENUE", "CLOSE", "WAY", "BUSINESS PARK")


def draw_companies(seed: int, chunk: int, start: int, count: int) -> bytes:
    """So many rows, from the place `start`."""
    rng, pools = random.Random(f"{seed}:companies house:{chunk}"), build_pools()
    rows = ('","'.join(_company(rng, pools, start + place)) for place in range(count))
    return "".join(f'"{row}"\r\n' for row in rows).encode()


def number_of(place: int) -> str:
    """One number a place, in no order, since the table is in that of names; one in sixteen is Scotland's.

    >>> number_of(1), number_of(16)
    ('00007919', 'SC007919')
    """
    if place % 16 == 0:
        return f"SC{place // 16 * 7919 % 1_000_000:06}"
    return f"{1 if place % 3 == 2 else 0}{place * 7919 % 10_000_000:07}"


def _company(rng: random.Random, pools: Pools, place: int) -> Iterator[str]:
    chance = rng.random
    number = number_of(place)
    town, county, area, _ = rng.choices(_TOWNS, _OF_TOWN)[0]
    name = f"{brand(rng, pools)} {pick(rng, pools.stems if chance() < 0.5 else pools.endings)}".upper()
    month, is_new = rng.randrange(1, 13), chance() < 0.2
    born = rng.randrange(2024, 2027) if is_new else rng.randrange(1965, 2024)
    yield f'""{name}"" & SONS LTD' if chance() < 0.002 else f"{name} {'LIMITED' if chance() < 0.5 else 'LTD'}"
    yield number
    yield ""
    yield ""
    yield f"{int(chance() * 300)} {pick(rng, pools.stems).upper()} {pick(rng, _STREETS)}"
    yield f"{pick(rng, pools.stems).upper()} HOUSE" if chance() < 0.4 else ""
    yield town or pick(rng, pools.stems).upper()
    yield county
    yield pick(rng, _COUNTRIES)
    yield f"{area or _letters(rng)}{1 + int(chance() * 29)} {int(chance() * 9)}{_letters(rng)}"
    yield pick(rng, _CATEGORIES)
    yield pick(rng, _STATUSES)
    yield "United Kingdom"
    yield ""
    yield _day(rng, born)
    yield "30"
    yield str(month)
    yield _day(rng, 2027)
    yield "" if is_new else _day(rng, 2025)
    yield _ACCOUNTS[3] if is_new else pick(rng, _ACCOUNTS)
    yield "" if chance() < 0.7 else f"28/{month:02}/2016"
    yield "" if chance() < 0.7 else f"30/{month:02}/2015"
    charges = int(chance() * 9) if chance() < 0.12 else 0
    yield from (str(charges), str(charges // 2), "0", str(charges - charges // 2))
    for least in (1.0, 0.18, 0.08, 0.05):
        yield pick(rng, _INDUSTRIES[:-1] if least < 1 else _INDUSTRIES) if chance() < least else ""
    yield from ("0", "0")
    yield f"http://business.data.gov.uk/id/company/{number}"
    former = rng.choices((0, 1, 2, 3), (86, 11, 2, 1))[0]
    for _ in range(former):
        yield _day(rng, rng.randrange(born, 2027))
        yield f"{brand(rng, pools)} {pick(rng, pools.endings)} LIMITED".upper()
    yield from ("",) * (2 * (FORMER_NAMES - former))
    yield _day(rng, 2027)
    yield "" if is_new else _day(rng, 2026)


def _letters(rng: random.Random) -> str:
    return chr(65 + int(rng.random() * 26)) + chr(65 + int(rng.random() * 26))


def _day(rng: random.Random, year: int) -> str:
    return f"{rng.randrange(1, 29):02}/{rng.randrange(1, 13):02}/{year}"
