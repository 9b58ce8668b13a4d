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
from db.warehouse import Warehouse

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
    found = _Words()
    schema = pa.schema([("word_id", pa.uint32()), ("place", pa.uint32())])
    warehouse.execute("CREATE OR REPLACE TEMP TABLE search_hit (word_id UINTEGER, place UINTEGER)")
    batches = pa.RecordBatchReader.from_batches(schema, found.hits(warehouse, table, split))
    for batch in batches:
        warehouse.load("search_hit", pa.Table.from_batches([batch]))
    with warehouse.lend("search_found", found.ordered(plain)):
        warehouse.execute(read_query("publish/search_words"))

    for row in warehouse.rows("publish/search_comments"):
        name = f"search.{quote_identifier(str(row['table_name']))}"
        kind = "TABLE" if row["column_name"] is None else "COLUMN"
        column = "" if row["column_name"] is None else f".{quote_identifier(str(row['column_name']))}"
        warehouse.execute(f"COMMENT ON {kind} {name}{column} IS {quote_literal(str(row['comment']))}")


class _Words:
    """The words met so far, numbered as they come."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def hits(self, warehouse: Warehouse, table: str, split: SplitWords) -> Iterator[pa.RecordBatch]:
        """A row a word of a company: the word's number, and the company's place in `search.company`."""
        numbers = warehouse.table("publish/search_numbers")["number"].to_numpy()
        places = np.empty(len(numbers), dtype=np.uint32)
        places[numbers] = np.arange(len(numbers), dtype=np.uint32)
        text = read_query("publish/search_texts").replace("searched", table)
        for first in range(0, len(numbers), _TEXTS_AT_A_TIME):
            rows = warehouse.read(text, first=first, last=first + _TEXTS_AT_A_TIME)
            indices, words = split(rows["text"].combine_chunks())
            coded = words.dictionary_encode()
            known = [self._ids.setdefault(word, len(self._ids)) for word in coded.dictionary.to_pylist()]
            word_ids = np.array(known, dtype=np.uint32)[coded.indices.to_numpy()]
            yield pa.record_batch(
                {"word_id": word_ids, "place": places[rows["number"].to_numpy()[indices]]},
                schema=pa.schema([("word_id", pa.uint32()), ("place", pa.uint32())]),
            )

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
