"""GLEIF's files of changes over a real socket: generated histories on top of golden copies make the next golden copies."""

import csv
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.warehouse import Row, Warehouse
from enrich.land import land_delivery
from enrich.progress import silent
from enrich.runs import new_run_id
from sources.http import PoliteClient
from sources.kinds import delta_file
from sources.record import SourceRecord
from sources.registers import gleif as register
from sources.source import Delivery, Expect, Known
from tests.registers.gleif_server import GleifServer

Client = Callable[[GleifServer], PoliteClient]
LEIS = [f"5493000000000000{number:02}{number:02}" for number in range(1, 19)]
FIELDS = ", ".join(SourceRecord.__dataclass_fields__)
SMALL = Expect(min_rows=0, max_rows=100)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


def changed(chance: random.Random, lei: str) -> dict[str, str]:
    """An entity in some state of its life: named anew, moved, ended, with a number and without."""
    return {
        "LEI": lei,
        "Entity.LegalName": f"{chance.choice(['ALFA', 'BETA', 'GAMMA'])} {lei[-2:]}",
        "Entity.LegalAddress.Country": "NO",
        "Entity.LegalAddress.City": chance.choice(["BERGEN", "OSLO", ""]),
        "Entity.EntityStatus": chance.choice(["ACTIVE", "ACTIVE", "INACTIVE"]),
        "Entity.RegistrationAuthority.RegistrationAuthorityID": "RA000472",
        "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": chance.choice(["", "923 609 016", "984851006"]),
    }


def owned(lei: str, parent: str) -> dict[str, str]:
    """A link to a direct parent."""
    node = "Relationship.{}Node.NodeID"
    return {
        node.format("Start"): lei,
        node.format("End"): parent,
        node.format("End") + "Type": "LEI",
        "Relationship.RelationshipType": "IS_DIRECTLY_CONSOLIDATED_BY",
        "Relationship.RelationshipStatus": "ACTIVE",
    }


def written(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> bytes:
    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\n", restval="", quoting=csv.QUOTE_ALL)
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


def publish(gleif: GleifServer, entities: dict[str, dict[str, str]], parents: dict[str, str], told: list[str]) -> None:
    """The golden copies of now, and the files of what changed in the last day and week, in no order."""
    columns = register.LEI2_GOLDEN_COPY.columns
    gleif.publish("lei2", written(columns, list(entities.values())))
    for window in ("LastDay", "LastWeek"):
        gleif.publish(f"lei2-{window}", written(columns, [entities[lei] for lei in told]))
    gleif.publish("rr", written(register.RR_GOLDEN_COPY.columns, [owned(*one) for one in parents.items()]))


def emptied(warehouse: Warehouse) -> Callable[[Delivery], None]:
    """Lands deliveries in a warehouse that has nothing yet."""
    for table in ("core.source_record", "core.relation", "core.change", "core.code", "core.run"):
        warehouse.execute(f"DELETE FROM {table}")
    source = replace(register.SOURCE, expect=SMALL)

    def land(delivery: Delivery) -> None:
        small = replace(delivery, layout=replace(delivery.layout, expect=SMALL))
        land_delivery(warehouse, source, small, run_id=new_run_id(), progress=silent)

    return land


def state(warehouse: Warehouse) -> tuple[list[Row], list[Row]]:
    return (
        warehouse.ask(f"SELECT {FIELDS} FROM core.source_record WHERE known_to IS NULL AND NOT is_closed ORDER BY source_key"),
        warehouse.ask("SELECT record_id, kind, scheme, value FROM core.relation WHERE known_to IS NULL ORDER BY ALL"),
    )  # fmt: skip


def load(client: PoliteClient, folder: Path) -> list[Delivery]:
    found = [
        register.fetch_bulk(client, landing=folder / part, known=Known(), part=part)
        for part in ("main", "relationships")
    ]
    return [delivery for delivery in found if delivery is not None]


@pytest.mark.parametrize("seed", range(2))
def test_changes_on_top_of_golden_copies_make_the_next_ones(
    seed: int,
    gleif: GleifServer,
    client: Client,
    warehouse: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (register, delta_file):
        monkeypatch.setattr(module, "JUST_NOW", timedelta(seconds=-1))
    chance, asking = random.Random(seed), client(gleif)
    entities = {lei: changed(chance, lei) for lei in LEIS[:10]}
    parents = {LEIS[1]: LEIS[0], LEIS[2]: LEIS[0]}
    publish(gleif, entities, parents, [])
    land, told, touched = emptied(warehouse), list[Delivery](), dict[str, None]()
    for loaded in load(asking, tmp_path / "load"):
        land(loaded)
    seq = loaded.source_seq
    known = Known(loaded={"main": seq, "relationships": seq, "exceptions": seq}, cursor=None)
    for step in range(3):
        for lei in chance.sample(LEIS, 5):
            entities[lei] = changed(chance, lei)
            touched[lei] = None
        child, parent = chance.sample(sorted(entities), 2)
        parents = {one: by for one, by in parents.items() if chance.random() < 0.8} | {child: parent}
        # a window reaches back over earlier ones: what is in it was told before
        publish(gleif, entities, parents, chance.sample([*touched], len(touched)))
        for delivery in register.fetch_changes(asking, landing=tmp_path / f"changes{step}", known=known):
            land(delivery)
            told.append(replace(delivery, unpacked=None))
            if chance.random() < 0.7:  # else it was killed before the cursor was kept: all comes again
                known = replace(known, cursor=delivery.cursor or known.cursor)
    assert {delivery.layout.part for delivery in told} >= {"main", "relationships"}
    for late in chance.sample(told, 3):  # landed again, in another order
        land(late)
    followed = state(warehouse)
    land = emptied(warehouse)
    for fresh in load(asking, tmp_path / "fresh"):
        land(fresh)
    assert followed == state(warehouse)
    assert (len(followed[0]), len(followed[1])) == (len(entities), len(parents))
