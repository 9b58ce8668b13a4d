"""Companies House over a real socket: archives whole and in parts, owners without persons, single companies."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.kinds import csv_rows
from sources.registers import gb_coh as register
from sources.registers._gb_coh.codes import CATEGORIES, FORMS, KINDS
from sources.source import Coverage, Delivery, Known
from tests.registers.companies_house_server import (
    API_KEY,
    BORN,
    HEADER,
    PERSON,
    STREAM_KEY,
    CompaniesHouseServer,
    archive,
    lines,
    owner,
    profile,
    row,
    table,
)
from tests.registers.loopback import Said
from tests.sources.conftest import MakeClient, Pauses

WHOLE = "BasicCompanyDataAsOneFile-2026-11-01.zip"
PSC = "persons-with-significant-control-snapshot-2026-11-20.zip"
NOTHING_OF_PERSONS = (PERSON, "Personsdottir", BORN, "1970", "British", "Private Close")
LEFT_OUT = (
    "4 of 6 lines are about natural persons, public bodies or nobody: left out while the file was read, nothing of them "
    "was kept"
)


@pytest.fixture
def server() -> Iterator[CompaniesHouseServer]:
    with CompaniesHouseServer() as opened:
        yield opened


@pytest.fixture
def client(make_client: MakeClient, server: CompaniesHouseServer) -> PoliteClient:
    return make_client(environ=server.environ())


def bulk(client: PoliteClient, folder: Path, known: Known | None = None, part: str = "companies") -> Delivery:
    delivery = register.fetch_bulk(client, landing=folder, known=known or Known(), part=part)
    assert delivery is not None
    return delivery


def numbers(delivery: Delivery) -> list[object]:
    assert isinstance(delivery.rows, Path)
    return list(pq.read_table(delivery.rows)["CompanyNumber"].to_pylist())


def text_of(folder: Path) -> str:
    """Every value in every file that was kept."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return str([pq.read_table(path).to_pylist() if path.suffix == ".parquet" else path.read_text() for path in files])


# --- the monthly table -------------------------------------------------------------------------------------------
def test_the_newest_whole_archive_is_read_and_known_by_its_date(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.publish("en_output.html", "BasicCompanyDataAsOneFile-2026-10-01.zip", archive(table(row("00000009", "OLD"))))
    server.publish("en_output.html", WHOLE, archive(table(row("00000001", "A LTD"), row("SC000002", 'THE "B" LTD'))))
    server.links["en_output.html"].append("BasicCompanyData-2026-12-01-part1_7.zip")  # the others are still to come
    delivery = bulk(client, tmp_path)
    assert (delivery.coverage, delivery.form, delivery.etag) == (Coverage.COMPLETE, "parquet", "2026-11-01")
    assert numbers(delivery) == ["00000001", "SC000002"]
    assert delivery.made_seq == datetime(2026, 10, 31, tzinfo=UTC).timestamp() * 1000
    assert PERSON not in text_of(tmp_path)
    assert list(tmp_path.iterdir()) == [delivery.rows]
    assert register.fetch_bulk(client, landing=tmp_path, known=Known(etag="2026-11-01")) is None


def test_numbered_archives_are_one_table(server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path) -> None:
    for part in (3, 1, 2):
        name = f"BasicCompanyData-2026-11-01-part{part}_3.zip"
        server.publish("en_output.html", name, archive(table(row(f"0000000{part}", f"C{part} LTD"))))
    delivery = bulk(client, tmp_path / "net")
    assert numbers(delivery) == ["00000001", "00000002", "00000003"]
    assert list((tmp_path / "net").iterdir()) == [delivery.rows]
    for name, body in server.files.items():
        (tmp_path / name).write_bytes(body)
    given = tmp_path / "BasicCompanyData-2026-11-01-part2_3.zip"
    whole = register.read_given(given, coverage=Coverage.COMPLETE, landing=tmp_path / "given")
    alone = register.read_given(given, coverage=Coverage.PARTIAL, landing=tmp_path / "alone")
    assert (numbers(whole), numbers(alone)) == (numbers(delivery), ["00000002"])
    (tmp_path / "BasicCompanyData-2026-11-01-part3_3.zip").unlink()
    with pytest.raises(SourceAborted, match=r"one part of 3, and beside it there is no .*part3_3\.zip\. Put all parts"):
        register.read_given(given, coverage=Coverage.COMPLETE, landing=tmp_path / "lacking")


def test_a_page_without_a_table_and_an_archive_cut_short_are_told(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path
) -> None:
    with pytest.raises(SourceAborted, match="names no complete file such as is expected"):
        bulk(client, tmp_path)
    whole = archive(table(row("00000001", "A LTD")))
    server.publish("en_output.html", WHOLE, whole)
    server.spoil(*[Said(status=503)] * 2)
    assert numbers(bulk(client, tmp_path / "busy")) == ["00000001"]
    server.files[WHOLE] = whole[:-40]
    with pytest.raises(RetryableError, match="cut short"):
        bulk(client, tmp_path)
    given = tmp_path / WHOLE
    given.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceAborted, match=rf"{WHOLE} is cut short"):
        register.read_given(given, coverage=Coverage.COMPLETE, landing=tmp_path / "landing")
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "busy" and path != given]


