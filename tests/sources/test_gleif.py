"""GLEIF over a real socket: golden copies, lookups by LEI and by national number, parents."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sources.errors import SourceAborted
from sources.http import PoliteClient
from sources.registers import gleif as register
from sources.source import Coverage, Delivery, Known
from tests.registers.gleif_server import GleifServer, lei_record

Client = Callable[[GleifServer], PoliteClient]
EQUINOR, PARENT = "OW6OFBNCKXC4US5C7523", "549300OWK6ZGNYP4G142"
GOLDEN = (",".join(register.LEI2_GOLDEN_COPY.columns) + ",Registration.RegistrationStatus\n").encode()


def test_a_golden_copy_is_fetched_over_its_redirect_and_repacked(
    gleif: GleifServer, client: Client, tmp_path: Path
) -> None:
    gleif.publish("lei2", GOLDEN)
    delivery = register.fetch_bulk(client(gleif), landing=tmp_path, known=Known())
    assert delivery is not None
    assert (delivery.layout.name, delivery.form) == ("lei2_golden_copy", "csv.gz")
    assert isinstance(delivery.rows, Path)
    assert gzip.decompress(delivery.rows.read_bytes()) == GOLDEN
    assert delivery.original_sha256 != delivery.kept_sha256
    assert set(tmp_path.iterdir()) == {delivery.rows, delivery.unpacked}


def test_relationships_are_a_part_of_their_own(gleif: GleifServer, client: Client, tmp_path: Path) -> None:
    gleif.publish("rr", ",".join((*register.RR_GOLDEN_COPY.columns, "Relationship.Period.1.startDate")).encode())
    delivery = register.fetch_bulk(client(gleif), landing=tmp_path, known=Known(), part="relationships")
    assert delivery is not None
    assert (delivery.layout.name, delivery.layout.part) == ("rr_golden_copy", "relationships")


@pytest.mark.parametrize("members", [0, 2])
def test_an_archive_that_is_not_one_file_is_refused(
    members: int, gleif: GleifServer, client: Client, tmp_path: Path
) -> None:
    gleif.publish("lei2", GOLDEN, members=members)
    with pytest.raises(SourceAborted, match=f"holds {members} files"):
        register.fetch_bulk(client(gleif), landing=tmp_path, known=Known())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "spelt", "country"),
    [
        pytest.param("NO-ORGNR:923609016", "923 609 016", "NO", id="Norway groups by three"),
        pytest.param("NO-ORGNR:923609016", "923609016", "NO", id="Norway bare"),
        pytest.param("SE-ORGNR:5560160680", "556016-0680", "SE", id="Sweden with a hyphen"),
        pytest.param("FI-YTUNNUS:01120389", "0112038-9", "FI", id="Finland with a hyphen"),
        pytest.param("GB-COH:06528297", "06528297", "GB", id="Britain bare"),
        pytest.param(EQUINOR, "923 609 016", "NO", id="by LEI"),
    ],
)
def test_a_record_is_found_by_lei_and_by_number_however_the_register_spells_it(
    key: str, spelt: str, country: str, gleif: GleifServer, client: Client, tmp_path: Path
) -> None:
    gleif.records = {
        EQUINOR: lei_record(EQUINOR, "EQUINOR ASA", registeredAs=spelt, legalAddress={"country": country}),
        PARENT: lei_record(PARENT, "OTHER", registeredAs="1"),
    }
    delivery = register.look_up(client(gleif), [key, "5493000000000000000X"], landing=tmp_path)
    assert not isinstance(delivery.rows, Path)
    assert [row["lei"] for row in delivery.rows.to_pylist()] == [EQUINOR]
    assert delivery.unknown == ("5493000000000000000X",)
    assert delivery.warnings == ()


# --- files of changes --------------------------------------------------------------------------------------------
RR = ",".join(register.RR_GOLDEN_COPY.columns).encode() + b"\n"
REPEX = b"LEI,Exception.Category,Exception.Reason.1,Exception.Reference.1\n"


def millis(ago: timedelta) -> int:
    return int((datetime.now(UTC) - ago).timestamp() * 1000)


def changes(
    client: PoliteClient, landing: Path, *, loaded: timedelta, cursor: timedelta | None = None
) -> list[Delivery]:
    at = dict.fromkeys(register.SOURCE.parts, millis(loaded))
    known = Known(cursor=None if cursor is None else f"main={millis(cursor)}", loaded=at)
    return list(register.fetch_changes(client, landing=landing, known=known))


def asked_for(gleif: GleifServer) -> list[str]:
    return [asked.params.get("delta", "whole") for asked in gleif.asked if "/lei2/" in asked.path]


@pytest.fixture
def published(gleif: GleifServer) -> GleifServer:
    for kind, text in (("lei2", GOLDEN), ("rr", RR), ("repex", REPEX)):
        gleif.publish(kind, text)
    for window in ("LastDay", "LastWeek", "LastMonth"):
        gleif.publish(f"lei2-{window}", GOLDEN)
    return gleif


@pytest.mark.parametrize(
    ("loaded", "cursor", "window"),
    [
        pytest.param(timedelta(hours=24), None, "LastWeek", id="the file may be older than a day at its fetch"),
        pytest.param(timedelta(days=20), timedelta(hours=24), "LastWeek", id="changes fetched since count"),
        pytest.param(timedelta(days=8), None, "LastMonth", id="a week is too short"),
        pytest.param(timedelta(days=40), timedelta(hours=24), "whole", id="what is withdrawn is seen once a month"),
        pytest.param(timedelta(days=27, hours=12), None, "whole", id="no window reaches back so far"),
    ],
)
def test_the_window_of_changes_reaches_back_to_the_last_fetch(
    loaded: timedelta, cursor: timedelta | None, window: str, published: GleifServer, client: Client, tmp_path: Path
) -> None:
    records, *others = changes(client(published), tmp_path, loaded=loaded, cursor=cursor)
    assert asked_for(published) == [window]
    assert records.coverage is (Coverage.COMPLETE if window == "whole" else Coverage.DELTA)
    assert records.cursor is not None
    assert records.cursor.startswith("main=")
    parts = ["relationships", *(["exceptions"] if loaded > timedelta(days=7) else [])]
    assert [(one.layout.part, one.coverage) for one in others] == [(part, Coverage.COMPLETE) for part in parts]


def test_what_was_fetched_just_now_is_not_asked_for_again(
    published: GleifServer, client: Client, tmp_path: Path
) -> None:
    assert changes(client(published), tmp_path, loaded=timedelta(minutes=5)) == []
    assert published.asked == []


def test_changes_that_tell_of_deletions_are_left_for_the_whole_file(
    published: GleifServer, client: Client, tmp_path: Path
) -> None:
    published.publish("lei2-LastWeek", GOLDEN.replace(b"\n", b",Extension.Deletion.DeletedAt\n"))
    records, *_ = changes(client(published), tmp_path, loaded=timedelta(days=2))
    assert asked_for(published) == ["LastWeek", "whole"]
    assert records.coverage is Coverage.COMPLETE
