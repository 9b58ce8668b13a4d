"""Word pools of the made-up world: names, places, trades and sentences, grown from the small tables beside this file."""

import csv
import random
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

HERE = Path(__file__).parent
PHRASES_PER_TRADE = 2_500
"""Enough that a million purposes, of several phrases each, hardly ever repeat."""
COINED = 70_000
CITY_POPULATION = 25
"""Thousands of people from which on all postal codes of a municipality carry its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A postal code with its town, in its municipality."""

    postal_code: str
    city: str
    municipality_code: str
    municipality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """An industry code of SN2025 with its title, words of its trade, and phrases that describe such work."""

    code: str
    title: str
    things: tuple[str, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """Everything that rows are drawn from; built once a process, always the same."""

    stems: tuple[str, ...]
    """Farm names and words that only sound like one: roots of firms, families, streets and villages."""
    given_names: tuple[str, ...]
    brand_heads: tuple[str, ...]
    brand_middles: tuple[str, ...]
    brand_tails: tuple[str, ...]
    endings: tuple[str, ...]
    regions: tuple[str, ...]
    street_ends: tuple[str, ...]
    care_of: tuple[str, ...]
    floors: tuple[str, ...]
    acts: tuple[str, ...]
    openings: tuple[str, ...]
    closings: tuple[str, ...]
    joins: tuple[str, ...]
    places: tuple[tuple[Place, ...], ...]
    place_weights: tuple[int, ...]
    trades_of: dict[str, tuple[tuple[Trade, ...], tuple[float, ...]]]
    """By legal form: the trades that it follows, with cumulative weights."""


def grow_together(head: str, tail: str) -> str:
    """One word of two, without a letter three times in a row.

    >>> grow_together("Fjell", "li"), grow_together("Haug", "gard")
    ('Fjelli', 'Haugard')
    """
    return head + (tail[1:] if head[-1] == tail[0] else tail)


@cache
def build_pools() -> Pools:
    """All pools, the same in every process."""
    words = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
    names, streets, texts = words["names"], words["streets"], words["texts"]
    rng = random.Random("pools")
    stems = _combined(names["heads"].split(), names["tails"].split()) + _coined(names, rng)
    places, weights = _places(stems, rng)
    return Pools(
        stems=stems,
        given_names=_combined(names["given_heads"].split(), names["given_tails"].split()),
        brand_heads=tuple(names["brand_heads"].split()),
        brand_middles=tuple(names["brand_middles"].split()),
        brand_tails=tuple(names["brand_tails"].split()),
        endings=tuple(names["endings"].split()),
        regions=tuple(names["regions"].split()),
        street_ends=tuple(streets["ends"].split()),
        care_of=tuple(streets["care_of"].split()),
        floors=_alternatives(streets["floors"]),
        acts=tuple(texts["acts"].split()),
        openings=_alternatives(texts["openings"]),
        closings=_alternatives(texts["closings"]),
        joins=_alternatives(texts["joins"]),
        places=places,
        place_weights=weights,
        trades_of=_trades(words["things"], texts, rng),
    )


def _combined(heads: Sequence[str], tails: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(grow_together(head, tail) for head in heads for tail in tails))


def _coined(names: dict[str, str], rng: random.Random) -> tuple[str, ...]:
    onsets, vowels, joints, inner, closes = (
        names[part].replace("_", "").split(" ") for part in ("onsets", "vowels", "joints", "inner", "closes")
    )

    def coin() -> str:
        close = rng.choice(closes)
        ending = close if close[0] in "aeiu" else rng.choice(vowels) + close
        return (rng.choice(onsets) + rng.choice(vowels) + rng.choice(joints) + rng.choice(inner) + ending).title()

    return tuple(dict.fromkeys(coin() for _ in range(COINED)))


def _alternatives(text: str) -> tuple[str, ...]:
    return tuple(text.replace("\n", " ").split("|"))


def _read_table(name: str) -> Iterable[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _places(stems: Sequence[str], rng: random.Random) -> tuple[tuple[tuple[Place, ...], ...], tuple[int, ...]]:
    """The places of each municipality, and cumulative weights by population."""
    municipalities, populations = [], []
    for row in _read_table("places.csv"):
        codes = [f"{code:04d}" for code in range(int(row["postal_from"]), int(row["postal_to"]) + 1)]
        is_city = int(row["weight"]) >= CITY_POPULATION
        towns = [row["name"] if is_city or place < 3 else rng.choice(stems).upper() for place in range(len(codes))]
        municipalities.append(
            tuple(
                Place(postal_code=code, city=town, municipality_code=row["code"], municipality=row["name"])
                for code, town in zip(codes, towns, strict=True)
            )
        )
        populations.append(int(row["weight"]))
    return tuple(municipalities), tuple(accumulate(populations))


def _trades(
    things: dict[str, str], texts: dict[str, str], rng: random.Random
) -> dict[str, tuple[tuple[Trade, ...], tuple[float, ...]]]:
    weighted: dict[str, list[tuple[Trade, float]]] = {}
    for row in _read_table("industries.csv"):
        words = tuple(things.get(row["code"][:2], things["*"]).split())
        trade = Trade(code=row["code"], title=row["title"], things=words, phrases=_phrases(words, texts, rng))
        for place, form in enumerate(row["shapes"].split()):
            weighted.setdefault(form, []).append((trade, int(row["weight"]) / (place + 1)))
    return {
        form: (tuple(trade for trade, _ in pairs), tuple(accumulate(weight for _, weight in pairs)))
        for form, pairs in weighted.items()
    }


def _phrases(things: Sequence[str], texts: dict[str, str], rng: random.Random) -> tuple[str, ...]:
    """Phrases such as "takrehabilitering for lokale borettslag"; `{}` stands where a made-up name goes in."""
    acts, adjectives, customers, qualities = (
        texts[name].split() for name in ("acts", "adjectives", "customers", "qualities")
    )
    objects = [word.replace("_", " ") for word in texts["objects"].split()]

    def compound() -> str:
        return rng.choice(things) + rng.choice(acts)

    forms = (
        compound,
        compound,
        lambda: f"{compound()} i {{}}",
        lambda: f"{rng.choice(things)}{rng.choice(objects)} og {rng.choice(things)}{rng.choice(objects)} ved {{}}",
        lambda: f"{compound()} ({{}}, {{}})",
        lambda: f"{rng.choice(acts)} og {compound()} på {{}}",
        lambda: f"{compound()} for {rng.choice(customers)} i {{}}",
        lambda: f"{rng.choice(acts)} av {rng.choice(adjectives)} {rng.choice(objects)}",
        lambda: f"{rng.choice(objects)}, {rng.choice(objects)} og {compound()} i {{}}-området",
        lambda: f"{rng.choice(qualities)} {rng.choice(acts)} av {rng.choice(objects)} til {rng.choice(customers)}",
        lambda: f"{compound()} rettet mot {rng.choice(adjectives)} {rng.choice(customers)}",
        lambda: f"{rng.choice(acts)} og {rng.choice(acts)} av {rng.choice(objects)} under navnet {{}}",
    )
    return tuple(rng.choice(forms)() for _ in range(PHRASES_PER_TRADE))