@pytest.mark.parametrize("size", [1 << 10, 1 << 20], ids=["blocks of a few rows", "one block"])
def test_rows_that_are_none_are_counted_and_rows_with_line_ends_are_read(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_rows, "BLOCK_BYTES", size)
    rows = [row(f"{number:08d}", f"C{number} LTD") for number in range(20)]
    rows.insert(5, row("00000020", "LINE, \r\nEND LTD"))
    rows.insert(7, '"TOO FEW","00000021"')
    text = table(*rows).encode().replace(b"C9 LTD", b"C\xff LTD")
    path = tmp_path / "unpacked.csv"
    path.write_bytes(text)
    delivery = register.read_given(path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")
    read = pq.read_table(delivery.rows).to_pylist()
    assert sorted(filter(None, (one["fault"] for one in read))) == ["broken_line", "invalid_encoding"]
    assert len(read) == 22
    assert [one["CompanyName"] for one in read if one["CompanyNumber"] == "00000020"] == ["LINE, \r\nEND LTD"]
    assert delivery.etag is None
    assert delivery.made_seq is not None
    assert delivery.source_seq - delivery.made_seq == register.COMPANIES.oldest.total_seconds() * 1000


def test_a_stray_byte_takes_its_own_row_only(tmp_path: Path) -> None:
    rows = [row("00000001", 'THE "A\r\n?" LTD'), row("00000002", "B LTD"), row("00000003", "\ufffd LTD")]
    path = tmp_path / "unpacked.csv"
    path.write_bytes(
        table(*rows, row("00000004", "D LTD")).encode().replace(b"\n?", b"\n\xff").replace(b"LEEDS", b"\xc3\x89")
    )
    delivery = register.read_given(path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")
    read = pq.read_table(delivery.rows).to_pylist()
    assert [(one["CompanyName"], one["fault"]) for one in read] == [
        ("B LTD", ""),
        ("\ufffd LTD", ""),  # what the register itself could not write is text
        ("D LTD", ""),
        ("", "invalid_encoding"),
    ]
    assert {one["RegAddress.PostTown"] for one in read} == {"É", ""}


def test_a_table_may_be_empty_and_a_last_row_that_breaks_off_is_counted(tmp_path: Path) -> None:
    def faults(text: str) -> list[str]:
        (tmp_path / "unpacked.csv").write_text(text, newline="")
        given = register.read_given(tmp_path / "unpacked.csv", coverage=Coverage.PARTIAL, landing=tmp_path / "landing")
        return [one["fault"] for one in pq.read_table(given.rows).to_pylist()]

    assert faults(table()) == []
    assert faults(table(row("00000001", "A LTD")) + '"B LTD","000') == ["", "broken_line"]


def test_a_column_that_nobody_declared_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"{HEADER},Employees\r\n")
    with pytest.raises(SourceAborted, match="unknown column: Employees"):
        register.read_given(path, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")


def test_every_title_of_the_table_is_a_form() -> None:
    assert set(CATEGORIES.values()) <= set(FORMS)
    assert set(KINDS) <= set(FORMS)


# --- owners ------------------------------------------------------------------------------------------------------
def corporate(number: str, parent: str, **more: Any) -> dict[str, Any]:
    identification = {"registration_number": parent, "country_registered": "England"}
    return owner(number, identification=identification, **more)


def test_of_owners_only_corporate_ones_are_kept(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path
) -> None:
    person = owner("00000001", "individual-person-with-significant-control")
    # one who writes the word for another sort into a name is still a person
    posing = person | {"data": person["data"] | {"name": '"corporate-entity-beneficial-owner"'}}
    sly = person | {"data": person["data"] | {"surname": "corporate-entity-beneficial-owner"}}
    total = {
        "data": {"kind": "totals#persons-of-significant-control-snapshot", "persons_of_significant_control_count": 6}
    }
    new = owner("00000001", "robot-with-significant-control")
    ours = corporate("00000001", "00000002", colour="red")
    server.publish("en_pscdata.html", PSC, archive(lines(person, posing, sly, ours, new, total), "psc.txt"))
    delivery = bulk(client, tmp_path, part="owners")
    assert delivery.warnings == (
        "1 lines are of the unknown sort 'robot-with-significant-control': nothing of them was kept",
        LEFT_OUT,
        "1 of 1 answers have the unknown key 'data.colour'",
    )
    [kept] = pq.read_table(delivery.rows).to_pylist()
    assert (kept["company_number"], kept["data.identification.registration_number"]) == ("00000001", "00000002")
    text = text_of(tmp_path)
    assert not [word for word in NOTHING_OF_PERSONS if word in text]
    assert list(tmp_path.iterdir()) == [delivery.rows]
    assert register.fetch_bulk(client, landing=tmp_path, known=Known(etag="2026-11-20"), part="owners") is None


def test_a_snapshot_in_parts_is_one_and_half_of_it_none(
    server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path
) -> None:
    for part in (1, 2):
        body = archive(lines(corporate(f"0000000{part}", "00000009")))
        server.publish("en_pscdata.html", f"psc-snapshot-2026-11-20_{part}of2.zip", body)
    assert pq.read_table(bulk(client, tmp_path / "net", part="owners").rows).num_rows == 2
    for name, body in server.files.items():
        (tmp_path / name).write_bytes(body)
    given = tmp_path / "psc-snapshot-2026-11-20_1of2.zip"
    whole = register.read_given(given, coverage=Coverage.COMPLETE, landing=tmp_path / "given")
    assert (pq.read_table(whole.rows).num_rows, whole.etag) == (2, "2026-11-20")
    server.files["psc-snapshot-2026-11-20_2of2.zip"] = body[:-30]
    with pytest.raises(RetryableError, match="cut short"):
        bulk(client, tmp_path / "half", part="owners")
    assert list((tmp_path / "half").iterdir()) == []


# --- single companies --------------------------------------------------------------------------------------------
def test_a_company_is_asked_for_by_number(server: CompaniesHouseServer, client: PoliteClient, tmp_path: Path) -> None:
    server.profiles["00000001"] = profile("00000001", "A LTD", company_status="dissolved", colour="red")
    delivery = register.look_up(client, ["00000001", "00000002", "../search"], landing=tmp_path)
    assert delivery.rows.to_pylist()[0]["company_name"] == "A LTD"  # type: ignore[union-attr]
    assert delivery.unknown == ("00000002", "../search")
    assert delivery.warnings == ("1 of 1 answers have the unknown key 'colour'",)
    assert [asked.path for asked in server.asked] == ["/company/00000001", "/company/00000002"]
    assert PERSON not in text_of(tmp_path)


def test_a_full_window_is_waited_for(
    server: CompaniesHouseServer, client: PoliteClient, pauses: Pauses, tmp_path: Path
) -> None:
    server.profiles["00000001"] = profile("00000001", "A LTD")
    in_a_minute = int(datetime.now(UTC).timestamp()) + 60
    server.spoil(
        Said(status=429, headers={"X-Ratelimit-Remain": "0", "X-Ratelimit-Reset": str(in_a_minute)}), Said(status=429)
    )
    assert register.look_up(client, ["00000001"], landing=tmp_path).unknown == ()
    assert 55 <= pauses.longest() <= 60
    server.spoil(Said(status=429, headers={"X-Ratelimit-Reset": "299"}))
    with pytest.raises(RetryableError) as caught:
        register.look_up(client, ["00000001"], landing=tmp_path)
    assert caught.value.retry_after_seconds == 299


def test_a_key_that_is_missing_or_refused_is_told_without_it(
    server: CompaniesHouseServer, make_client: MakeClient, tmp_path: Path
) -> None:
    server.publish("en_output.html", WHOLE, archive(table(row("00000001", "A LTD"))))
    without = {name: value for name, value in server.environ().items() if name != register.API_KEY}
    with pytest.raises(SourceAborted, match=rf"{register.API_KEY} is not set"):
        register.look_up(make_client(environ=without), ["00000001"], landing=tmp_path)
    assert server.asked == []
    swapped = make_client(environ=without | {register.API_KEY: STREAM_KEY, register.STREAM_KEY: API_KEY})
    with pytest.raises(LoginRefused, match=r"refuses the key \(HTTP 401\)") as caught:
        register.look_up(swapped, ["00000001"], landing=tmp_path)
    assert STREAM_KEY not in str(caught.value)
    with pytest.raises(LoginRefused, match="a stream has a key of its own sort") as caught:
        list(register.fetch_changes(swapped, landing=tmp_path, known=Known(etag="2026-11-01")))
    assert API_KEY not in str(caught.value)
