"""Whatever a file holds: rows in = landed + rejected, each rejected row has its reason, each landed one its record."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.land import LandReport
from enrich.progress import silent
from enrich.refresh import refresh
from tests.enrich.land.made_up_register import LIST, company, make_delivery

Land = Callable[..., LandReport]
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", " ", "\n", "=1+1", '"', "a,b", "\u202e", "\0", "\x1f", "\ufeff", "N" * 1001]
)
ROW = st.builds(
    lambda nr, navn, more: company(nr, navn, **more),
    st.sampled_from(["1", "2", " 2 ", "3", "", "4\n", "5" * 201]) | TEXT,
    TEXT,
    st.fixed_dictionaries(
        {}, optional={"stiftet": TEXT, "ansatte": TEXT, "form": TEXT, "mor": TEXT, "form.tekst": TEXT}
    ),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights=st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=2), as_file=st.booleans())
def test_every_row_is_landed_or_rejected(
    land: Land, ledger: Warehouse, tmp_path: Path, nights: list[list[dict[str, str | None]]], as_file: bool
) -> None:
    for table in ("core.source_record", "core.relation", "core.change", "core.code", "core.run", "raw.reject"):
        ledger.execute(f"DELETE FROM {table}")
    for on, rows in enumerate(nights, start=1):
        delivery = make_delivery(rows, on=on)
        if as_file:
            path = tmp_path / "list.csv"
            path.write_text(as_csv(rows), encoding="utf-8")
            delivery = replace(delivery, rows=path, form="csv")
        report = land(delivery)
        assert report.rows_in == len(rows)
        assert report.landed + report.rejected == len(rows)
        assert sum(report.reasons.values()) == report.rejected
        current = ledger.ask("SELECT record_id FROM core.source_record WHERE known_to IS NULL")
        assert len(current) == len({row["record_id"] for row in current})
    again = land(replace(delivery, source_seq=delivery.source_seq + 1))
    assert (again.added, again.changed, again.unchanged) == (0, 0, report.landed)


def as_csv(rows: list[dict[str, str | None]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(
        text, LIST.columns, quoting=csv.QUOTE_ALL, restval="", lineterminator="\n", extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.mark.real_data
def test_norways_extract_lands_whole(real_data: Path, tmp_path: Path, only_landed: None) -> None:
    landed = load(tmp_path, "no_brreg", real_data / "no_brreg" / "enheter_2024_extract.csv")
    assert (landed.rows_in, landed.landed, landed.rejected) == (4_924, 4_924, 0)
    assert landed.problems == {}


@pytest.mark.real_data
def test_a_share_of_gleifs_names_lands_but_for_the_one_without_a_name(
    real_data: Path, tmp_path: Path, only_landed: None
) -> None:
    names = pq.read_table(real_data / "gleif" / "gleif_names.parquet")
    nameless = names.filter(pc.fill_null(pc.equal(names["name"], ""), True))
    share = pa.concat_tables([names.slice(1_000_000, 50_000), nameless])
    pq.write_table(share, tmp_path / "names.parquet")
    landed = load(tmp_path, "gleif", tmp_path / "names.parquet")
    assert (landed.rows_in, landed.reasons) == (50_001, {"missing_name": 1})
    assert landed.landed == 50_000


def load(folder: Path, source: str, file: Path) -> LandReport:
    config = Config(who="kari", data=folder / "data")
    report = refresh(config, names=[source], file=file, progress=silent, say=lambda _: None)
    [landed] = [delivery.landed for delivery in report.deliveries]
    assert landed is not None
    return landed
