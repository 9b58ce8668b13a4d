"""Criteria that ask the elements of a list, such as all industries of a company: each element is judged once, and not with every list that has it."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from db.sql import quote_identifier
from db.warehouse import Warehouse

_EMPTY = 1
"""What an empty list says: nothing."""


class Elements:
    """The elements of a list column in a relation with rows `code` 0 to `count`, each different one once.

    They are kept in a temporary table of the connection that is given.
    """

    def __init__(self, warehouse: Warehouse, relation: str, column: str, *, count: int) -> None:
        self.warehouse = warehouse
        self.count = count
        self._table = quote_identifier(f"element_of_{column}")
        spread = f"SELECT code, dense_rank() OVER (ORDER BY one) - 1 AS number, one FROM (SELECT code, unnest({quote_identifier(column)}) AS one FROM {relation})"
        warehouse.execute(
            f"CREATE OR REPLACE TEMP TABLE {self._table} AS SELECT number, any_value(one) AS one FROM ({spread}) GROUP BY number"
        )
        rows = warehouse.read(f"SELECT code, number FROM ({spread}) ORDER BY code")
        self._numbers: npt.NDArray[np.int64] = rows["number"].to_numpy()
        self._with_any, self._starts = np.unique(rows["code"].to_numpy(), return_index=True)

    def judge(self, sql: str, parameters: Mapping[str, object]) -> npt.NDArray[np.uint8]:
        """The greatest of what the elements of each list say, by SQL over `one`; of an empty list 1."""
        asked = f"SELECT ({sql})::UTINYINT AS said FROM {self._table} ORDER BY number"
        said: npt.NDArray[np.uint8] = self.warehouse.read_few(asked, **parameters)["said"].to_numpy()
        table = np.full(self.count, _EMPTY, dtype=np.uint8)
        if len(self._numbers):
            table[self._with_any] = np.maximum.reduceat(said[self._numbers], self._starts)
        return table
