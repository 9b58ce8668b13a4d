"""Writes a registered name down as a CRM has it: one kind of noise a name, as common as in noise_rates.toml.

Each kind is a function of the drawn company; it gives None where the name does not lend itself to it.
"""

import random
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.companies import FORMS, Row, brand, pick
from bench.words import Pools, build_pools

RATES = Path(__file__).with_name("noise_rates.toml")
NEIGHBOURS = {
    letter: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in ("qwertyuiopå", "asdfghjkløæ", "zxcvbnm")
    for place, letter in enumerate(row)
}
OTHER_FORMS = {
    "AS": ("A/S", "ASA", "Aksjeselskap", "A.S.", "Ltd"),
    "ASA": ("AS", "Allmennaksjeselskap", "PLC"),
    "SA": ("BA", "Samvirkelag"),
    "DA": ("ANS", "D.A."),
}
ABBREVIATIONS = {
    "Holding": "Hold.",
    "Eiendom": "Eiend.",
    "International": "Intl",
    "Management": "Mgmt",
    "Services": "Svcs",
    "Service": "Serv.",
    "Entreprenør": "Entr.",
    "Konsult": "Kons.",
    "Utvikling": "Utv.",
    "Transport": "Transp.",
    "Solutions": "Sol.",
    "Prosjekt": "Prosj.",
}
DEPARTMENTS = ("avd. {town}", "- Innkjøp", "IT-avdelingen", "- Regnskap", "HR", "hovedkontor", "avd. Prosjekt")
TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A company's name in words without its legal form, that form as written (or empty), and its town."""

    words: tuple[str, ...]
    form: str
    town: str

    @property
    def bare(self) -> str:
        """The words with spaces between."""
        return " ".join(self.words)


def make_noisy(rng: random.Random, company: Row, rates: Mapping[str, float]) -> tuple[str, str]:
    """A company's name as somebody may have typed it, and the kind of noise in it; `rates` as `noise_rates` gives them."""
    named = split_name(company)
    pools = build_pools()
    for _ in range(TRIES):
        kind = rng.choices(tuple(rates), tuple(rates.values()))[0]
        noisy = KINDS[kind](rng, named, pools)
        if noisy is not None and noisy.strip():
            if kind in KEEPS_FORM and named.form and rng.random() > FORMLESS:
                noisy = f"{noisy} {named.form}"
            return noisy, kind
    return company["navn"], "as_registered"


def split_name(company: Row) -> Named:
    """The parts of a name of the register.

    >>> split_name({"navn": "FJELLI RØR AS", "forretningsadresse.poststed": "OSLO"}).words
    ('Fjelli', 'Rør')
    """
    words = company["navn"].split()
    form = words[-1] if words[-1] in FORMS and len(words) > 1 else ""
    bare = words[:-1] if form else words
    return Named(
        words=tuple(word.title() for word in bare), form=form, town=company["forretningsadresse.poststed"].title()
    )


@cache
def noise_rates() -> Mapping[str, float]:
    """The share of each kind, 0-1, together 1: as measured, with the assumed kinds and shares of aliases and brands."""
    with RATES.open("rb") as file:
        said = tomllib.load(file)
    mix = {"written": 1 - sum(said["mix"].values()), **said["mix"]}
    rates = dict.fromkeys(KINDS, 0.0)
    left = 1 - sum(said["assumed"].values())
    for source, weight in mix.items():
        for kind in rates.keys() & said["measured"][source].keys():
            rates[kind] += left * weight * said["measured"][source][kind]
    for kind, share in said["assumed"].items():
        rates[kind] += share
    total = sum(rates.values())
    return {kind: share / total for kind, share in rates.items()}


# --- kinds -------------------------------------------------------------------------------------------------------
FORMLESS = 0.3
"""Names with any other noise that leave their legal form out too."""


def _as_registered(_rng: random.Random, named: Named, _pools: Pools) -> str | None:
    return f"{named.bare} {named.form}".strip()


def _capitals(rng: random.Random, named: Named, _pools: Pools) -> str | None:
    whole = f"{named.bare} {named.form}".strip()
    return whole.lower() if rng.random() < 0.7 else whole.swapcase()


def _spelling(rng: random.Random, named: Named, _pools: Pools) -> str | None:
    """Accents, signs and joining words spelt in another way."""
    swaps = (
        ("&", "og"),
        ("&", "and"),
        ("-", " "),
        ("Ø", "O"),
        ("ø", "o"),
        ("ø", "oe"),
        ("å", "aa"),
        ("æ", "ae"),
        ("å", "a"),
    )
    fitting = [swap for swap in swaps if swap[0] in named.bare]
    if not fitting:
        return None
    return named.bare.replace(*rng.choice(fitting))


def _typo(rng: random.Random, named: Named, _pools: Pools) -> str | None:
    """One letter hit beside the right key."""
    return _at_some_letter(rng, named.bare, lambda one: _like(one, rng.choice(NEIGHBOURS[one.lower()])))


def _lost_letter(rng: random.Random, named: Named, _pools: Pools) -> str | None:
    """One letter left out or typed twice."""
    times = rng.choice((0, 2))
    return _at_some_letter(rng, named.bare, lambda one: one * times)


