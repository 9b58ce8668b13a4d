"""Draws made-up Norwegian companies as rows of the 90-column bulk register of 2026, deterministic by seed and chunk.

Shares of legal forms, sizes, addresses and websites follow what the open register shows; the values are invented.
"""

import random
from bisect import bisect
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate

from bench.words import Place, Pools, Trade, build_pools

CHUNK = 10_000
"""Companies drawn from one random stream; a world is the same whatever process draws its chunks."""
NUMBERS_PER_CHUNK = 12_000
"""Candidates for organisation numbers of a chunk; one in eleven has no check digit."""

Row = dict[str, str]
"""One company: values by column of the register; columns that are not there are empty."""

FORMS = {
    "AS": (434, "Aksjeselskap", "2100", "Private aksjeselskaper mv."),
    "ENK": (372, "Enkeltpersonforetak", "8200", "Personlig næringsdrivende"),
    "FLI": (56, "Forening/lag/innretning", "7000", "Ideelle organisasjoner"),
    "ESEK": (41, "Eierseksjonssameie", "8300", "Borettslag o.l."),
    "NUF": (20, "Norskregistrert utenlandsk foretak", "2100", "Private aksjeselskaper mv."),
    "ORGL": (18, "Organisasjonsledd", "6500", "Kommuneforvaltningen"),
    "BRL": (16, "Borettslag", "8300", "Borettslag o.l."),
    "DA": (9, "Selskap med delt ansvar", "2300", "Personlige foretak"),
    "KBO": (8, "Konkursbo", "", ""),
    "STI": (7, "Stiftelse", "7000", "Ideelle organisasjoner"),
    "SA": (6, "Samvirkeforetak", "2500", "Private produsentorienterte organisasjoner uten profittformål"),
    "ANS": (4, "Ansvarlig selskap med solidarisk ansvar", "2300", "Personlige foretak"),
    "KIRK": (3, "Den norske kirke", "6500", "Kommuneforvaltningen"),
    "KF": (2, "Kommunalt foretak", "6500", "Kommuneforvaltningen"),
    "ASA": (1, "Allmennaksjeselskap", "2100", "Private aksjeselskaper mv."),
}
"""Legal form: how many of a thousand, title, sector."""

REGISTERED = {
    "AS": 0.52,
    "ENK": 0.05,
    "FLI": 0.16,
    "NUF": 0.22,
    "STI": 0.4,
    "SA": 0.4,
    "ORGL": 0.8,
    "ASA": 1.0,
    "BRL": 0.2,
}
"""Share with registered employees, by legal form."""
EXACT = {"AS": 0.53, "ENK": 0.12, "ORGL": 0.9, "ASA": 1.0, "BRL": 0.05}
"""Share of those whose number is told (five and more; fewer are withheld)."""
WEBSITE = {"AS": 0.14, "ENK": 0.0, "FLI": 0.2, "BRL": 0.44, "STI": 0.5, "SA": 0.23, "ASA": 1.0, "ORGL": 0.3}
SIBLINGS = 0.08
"""Share of limited companies that bear the name, and often the address, of another."""
LIMITED = frozenset({"AS", "ASA", "NUF"})
_LETTERS = tuple("ABCDEFGHIJKLMNOPRSTUVW")
_DAYS = [(date(1995, 2, 19) + timedelta(days=day)).isoformat() for day in range(11_500)]
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_FORM_CODES = tuple(FORMS)
_FORM_WEIGHTS = tuple(accumulate(weight for weight, *_ in FORMS.values()))
_ASCII = str.maketrans({"å": "a", "ø": "o", "æ": "ae", "ö": "o", " ": "", "&": "", ".": "", ",": "", "'": "", "-": ""})


