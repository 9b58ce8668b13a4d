import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from enrich import processes
from enrich.cli.app import app
from enrich.errors import InputInvalid
from enrich.match import candidates
from enrich.match.link import link_files
from enrich.match.lists import choose_columns, read_list
from enrich.progress import silent

RIGHT = """id,name,country,domain,street,city,postal_code,registration_number,secret
r1,FJELLBRE BAKERI AS,NO,fjellbre.no,Storgata 5,BERGEN,5003,911111111,x
r2,FJELLBRE HOLDING AS,NO,,,BERGEN,5003,922222222,x
r3,SKOGTROLL DATA AB,SE,,,UMEÅ,90325,5560160680,x
r4,,NO,,,,,,x
"""


@pytest.fixture
def right(tmp_path: Path) -> Path:
    path = tmp_path / "right.csv"
    path.write_text(RIGHT, encoding="utf-8")
    return path


def link(left: Path, right: Path, *, top: int = 1) -> list[dict[str, str]]:
    out = left.with_name("links.csv")
    link_files(left, right, out, left_id=None, right_id=None, top=top, progress=silent)
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("columns", "values", "found"),
    [
        pytest.param("id,name,country", "1,Fjellbre bakeri,Norway", "r1", id="country by name"),
        pytest.param("id;name;country", "1;Fjellbre bakeri;NO", "r1", id="semicolons"),
        pytest.param("\ufeffid,name", '1,"Fjellbre\nbakeri"', "r1", id="mark and newline in quotes"),
        pytest.param("id,name,registration_number", '1,Noe annet,"NO 911 111 111 MVA"', "r1", id="number"),
        pytest.param("id,name,domain", "1,FB,https://www.fjellbre.no/om", "r1", id="domain"),
        pytest.param("id,name,street,postal_code", '1,Brødsmula,"Storgt. 5, 2. etg",5003', "r1", id="address"),
        pytest.param("id,name,country", "1,Skogtroll Data Aktiebolag,SE", "r3", id="form spelled out"),
    ],
)
def test_a_row_finds_its_like(tmp_path: Path, right: Path, columns: str, values: str, found: str) -> None:
    left = tmp_path / "left.csv"
    left.write_text(f"{columns}\n{values}\n", encoding="utf-8")
    [row] = link(left, right)
    assert (row["left_id"], row["right_id"], row["rank"]) == ("1", found, "1")
    assert float(row["probability"]) > 0.35
    assert row["evidence"].startswith("{")


@pytest.mark.parametrize(
    ("text", "out", "told"),
    [
        pytest.param(
            "id,name\n1,A\n,B\n", "o.csv", "1 rows have no value in their id column 'id'", id="row without id"
        ),
        pytest.param("<html>id,name\n", "o.csv", "is a web page or XML, not a CSV", id="a web page"),
        pytest.param("id,name\n1,A,B\n", "o.csv", "as many cells as the header", id="ragged"),
        pytest.param("id,name\n1,A\n", "nowhere/o.csv", "There is no folder", id="no folder to write to"),
    ],
)
def test_what_cannot_be_linked_is_told_with_what_to_do(
    tmp_path: Path, right: Path, text: str, out: str, told: str
) -> None:
    left = tmp_path / "left.csv"
    left.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputInvalid, match=told):
        link_files(left, right, tmp_path / out, left_id=None, right_id=None, top=1, progress=silent)
    assert not (tmp_path / out).exists()


def test_several_candidates_are_ranked_and_their_probabilities_leave_room_for_none(tmp_path: Path, right: Path) -> None:
    left = tmp_path / "left.csv"
    left.write_text("id,name,country\n1,Fjellbre,NO\n2,Havgap,NO\n", encoding="utf-8")
    rows = link(left, right, top=5)
    assert [(row["left_id"], row["rank"]) for row in rows] == [("1", "1"), ("1", "2")]
    assert sum(float(row["probability"]) for row in rows) < 1