def _swapped(rng: random.Random, named: Named, _pools: Pools) -> str | None:
    """Two neighbouring letters in the wrong order."""
    places = [at for at in range(1, len(named.bare) - 1) if named.bare[at].isalpha() and named.bare[at + 1].isalpha()]
    if not places:
        return None
    at = rng.choice(places)
    return named.bare[:at] + named.bare[at + 1] + named.bare[at] + named.bare[at + 2 :]


def _at_some_letter(rng: random.Random, text: str, change: Callable[[str], str]) -> str | None:
    places = [at for at, one in enumerate(text) if at and one.lower() in NEIGHBOURS]
    if len(places) < 3:
        return None
    at = rng.choice(places)
    return text[:at] + change(text[at]) + text[at + 1 :]


def _like(model: str, letter: str) -> str:
    return letter.upper() if model.isupper() else letter


def _joined(rng: random.Random, named: Named, _pools: Pools) -> str | None:
    if len(named.words) < 2 or "&" in named.words:
        return None
    at = rng.randrange(len(named.words) - 1)
    return " ".join((*named.words[:at], named.words[at] + named.words[at + 1].lower(), *named.words[at + 2 :]))


def _split(rng: random.Random, named: Named, _pools: Pools) -> str | None:
    long = [word for word in named.words if len(word) > 7 and word.isalpha()]
    if not long:
        return None
    word = rng.choice(long)
    at = rng.randrange(3, len(word) - 3)
    return named.bare.replace(word, f"{word[:at]} {word[at:].title()}", 1)


def _generic_dropped(_rng: random.Random, named: Named, pools: Pools) -> str | None:
    left = [word for word in named.words if word not in pools.endings and word not in pools.regions]
    return " ".join(left) if left and len(left) < len(named.words) else None


def _generic_added(rng: random.Random, named: Named, pools: Pools) -> str | None:
    return f"{named.bare} {rng.choice(pools.endings[:8])}"


def _words_added(rng: random.Random, named: Named, pools: Pools) -> str | None:
    """What somebody wished to say besides: a short name, the group, a trade name in brackets."""
    short = "".join(word[0] for word in named.words if word[0].isalpha())
    said = ["Group", brand(rng, pools), f"tidl. {brand(rng, pools)}"] + ([short] if len(short) > 1 else [])
    return f"{named.bare} ({rng.choice(said)})"


def _form_changed(rng: random.Random, named: Named, _pools: Pools) -> str | None:
    if named.form not in OTHER_FORMS:
        return None
    other = rng.choice(OTHER_FORMS[named.form])
    return f"{other} {named.bare}" if rng.random() < 0.1 else f"{named.bare} {other}"


def _form_omitted(_rng: random.Random, named: Named, _pools: Pools) -> str | None:
    return named.bare if named.form else None


def _abbreviation(_rng: random.Random, named: Named, _pools: Pools) -> str | None:
    short = " ".join(ABBREVIATIONS.get(word, word) for word in named.words)
    return short if short != named.bare else None


def _acronym(_rng: random.Random, named: Named, _pools: Pools) -> str | None:
    words = [word for word in named.words if word[0].isalpha()]
    return "".join(word[0] for word in words) if len(words) > 2 else None


def _brand(rng: random.Random, _named: Named, pools: Pools) -> str | None:
    return brand(rng, pools)


def _group(_rng: random.Random, named: Named, _pools: Pools) -> str | None:
    """The group's name where a company of it is meant."""
    return named.words[0] if len(named.words) > 1 and len(named.words[0]) > 3 else None


def _town_added(_rng: random.Random, named: Named, _pools: Pools) -> str | None:
    return f"{named.bare} {named.town}" if named.town else None


def _department_added(rng: random.Random, named: Named, _pools: Pools) -> str | None:
    return f"{named.bare} {pick(rng, DEPARTMENTS).format(town=named.town)}"


def _mojibake(_rng: random.Random, named: Named, _pools: Pools) -> str | None:
    """UTF-8 read as Latin-1, as old exports have it."""
    read = named.bare.encode().decode("cp1252", errors="replace")
    return read if read != named.bare else None


KINDS: Mapping[str, Callable[[random.Random, Named, Pools], str | None]] = {
    "as_registered": _as_registered,
    "capitals": _capitals,
    "spelling": _spelling,
    "typo": _typo,
    "swapped": _swapped,
    "lost_letter": _lost_letter,
    "joined": _joined,
    "split": _split,
    "generic_dropped": _generic_dropped,
    "generic_added": _generic_added,
    "words_added": _words_added,
    "form_changed": _form_changed,
    "form_omitted": _form_omitted,
    "abbreviation": _abbreviation,
    "acronym": _acronym,
    "brand": _brand,
    "group": _group,
    "town_added": _town_added,
    "department_added": _department_added,
    "mojibake": _mojibake,
}
"""Every kind of noise, by the name that the truth file and noise_rates.toml give it."""
KEEPS_FORM = frozenset(KINDS) - {
    "as_registered",
    "capitals",
    "form_changed",
    "form_omitted",
    "acronym",
    "brand",
    "group",
}
