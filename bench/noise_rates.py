"""Estimates how CRM names differ from registered ones, from real pairs, and writes the rates to noise_rates.toml.

    python -m bench.noise_rates [SHARED_DATA]

reads the developing half of company names as companies wrote them (held-back queries are never looked at), companies'
aliases on Wikidata and brands with the companies behind them; it keeps shares only, no name. What no such list shows
(slips of sellers' fingers, departments, towns, broken encodings) is assumed, below.
"""

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
from rapidfuzz.distance import OSA

from bench.gold import is_developing
from enrich.normalise.name import normal_columns

HERE = Path(__file__).parent
RATES = HERE / "noise_rates.toml"
GENERIC_WORDS = 300
"""The most common words of registered names: dropping or adding one of them is no other name."""
SAMPLE = 200_000
LONG = 4
ASSUMED = {
    "typo": 0.020,
    "swapped": 0.006,
    "lost_letter": 0.012,
    "town_added": 0.010,
    "department_added": 0.010,
    "mojibake": 0.005,
    "capitals": 0.010,
}
MIX = {"aliases": 0.04, "brands": 0.03}
"""Assumed: contacts in a CRM that go by an alias, or by a brand, and not by what the company calls itself."""


def classify(written: str, true: str, generic: frozenset[str]) -> str:
    """The kind of difference between a name as written and as registered; `other` where no kind fits.

    >>> [classify(name, "Fjord Holding AS", frozenset({"holding"})) for name in ("FJORD HOLDING AS", "Fjord Holding", "Fjord")]
    ['as_registered', 'form_omitted', 'generic_dropped']
    """
    cores, keys, _, forms = normal_columns([written, true])
    mine, theirs = cores[0].split(), cores[1].split()
    if not mine or not theirs or not (_is_latin(written) and _is_latin(true)):
        return "other_script"
    if keys[0] == keys[1]:
        return _spelling(written, true, mine, theirs, (forms[0] or "", forms[1] or ""))
    lost, added = [w for w in theirs if w not in mine], [w for w in mine if w not in theirs]
    if not added:
        return "generic_dropped" if generic.issuperset(lost) else "group"
    if not lost:
        return "generic_added" if generic.issuperset(added) else "words_added"
    return _by_letters(mine, theirs, lost, added, keys)


def _is_latin(name: str) -> bool:
    return all(letter < "\u0250" for letter in name if letter.isalpha())


def _spelling(written: str, true: str, mine: list[str], theirs: list[str], forms: tuple[str, str]) -> str:
    if len(mine) != len(theirs):
        return "joined" if len(mine) < len(theirs) else "split"
    if forms[1] and not forms[0]:
        return "form_omitted"
    if forms[0] != forms[1]:
        return "form_changed"
    letters = [
        "".join(one for one in name.casefold() if one.isalnum() or one == " ").split() for name in (written, true)
    ]
    return "as_registered" if letters[0] == letters[1] else "spelling"


def _by_letters(mine: list[str], theirs: list[str], lost: list[str], added: list[str], keys: Sequence[str]) -> str:
    initials = "".join(word[0] for word in theirs)
    if len(theirs) > 1 and len(mine[0]) > 1 and initials.startswith(keys[0]):
        return "acronym"
    if len(lost) == len(added) and all(map(_abbreviates, added, lost)):
        return "abbreviation"
    distance = OSA.distance(keys[0], keys[1])
    if distance <= 2 and min(map(len, keys[:2])) > LONG:
        moved = sorted(keys[0]) == sorted(keys[1])
        return "swapped" if moved else "typo" if len(keys[0]) == len(keys[1]) else "lost_letter"
    return "brand" if len(lost) == len(theirs) else "other"


def _abbreviates(short: str, long: str) -> bool:
    return short[0] == long[0] and len(short) < len(long) and set(short) <= set(long)


def shares(pairs: Iterable[tuple[str, str]], generic: frozenset[str]) -> tuple[int, dict[str, float]]:
    """How many pairs there are, and each kind's share among those in one script that fit a kind."""
    counted = Counter(classify(written, true, generic) for written, true in pairs)
    counted.pop("other_script", None)
    counted["group"] += counted.pop("other", 0)  # some words shared, some not: mostly a relative
    total = sum(counted.values())
    return total, {kind: count / total for kind, count in sorted(counted.items())}


def main(arguments: Sequence[str]) -> None:
    """Estimate and write."""
    shared = Path(
        arguments[0] if arguments else os.environ.get("PROSPEKT_SHARED_DATA", HERE.parent.parent / "shared/data")
    )
    reference = str(shared / "gleif" / "gleif_names.parquet")
    with duckdb.connect() as connection, (shared / "gold" / "sbti_dev.csv").open(encoding="utf-8", newline="") as file:
        gold = [row for row in csv.DictReader(file) if is_developing(row["qid"])]
        found = connection.execute(
            "SELECT lei, name FROM read_parquet($reference) WHERE list_contains($leis, lei)",
            {"reference": reference, "leis": [row["lei"] for row in gold]},
        ).fetchall()
        names = connection.execute(
            "SELECT name FROM read_parquet($reference) USING SAMPLE reservoir(200000 ROWS) REPEATABLE (7)",
            {"reference": reference},
        ).fetchall()
    words = Counter(word for core in normal_columns([name for (name,) in names])[0] for word in core.split())
    generic = frozenset(word for word, _ in words.most_common(GENERIC_WORDS))
    name_of = dict(found)
    measured = {
        "written": [(row["name"], name_of[row["lei"]]) for row in gold],
        "aliases": _pairs(shared / "gold" / "wikidata_aliases.csv", "alias", "canonical"),
        "brands": [
            (brand.replace("-", " "), name)
            for brand, name in _pairs(shared / "gold" / "brands_legal_names.csv", "slug", "name", quality="verified")
        ],
    }
    lines = [
        "# How names in a CRM differ from registered ones, written by bench/noise_rates.py. Shares, 0-1; no names."
    ]
    for source, pairs in measured.items():
        total, by_kind = shares(pairs, generic)
        lines += [
            "",
            f"[measured.{source}]",
            f"pairs = {total}",
            *(f"{kind} = {share:.4f}" for kind, share in by_kind.items()),
        ]
    for title, assumed in (("assumed", ASSUMED), ("mix", MIX)):
        lines += ["", f"[{title}]", *(f"{kind} = {share:.4f}" for kind, share in assumed.items())]
    RATES.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _pairs(path: Path, written: str, true: str, **only: str) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if all(row[name] == value for name, value in only.items())]
    return [(row[written], row[true]) for row in rows if row[written] and row[true]]


if __name__ == "__main__":
    main(sys.argv[1:])
