"""Words in a search: narrowing what an ICP finds to companies that use them, and saying which were found where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrich.errors import InputInvalid
from enrich.gate import Readers
from enrich.words.asked import find_terms, read_words
from enrich.words.rank import rank_words

MOST_WORDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """What was asked in words: those that some company uses, those that none does, and those that were not asked for, since
    they say nothing alone.
    """

    asked: tuple[str, ...]
    not_found: tuple[str, ...]
    not_asked: tuple[str, ...]


def narrow_to_words(readers: Readers, text: str) -> Worded:
    """Take whoever uses none of the words out of the temporary table `found`; their relevance is in `worded`.

    Raises `InputInvalid` for a text without a word or with too many, and for files that were published before words were kept.
    """
    if "mart.posting" not in readers.relations:
        raise InputInvalid("The published files are of before words were kept: run `prospekt publish` first.")
    words, not_asked = read_words(text)
    if not words:
        raise InputInvalid(f"There is no letter or digit to look for in {text!r}.")
    if len(words) > MOST_WORDS:
        raise InputInvalid(f"At most {MOST_WORDS} words are asked for at a time, not {len(words)}.")
    rank_words(readers.warehouse, find_terms(readers.warehouse, words))
    used = {str(row["asked"]) for row in readers.warehouse.rows("search/words_used")}
    readers.warehouse.run("search/narrow_to_words")
    return Worded(
        asked=tuple(word for word in words if word in used),
        not_found=tuple(word for word in words if word not in used),
        not_asked=tuple(not_asked),
    )


def with_words(
    readers: Readers, shown: Sequence[Mapping[str, object]], ranked: Sequence[Mapping[str, object]]
) -> list[dict[str, object]]:
    """Companies as a search shows them, after `narrow_to_words`, with their relevance and the words that were found.

    `words_found` is a list of word, asked (which words it was found for), fields (its texts) and is_part (found as a part of a
    compound only), those found as they are first.
    """
    ids = [str(row["company_id"]) for row in ranked]
    relevance = {str(row["company_id"]): row["relevance"] for row in ranked}
    found: dict[str, list[dict[str, object]]] = {}
    for row in readers.warehouse.rows("search/words_found", ids=ids):
        of = found.setdefault(str(row["company_id"]), [])
        of.append({name: value for name, value in row.items() if name != "company_id"})
    return [
        {**one, "relevance": relevance[str(one["company_id"])], "words_found": found.get(str(one["company_id"]), [])}
        for one in shown
    ]
