"""The vocabulary nearest to a word that is in none of the lists: named to the user, never taken in its place."""

from rapidfuzz import fuzz, process

from enrich.icp.reading.lists import read_lexicon

NEAREST = 3
_LEAST_ALIKE = 70
"""Of 100; below that the nearest has nothing to do with the word."""


def find_nearest(word: str) -> tuple[str, ...]:
    """The words of the lists that are spelt most like it, nearest first; none where none is like it.

    >>> find_nearest("tanleger")[0], find_nearest("xyzzyqk")
    ('tannlege', ())
    """
    vocabulary = read_lexicon().vocabulary
    found = process.extract(
        word.casefold(), vocabulary.keys(), scorer=fuzz.ratio, limit=NEAREST, score_cutoff=_LEAST_ALIKE
    )
    return tuple(vocabulary[name] for name, _, _ in found)
