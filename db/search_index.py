"""What publishing prepares so that a search reads no company but those it shows: the schema `search` of a published file.

`search.company` has a row of small numbers a company, in the order in which companies of equal fit are shown; each number
stands for a combination of values (`search.place`, `search.size` …). `search.word` and `search.posting` say which companies
have a word in name, activity or purpose.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from db.sql import quote_identifier, quote_literal, read_query
from db.warehouse import Row, Warehouse

SplitWords = Callable[[pa.StringArray], tuple[npt.NDArray[np.int64], pa.StringArray]]
"""Every word of some texts, and beside it the index of its text."""

_TEXTS_AT_A_TIME = 200_000


def write_search_index(warehouse: Warehouse, table: str, *, split: SplitWords, plain: Callable[[str], str]) -> None:
    """Make the schema `search` of the file being published, over its table of companies.

    `split` gives the words of texts, `plain` the spelling by which they are kept in order.
    """
    warehouse.execute(f"CREATE OR REPLACE TEMP VIEW searched AS SELECT rowid AS number, * FROM {table}")
    with warehouse.joins_as_written():  # the combinations are few, the companies many
        warehouse.execute(read_query("publish/search"))
    words = _Words()
    warehouse.execute("CREATE OR REPLACE TEMP TABLE search_hit (word_id UINTEGER, place UINTEGER)")
    for hits in words.hits(warehouse, split):
        warehouse.load("search_hit", hits)
    with warehouse.lend("search_found", words.ordered(plain)):
        warehouse.execute(read_query("publish/search_words"))
    warehouse.execute("".join(map(_comment, warehouse.rows("publish/search_comments"))))


def _comment(row: Row) -> str:
    """The statement that comments on a table or column."""
    table, column = f"search.{quote_identifier(str(row['table_name']))}", row["column_name"]
    place = f"TABLE {table}" if column is None else f"COLUMN {table}.{quote_identifier(str(column))}"
    return f"COMMENT ON {place} IS {quote_literal(str(row['comment']))};\n"


class _Words:
    """The words met so far, numbered as they come."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def hits(self, warehouse: Warehouse, split: SplitWords) -> Iterator[pa.Table]:
        """A row a word of a company: the word's number, and the company's place in `search.company`."""
        numbers = warehouse.table("publish/search_numbers")["number"].to_numpy()
        places = np.empty(len(numbers), dtype=np.uint32)
        places[numbers] = np.arange(len(numbers), dtype=np.uint32)
        for first in range(0, len(numbers), _TEXTS_AT_A_TIME):
            rows = warehouse.table("publish/search_texts", first=first, last=first + _TEXTS_AT_A_TIME)
            indices, words = split(rows["text"].combine_chunks())
            coded = words.dictionary_encode()
            known = [self._ids.setdefault(word, len(self._ids)) for word in coded.dictionary.to_pylist()]
            word_ids = np.array(known, dtype=np.uint32)[coded.indices.to_numpy()]
            yield pa.table({"word_id": word_ids, "place": places[rows["number"].to_numpy()[indices]]})

    def ordered(self, plain: Callable[[str], str]) -> pa.Table:
        """All words with their plain spelling."""
        words = list(self._ids)
        return pa.table(
            {
                "word_id": pa.array(range(len(words)), pa.uint32()),
                "word": pa.array(words, pa.string()),
                "plain": pa.array([plain(word) for word in words], pa.string()),
            }
        )