def test_a_row_that_states_no_country_may_be_of_any(tmp_path: Path) -> None:
    names = [
        f"{first}{last} {sort}"
        for first in ("Fjell", "Hav", "Skog", "Myr")
        for last in ("bre", "gap", "troll")
        for sort in ("Bygg", "Data")
    ]
    found = {}
    for country in ("NO", ""):
        left, right = tmp_path / "left.csv", tmp_path / f"right{country}.csv"
        slips = [name[:2] + name[3:] for name in names]
        left.write_text(
            "id,name,country\n" + "".join(f"{name},{slip},NO\n" for name, slip in zip(names, slips, strict=True)),
            encoding="utf-8",
        )
        rows = (f"{name},{name} AS,{country}\n" for name in names * 1)
        right.write_text("id,name,country\n" + "".join(rows), encoding="utf-8")
        found[country] = {(row["left_id"], row["right_id"]) for row in link(left, right)}
    assert found[""] == found["NO"]
    assert len(found["NO"]) == len(names)


def test_rows_of_countries_that_the_other_list_lacks_and_ids_that_several_have_are_told(
    tmp_path: Path, right: Path
) -> None:
    left, out = tmp_path / "left.csv", tmp_path / "out.csv"
    left.write_text(
        "id,name,country\n1,Fjellbre,NO\n1,Havgap,GB\n2,Myrtroll,GB\n3,Skogbre,DK\n4,Skogtroll,\n", encoding="utf-8"
    )
    report = link_files(left, right, out, progress=silent)
    assert (report.strangers, report.alike) == ({"GB": 2, "DK": 1}, 2)
    told = CliRunner().invoke(app, ["link", str(left), str(right), "--out", str(out), "--yes"]).stderr
    assert "3 rows of left.csv are of countries that no row of right.csv has (GB 2, DK 1)" in told
    assert "2 rows of left.csv share their id with another" in told
    right.write_text(RIGHT + "r5,HAVGAP AS,,,,,,,x\n", encoding="utf-8")  # which may be of any country
    assert link_files(left, right, out, progress=silent).strangers == {}


@pytest.mark.parametrize("number", ["unknown", "N/A", "0", "000 000 000", "-", "see above"])
def test_a_placeholder_is_no_number(tmp_path: Path, number: str) -> None:
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text(f"id,name,registration_number\n1,Havgap,{number}\n", encoding="utf-8")
    right.write_text(f"id,name,registration_number\nr,Bergtun Maskin AS,{number}\n", encoding="utf-8")
    assert link(left, right) == []


def test_a_number_that_many_have_is_nobodys(tmp_path: Path) -> None:
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text("id,name,registration_number\n1,Havgap,911111111\n", encoding="utf-8")
    rows = "".join(f"r{number},Bergtun {number} AS,911111111\n" for number in range(21))
    right.write_text("id,name,registration_number\n" + rows, encoding="utf-8")
    assert link(left, right) == []


def test_companies_of_two_british_registers_are_two(tmp_path: Path) -> None:
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text("id,name,registration_number\n1,Glen Foods,SC123456\n", encoding="utf-8")
    right.write_text("id,name,registration_number\nr,Bangor Quarries Ltd,NI123456\n", encoding="utf-8")
    assert link(left, right) == []


def test_rows_of_one_id_are_one_company_each_with_its_own_values(tmp_path: Path) -> None:
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text("id,name,registration_number\n1,Bergtun,922222222\n2,Skogtroll,\n", encoding="utf-8")
    right.write_text(
        "id,name,registration_number\nr1,Alfahavn AS,911111111\nr1,Bergtun AS,922222222\nr2,Skogtroll AS,\nr2,Skogtroll A/S,\n",
        encoding="utf-8",
    )
    by_number, by_name = link(left, right, top=5)
    assert (by_number["right_id"], float(by_number["probability"]) > 0.99) == ("r1", True)
    # the same name twice under one id is no rival of itself
    assert (by_name["right_id"], float(by_name["probability"]) > 0.8) == ("r2", True)