def check_digit(body: str) -> str | None:
    """The ninth digit of an organisation number by mod 11, or none where the eight digits have none.

    >>> check_digit("92360901"), check_digit("80000000")
    ('6', '9')
    """
    digit = -sum(int(one) * weight for one, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return None if digit == 10 else str(digit)


def numbers_of(chunk: int) -> Iterator[str]:
    """Valid organisation numbers of a chunk: no two chunks share one, and they do not follow each other."""
    for place in range(chunk * NUMBERS_PER_CHUNK, (chunk + 1) * NUMBERS_PER_CHUNK):
        body = str(80_000_000 + (place * 12_345_677 + 7_654_321) % 19_999_999)
        digit = check_digit(body)
        if digit is not None:
            yield body + digit


def draw_companies(seed: int, chunk: int, count: int) -> list[Row]:
    """The first `count` companies (at most `CHUNK`) of a chunk of the world."""
    rng = random.Random(f"{seed}:companies:{chunk}")
    pools = build_pools()
    forms = rng.choices(_FORM_CODES, cum_weights=_FORM_WEIGHTS, k=count)
    places = rng.choices(pools.places, cum_weights=pools.place_weights, k=count)
    rows: list[Row] = []
    firms: list[Row] = []
    for number, form, towns in zip(numbers_of(chunk), forms, places, strict=False):
        sibling_of = (
            firms[int(rng.random() * len(firms))] if form == "AS" and firms and rng.random() < SIBLINGS else None
        )
        row = _draw_company(rng, pools, number, form, towns[int(rng.random() * len(towns))], sibling_of)
        rows.append(row)
        if form == "AS" and sibling_of is None:
            firms.append(row)
    return rows


def draw_next_night(seed: int, chunk: int, companies: list[Row], changes: int) -> list[Row]:
    """The same companies a night later: so many have moved, grown, been renamed or gone bankrupt."""
    rng = random.Random(f"{seed}:night:{chunk}")
    pools = build_pools()
    night = list(companies)
    for place in rng.sample(range(len(night)), min(changes, len(night))):
        row = dict(night[place])
        change = rng.random()
        if change < 0.4:
            row["harRegistrertAntallAnsatte"] = "true"
            row["antallAnsatte"] = str(int(row.get("antallAnsatte") or 4) + 1 + rng.randrange(9))
        elif change < 0.7:
            row["forretningsadresse.adresse"] = f"{_street(rng, pools)} {1 + rng.randrange(200)}"
        elif change < 0.9:
            row["navn"] = f"{pick(rng, pools.stems)} {row['navn']}".upper()
        else:
            row["konkurs"], row["konkursdato"] = "true", "2026-08-12"
        night[place] = row
    return night


def slug(name: str) -> str:
    """A name as it stands in a web address.

    >>> slug("Bjørkås Bygg")
    'bjorkasbygg'
    """
    return name.lower().translate(_ASCII)


def domain_of(name: str) -> str:
    """The web domain that a company of this name has: of its first word, or two where the first is short.

    >>> domain_of("FJELLI RØR AS"), domain_of("HAUGHAMMER AS")
    ('fjelliror.no', 'haughammer.no')
    """
    words = [word for word in name.split() if word not in FORMS]
    return slug("".join(words[:2] if len(words[0]) < 9 else words[:1])) + ".no"


def _draw_company(
    rng: random.Random, pools: Pools, number: str, form: str, place: Place, sibling_of: Row | None
) -> Row:
    chance = rng.random
    _, form_title, sector, sector_title = FORMS[form]
    trade = _trade(rng, pools, form)
    row: Row = {
        "organisasjonsnummer": number,
        "organisasjonsform.kode": form,
        "organisasjonsform.beskrivelse": form_title,
        "institusjonellSektorkode.kode": sector,
        "institusjonellSektorkode.beskrivelse": sector_title,
        "maalform": "Nynorsk" if chance() < 0.06 else "Bokmål",
        "registrertIFrivillighetsregisteret": "true" if form == "FLI" and chance() < 0.6 else "false",
        "registrertIForetaksregisteret": "true" if form in LIMITED or (form == "ENK" and chance() < 0.15) else "false",
        "registrertIStiftelsesregisteret": "true" if form == "STI" else "false",
        "registrertIPartiregisteret": "false",
        "konkurs": "false",
        "underAvvikling": "false",
        "underTvangsavviklingEllerTvangsopplosning": "false",
    }
    if sibling_of is not None:
        stem = sibling_of["navn"].split()[0]
        ending = pools.endings if chance() < 0.7 else pools.regions
        row["navn"] = f"{stem} {ending[int(chance() * len(ending))].upper()} AS"
        row["erIKonsern"] = "true"
    else:
        row["navn"] = _name(rng, pools, form, trade, place).upper()
    if trade is not None:
        row["naeringskode1.kode"] = trade.code
        row["naeringskode1.beskrivelse"] = trade.title
        second = _trade(rng, pools, form) if chance() < 0.05 else None
        if second is not None and second is not trade:
            row["naeringskode2.kode"], row["naeringskode2.beskrivelse"] = second.code, second.title
    _add_addresses(rng, pools, row, place, sibling_of)
    _add_dates(rng, row, form)
    _add_texts(rng, pools, row, form, trade)
    _add_size(rng, row, form)
    _add_contact(rng, row, form)
    _add_trouble(rng, row)
    return row


def _trade(rng: random.Random, pools: Pools, form: str) -> Trade | None:
    if form not in pools.trades_of or (form == "AS" and rng.random() < 0.06):
        return None
    trades, weights = pools.trades_of[form]
    return trades[bisect(weights, rng.random() * weights[-1])]


def pick(rng: random.Random, options: tuple[str, ...]) -> str:
    """One of the options; several times as fast as `choice`."""
    return options[int(rng.random() * len(options))]


def brand(rng: random.Random, pools: Pools) -> str:
    """A name without meaning."""
    middle = pick(rng, pools.brand_middles) if rng.random() < 0.8 else ""
    return pick(rng, pools.brand_heads) + middle + pick(rng, pools.brand_tails)


def person_name(rng: random.Random, pools: Pools) -> str:
    """Given name and family name of nobody."""
    return f"{pick(rng, pools.given_names)} {pick(rng, pools.stems)}"


def _name(rng: random.Random, pools: Pools, form: str, trade: Trade | None, place: Place) -> str:
    stem = pick(rng, pools.stems)
    if form == "ENK":
        return _sole_trader_name(rng, pools, stem, trade)
    if form in ("ESEK", "BRL"):
        kind = "sameie" if form == "ESEK" else "borettslag"
        return (
            f"{kind}t {_street(rng, pools)} {int(rng.random() * 90) + 1}"
            if rng.random() < 0.3
            else f"{stem} {pick(rng, pools.stems)} {kind}"
        )
    if form in ("FLI", "STI", "SA"):
        what = pick(rng, trade.things).rstrip("s") + "lag" if trade is not None else "lag"
        suffix = " SA" if form == "SA" else ""
        return f"{stem} {pick(rng, pools.stems)} {what}{suffix}" if rng.random() < 0.3 else f"{stem} {what}{suffix}"
    if form in ("ORGL", "KIRK", "KF"):
        kind = {"ORGL": "kommune", "KIRK": "kirkelige fellesråd", "KF": "eiendom KF"}[form]
        return f"{place.municipality} {kind} {stem if form == 'ORGL' else ''}".strip()
    if form == "KBO":
        return f"{_firm_name(rng, pools, stem, trade)} AS, konkursbo"
    return f"{_firm_name(rng, pools, stem, trade)} {form}"


def _sole_trader_name(rng: random.Random, pools: Pools, stem: str, trade: Trade | None) -> str:
    kind = rng.random()
    who = f"{pick(rng, pools.given_names)} {stem}"
    if kind < 0.45 or trade is None:
        return who
    work = pick(rng, trade.things).rstrip("s")
    if kind < 0.7:
        return f"{stem} {work}"
    return f"{who} {work}service" if kind < 0.85 else f"{brand(rng, pools)} v/ {who}"


def _firm_name(rng: random.Random, pools: Pools, stem: str, trade: Trade | None) -> str:
    kind = rng.random()
    if kind < 0.14 and trade is not None:
        return f"{stem} {pick(rng, trade.things)}{pick(rng, pools.acts)}"
    if kind < 0.24 and trade is not None:
        return stem + pick(rng, trade.things).rstrip("s")
    if kind < 0.27:
        return f"{stem} {pick(rng, pools.endings)}"
    if kind < 0.50:
        return brand(rng, pools)
    if kind < 0.53:
        return f"{brand(rng, pools)} {pick(rng, pools.endings)}"
    if kind < 0.65:
        return f"{brand(rng, pools)} {pick(rng, pools.stems)}"
    if kind < 0.67:
        return f"{''.join(pick(rng, _LETTERS) for _ in range(3))} {pick(rng, pools.endings)}"
    if kind < 0.86:
        return f"{stem} & {pick(rng, pools.stems)}"
    if kind < 0.90:
        return f"{_street(rng, pools)} {int(rng.random() * 120) + 1}"
    return f"{pick(rng, pools.given_names)} {stem} {pick(rng, pools.endings)}"


def _street(rng: random.Random, pools: Pools) -> str:
    end = pick(rng, pools.street_ends)
    stem = pick(rng, pools.stems)
    return f"{stem}s {end}" if end in ("gate", "vei", "plass", "alle", "terrasse") else stem + end


def _add_addresses(rng: random.Random, pools: Pools, row: Row, place: Place, sibling_of: Row | None) -> None:
    chance = rng.random
    if sibling_of is not None and chance() < 0.6:
        row.update({name: value for name, value in sibling_of.items() if name.startswith("forretningsadresse.")})
    else:
        letter = "ABCDE"[int(chance() * 5)] if chance() < 0.15 else ""
        line = f"{_street(rng, pools)} {int(chance() ** 1.5 * 240) + 1}{letter}"
        extra = chance()
        if extra < 0.07:
            line = f"c/o {person_name(rng, pools)}\n{line}"
        elif extra < 0.11:
            line = f"c/o {pick(rng, pools.stems)} {pick(rng, pools.care_of)}\n{line}"
        elif extra < 0.14:
            line = f"{pick(rng, pools.floors)}\n{line}"
        _set_address(row, "forretningsadresse", line if chance() > 0.02 else "", place)
    if chance() < 0.23:
        _set_address(row, "postadresse", f"Postboks {int(chance() ** 2 * 4000) + 1}", place)


def _set_address(row: Row, kind: str, lines: str, place: Place) -> None:
    row[f"{kind}.adresse"] = lines
    row[f"{kind}.poststed"] = place.city
    row[f"{kind}.postnummer"] = place.postal_code
    row[f"{kind}.kommune"] = place.municipality
    row[f"{kind}.kommunenummer"] = place.municipality_code
    row[f"{kind}.land"] = "Norge"
    row[f"{kind}.landkode"] = "NO"


def _add_dates(rng: random.Random, row: Row, form: str) -> None:
    day = int(rng.random() ** 0.7 * 11_400) if rng.random() > 0.08 else int(rng.random() * 25)
    row["registreringsdatoenhetsregisteret"] = _DAYS[day]
    if row["registrertIForetaksregisteret"] == "true":
        row["registreringsdatoForetaksregisteret"] = _DAYS[min(day + int(rng.random() * 30), 11_499)]
    if form in LIMITED or rng.random() < 0.2:
        row["stiftelsesdato"] = _DAYS[max(0, day - int(rng.random() * 60))]
    is_vat = rng.random() < {"AS": 0.7, "ENK": 0.53, "NUF": 0.37, "FLI": 0.1}.get(form, 0.3)
    row["registrertIMvaRegisteret"] = "true" if is_vat else "false"
    if is_vat:
        row["registreringsdatoMerverdiavgiftsregisteret"] = _DAYS[min(day + int(rng.random() * 90), 11_499)]
    if form in ("AS", "ASA"):
        row["vedtektsdato"] = _DAYS[min(day + int(rng.random() * (11_500 - day)), 11_499)]
        row["sisteInnsendteAarsregnskap"] = "2025" if rng.random() < 0.9 else "2024"
        amount = rng.choice((30_000, 30_000, 30_000, 50_000, 100_000, int(rng.random() * 2_000_000) + 30_000))
        row["kapital.belop"] = f"{amount}.00"
        row["kapital.antallAksjer"] = str(rng.choice((30, 100, 300, 1_000, amount)))
        row["kapital.type"] = "Aksjekapital"
        row["kapital.valuta"] = "NOK"
        row["kapital.innfortDato"] = _DAYS[day]
        row.setdefault("erIKonsern", "true" if rng.random() < 0.12 else "false")


def _add_texts(rng: random.Random, pools: Pools, row: Row, form: str, trade: Trade | None) -> None:
    chance = rng.random
    if trade is None:
        if form == "AS":
            row["aktivitet"] = row["vedtektsfestetFormaal"] = "Holdingselskap."
        elif form in ("ESEK", "BRL"):
            row["aktivitet"] = FORMS[form][1]
        return
    if chance() < 0.96:
        row["aktivitet"] = _sentence(rng, pools, trade, 1 + int(chance() ** 2 * 5))
    if form in ("AS", "ASA", "SA", "DA", "ANS", "BRL"):
        text = _sentence(rng, pools, trade, 1 + int(chance() ** 1.5 * 6))
        opening = pick(rng, pools.openings) if chance() < 0.5 else ""
        closing = pick(rng, pools.closings) if chance() < 0.7 else ""
        row["vedtektsfestetFormaal"] = f"{opening}{text[0].lower()}{text[1:-1]}{closing}."


def _sentence(rng: random.Random, pools: Pools, trade: Trade, phrases: int) -> str:
    text = pick(rng, trade.phrases)
    for _ in range(phrases - 1):
        join = pick(rng, pools.joins)
        phrase = pick(rng, trade.phrases)
        text += join + (phrase[0].upper() + phrase[1:] if join == ". " else phrase)
    while "{}" in text:
        name = brand(rng, pools) if rng.random() < 0.3 else pick(rng, pools.stems)
        text = text.replace("{}", name, 1)
    return text[0].upper() + text[1:] + "."


def _add_size(rng: random.Random, row: Row, form: str) -> None:
    is_registered = rng.random() < REGISTERED.get(form, 0.1)
    row["harRegistrertAntallAnsatte"] = "true" if is_registered else "false"
    if is_registered:
        row["registreringsdatoAntallAnsatteEnhetsregisteret"] = "2026-07-10"
        row["registreringsdatoantallansatteNAVAaregisteret"] = "2026-07-08"
        if rng.random() < EXACT.get(form, 0.5):
            row["antallAnsatte"] = str(min(30_000, int(5 * rng.random() ** -0.87)))


def _add_contact(rng: random.Random, row: Row, form: str) -> None:
    chance = rng.random
    domain = domain_of(row["navn"])
    if chance() < WEBSITE.get(form, 0.1):
        row["hjemmeside"] = f"www.{domain}" if chance() < 0.8 else domain
    if form in LIMITED:
        if chance() < 0.45:
            row["epostadresse"] = f"{('post', 'firmapost', 'info', 'kontakt')[int(chance() * 4)]}@{domain}"
        if chance() < 0.2:
            row["telefon"] = f"{'2356767'[int(chance() * 7)]}{1_000_000 + int(chance() * 8_999_999)}"
        if chance() < 0.4:
            row["mobil"] = f"{'49'[int(chance() * 2)]}{1_000_000 + int(chance() * 8_999_999)}"


def _add_trouble(rng: random.Random, row: Row) -> None:
    trouble = rng.random()
    day = _DAYS[11_000 + int(rng.random() * 490)]
    if trouble < 0.004:
        row["konkurs"], row["konkursdato"] = "true", day
    elif trouble < 0.0085:
        row["underAvvikling"], row["underAvviklingDato"] = "true", day
    elif trouble < 0.0095:
        row["underTvangsavviklingEllerTvangsopplosning"] = "true"
        row["tvangsopplostPgaManglendeRegnskapDato"] = day
