"""Single companies of Sweden over a real socket: what is kept of an answer, and which answers say nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sources.http import PoliteClient
from sources.registers import se_bolagsverket
from sources.source import Coverage, Delivery
from tests.registers.hvd_server import HvdServer

ALFA, BETA, PERSON = "5560172933", "5560000019", "4009272719"
SENTINEL = "19400927-2719"


@pytest.fixture
def hvd() -> Iterator[HvdServer]:
    with HvdServer() as server:
        yield server


@pytest.fixture
def client(hvd: HvdServer, make_client: Callable[..., PoliteClient]) -> PoliteClient:
    return make_client(environ=hvd.environ(), attempts=2)


def organisation(number: str | None, name: str, **more: Any) -> dict[str, Any]:
    """An answer as the API gives it, the least that one has."""
    return {
        "organisationsidentitet": None if number is None else {"identitetsbeteckning": number},
        "organisationsnamn": {"organisationsnamnLista": [{"namn": name}], "dataproducent": "Bolagsverket"},
    } | more


def failed(kind: str) -> dict[str, Any]:
    return {"dataproducent": "Bolagsverket", "fel": {"typ": kind, "felBeskrivning": "…"}}


def look_up(client: PoliteClient, landing: Path, *keys: str) -> tuple[list[dict[str, Any]], Delivery]:
    delivery = se_bolagsverket.look_up(client, list(keys), landing=landing)
    assert isinstance(delivery.rows, pa.Table)
    return delivery.rows.to_pylist(), delivery


def test_a_company_comes_without_care_of_lines_and_personal_numbers(
    hvd: HvdServer, client: PoliteClient, tmp_path: Path
) -> None:
    address = {"postadress": {"coAdress": "c/o Kari Nord", "utdelningsadress": f"Väg 1 {SENTINEL}", "postort": "LUND"}}
    hvd.organisations[ALFA] = [
        organisation(ALFA, "Second", namnskyddslopnummer=2),
        organisation(ALFA, "Alfa AB", namnskyddslopnummer=1, postadressOrganisation=address),
    ]
    [row], delivery = look_up(client, tmp_path, ALFA)
    assert "Alfa AB" in row["organisationsnamn.organisationsnamnLista"]
    assert row["postadressOrganisation.postadress.utdelningsadress"] == "Väg 1"
    assert (delivery.coverage, delivery.unknown, delivery.warnings) == (Coverage.PARTIAL, (), ())
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Kari" not in kept
    assert b"2719" not in kept


def test_a_number_that_may_be_a_persons_is_not_asked_for(hvd: HvdServer, client: PoliteClient, tmp_path: Path) -> None:
    rows, delivery = look_up(client, tmp_path, PERSON, f"19{PERSON}", BETA)
    assert (rows, delivery.unknown) == ([], (PERSON, f"19{PERSON}", BETA))
    assert hvd.asked_for() == ["organisationer"]


@pytest.mark.parametrize("kind", ["OTILLGANGLIG_UPPGIFTSKALLA", "TIMEOUT"])
def test_an_answer_of_which_a_part_is_missing_is_left_out_and_told(
    kind: str, hvd: HvdServer, client: PoliteClient, tmp_path: Path
) -> None:
    hvd.organisations = {
        ALFA: [organisation(ALFA, "Alfa AB", reklamsparr=failed(kind))],
        BETA: [organisation(None, "", organisationsnamn=failed(kind))],
    }
    rows, delivery = look_up(client, tmp_path, ALFA, BETA)
    assert (rows, delivery.unknown) == ([], ())
    assert delivery.warnings == ("2 of 2 answers lack what one of its registers could not give: ask again later",)


def test_what_one_register_has_nothing_of_is_unknown(hvd: HvdServer, client: PoliteClient, tmp_path: Path) -> None:
    hvd.organisations = {
        ALFA: [organisation(ALFA, "Alfa AB", reklamsparr=failed("ORGANISATION_FINNS_EJ"))],
        BETA: [organisation(BETA, "", organisationsnamn=failed("ORGANISATION_FINNS_EJ"))],
    }
    [row], delivery = look_up(client, tmp_path, ALFA, BETA)
    assert row["reklamsparr.kod"] is None
    assert delivery.unknown == (BETA,)


def test_an_answer_about_another_number_is_none_and_a_new_key_is_told(
    hvd: HvdServer, client: PoliteClient, tmp_path: Path
) -> None:
    hvd.organisations = {
        ALFA: [organisation(BETA, "Beta AB")],
        BETA: [organisation(BETA, "Beta AB", antalAnstallda=5)],
    }
    [row], delivery = look_up(client, tmp_path, ALFA, BETA)
    assert row["organisationsidentitet.identitetsbeteckning"] == BETA
    assert delivery.unknown == (ALFA,)
    assert delivery.warnings == ("1 of 1 answers have the unknown key 'antalAnstallda'",)
