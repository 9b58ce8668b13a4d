"""GLEIF over a real socket: golden copies, lookups by LEI and by national number, parents."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.errors import SourceAborted
from sources.http import PoliteClient
from sources.record import Relation
from sources.registers import gleif as register
from sources.source import Known
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


def test_only_parents_that_stand_today_are_links(gleif: GleifServer, client: Client) -> None:
    gleif.parents = {
        (EQUINOR, "direct-parent-relationship"): (PARENT, "ACTIVE"),
        (EQUINOR, "ultimate-parent-relationship"): (PARENT, "INACTIVE"),
    }
    links = dict(register.fetch_relations(client(gleif), [EQUINOR, PARENT]))
    assert links == {EQUINOR: (Relation(source_key=EQUINOR, kind="parent", scheme="LEI", value=PARENT),), PARENT: ()}
