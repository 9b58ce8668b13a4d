"""Norway's feed over a real socket: generated histories on top of a file, told twice and out of order, make the next file."""

import csv
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich.land import land_delivery
from enrich.progress import silent
from enrich.runs import new_run_id
from sources.http import PoliteClient
from sources.record import SourceRecord
from sources.registers import no_brreg as register
from sources.source import Delivery, Expect, Known
from tests.enrich.land.enheter_file import orgnrs
from tests.registers.brreg_server import BrregServer, unit

Client = Callable[[BrregServer], PoliteClient]
OTHERWISE = {
    "registreringsdatoEnhetsregisteret": "registreringsdatoenhetsregisteret",
    "registrertIMvaregisteret": "registrertIMvaRegisteret",
    "registreringsdatoAntallAnsatteNAVAaregisteret": "registreringsdatoantallansatteNAVAaregisteret",
}
"""What the file calls otherwise than the API."""
TOLD_BY_THE_FEED_ALONE = ("names", "dissolved_date")
FIELDS = ", ".join(name for name in SourceRecord.__dataclass_fields__ if name not in TOLD_BY_THE_FEED_ALONE)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


def changed(chance: random.Random, number: str) -> dict[str, Any]:
    """A company in some state of its life: named anew, moved, grown, bankrupt, with and without a site."""
    is_bankrupt = chance.random() < 0.2
    code = chance.choice(["62.100", "41.000", "95.110"])
    street = chance.choice([["Storgata 1"], ["c/o Alfa", "Lillegata 2 B"], []])
    count = chance.choice([None, 0, 7, 250])
    stated: dict[str, Any] = {
        "naeringskode1": {"kode": code, "beskrivelse": f"Næring {code}"},
        "forretningsadresse": {
            "landkode": "NO",
            "postnummer": "5003",
            "poststed": chance.choice(["BERGEN", "Bergen"]),
            "adresse": street,
            "kommunenummer": "4601",
            "kommune": "BERGEN",
        },
        "harRegistrertAntallAnsatte": count is not None,
        "konkurs": is_bankrupt,
        "vedtektsfestetFormaal": chance.choice([["Drift av nettsted.", "Og annet."], []]),
        "kapital": {"belop": 30000, "valuta": "NOK"},
        "sisteInnsendteAarsregnskap": chance.choice(["2024", "2025"]),
    }
    known: dict[str, Any] = {
        "antallAnsatte": count,
        "konkursdato": "2026-02-03" if is_bankrupt else None,
        "hjemmeside": chance.choice([None, "www.alfa.example"]),
        "epostadresse": chance.choice([None, "post@alfa.example"]),
    }
    name = f"{chance.choice(['ALFA', 'BETA', 'GAMMA'])} {number} AS"
    return unit(number, name, **stated, **{key: value for key, value in known.items() if value is not None})


def as_file(units: dict[str, dict[str, Any]]) -> bytes:
    """The companies as the register's file has them."""
    text = io.StringIO()
    writer = csv.DictWriter(
        text, register.ENHETER_2026.columns, quoting=csv.QUOTE_ALL, restval="", extrasaction="raise"
    )
    writer.writeheader()
    writer.writerows({OTHERWISE.get(name, name): value for name, value in flat(one)} for one in units.values())
    return text.getvalue().encode()


def flat(unit: dict[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in unit.items():
        if name in ("_links", "respons_klasse"):
            continue
        if isinstance(value, dict):
            yield from flat(value, f"{within}{name}.")
        else:
            said = "\n".join(value) if isinstance(value, list) else value
            yield f"{within}{name}", str(said).lower() if isinstance(said, bool) else str(said)


def emptied(warehouse: Warehouse) -> Callable[[Delivery], None]:
    """Lands deliveries in a warehouse that has nothing yet."""
    for table in ("core.source_record", "core.relation", "core.change", "core.code", "core.run", "core.tombstone"):
        warehouse.execute(f"DELETE FROM {table}")
    source = replace(register.SOURCE, expect=Expect(min_rows=1, max_rows=1_000))

    def land(delivery: Delivery) -> None:
        land_delivery(warehouse, source, delivery, run_id=new_run_id(), progress=silent, key=b"0" * 32)

    return land


def in_business(warehouse: Warehouse) -> list[dict[str, object]]:
    """The file has no company that was deleted, where the feed says that it was."""
    return warehouse.ask(
        f"SELECT {FIELDS} FROM core.source_record "
        "WHERE known_to IS NULL AND NOT is_closed AND status <> 'dissolved' ORDER BY source_key"
    )


def load(client: PoliteClient, folder: Path) -> Delivery:
    delivery = register.fetch_bulk(client, landing=folder, known=Known())
    assert delivery is not None
    return delivery


@pytest.mark.parametrize("seed", range(2))
def test_changes_on_top_of_a_file_make_the_next_one(
    seed: int, brreg: BrregServer, client: Client, warehouse: Warehouse, tmp_path: Path
) -> None:
    chance, position = random.Random(seed), 100
    numbers = orgnrs(24)
    companies = brreg.units["enheter"]
    companies |= {number: changed(chance, number) for number in numbers[:16]}
    brreg.tell(position, numbers[0], "Ny")
    brreg.publish(as_file(companies))
    land, asking = emptied(warehouse), client(brreg)
    loaded = load(asking, tmp_path / "load")
    land(loaded)
    known = Known(loaded={"enheter": loaded.source_seq}, cursor=loaded.cursor)
    told: list[Delivery] = []
    for step in range(3):
        for number in chance.sample(numbers, 8):
            position += chance.randrange(1, 5)
            kind = chance.choice(["Endring", "Endring", "Endring", "Sletting", "Fjernet"])
            if number in brreg.gone or number in brreg.deleted or (number not in companies and kind != "Endring"):
                continue
            if kind == "Endring":
                kind = "Endring" if number in companies else "Ny"
                companies[number] = changed(chance, number)
            elif kind == "Sletting":
                brreg.delete(number, "2026-11-20")
            else:
                brreg.remove(number, "2026-11-20")
            brreg.tell(position, number, kind)
            if chance.random() < 0.2:  # told twice
                brreg.tell(position := position + 1, number, kind)
        for delivery in register.fetch_changes(asking, landing=tmp_path / f"feed{step}", known=known):
            land(delivery)
            if chance.random() < 0.7:  # else it was killed before the cursor was kept: all comes again
                known = replace(known, cursor=delivery.cursor)
            told.append(delivery)
    for late in chance.sample(told, min(2, len(told))):  # landed again, in another order
        land(late)
    followed = in_business(warehouse)
    removed = warehouse.ask(f"SELECT source_key FROM core.source_record WHERE source_key IN ({', '.join(repr(one) for one in brreg.gone)}, '')")  # fmt: skip
    brreg.publish(as_file(companies))
    land = emptied(warehouse)
    land(load(asking, tmp_path / "fresh"))
    assert followed == in_business(warehouse)
    assert (len(followed), removed) == (len(companies), [])
    assert {*companies} != {*numbers[:16]}
