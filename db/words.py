"""The words of companies in the companies file: `mart.text`, `mart.word`, `mart.term` and `mart.posting`.

Postings are of words as they are written, and do not depend on any other company: those of a company whose texts did not change
are taken over from the publication before. Only what words mean (`mart.term`) is made of all words anew, each distinct word once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import pyarrow as pa

from db.sql import comment_statements, read_query
from db.warehouse import Warehouse

AnalyseWords = Callable[[Mapping[str, int], str], pa.Table]
"""Words with the number of companies that use each, and their language; gives the rows word, term, is_part."""

WORD_TABLES = ("text", "word", "term", "posting")
"""Those of `mart`."""

_COMPANIES_AT_A_TIME = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How texts are read: the language of each country that has one of ours, else `default_language`; `stop_words` by language
    are not kept; `version` changes whenever the same text gives other words.
    """

    analyse: AnalyseWords
    country_languages: Mapping[str, str]
    default_language: str
    stop_words: Mapping[str, frozenset[str]]
    version: str


def write_words(warehouse: Warehouse, reading: Reading, *, has_before: bool) -> int:
    """Make the tables of words of the file being published, from its mart.company; gives how many companies were read anew.

    `has_before` says that the catalogue `before` is the publication before, to take over from.
    """
    contract = files("db").joinpath("views", "mart.words.sql").read_text(encoding="utf-8")
    warehouse.execute(contract)
    warehouse.execute(comment_statements(contract))
    spoken = pa.table(
        [
            pa.array(reading.country_languages.keys(), pa.string()),
            pa.array(reading.country_languages.values(), pa.string()),
        ],
        names=["country_code", "language"],
    )
    stopped = [(code, word) for code, words in reading.stop_words.items() for word in sorted(words)]
    stop_words = pa.table(
        [pa.array([code for code, _ in stopped], pa.string()), pa.array([word for _, word in stopped], pa.string())],
        names=["language", "word"],
    )
    with warehouse.lend("country_language", spoken), warehouse.lend("stop_word", stop_words):
        warehouse.execute(
            read_query("publish/words_now"), default_language=reading.default_language, version=reading.version
        )
        if has_before:
            warehouse.execute(read_query("publish/words_kept"))
        [count] = warehouse.rows("publish/words_to_read")
        companies, changed = int(str(count["company_count"])), int(str(count["changed_count"]))
        for first in range(0, companies if changed else 0, _COMPANIES_AT_A_TIME):
            warehouse.execute(read_query("publish/words_read"), first=first, last=first + _COMPANIES_AT_A_TIME)
    warehouse.execute(read_query("publish/words_counted"))
    _write_terms(warehouse, reading.analyse)
    warehouse.execute(read_query("publish/words_posted"))
    return changed


def _write_terms(warehouse: Warehouse, analyse: AnalyseWords) -> None:
    for row in warehouse.rows("publish/words_languages"):
        language = str(row["language"])
        words = warehouse.table("publish/words_of_language", language=language)
        counts = dict(zip(words["word"].to_pylist(), words["company_count"].to_pylist(), strict=True))
        with warehouse.lend("word_term", analyse(counts, language)):
            warehouse.execute(read_query("publish/words_terms"), language=language)
