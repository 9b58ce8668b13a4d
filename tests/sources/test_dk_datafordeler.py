"""Datafordeler's weekly files over a real socket: joined as one week made them, nothing of who is no company, none without a key."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sources.errors import LoginRefused, SourceAborted
from sources.http import PoliteClient
from sources.kinds.listed_files import Generation, find_generation
from sources.registers import dk_datafordeler as register
from sources.source import Coverage, Delivery, Known
from tests.registers.datafordeler_server import KEY, DatafordelerServer
from tests.registers.loopback import Asked, Said
from tests.sources.conftest import MakeClient

SAMPLE = Path(register.__file__).with_suffix(".sample.json")
COMPANIES = [case["answer"] for case in json.loads(SAMPLE.read_text(encoding="utf-8"))["virksomhed_files"]]
LOGIN = register.SOURCE.login_envs[0]


@pytest.fixture
def datafordeler() -> Iterator[DatafordelerServer]:
    with DatafordelerServer() as server:
        server.publish(344, COMPANIES[:1])
        server.publish(345, COMPANIES, made="2026-11-20T23:00:00.000000Z")
        yield server


@pytest.fixture
def client(make_client: MakeClient, datafordeler: DatafordelerServer) -> PoliteClient:
    return make_client(environ={LOGIN: KEY, register.SOURCE.base_url_env: datafordeler.url})


def fetch(client: PoliteClient, folder: Path, known: Known | None = None) -> Delivery | None:
    return register.fetch_bulk(client, landing=folder, known=known or Known())


def told(delivery: Delivery | None) -> dict[str, dict[str, Any]]:
    assert delivery is not None
    rows = pq.read_table(delivery.rows).to_pylist()
    return {row["CVRNummer"]: row for row in rows}


def had(server: DatafordelerServer) -> list[str]:
    return [asked.params["Filename"] for asked in server.asked if "Filename" in asked.params]


def test_the_files_of_one_week_are_joined_and_what_is_a_persons_or_was_replaced_is_not_kept(
    client: PoliteClient, datafordeler: DatafordelerServer, tmp_path: Path
) -> None:
    delivery = fetch(client, tmp_path)
    rows = told(delivery)
    assert rows.keys() == {one["CVRNummer"] for one in COMPANIES}
    first = rows["25052943"]
    assert [one["vaerdi"] for one in json.loads(first["navn"])] == ["Eksempel Handel A/S", "Eksempel Trading"]
    assert len(json.loads(first["adressering"])) == 3
    assert json.loads(rows["10000017"]["reklamebeskyttelse"] or "[]") == []
    assert "Sentinel" not in json.dumps(list(rows.values()))
    assert delivery is not None
    assert (delivery.coverage, delivery.etag) == (Coverage.COMPLETE, "345")
    assert delivery.made_seq == datetime(2026, 11, 20, 23, tzinfo=UTC).timestamp() * 1000
    assert delivery.warnings == ()
    assert len(had(datafordeler)) == 6
    assert all("_csv_Current_345" in name for name in had(datafordeler))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [delivery.rows]


def test_the_same_week_again_is_no_delivery(
    client: PoliteClient, datafordeler: DatafordelerServer, tmp_path: Path
) -> None:
    assert fetch(client, tmp_path, Known(etag="345")) is None
    assert had(datafordeler) == []


def test_a_week_that_was_made_before_the_last_was_found_unchanged_counts(
    client: PoliteClient, datafordeler: DatafordelerServer, tmp_path: Path
) -> None:
    """It is listed hours after it was made: until then the week before is the newest, and the refresh says so."""
    asked_at = datetime.now(UTC)
    datafordeler.publish(346, COMPANIES, made=(asked_at - timedelta(hours=3)).isoformat())
    delivery = fetch(client, tmp_path, Known(etag="345"))
    assert delivery is not None
    assert delivery.source_seq >= int(asked_at.timestamp() * 1000)


def test_a_week_of_which_a_file_is_missing_waits_and_the_one_before_is_read(
    client: PoliteClient, datafordeler: DatafordelerServer, tmp_path: Path
) -> None:
    datafordeler.entries = [
        one for one in datafordeler.entries if (one["generationNumber"], one["entityName"]) != (345, "Branche")
    ]
    delivery = fetch(client, tmp_path)
    assert delivery is not None
    assert (list(told(delivery)), delivery.etag) == (["25052943"], "344")


def test_without_the_file_of_who_refused_advertising_nothing_is_loaded(
    client: PoliteClient, datafordeler: DatafordelerServer, tmp_path: Path
) -> None:
    datafordeler.forbidden = {"reklamebeskyttelse"}
    with pytest.raises(SourceAborted, match="no file about reklamebeskyttelse is listed for this key"):
        fetch(client, tmp_path)
    assert (had(datafordeler), list(tmp_path.iterdir())) == ([], [])


def test_of_several_current_rows_of_a_company_the_newest_counts_and_what_is_left_out_is_told(
    client: PoliteClient, datafordeler: DatafordelerServer, tmp_path: Path
) -> None:
    older, newer, ended = (
        {"virkningFra": since, "virksomhedStartdato": founded, "virkningTil": until}
        for since, founded, until in [
            ("2019-12-31T00:00:00.000000Z", "1901-01-01", ""),
            ("2021-01-01T00:00:00.000000Z", "1903-01-01", ""),
            ("2022-01-01T00:00:00.000000Z", "1904-01-01", "2023-01-01T00:00:00.000000Z"),
        ]
    )
    datafordeler.publish(346, COMPANIES, further={0: [newer, older, ended]})
    delivery = fetch(client, tmp_path)
    assert delivery is not None
    rows = pq.read_table(delivery.rows).to_pylist()
    assert len(rows) == len(COMPANIES)
    [told_of] = [row for row in rows if row["CVRNummer"] == "25052943"]
    assert told_of["virksomhedStartdato"] == "1903-01-01"
    assert len(json.loads(told_of["adressering"])) == 3
    assert delivery.warnings == (
        "1 of 8 rows of virksomhed are left out for their virkningTil or registreringTil",
        "2 of 7 rows of virksomhed are about an entity of which another row tells: the newest one counts",
    )


def generation(client: PoliteClient) -> Generation:
    return find_generation(client, register.SOURCE, register.LISTING, [part.file for part in register.EXTRACT.parts])


@pytest.mark.parametrize(
    "unset",
    [None, "0001-01-01T00:00:00", "0001-01-01T00:00:00+01:00", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00"],
)
def test_a_moment_that_stands_for_none_is_none(
    unset: str | None, client: PoliteClient, datafordeler: DatafordelerServer
) -> None:
    datafordeler.publish(346, COMPANIES[:1], made=unset)
    assert (generation(client).number, generation(client).moment) == (346, None)


@pytest.mark.parametrize(
    ("names", "message"),
    [((None,), "no names of the file about navn"), (("a.zip", "b.zip"), "2 names of the file about navn")],
)
def test_a_file_without_a_name_or_with_two_is_refused_and_one_that_is_listed_twice_is_one(
    names: tuple[str | None, ...], message: str, client: PoliteClient, datafordeler: DatafordelerServer
) -> None:
    """The listing may move on from one page to the next."""
    [listed] = [
        one for one in datafordeler.entries if one["fileName"] == "CVR_V2_Navn_TotalDownload_csv_Current_345.zip"
    ]
    datafordeler.entries.append(listed)
    assert generation(client).names["navn"] == listed["fileName"]
    datafordeler.entries = [one for one in datafordeler.entries if one != listed]
    datafordeler.entries += [listed | {"fileName": name} for name in names]
    with pytest.raises(SourceAborted, match=f"{message} are listed for generation 345"):
        generation(client)


def test_a_key_that_is_refused_is_in_no_message(
    make_client: MakeClient, datafordeler: DatafordelerServer, tmp_path: Path
) -> None:
    environ = {LOGIN: "en-anden-noegle", register.SOURCE.base_url_env: datafordeler.url}
    with pytest.raises(LoginRefused, match=f"the key in {LOGIN} is refused") as refused:
        fetch(make_client(environ=environ), tmp_path)
    assert "en-anden-noegle" not in str(refused.value)
    with pytest.raises(SourceAborted, match=f"{LOGIN} is not set"):
        fetch(make_client(environ={register.SOURCE.base_url_env: datafordeler.url}), tmp_path)


def test_a_file_that_is_cut_on_its_way_is_asked_for_again_and_a_busy_server_waited_for(
    client: PoliteClient, datafordeler: DatafordelerServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, cut = datafordeler.answer, list[str]()

    def cutting(asked: Asked) -> Said:
        said, name = answered(asked), asked.params.get("Filename", "")
        if "Navn" not in name or cut:
            return said
        cut.append(name)
        return replace(said, cut_at=len(said.body) // 2)

    monkeypatch.setattr(datafordeler, "answer", cutting)
    datafordeler.spoil(Said(status=503, body=b"busy"))
    assert told(fetch(client, tmp_path)).keys() == {one["CVRNummer"] for one in COMPANIES}
    assert len(had(datafordeler)) == 7


def test_a_column_that_nobody_knows_is_told_and_one_that_is_gone_is_refused(
    client: PoliteClient, datafordeler: DatafordelerServer, tmp_path: Path
) -> None:
    datafordeler.entries.clear()
    datafordeler.publish(346, [one | {"ejer": "Sentinel"} for one in COMPANIES])
    delivery = fetch(client, tmp_path)
    assert "Sentinel" not in json.dumps(list(told(delivery).values()))
    assert delivery is not None
    assert delivery.warnings == ("virksomhed has the unknown column 'ejer'",)
    datafordeler.publish(347, [{name: one for name, one in COMPANIES[0].items() if name != "virksomhedStartdato"}])
    with pytest.raises(SourceAborted, match="virksomhed lacks the column virksomhedStartdato"):
        fetch(client, tmp_path)


@pytest.mark.parametrize(
    "listing", [b"[]", b"{}", b"busy", b'{"availableFileDownloads": [1]}', b'{"availableFileDownloads": null}']
)
def test_a_list_that_is_none_is_told(
    listing: bytes, client: PoliteClient, datafordeler: DatafordelerServer, tmp_path: Path
) -> None:
    datafordeler.spoil(Said(body=listing))
    with pytest.raises(SourceAborted, match="the list of files cannot be read"):
        fetch(client, tmp_path)


def test_the_files_given_by_hand_are_read_out_of_one_archive(datafordeler: DatafordelerServer, tmp_path: Path) -> None:
    path = tmp_path / "cvr.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, packed in datafordeler.files.items():
            if "_345" in name:
                (tmp_path / name).write_bytes(packed)
                with zipfile.ZipFile(tmp_path / name) as one:
                    [member] = one.namelist()
                    archive.writestr(f"cvr/{member}", one.read(member))
    delivery = register.read_given(path, coverage=Coverage.COMPLETE, landing=tmp_path / "landing")
    assert told(delivery).keys() == {one["CVRNummer"] for one in COMPANIES}
