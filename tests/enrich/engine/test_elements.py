"""Lists of which each element is judged once: as DuckDB judges the whole lists."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.warehouse import Warehouse
from enrich.engine.elements import Elements

CODES = st.one_of(st.none(), st.fixed_dictionaries({"code": st.sampled_from(["62", "62.1", "47"]), "scheme": st.sampled_from([None, "NEW", "OLD"])}))  # fmt: skip
LISTS = st.lists(st.one_of(st.none(), st.lists(CODES, max_size=3)), min_size=1, max_size=8)
KIND = pa.list_(pa.struct([("code", pa.string()), ("scheme", pa.string())]))
ASKED = "CASE WHEN one.code = $code AND one.scheme = 'NEW' THEN 2 WHEN one.scheme IS NULL THEN 1 ELSE 0 END"


@settings(max_examples=40, deadline=None)
@given(lists=LISTS, code=st.sampled_from(["62", "47", "99"]))
def test_the_greatest_of_the_elements_counts_and_an_empty_list_says_nothing(
    tmp_path_factory: pytest.TempPathFactory, lists: list[list[dict[str, str | None] | None] | None], code: str
) -> None:
    rows = pa.table({"code": range(len(lists)), "industries": pa.array(lists, KIND)})
    with Warehouse.open_scratch(tmp_path_factory.mktemp("lists")) as warehouse:
        warehouse.execute("CREATE TABLE lists (code BIGINT, industries STRUCT(code VARCHAR, scheme VARCHAR)[])")
        warehouse.load("lists", rows)
        said = Elements(warehouse, "lists", "industries", count=len(lists)).judge(ASKED, {"code": code})
        whole = f"SELECT coalesce(list_max(list_transform(industries, lambda one: {ASKED})), 1) AS said FROM lists ORDER BY lists.code"
        expected = warehouse.read(whole, code=code)["said"].to_pylist()
    assert said.tolist() == expected
