"""What publishing prepares so that a search reads no company but those it shows: the schema `search` of a published file.

`search.company` has a row of small numbers a company, in the order in which companies of equal fit are shown; each number
stands for a combination of values (`search.place`, `search.size` …). `search.word` and `search.posting` say which companies
have a word in name, activity, purpose or what their own sites say of them.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from db.sql import quote_identifier, quote_literal, read_query
from db.warehouse import Row, Warehouse

SplitWords = Callable[[pa.StringArray], tuple[npt.NDArray[np.int64], pa.StringArray]]
"""Every word of some texts, and beside it the index of its text."""

DIMENSIONS: Mapping[str, Mapping[str, str]] = {
    "place": dict.fromkeys(
        ("country_code", "region_code", "municipality_code", "municipality_name", "place_name", "place_region",
         "place_municipality", "latitude", "longitude"), ""),
    "post": dict.fromkeys(
        ("country_code", "postal_code", "city", "municipality_code", "municipality_name", "place_region", "place_municipality"), ""),
    "industry": dict.fromkeys(("industry_code", "industry_scheme", "industries"), ""),
    "size": dict.fromkeys(("employees_low", "employees_high"), ""),
    "age": dict.fromkeys(("founded_date", "registered_date"), ""),
    "form": dict.fromkeys(("legal_form_code", "legal_form_scheme", "sector_code"), ""),
    "standing": dict.fromkeys(
        ("is_natural_person", "entity_kind", "status", "is_marketing_protected", "is_customer", "has_open_deal",
         "is_customer_group", "is_in_crm", "last_contacted_date", "last_exported_at", "mark", "mark_until", "owner_id"), ""),
    # of the address itself nothing is asked but whether there is one
    "site": {"website": "CASE WHEN website IS NOT NULL THEN '' END", "domain": "CASE WHEN domain IS NOT NULL THEN '' END", "sources": ""},
    "event": dict.fromkeys(("signals", "country_code", "industry_code", "industry_scheme"), ""),
    "money": dict.fromkeys(("revenue", "revenue_currency", "revenue_date", "revenue_eur", "revenue_rate_date"), ""),
    "growth": dict.fromkeys(
        ("revenue_growth_1y", "revenue_growth_3y", "employees_growth_1y", "employees_growth_3y", "employees_growth_date"), ""),
    "kin": dict.fromkeys(("is_subsidiary", "has_parent", "group_size_low", "group_size_high"), ""),
    "trace": dict.fromkeys(("technologies", "role_kinds"), ""),
}  # fmt: skip
"""Columns that are asked together, by dimension; with what stands for a column there, where that is not its value.

A column of core.company that a criterion asks for belongs into one: of others the search reads every company.
"""

_TEXTS_AT_A_TIME = 200_000


def write_search_index(warehouse: Warehouse, table: str, *, split: SplitWords, plain: Callable[[str], str]) -> None:
    """Make the schema `search` of the file being published, over its table of companies.

    `split` gives the words of texts, `plain` the spelling by which they are kept in order.
    """
    warehouse.execute(f"CREATE OR REPLACE TEMP VIEW searched AS SELECT rowid AS number, * FROM {table}")
    with warehouse.joins_as_written():  # the combinations are few, the companies many
        warehouse.execute(_dimensions_sql())
    words = _Words()
    warehouse.execute("CREATE OR REPLACE TEMP TABLE search_hit (word_id UINTEGER, place UINTEGER)")
    for hits in words.hits(warehouse, split):
        warehouse.load("search_hit", hits)
    with warehouse.lend("search_found", words.ordered(plain)):
        warehouse.execute(read_query("publish/search_words"))
    warehouse.execute("".join(map(_comment, warehouse.rows("publish/search_comments"))))


def _dimensions_sql() -> str:
    """Makes each dimension, one row a combination of values that companies have, and then the companies as rows of their numbers."""
    tables = (
        f"""CREATE TABLE search.{name} AS SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (SELECT {", ".join(f"{said or column} AS {column}" for column, said in columns.items())}, count(*) AS company_count FROM searched GROUP BY ALL);
"""
        for name, columns in DIMENSIONS.items()
    )
    codes = ", ".join(f"{name}.code AS {name}" for name in DIMENSIONS)
    joins = (
        f"JOIN search.{name} AS {name} ON "
        + " AND ".join(
            f"{name}.{column} IS NOT DISTINCT FROM {_of_company(column, said)}" for column, said in columns.items()
        )
        for name, columns in DIMENSIONS.items()
    )
    return read_query("publish/search").format(tables="".join(tables), codes=codes, joins="\n".join(joins))


def _of_company(column: str, said: str) -> str:
    return said.replace(column, f"searched.{column}") if said else f"searched.{column}"


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
