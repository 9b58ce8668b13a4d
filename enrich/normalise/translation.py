"""Words of company names that mean the same in several languages: `tyres` is `renkaat`, `Finland` is `Suomi`.

Only words of trades, kinds of company and places: what a company calls itself is not translated.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enrich.normalise.fold import fold_digraphs, fold_text

NO_MEANING = -1
"""The meaning of a word that the table does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """The words of the table, folded as in core names: of each the number of its meaning, and its languages as bits."""

    words: pa.Array
    meanings: npt.NDArray[np.int16]
    languages: npt.NDArray[np.int16]
    columns: tuple[str, ...]
    """The languages (ISO 639-1), the first one the lowest bit."""


def meanings_of(words: pa.Array) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
    """The meaning of each word of core names (`NO_MEANING` where the table lacks it), and the languages it is of, as bits.

    Words of one meaning say the same where they have no language in common: of one language they are two words.

    >>> (tyres, tyre, dekk, nokian), (english, also, norwegian, _) = meanings_of(pa.array(["tyres", "tyre", "dekk", "nokian"]))
    >>> bool(tyres == tyre == dekk), bool(nokian == NO_MEANING), bool(english & also), bool(english & norwegian)
    (True, True, True, False)
    """
    table = translated_words()
    places = pc.fill_null(pc.index_in(words, value_set=table.words), len(table.words)).to_numpy(zero_copy_only=False)
    meanings = np.append(table.meanings, np.int16(NO_MEANING))[places]
    return meanings, np.append(table.languages, np.int16(0))[places]


def translations_of(word: str, country: str | None) -> tuple[str, ...]:
    """What a word of a core name is called in the languages of a country, sorted; empty where the table lacks it.

    A country whose languages the table lacks is taken to write English, as is null.

    >>> translations_of("tyres", "NO"), translations_of("dekk", "GB"), translations_of("nokian", "FI")
    (('dekk', 'dekksenter', 'dekkservice'), ('tire', 'tires', 'tyre', 'tyres'), ())
    """
    return _translations(country if country in _LANGUAGES else None).get(word, ())


_LANGUAGES: dict[str | None, tuple[str, ...]] = {
    "NO": ("nb",), "SE": ("sv",), "DK": ("da",), "FO": ("da",), "GL": ("da",), "FI": ("fi", "sv"), "AX": ("sv",),
    "IS": ("is",), "DE": ("de",), "AT": ("de",), "LI": ("de",), "CH": ("de", "fr"), "LU": ("fr", "de"),
    "NL": ("nl",), "BE": ("nl", "fr"), "FR": ("fr",), "MC": ("fr",), None: ("en",),
}  # fmt: skip
"""In which of the table's languages companies of a country are named, beside the one that somebody wrote."""


@cache
def _translations(country: str | None) -> dict[str, tuple[str, ...]]:
    table = translated_words()
    spoken = sum(1 << table.columns.index(language) for language in _LANGUAGES[country])
    said: dict[int, list[tuple[str, int]]] = {}
    for word, meaning, languages in zip(
        table.words.to_pylist(), table.meanings.tolist(), table.languages.tolist(), strict=True
    ):
        said.setdefault(meaning, []).append((word, languages))
    return {
        word: tuple(sorted(other for other, others in same if others & spoken and not others & languages))
        for same in said.values()
        for word, languages in same
    }


@cache
def longest_translated() -> int:
    """Letters of the table's longest word."""
    return int(pc.max(pc.utf8_length(translated_words().words)).as_py())


@cache
def translated_words() -> Meanings:
    """The table, read once."""
    text = files("enrich.normalise").joinpath("translations.csv").read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    columns = tuple(next(rows))
    languages: dict[str, int] = {}
    meanings: dict[str, int] = {}
    for meaning, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            for written in filter(None, cell.split(";")):
                word = fold_digraphs(fold_text(written))
                if meanings.setdefault(word, meaning) != meaning:
                    raise ValueError(f"translations.csv: {written!r} stands in two rows, and can only mean one thing")
                languages[word] = languages.get(word, 0) | 1 << place
    return Meanings(
        words=pa.array(list(meanings), pa.string()),
        meanings=np.array(list(meanings.values()), dtype=np.int16),
        languages=np.array([languages[word] for word in meanings], dtype=np.int16),
        columns=columns,
    )
