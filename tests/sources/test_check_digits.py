"""Check digits of national numbers as the registers' rejects have them, against python-stdnum's."""

from collections.abc import Iterable, Iterator
from types import ModuleType

import pytest
from stdnum.ch import uid
from stdnum.cz import dic
from stdnum.ee import registrikood
from stdnum.fr import siren
from stdnum.lv import pvn

from db.project import compile_condition
from db.warehouse import Warehouse
from sources.registers import ch_zefix, cz_ares, ee_ariregister, fr_sirene, lv_ur
from sources.source import Layout


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


@pytest.mark.parametrize(
    ("layout", "column", "library", "numbers"),
    [
        pytest.param(ee_ariregister.COMPANY, "ariregistri_kood", registrikood, range(12_999_000, 13_001_500), id="EE"),
        pytest.param(lv_ur.REGISTER, "regcode", pvn, range(40_003_000_500, 40_003_003_000), id="LV"),
        pytest.param(cz_ares.SUBJECT, "ico", dic, range(12_345_000, 12_347_500), id="CZ"),
        pytest.param(fr_sirene.LEGAL_UNIT, "siren", siren, range(900_000_000, 900_001_000), id="FR"),
        pytest.param(ch_zefix.COMPANY, "uid", uid, range(105_962_000, 105_963_000), id="CH"),
    ],
)
def test_they_are_those_of_the_library(
    layout: Layout, column: str, library: ModuleType, numbers: Iterable[int], warehouse: Warehouse
) -> None:
    [refused] = [condition for code, _, condition in layout.rejects if code == "invalid_number"]
    texts = [f"CHE{number}" if library is uid else f"{number:08}" for number in numbers]
    rows = warehouse.ask(
        f'SELECT "{column}" AS number, NOT {compile_condition(refused)} AS fits '
        f'FROM (SELECT unnest($numbers) AS "{column}")',
        numbers=texts,
    )
    assert [row["number"] for row in rows if row["fits"]] == [one for one in texts if library.is_valid(one)]