def test_columns_are_known_in_any_spelling_and_refused_twice(tmp_path: Path, right: Path) -> None:
    left = tmp_path / "left.csv"
    left.write_text("ID;Name;Registration Number\n1;Noe annet;911 111 111\n", encoding="utf-8")
    assert [row["right_id"] for row in link(left, right)] == ["r1"]
    left.write_text("id,name,Name\n1,Fjellbre,Fjellbre\n", encoding="utf-8")
    with pytest.raises(InputInvalid, match="has 2 columns 'name'"):
        link(left, right)


def test_a_list_is_never_written_over(tmp_path: Path, right: Path) -> None:
    left = tmp_path / "left.csv"
    left.write_text("id,name\n1,Fjellbre\n", encoding="utf-8")
    (tmp_path / "folder.csv").mkdir()
    for out, message in (
        (right, "is one of the lists"),
        (left, "is one of the lists"),
        (tmp_path / "folder.csv", "is a folder"),
    ):
        with pytest.raises(InputInvalid, match=message):
            link_files(left, right, out, progress=silent)
    assert right.read_text(encoding="utf-8") == RIGHT


def test_a_long_list_is_linked_in_several_processes_with_the_same_links(
    tmp_path: Path, right: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "left.csv"
    names = ["Fjellbre", "Skogtroll Data", "Fjellbre Holding", "Havgap"] * 20
    left.write_text("id,name\n" + "".join(f"{number},{name}\n" for number, name in enumerate(names)), encoding="utf-8")
    in_one = link(left, right, top=2)
    monkeypatch.setattr(candidates, "ALONE", 0)
    monkeypatch.setattr(candidates, "PAIRS_AT_ONCE", 30)
    monkeypatch.setattr(processes, "count_processors", lambda: 2)
    assert link(left, right, top=2) == in_one
    assert len({row["left_id"] for row in in_one}) == 60


def test_parquet_in_and_out_gives_the_same_links(tmp_path: Path, right: Path) -> None:
    left = tmp_path / "left.parquet"
    pa.parquet.write_table(pa.table({"id": [7], "name": ["Fjellbre Bakeri"], "country": ["NO"]}), left)
    out = tmp_path / "links.parquet"
    report = link_files(left, right, out, left_id=None, right_id=None, top=1, progress=silent)
    assert (report.left_rows, report.right_rows, report.nameless, report.linked, report.links) == (1, 4, 1, 1, 1)
    [row] = pa.parquet.read_table(out).to_pylist()
    assert (row["left_id"], row["right_id"]) == ("7", "r1")


def test_columns_are_known_by_the_names_under_which_an_import_knows_them() -> None:
    header = ("Record ID", "Company name", "Orgnr", "Website URL", "Company domain name", "Land", "Poststed", "Town")
    assert choose_columns(Path("export.csv"), header, None, "--id") == {
        "id": "Record ID",
        "name": "Company name",
        "country": "Land",
        "domain": "Company domain name",
        "registration_number": "Orgnr",
    }
    assert choose_columns(Path("own.csv"), ("id", "name", "Company", "Record ID"), None, "--id") == {
        "id": "id",
        "name": "name",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("key,name\n1,x\n", "has no column 'id'. It has: key, name. .* --left-id", id="no id"),
        pytest.param("id,kolonne\n1,x\n", "has no column 'name'", id="no name"),
        pytest.param("", "is empty", id="empty"),
        pytest.param("id,name\n1\n", "cannot be read as a list", id="ragged"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_and_nothing_is_written(
    tmp_path: Path, right: Path, text: str, message: str
) -> None:
    left = tmp_path / "left.csv"
    left.write_text(text, encoding="utf-8")
    with pytest.raises(InputInvalid, match=message):
        link(left, right)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["left.csv", "right.csv"]


def test_a_list_that_is_no_text_is_refused(tmp_path: Path, right: Path) -> None:
    left = tmp_path / "left.csv"
    for content, message in (
        (b"id,name\n1,\x00\x01\x02\x03\x04\n", "is binary"),
        (b"%PDF-1.7", "is a PDF"),
        (gzip.compress(b"id,name\n1,x\n"), "is compressed, whatever its name says: call it name.csv.gz"),
    ):
        left.write_bytes(content)
        with pytest.raises(InputInvalid, match=message) as refused:
            link(left, right)
        assert "imported" not in str(refused.value)
    packed = tmp_path / "left.csv.gz"
    packed.write_bytes(gzip.compress(b"id,name\n" * 1000)[:-9])
    with pytest.raises(InputInvalid, match="a part of it may be missing"):
        link(packed, right)


TEXT = "id;name;country\r\n1;Fjellbré Bakeri Ærø;NO\r\n"


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        pytest.param("l.csv", TEXT.encode("cp1252"), id="cp1252"),
        pytest.param("l.csv", TEXT.replace("\r", "").encode("latin-1"), id="latin-1"),
        pytest.param("l.csv", TEXT.encode("utf-16"), id="utf-16"),
        pytest.param("l.csv", TEXT.encode("utf-8-sig"), id="byte order mark"),
        pytest.param("l.txt", TEXT.replace(";", "\t").encode(), id="tabs"),
        pytest.param("l.csv", TEXT.replace(";", "|").encode(), id="bars"),
        pytest.param("l.csv", f"sep=;\r\n{TEXT}".encode(), id="declared separator"),
        pytest.param("l.csv.gz", gzip.compress(TEXT.encode()), id="gzip"),
        pytest.param("l.csv.gz", gzip.compress(TEXT.encode("cp1252")), id="gzip of cp1252"),
    ],
)
def test_a_list_is_read_as_import_reads_it(tmp_path: Path, file_name: str, content: bytes) -> None:
    path = tmp_path / file_name
    path.write_bytes(content)
    [part] = read_list(path, id_column=None, option="--left-id")
    assert part.select(["id", "name", "country"]).to_pylist() == [
        {"id": "1", "name": "Fjellbré Bakeri Ærø", "country": "NO"}
    ]


def test_a_spreadsheets_numbers_are_read_as_they_look(
    tmp_path: Path, right: Path, write_sheet: Callable[..., Path]
) -> None:
    left = write_sheet((("Kundenr", "Firma", "Organisasjonsnummer"), (7, "Noe annet", 911111111)), "left.xlsx")
    out = tmp_path / "links.csv"
    columns = {"name": "firma", "registration_number": "Organisasjonsnummer"}
    report = link_files(left, right, out, left_id="Kundenr", left_columns=columns, progress=silent)
    assert report.compared == ("name", "registration_number")
    [told] = [line for line in report.read_as if line.startswith("left.xlsx: ")]
    assert told == "left.xlsx: Kundenr = id, Firma = name, Organisasjonsnummer = registration_number"
    [row] = csv.DictReader(out.read_text(encoding="utf-8").splitlines())
    assert (row["left_id"], row["right_id"]) == ("7", "r1")
    with pytest.raises(InputInvalid, match=r"has no column 'Navn' to take as name. It has: Kundenr, Firma"):
        link_files(left, right, out, left_id="Kundenr", left_columns={"name": "Navn"}, progress=silent)
    done = CliRunner().invoke(app, ["link", str(left), str(right), "--out", str(out), "--left-id", "Kundenr", "--json",
                                    "--yes", "--left-name", "Firma", "--left-column", "registration_number=Organisasjonsnummer"])  # fmt: skip
    assert json.loads(done.stdout)["data"]["report"]["compared"] == ["name", "registration_number"]
    done = CliRunner().invoke(app, ["link", str(left), str(right), "--out", str(out), "--left-column", "land=Land"])
    assert (done.exit_code, "say it as in country=Land" in done.stderr) == (5, True)


def test_rows_without_a_name_are_told_of_both_lists_together_with_what_finds_them(tmp_path: Path, right: Path) -> None:
    left = tmp_path / "left.csv"
    left.write_text("id,name,domain,city\n1,,fjellbre.no,BERGEN\n2,Skogtroll,,\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["link", str(left), str(right), "--out", str(tmp_path / "links.csv")])
    told = "Of left.csv and right.csv counted together, 2 rows had no name and could be found by domain only."
    assert told in done.stderr.splitlines()
    left.write_text("id,name\n1,Skogtroll\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["link", str(left), str(right), "--out", str(tmp_path / "links.csv"), "--yes"])
    assert "1 row had no name and could not be found." in done.stderr


def test_rows_without_an_id_are_counted_to_the_end_of_the_list(tmp_path: Path, right: Path) -> None:
    """The list is read in parts, and the first has few of them."""
    left = tmp_path / "left.csv"
    rows = "".join(f"{number if number % 100 else ''},Havgap Bygg og Anlegg {number} AS\n" for number in range(139_600))
    left.write_text(f"id,name\n{rows}", encoding="utf-8")
    with pytest.raises(InputInvalid, match=r"left\.csv: 1,396 rows have no value in their id column 'id'"):
        link_files(left, right, tmp_path / "o.csv", progress=silent)


def test_a_missing_file_and_a_wrong_ending_are_named(tmp_path: Path, right: Path) -> None:
    with pytest.raises(InputInvalid, match="There is no file"):
        link(tmp_path / "nowhere.csv", right)
    with pytest.raises(InputInvalid, match=r"csv or \.parquet"):
        link_files(right, right, tmp_path / "links.xlsx", progress=silent)


def test_a_missing_folder_is_told_before_any_list_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="There is no folder"):
        link_files(tmp_path / "none.csv", tmp_path / "none.csv", tmp_path / "nowhere" / "o.csv", progress=silent)


@pytest.mark.real_data
def test_real_names_find_their_real_companies(real_data: Path, tmp_path: Path) -> None:
    """The Finnish queries of the developing half against a sample of the register that holds their truths."""
    import hashlib

    with (real_data / "gold" / "sbti_dev.csv").open(encoding="utf-8", newline="") as file:
        gold = [
            row
            for row in csv.DictReader(file)
            if row["country"] in ("FI", "NO")
            and hashlib.md5(row["qid"].encode(), usedforsecurity=False).hexdigest()[-1] in "02468ace"
        ]
    truths = {row["lei"] for row in gold}
    names = pa.parquet.read_table(
        real_data / "gleif" / "gleif_names.parquet", filters=[("country", "in", ["FI", "NO"])]
    )
    keep = [lei in truths or place % 10 == 0 for place, lei in enumerate(names["lei"].to_pylist())]
    pa.parquet.write_table(names.filter(pa.array(keep)), tmp_path / "right.parquet")
    with (tmp_path / "left.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["qid", "name", "country", "lei"])
        writer.writeheader()
        writer.writerows(gold)
    out = tmp_path / "links.csv"
    link_files(
        tmp_path / "left.csv", tmp_path / "right.parquet", out, left_id="qid", right_id="lei", top=1, progress=silent
    )
    truth = {row["qid"]: row["lei"] for row in gold}
    with out.open(encoding="utf-8", newline="") as file:
        sure = [row for row in csv.DictReader(file) if float(row["probability"]) >= 0.9]
    right_ones = sum(truth[row["left_id"]] == row["right_id"] for row in sure)
    assert len(gold) > 50
    assert right_ones / len(sure) >= 0.95
    assert right_ones / len(gold) >= 0.5
