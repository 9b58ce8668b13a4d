"""Words in a search: who uses them, how relevant that is, and which were found where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrich.errors import InputInvalid
from enrich.gate import Readers
from enrich.words.asked import find_terms, read_words, says_nothing
from enrich.words.rank import rank_words

MOST_WORDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """What was asked in words: those that some company uses, those that none does, and those that were not asked for, since
    they say nothing alone. Where all say nothing alone, all are asked for, and `says_nothing` is true.
    """

    asked: tuple[str, ...]
    not_found: tuple[str, ...]
    not_asked: tuple[str, ...]
    says_nothing: bool = False


def rank_by_words(readers: Readers, text: str) -> Worded:
    """Make the temporary table `worded` of whoever uses any of the words, by which `gather` narrows and ranks.

    Raises `InputInvalid` for a text without a word or with too many, and for files that were published before words were kept as they are.
    """
    if not readers.rows_once("search/has_words"):
        raise InputInvalid(
            "The published files are of before words were kept as they are now: run `prospekt publish` first."
        )
    words, not_asked = read_words(text)
    if not words:
        raise InputInvalid(f"There is no letter or digit to look for in {text!r}.")
    if len(words) > MOST_WORDS:
        raise InputInvalid(f"At most {MOST_WORDS} words are asked for at a time, not {len(words)}.")
    rank_words(readers.warehouse, find_terms(readers.warehouse, words))
    used = {str(row["asked"]) for row in readers.warehouse.rows("search/words_used")}
    return Worded(
        asked=tuple(word for word in words if word in used),
        not_found=tuple(word for word in words if word not in used),
        not_asked=tuple(not_asked),
        says_nothing=all(map(says_nothing, words)),
    )


def with_words(readers: Readers, described: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Companies as a search shows them, after `rank_by_words`, with their relevance and the words that were found.

    `words_found` is a list of word, asked (which words it was found for), fields (its texts) and is_part (found as a part of a
    compound only) and is_derived (another word of the same stem), those found as they are first.
    """
    ids = [str(one["company_id"]) for one in described]
    relevance = {row["company_id"]: row for row in readers.warehouse.rows("search/relevance_of", ids=ids)}
    found: dict[str, list[dict[str, object]]] = {}
    for row in readers.warehouse.rows("search/words_found", ids=ids):
        of = found.setdefault(str(row["company_id"]), [])
        of.append({name: value for name, value in row.items() if name != "company_id"})
    return [
        {
            **one,
            "relevance": relevance[company_id]["relevance"],
            "word_score": relevance[company_id]["score"],
            "words_found": found.get(company_id, []),
        }
        for one, company_id in zip(described, ids, strict=True)
    ]
