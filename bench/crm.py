"""Draws the CRM of a made-up team: companies, contacts, deals and owners, as messy as real exports, with known truth.

Three rows in ten have no true company: foreign firms, relatives of a company that the register does not have, people
typed in as companies, firms that never were, and rubbish.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.companies import FORMS, Row, brand, domain_of, person_name, pick, slug
from bench.noise import make_noisy
from bench.words import Pools, build_pools

TRUE_SHARE = 0.7
DUPLICATE_SHARE = 0.06
FREE_MAIL = ("gmail.com", "hotmail.com", "outlook.com", "online.no", "yahoo.no")
FOREIGN = (
    ("AB", "Sverige", "SE", ".se", "+46 8 "),
    ("A/S", "Danmark", "DK", ".dk", "+45 "),
    ("Oy", "Finland", "FI", ".fi", "+358 9 "),
    ("GmbH", "Germany", "DE", ".de", "+49 30 "),
    ("Ltd", "United Kingdom", "GB", ".co.uk", "+44 20 "),
)
WITHOUT_NORDIC = str.maketrans("ÅØÆ", "AOA")
RUBBISH = ("Test", "test test", "Ukjent", "N/A", "-", "Slettes", "asdf", "Privat", "Diverse kunder", "Dummy AS")
STAGES = (
    ("lead", "Lead", 42),
    ("subscriber", "Subscriber", 8),
    ("marketingqualifiedlead", "Marketing Qualified Lead", 14),
    ("salesqualifiedlead", "Sales Qualified Lead", 10),
    ("opportunity", "Opportunity", 9),
    ("customer", "Customer", 14),
    ("other", "Other", 3),
)
DEAL_STAGES = (
    ("closedwon", "Closed Won", 30),
    ("closedlost", "Closed Lost", 35),
    ("appointmentscheduled", "Appointment Scheduled", 10),
    ("qualifiedtobuy", "Qualified To Buy", 8),
    ("contractsent", "Contract Sent", 7),
    ("decisionmakerboughtin", "Decision Maker Bought-In", 10),
)
TITLES = ("CEO", "CTO", "Daglig leder", "IT-sjef", "Innkjøper", "Økonomisjef", "Head of Sales", "Prosjektleder", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crm:
    """The four exports, each row by column label, and the truth: (kind, record id, organisation number or "", noise)."""

    companies: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    """The same sort of rows out of another system: Swedish labels, decimal commas, ruined numbers."""
    contacts: list[Row] = field(default_factory=list)
    deals: list[Row] = field(default_factory=list)
    owners: list[Row] = field(default_factory=list)
    truth: list[tuple[str, str, str, str]] = field(default_factory=list)


def draw_crm(seed: int, register: Sequence[Row], count: int, noise: Mapping[str, float] | None = None) -> Crm:
    """A CRM of about `count` companies, of which those that are real are in `register`.

    With the rates of `noise` their names differ from the registered ones in that many of each kind, and the truth names
    the kind; without, in the ways of `_written_name`.
    """
    rng = random.Random(f"{seed}:crm")
    pools = build_pools()
    crm = Crm(owners=_owners(rng, pools))
    prospects = [row for row in register if row["organisasjonsform.kode"] in ("AS", "ASA", "NUF", "SA", "DA", "STI")]
    used = rng.sample(prospects, min(len(prospects), round(count * TRUE_SHARE)))
    missing = round(len(used) / TRUE_SHARE * (1 - TRUE_SHARE))
    drawn = [_drawn(rng, row, noise) for row in used]
    drawn += [_drawn(rng, row, noise) for row in rng.sample(used, round(len(used) * DUPLICATE_SHARE))]
    drawn += [(_of_nothing(rng, pools, rng.choice(prospects)), "", "") for _ in range(missing)]
    rng.shuffle(drawn)
    for place, (row, truth, kind) in enumerate(drawn):
        record_id = str(10_000_000 + place * 37)
        _add_company(rng, crm, record_id, row)
        crm.truth.append(("company", record_id, truth, kind))
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            _add_contact(rng, pools, crm, record_id, row, (truth, kind))
        if rng.random() < 0.18:
            _add_deal(rng, crm, record_id, row, (truth, kind))
    return crm


def _owners(rng: random.Random, pools: Pools) -> list[Row]:
    rows = []
    for number in range(6):
        given, family = person_name(rng, pools).split()
        rows.append(
            {
                "Owner ID": str(700_100 + number),
                "Email": f"{slug(given)}.{slug(family)}@example.com",
                "First name": given,
                "Last name": family,
            }
        )
    return rows


def _owner_label(rng: random.Random, crm: Crm) -> str:
    """The owner as name, e-mail or number, or nobody."""
    owner = rng.choice(crm.owners)
    labels = (f"{owner['First name']} {owner['Last name']}", owner["Email"], owner["Owner ID"], "")
    return rng.choices(labels, (60, 25, 5, 10))[0]


def _drawn(rng: random.Random, company: Row, noise: Mapping[str, float] | None) -> tuple[Row, str, str]:
    """How a seller would have written down a company of the register, its number, and the kind of noise in its name."""
    row, kind = _of_company(rng, company), ""
    if noise is not None:
        row["name"], kind = make_noisy(rng, company, noise)
    return row, company["organisasjonsnummer"], kind


def _of_company(rng: random.Random, company: Row) -> Row:
    chance = rng.random
    number = company["organisasjonsnummer"]
    domain = domain_of(company["navn"])
    row = {"name": _written_name(rng, company["navn"]), "country": rng.choice(("Norge", "Norway", "NO", "", ""))}
    if chance() < 0.22:
        row["number"] = rng.choices(
            (number, f"{number[:3]} {number[3:6]} {number[6:]}", f"NO {number} MVA", f"NO{number}MVA", _ruined(number)),
            (50, 25, 10, 5, 10),
        )[0]
    if chance() < 0.45:
        known = company.get("hjemmeside", domain)
        row["domain"] = rng.choices((known, f"https://{known}/", rng.choice(FREE_MAIL)), (80, 12, 8))[0]
        if chance() < 0.06:
            row["more_domains"] = f"{slug(row['name'])}.com; {domain}"
    if chance() < 0.6:
        row["city"] = company["forretningsadresse.poststed"].title()
        row["postal_code"] = company["forretningsadresse.postnummer"]
    if chance() < 0.25:
        row["street"] = company["forretningsadresse.adresse"].split("\n")[-1]
    phone = company.get("telefon") or company.get("mobil")
    if phone and chance() < 0.5:
        row["phone"] = rng.choice((phone, f"+47 {phone[:2]} {phone[2:4]} {phone[4:6]} {phone[6:]}", f"0047{phone}"))
    if company.get("antallAnsatte") and chance() < 0.4:
        row["employees"] = str(max(1, round(int(company["antallAnsatte"]) * (0.7 + 0.6 * chance()))))
    return row


def _ruined(number: str) -> str:
    """What a spreadsheet makes of a long number: the last digits are gone for good.

    >>> _ruined("923609016")
    '9,23609E+08'
    """
    return f"{number[0]},{number[1:6]}E+08"


def _written_name(rng: random.Random, name: str) -> str:
    words = name.split()
    bare = words[:-1] if words[-1] in FORMS and len(words) > 1 else words
    way = rng.random()
    if way < 0.22:
        return name.title().replace(" As", " AS")
    if way < 0.52:
        return " ".join(bare).title()
    if way < 0.62:
        return name
    if way < 0.76:
        return _with_slip(rng, " ".join(bare).title())
    if way < 0.84:
        return bare[0].title()
    if way < 0.90:
        return " ".join(bare).translate(WITHOUT_NORDIC).title()
    if way < 0.95:
        return f"{' '.join(bare).title()} {rng.choice(('Norge', 'avd. Oslo', '(NO)', '- HQ', 'Group'))}"
    return f"{bare[0].title()}, {' '.join(words[1:]).title()}" if len(words) > 1 else name.lower()


def _with_slip(rng: random.Random, name: str) -> str:
    """The name with one letter left out, doubled, or swapped with the next."""
    at = rng.randrange(1, max(2, len(name) - 1))
    slip = rng.randrange(3)
    if slip == 0:
        return name[:at] + name[at + 1 :]
    if slip == 1:
        return name[:at] + name[at] + name[at:]
    return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def _of_nothing(rng: random.Random, pools: Pools, neighbour: Row) -> Row:
    """A row that no company of the register is meant by."""
    what = rng.random()
    form, country, code, ending, prefix = rng.choice(FOREIGN)
    phone = f"{prefix}{rng.randrange(1_000_000, 9_999_999)}"
    if what < 0.35:
        name = f"{brand(rng, pools)} {rng.choice(pools.endings)} {form}"
        return {"name": name, "country": country, "domain": slug(name.split()[0]) + ending, "phone": phone}
    if what < 0.55:
        relative = f"{neighbour['navn'].split()[0].title()} {country} {form}"
        return {"name": relative, "country": code}
    if what < 0.70:
        return {"name": person_name(rng, pools), "country": rng.choice(("Norge", "")), "city": "Oslo"}
    if what < 0.90:
        # two family names grown into one: the register has no such name
        name = pick(rng, pools.stems) + "-" + pick(rng, pools.stems) + rng.choice((" AS", "", " Mek. AS", " & Co"))
        return {"name": name, "country": "Norge", "domain": rng.choice(("", slug(name)[:14] + ".no"))}
    return {"name": rng.choice(RUBBISH), "domain": rng.choice(("", "", "test.com"))}


def _add_company(rng: random.Random, crm: Crm, record_id: str, row: Row) -> None:
    stage, label, _ = rng.choices(STAGES, [weight for *_, weight in STAGES])[0]
    owner = _owner_label(rng, crm)
    contacted = f"2026-{rng.randrange(1, 11):02d}-{rng.randrange(1, 29):02d}" if rng.random() < 0.3 else ""
    if rng.random() < 0.12:
        year, month, day = contacted.split("-") if contacted else ("", "", "")
        crm.customers.append(
            {
                "Post-ID": record_id,
                "Företagsnamn": row["name"],
                "Organisationsnummer": row.get("number", ""),
                "Företagets domännamn": row.get("domain", ""),
                "Telefonnummer": row.get("phone", ""),
                "Gatuadress": row.get("street", ""),
                "Postnummer": row.get("postal_code", ""),
                "Ort": row.get("city", ""),
                "Land/region": row.get("country", ""),
                "Antal anställda": row.get("employees", ""),
                "Årliga intäkter": f"{rng.randrange(1, 90)} {rng.randrange(100, 999)},5" if rng.random() < 0.3 else "",
                "Företagsägare": owner,
                "Livscykelfas": label,
                "Senast kontaktad": f"{day}.{month}.{year}" if contacted else "",
            }
        )
        return
    crm.companies.append(
        {
            "Record ID": record_id,
            "Company name": row["name"],
            "Organisation number": row.get("number", ""),
            "Company Domain Name": row.get("domain", ""),
            "Additional Domains": row.get("more_domains", ""),
            "Phone Number": row.get("phone", ""),
            "Street Address": row.get("street", ""),
            "Postal Code": row.get("postal_code", ""),
            "City": row.get("city", ""),
            "Country/Region": row.get("country", ""),
            "Number of Employees": row.get("employees", ""),
            "Company owner": owner,
            "Lifecycle Stage": rng.choice((stage, label)),
            "Last Contacted": contacted,
        }
    )


def _add_contact(rng: random.Random, pools: Pools, crm: Crm, company_id: str, row: Row, truth: tuple[str, str]) -> None:
    given, family = person_name(rng, pools).split()
    record_id = str(50_000_000 + len(crm.contacts) * 41)
    domain = row.get("domain", "").removeprefix("https://").removeprefix("www.").strip("/")
    if not domain or rng.random() < 0.15:
        domain = rng.choice(FREE_MAIL)
    is_linked = rng.random() < 0.75
    email = f"{slug(given)}.{slug(family)}@{domain}" if rng.random() < 0.92 else ""
    names_company = rng.random() < 0.8 or not is_linked
    crm.contacts.append(
        {
            "Record ID": record_id,
            "First Name": given,
            "Last Name": family,
            "Email": email,
            "Additional email addresses": f"{slug(family)}@{rng.choice(FREE_MAIL)};{email}"
            if rng.random() < 0.04
            else "",
            "Mobile Phone Number": f"4{rng.randrange(1_000_000, 9_999_999)}" if rng.random() < 0.4 else "",
            "Job Title": rng.choice(TITLES),
            "Company Name": row["name"] if names_company else "",
            "Associated Company IDs": company_id if is_linked else "",
            "Contact owner": _owner_label(rng, crm),
            "Unsubscribed from all email": "true" if rng.random() < 0.04 else rng.choice(("false", "")),
        }
    )
    crm.truth.append(("contact", record_id, *truth))


def _add_deal(rng: random.Random, crm: Crm, company_id: str, row: Row, truth: tuple[str, str]) -> None:
    stage, label, _ = rng.choices(DEAL_STAGES, [weight for *_, weight in DEAL_STAGES])[0]
    amount = rng.randrange(20_000, 900_000)
    record_id = str(90_000_000 + len(crm.deals) * 43)
    crm.deals.append(
        {
            "Record ID": record_id,
            "Deal Name": f"{row['name']} - {rng.choice(('pilot', 'renewal', 'lisenser', 'new business'))}",
            "Deal Stage": rng.choice((stage, label)),
            "Amount": rng.choice(
                (str(amount), f"{amount // 1000} {amount % 1000:03d},50", f"{amount // 1000},{amount % 1000:03d}.00")
            ),
            "Close Date": f"{rng.randrange(1, 29):02d}/{rng.randrange(1, 13):02d}/{rng.choice((2025, 2026))}",
            "Deal owner": _owner_label(rng, crm),
            "Associated Company IDs": rng.choice((company_id, company_id, f"{company_id};{company_id}")),
        }
    )
    crm.truth.append(("deal", record_id, *truth))
