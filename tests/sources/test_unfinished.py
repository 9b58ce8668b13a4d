"""A whole load that was killed goes on where it was: with nothing lost, nothing twice, and nothing that is too old."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sources.errors import RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.kinds import index_rows
from sources.source import Known
from tests.registers.cvr_server import CvrServer, company
from tests.registers.loopback import Asked, Said
from tests.sources.test_dk_cvr import ALL, BUSY, client, cvr, numbers, read_all  # noqa: F401 - fixtures

Change = Callable[[Path], None]


@pytest.fixture(autouse=True)
def _small_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_rows, "ROWS_AT_ONCE", 2)


def known_in(folder: Path, loaded: int | None = None) -> Known:
    return Known(unfinished=folder / "unfinished", loaded={} if loaded is None else {"virksomhed": loaded})


def break_off(server: CvrServer, client: PoliteClient, folder: Path, *, after: str = "36238208") -> None:  # noqa: F811
    """A load that ends when the page behind that number is asked for: two tables of two are kept by then."""
    answer = server.answer

    def busy_behind(asked: Asked) -> Said:
        return BUSY if f'"search_after": ["{after}"]'.encode() in asked.body else answer(asked)

    server.answer = busy_behind  # type: ignore[method-assign]
    with pytest.raises(RetryableError):
        read_all(client, folder / "first", known_in(folder))
    server.answer = answer  # type: ignore[method-assign]
    assert list((folder / "first").iterdir()) == []
    server.asked.clear()


def places_asked_for(server: CvrServer) -> list[object]:
    return [question["search_after"] for question in server.questions() if "search_after" in question]


def test_a_load_that_was_killed_goes_on_where_it_was(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:  # noqa: F811
    before = datetime.now(UTC)
    break_off(cvr, client, tmp_path)
    begun = json.loads((tmp_path / "unfinished/place.json").read_text())["begun"]
    assert "Personsen" not in text_of_tables(tmp_path / "unfinished")
    delivery = read_all(client, tmp_path / "second", known_in(tmp_path))
    assert numbers(delivery) == sorted(map(str, ALL))
    assert places_asked_for(cvr) == [["36238208"], ["61126228"]]
    assert before <= delivery.fetched_at == datetime.fromisoformat(begun)  # what changed since is followed from there
    assert not (tmp_path / "unfinished").exists()
    fresh = read_all(client, tmp_path / "fresh")
    assert pq.read_table(delivery.rows).equals(pq.read_table(fresh.rows))


def text_of_tables(folder: Path) -> str:
    return str([pq.read_table(path).to_pylist() for path in folder.glob("*.parquet")])


def grow_old(folder: Path) -> None:
    place = folder / "place.json"
    said = json.loads(place.read_text())
    said["begun"] = (datetime.now(UTC) - timedelta(days=1, minutes=1)).isoformat()
    place.write_text(json.dumps(said))


def damage_table(folder: Path) -> None:
    table = folder / "00001.parquet"
    table.write_bytes(table.read_bytes()[:-20])


def lose_table(folder: Path) -> None:
    (folder / "00001.parquet").unlink()


def damage_place(folder: Path) -> None:
    (folder / "place.json").write_text('{"begun": "2026')


def lose_place(folder: Path) -> None:
    (folder / "place.json").unlink()


def read_otherwise(folder: Path) -> None:
    place = folder / "place.json"
    place.write_text(place.read_text().replace("cvrNummer", "cvrNummer cvrNummer", 1))


@pytest.mark.parametrize("change", [grow_old, damage_table, lose_table, damage_place, lose_place, read_otherwise])
def test_what_is_too_old_or_damaged_or_was_read_otherwise_is_let_go(
    change: Change,
    cvr: CvrServer,  # noqa: F811
    client: PoliteClient,  # noqa: F811
    tmp_path: Path,
) -> None:
    break_off(cvr, client, tmp_path)
    change(tmp_path / "unfinished")
    assert numbers(read_all(client, tmp_path / "second", known_in(tmp_path))) == sorted(map(str, ALL))
    assert len(places_asked_for(cvr)) == 3


def test_what_a_later_whole_load_overtook_is_let_go(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:  # noqa: F811
    break_off(cvr, client, tmp_path)
    loaded = int(datetime.now(UTC).timestamp() * 1000) + 1
    read_all(client, tmp_path / "second", known_in(tmp_path, loaded))
    assert len(places_asked_for(cvr)) == 3


def test_a_load_in_which_records_are_missing_is_not_gone_on_with(
    cvr: CvrServer,  # noqa: F811
    client: PoliteClient,  # noqa: F811
    tmp_path: Path,
) -> None:
    cvr.hidden = set(ALL[-2:])
    with pytest.raises(SourceAborted, match="2 records came, and the index says that it holds 5"):
        read_all(client, tmp_path / "first", known_in(tmp_path))
    cvr.hidden = set()
    assert not (tmp_path / "unfinished").exists()
    assert len(numbers(read_all(client, tmp_path / "second", known_in(tmp_path)))) == 5


def test_a_table_that_was_written_before_its_place_is_read_again(
    cvr: CvrServer,  # noqa: F811
    client: PoliteClient,  # noqa: F811
    tmp_path: Path,
) -> None:
    cvr.put(company(90000001, "Firma 6 ApS"), company(90000002, "Firma 7 ApS"))
    replace = Path.replace

    def killed(path: Path, target: Path) -> Path:
        if (path.parent / "00002.parquet").exists():
            raise KeyboardInterrupt
        return replace(path, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            read_all(client, tmp_path / "first", known_in(tmp_path))
    cvr.asked.clear()
    delivery = read_all(client, tmp_path / "second", known_in(tmp_path))
    assert places_asked_for(cvr)[0] == ["24256790"]
    assert len(numbers(delivery)) == len(set(numbers(delivery))) == 7
