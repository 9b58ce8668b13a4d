import pyarrow as pa
import pytest

from enrich import processes
from enrich.normalise import parallel
from enrich.normalise.name import normal_columns
from enrich.normalise.parallel import normalise_in_parallel

NAMES = [
    "Bjørn Dåhle AS",
    "",
    "Кargo ООД",
    "トヨタ自動車株式会社",
    "Volvo AB (publ), filial i Norge",
    "X & Y Ltd\n",
    None,
] * 100


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "ALONE", 100)
    monkeypatch.setattr(parallel, "AT_ONCE", 60)
    monkeypatch.setattr(processes, "count_processors", lambda: 2)


def columns_of(table: pa.Table) -> tuple[list[str], ...]:
    return tuple(column.to_pylist() for column in table.columns)


def test_a_long_list_shared_among_processes_gives_what_one_gives_in_order(small_parts: None) -> None:
    chunked = pa.chunked_array([NAMES[:333], NAMES[333:]], pa.string())
    assert columns_of(normalise_in_parallel(chunked)) == normal_columns([name or "" for name in NAMES])


def test_no_names_give_no_rows() -> None:
    assert normalise_in_parallel([]).num_rows == 0
    assert normalise_in_parallel([]).schema == normalise_in_parallel(["Foo AS"]).schema
