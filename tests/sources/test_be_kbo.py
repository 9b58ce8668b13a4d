"""Belgium's extract: several files made one record, and nothing about a person among them."""

import csv
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sources.errors import SourceAborted
from sources.kinds import joined_csv
from sources.registers import be_kbo
from sources.source import Coverage, Delivery

SAMPLE = Path(be_kbo.__file__).with_suffix("").with_suffix(".sample.json")
PERSON = {"EnterpriseNumber": "0403.170.799", "Status": "AC", "JuridicalSituation": "000", "TypeOfEnterprise": "1"}


def records() -> list[dict[str, Any]]:
    return [case["answer"] for case in json.loads(SAMPLE.read_text(encoding="utf-8"))["enterprise_json"]]


def as_csv(columns: tuple[str, ...], rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, quoting=csv.QUOTE_ALL, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def extract(folder: Path, *, kind: str = "full", leave_out: str = "", **columns: tuple[str, ...]) -> Path:
    """The archive of the sample's records and of a person of whom all files tell."""
    path = folder / "KboOpenData.zip"
    entities = be_kbo.EXTRACT.entities
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("meta.csv", as_csv(("Variable", "Value"), [{"Variable": "ExtractType", "Value": kind}]))
        header = columns.get("enterprise", (entities.number, *entities.columns, "JuridicalFormCAC"))
        archive.writestr("enterprise.csv", as_csv(header, [PERSON, *records()[::-1]]))
        for name, part in be_kbo.EXTRACT.about.items():
            own = {key: values[0] for key, values in part.wanted.items() if key not in part.columns}
            rows = [
                {part.number: one["EnterpriseNumber"]} | own | row for one in records() for row in one.get(name, ())
            ]
            said = dict.fromkeys(part.columns, "Testperson") | {key: values[0] for key, values in part.wanted.items()}
            unit = {part.number: "2.000.000.437"} | said
            of_person = {part.number: PERSON["EnterpriseNumber"]} | said
            if name != leave_out:
                archive.writestr(part.file, as_csv((part.number, *part.columns, *own), [of_person, *rows[::-1], unit]))
    return path


def read(path: Path, folder: Path, coverage: Coverage = Coverage.PARTIAL) -> Delivery:
    return be_kbo.read_given(path, coverage=coverage, landing=folder / "landing")


@pytest.mark.parametrize("at_once", [1, 2, 50_000])
def test_the_files_are_brought_together_without_the_persons(
    at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joined_csv, "ENTITIES_AT_ONCE", at_once)
    delivery = read(extract(tmp_path), tmp_path, Coverage.COMPLETE)
    said = {row["EnterpriseNumber"]: row for row in pq.read_table(delivery.rows).to_pylist()}
    assert said.keys() == {one["EnterpriseNumber"] for one in records()}
    names = json.loads(said["0403.170.701"]["denomination"])
    assert [one["Denomination"] for one in names] == ["Exemple Logistique", "Voorbeeld Logistiek", "VoorLog"]
    assert len(json.loads(said["0403.170.701"]["activity"])) == 3
    assert "Testperson" not in json.dumps(list(said.values()))
    assert delivery.warnings == (
        "1 of 6 rows are about natural persons: left out while the file was read, nothing of them was kept",
    )
    assert delivery.original_sha256


def test_only_a_full_extract_is_complete(tmp_path: Path) -> None:
    path = extract(tmp_path, kind="update")
    with pytest.raises(SourceAborted, match="says that it is 'update', not 'full'"):
        read(path, tmp_path, Coverage.COMPLETE)
    assert read(path, tmp_path).coverage is Coverage.PARTIAL


def test_what_is_missing_or_strange_in_the_archive_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceAborted, match=r"holds 0 files contact\.csv"):
        read(extract(tmp_path, leave_out="contact"), tmp_path)
    with pytest.raises(SourceAborted, match="lacks the column Status"):
        read(extract(tmp_path, enterprise=("EnterpriseNumber", "TypeOfEnterprise")), tmp_path)
    strange = (be_kbo.EXTRACT.entities.number, *be_kbo.EXTRACT.entities.columns, "Owner")
    assert (
        "enterprise.csv has the unknown column 'Owner'"
        in read(extract(tmp_path, enterprise=strange), tmp_path).warnings
    )


@pytest.mark.parametrize("size", [0, 100, -100])
def test_a_damaged_archive_is_refused_and_leaves_nothing(size: int, tmp_path: Path) -> None:
    path = extract(tmp_path)
    os.truncate(path, path.stat().st_size + size if size < 0 else size)
    with pytest.raises(SourceAborted):
        read(path, tmp_path)
    assert not (tmp_path / "landing").exists() or not list((tmp_path / "landing").iterdir())
