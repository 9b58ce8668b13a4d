"""Our ranking over a collection: the tables of words as publishing writes them, asked as `find --words` asks them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self
from uuid import UUID

import pyarrow as pa

from bench.relevance.collections import Text
from db.warehouse import Warehouse
from db.words import write_words
from enrich.words.asked import find_terms, read_words
from enrich.words.rank import SETTINGS, rank_words
from enrich.words.reading import words_reading

_BEST = """
SELECT company_id FROM worded ORDER BY score DESC, company_id LIMIT $limit
"""


class Ours:
    """An index of texts in one country's language; a context manager."""

    def __init__(self, companies: Sequence[Text], country: str, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._warehouse = Warehouse.open_scratch(folder)
        self._warehouse.execute("CREATE SCHEMA mart")
        rows = [
            {
                "company_id": str(UUID(int=number)),
                "country_code": country,
                "name": one.name,
                "other_names": None,
                "purpose": one.purpose,
                "activity": one.activity,
                "city": one.place,
                "municipality_name": None,
                "site_description": None,  # of none was a site read
            }
            for number, one in enumerate(companies)
        ]
        schema = pa.schema(
            [(name, pa.list_(pa.string()) if name == "other_names" else pa.string()) for name in rows[0]]
        )
        with self._warehouse.lend("bench_company", pa.Table.from_pylist(rows, schema=schema)):
            self._warehouse.execute(
                "CREATE TABLE mart.company AS SELECT * REPLACE (company_id::UUID AS company_id) FROM bench_company"
            )
        write_words(self._warehouse, words_reading(), has_before=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._warehouse.close()

    def rank(self, text: str, limit: int) -> list[int]:
        """The best companies for a text, by their place in the collection."""
        asked, _ = read_words(text)
        rank_words(self._warehouse, find_terms(self._warehouse, asked), SETTINGS)
        return [UUID(str(row["company_id"])).int for row in self._warehouse.ask(_BEST, limit=limit)]
