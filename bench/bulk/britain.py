"""Companies House's monthly table as it comes: 55 columns, blanks before some headers, quotes around what there is."""

import random

from bench.companies import brand, pick
from bench.words import Pools, build_pools

_PREVIOUS = [f"PreviousName_{place}.{part}" for place in range(1, 11) for part in ("CONDATE", "CompanyName")]
COLUMNS = (
    "CompanyName CompanyNumber RegAddress.CareOf RegAddress.POBox RegAddress.AddressLine1 RegAddress.AddressLine2 "
    "RegAddress.PostTown RegAddress.County RegAddress.Country RegAddress.PostCode CompanyCategory CompanyStatus "
    "CountryOfOrigin DissolutionDate IncorporationDate Accounts.AccountRefDay Accounts.AccountRefMonth "
    "Accounts.NextDueDate Accounts.LastMadeUpDate Accounts.AccountCategory Returns.NextDueDate Returns.LastMadeUpDate "
    "Mortgages.NumMortCharges Mortgages.NumMortOutstanding Mortgages.NumMortPartSatisfied Mortgages.NumMortSatisfied "
    "SICCode.SicText_1 SICCode.SicText_2 SICCode.SicText_3 SICCode.SicText_4 LimitedPartnerships.NumGenPartners "
    f"LimitedPartnerships.NumLimPartners URI {' '.join(_PREVIOUS)} ConfStmtNextDueDate ConfStmtLastMadeUpDate"
).split()
_SPACED = {"CompanyNumber", "RegAddress.AddressLine2", "ConfStmtLastMadeUpDate"}
HEADER = ",".join(f" {name}" if name in _SPACED else name for name in COLUMNS)
SCOTTISH = 250_000
"""So many companies, of the first, are Scotland's, whose numbers begin with letters."""
_TOWNS = (
    ("LONDON", "GREATER LONDON", "EC1V 2NX"), ("MANCHESTER", "LANCASHIRE", "M1 2AB"), ("LEEDS", "WEST YORKSHIRE", "LS1 1AA"),
    ("BIRMINGHAM", "WEST MIDLANDS", "B3 3DH"), ("CARDIFF", "SOUTH GLAMORGAN", "CF10 1AA"), ("EDINBURGH", "", "EH2 4AN"),
)  # fmt: skip
_INDUSTRIES = (
    "62012 - Business and domestic software development", "68209 - Other letting and operating of own or leased real estate",
    "70229 - Management consultancy activities other than financial management", "47910 - Retail sale via mail order houses or via Internet",
    "41202 - Construction of domestic buildings", "82990 - Other business support service activities n.e.c.", "99999 - Dormant Company",
)  # fmt: skip
_CATEGORIES = ("Private Limited Company", "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)", "Limited Liability Partnership", "Public Limited Company")  # fmt: skip
_STATUSES = ("Active", "Active - Proposal to Strike off", "Liquidation", "In Administration")
_ACCOUNTS = ("MICRO ENTITY", "TOTAL EXEMPTION FULL", "NO ACCOUNTS FILED", "DORMANT", "FULL", "UNAUDITED ABRIDGED")


def draw_table(seed: int, chunk: int, start: int, count: int) -> bytes:
    """So many lines of the table, from the place `start`."""
    rng, pools = random.Random(f"{seed}:companies house:{chunk}"), build_pools()
    return "".join(_line(rng, pools, start + place) for place in range(count)).encode()


def _line(rng: random.Random, pools: Pools, place: int) -> str:
    chance = rng.random
    number = f"SC{place:06}" if place < SCOTTISH else f"{place:08}"
    town, county, code = rng.choice(_TOWNS)
    category = rng.choices(_CATEGORIES, (93, 3, 3, 1))[0]
    industries = rng.sample(_INDUSTRIES, rng.choices((1, 2, 3, 4), (80, 13, 4, 3))[0])
    said = {
        "CompanyName": f"{brand(rng, pools)} {pick(rng, pools.endings)} LIMITED".upper(),
        "CompanyNumber": number,
        "RegAddress.AddressLine1": f"{rng.randrange(1, 400)} {pick(rng, pools.stems).upper()} STREET",
        "RegAddress.AddressLine2": f"UNIT {rng.randrange(1, 60)}" if chance() < 0.4 else "",
        "RegAddress.PostTown": town,
        "RegAddress.County": county if chance() < 0.4 else "",
        "RegAddress.Country": "UNITED KINGDOM" if chance() < 0.7 else "ENGLAND",
        "RegAddress.PostCode": code,
        "CompanyCategory": category,
        "CompanyStatus": rng.choices(_STATUSES, (90, 7, 2, 1))[0],
        "CountryOfOrigin": "United Kingdom",
        "IncorporationDate": _day(rng, 1960, 2026),
        "Accounts.AccountRefDay": str(rng.randrange(28, 32)),
        "Accounts.AccountRefMonth": str(rng.randrange(1, 13)),
        "Accounts.NextDueDate": _day(rng, 2026, 2028),
        "Accounts.LastMadeUpDate": _day(rng, 2024, 2026) if chance() < 0.75 else "",
        "Accounts.AccountCategory": rng.choices(_ACCOUNTS, (35, 25, 20, 12, 3, 5))[0],
        **dict.fromkeys((name for name in COLUMNS if name.startswith("Mortgages.")), "0"),
        **{f"SICCode.SicText_{rank}": text for rank, text in enumerate(industries, start=1)},
        **dict.fromkeys(("LimitedPartnerships.NumGenPartners", "LimitedPartnerships.NumLimPartners"), "0"),
        "URI": f"http://business.data.gov.uk/id/company/{number}",
        "ConfStmtNextDueDate": _day(rng, 2026, 2028),
        "ConfStmtLastMadeUpDate": _day(rng, 2025, 2027) if chance() < 0.85 else "",
    }
    if chance() < 0.12:
        said["PreviousName_1.CONDATE"] = _day(rng, 1990, 2026)
        said["PreviousName_1.CompanyName"] = f"{brand(rng, pools)} {pick(rng, pools.endings)} LIMITED".upper()
    return ",".join(f'"{said[name]}"' if said.get(name) else "" for name in COLUMNS) + "\r\n"


def _day(rng: random.Random, first: int, behind: int) -> str:
    return f"{rng.randrange(1, 29):02}/{rng.randrange(1, 13):02}/{rng.randrange(first, behind)}"
