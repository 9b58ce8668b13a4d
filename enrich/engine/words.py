"""The one place that says what the words of a text are: those that publishing indexes, and those that a search asks for.

A word is a run of digits and letters of the Latin, Greek and Cyrillic alphabets. Words are kept in lower case and in the
order of their plain spelling, so that all words with a beginning stand together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enrich.icp.criteria import LETTERS, PLAIN, any_spelling

_RUN = re.compile(f"[{LETTERS}]+")
_TO_PLAIN = str.maketrans(PLAIN)
_LAST = "\U0010ffff"
"""Sorts behind every letter."""
_VARIED = 3
"""An asked word with more letters that are spelled in several ways is looked up by what stands before the next."""

_IS_LETTER = np.zeros(256, dtype=bool)
_IS_LETTER[[*b"0123456789abcdefghijklmnopqrstuvwxyz"]] = True
_LEADS = np.zeros(256, dtype=bool)
_LEADS[0xC3:0xD4] = True  # first bytes of U+00C0 to U+04FF in UTF-8
_TIMES_AND_DIVIDED = (0x97, 0xB7)
"""Second bytes of the two signs among the letters of Latin-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRun:
    """A part of what is asked for: words `from_` to `until` (excluded) in the order of `plain`, of which `pattern` decides."""

    ranges: tuple[tuple[str, str], ...]
    pattern: str


def split_words(texts: pa.StringArray) -> tuple[npt.NDArray[np.int64], pa.StringArray]:
    """Every word of the texts in lower case, in order, and beside it the index of its text.

    >>> indices, words = split_words(pa.array(["Sjø & Land AS", None, "3D-print 2×4"]))
    >>> list(zip(indices.tolist(), words.to_pylist()))
    [(0, 'sjø'), (0, 'land'), (0, 'as'), (2, '3d'), (2, 'print'), (2, '2'), (2, '4')]
    """
    lower = pc.utf8_lower(texts.fill_null("")).cast(pa.large_string())
    _, ends_buffer, bytes_buffer = lower.buffers()
    ends = np.frombuffer(ends_buffer, dtype=np.int64)[lower.offset : lower.offset + len(lower) + 1]
    raw = np.frombuffer(bytes_buffer or b"", dtype=np.uint8)[ends[0] : ends[-1]]
    ends = ends - ends[0]
    is_letter = _letters(raw)
    begins = np.empty(len(raw) + 1, dtype=bool)
    begins[0], begins[-1] = True, True
    np.not_equal(is_letter[1:], is_letter[:-1], out=begins[1:-1])
    begins[ends] = True  # no word goes on in the next text
    edges = np.flatnonzero(begins)
    starts = edges[:-1]
    kept = is_letter[starts] if len(raw) else np.zeros(len(starts), dtype=bool)
    starts, lengths = starts[kept], np.diff(edges)[kept]
    offsets = np.zeros(len(starts) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    words = pa.StringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(raw[is_letter]))
    return np.searchsorted(ends, starts, side="right") - 1, words


def _letters(raw: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Whether each byte belongs to a letter or digit."""
    is_letter = _IS_LETTER[raw]
    leads = _LEADS[raw[:-1]] & ~((raw[:-1] == 0xC3) & np.isin(raw[1:], _TIMES_AND_DIVIDED))
    is_letter[:-1] |= leads
    is_letter[1:] |= leads
    return is_letter


def plain(word: str) -> str:
    """The spelling by which words are kept in order.

    >>> plain("Måløy"), plain("Æra")
    ('maloy', 'æra')
    """
    return word.lower().translate(_TO_PLAIN)


def read_asked(asked: str) -> tuple[AskedRun, ...]:
    """The words of which a text has to have one each, if it is to hold what is asked for; none where it asks for no word.

    That they follow each other as asked, texts alone can say: see `is_one_word`.

    >>> [run.ranges for run in read_asked("Øl")], [run.ranges[0][0] for run in read_asked("maskinell læring")]
    ([(('ol', 'ol\U0010ffff'),)], ['maskinell', 'læring'])
    """
    runs = list(_RUN.finditer(asked))
    return tuple(_read_run(run[0].lower(), is_beginning=run.end() == len(asked.rstrip())) for run in runs)


def is_one_word(asked: str) -> bool:
    """Whether a text holds what is asked for just where it has the word: no space or sign is asked for."""
    return _RUN.fullmatch(asked) is not None


def _read_run(run: str, *, is_beginning: bool) -> AskedRun:
    pattern = "(?i)(?:" + "".join(map(any_spelling, run)) + ")"
    ranges = tuple((start, start + _LAST) for start in dict.fromkeys(_beginnings(run)))
    return AskedRun(ranges=ranges, pattern=pattern + (f"[{LETTERS}]*" if is_beginning else ""))


def _beginnings(run: str) -> Iterator[str]:
    """The plain spellings with which what is meant may begin: æ is also written ae and ä."""
    parts = run.split("æ")
    if len(parts) > _VARIED + 1:
        parts = parts[: _VARIED + 1]
    for between in product(("æ", "ae", "a"), repeat=len(parts) - 1):
        yield "".join(plain(part) + after for part, after in zip(parts, (*between, ""), strict=True))
