import pytest

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.crm.take_in import import_file, undo_import
from enrich.errors import InputInvalid, NotFound
from tests.enrich.crm.conftest import Snapshot, WriteFile

FIRST = "Record ID;Company name;City;Company owner\n1;A AS;Oslo;Kari\n2;B AS;Oslo;Ola\n3;C AS;Oslo;\n"
SECOND = "Record ID;Company name;City\n1;A AS;Bergen\n2;B AS;Oslo\n4;D AS;Oslo\n;;Oslo\n"
CRM_TABLES = ("core.crm_company", "core.crm_contact", "core.crm_deal", "core.crm_owner", "raw.reject")


def test_undo_brings_back_exactly_what_was(config: Config, write: WriteFile, snapshot: Snapshot) -> None:
    import_file(config, write(FIRST, "first.csv"))
    before = snapshot()
    second = import_file(config, write(SECOND, "second.csv"), complete=True, yes=True)
    assert (second.rows_created, second.rows_updated, second.rows_unchanged, second.rows_closed) == (1, 1, 1, 1)
    assert second.reject_file is not None
    changed = snapshot()
    dry = undo_import(config, second.import_id, dry_run=True)
    assert snapshot() == changed
    done = undo_import(config, second.import_id)
    assert (done.rows_removed, done.rows_reopened) == (dry.rows_removed, dry.rows_reopened) == (2, 2)
    after = snapshot()
    assert {table: after[table] for table in CRM_TABLES} == {table: before[table] for table in CRM_TABLES}
    assert not second.reject_file.exists()


def test_an_undone_file_can_be_imported_again(config: Config, write: WriteFile) -> None:
    path = write(FIRST)
    undo_import(config, import_file(config, path).import_id)
    assert import_file(config, path).rows_created == 3


@pytest.mark.parametrize("complete", [False, True], ids=["changed again", "brought back"])
def test_an_import_that_later_ones_build_upon_is_not_undone(
    config: Config, write: WriteFile, snapshot: Snapshot, complete: bool
) -> None:
    import_file(config, write(FIRST, "first.csv"))
    second = import_file(config, write(SECOND, "second.csv"), complete=complete, yes=True)
    third = import_file(config, write(FIRST, "third.csv"))
    assert third.rows_updated == 1
    assert third.rows_created == (1 if complete else 0)
    before = snapshot()
    with pytest.raises(InputInvalid, match=rf"{third.import_id} \(third.csv\)"):
        undo_import(config, second.import_id)
    assert snapshot() == before
    undo_import(config, third.import_id)
    undo_import(config, second.import_id)


def test_an_import_that_others_only_saw_again_can_be_undone(config: Config, write: WriteFile) -> None:
    first = import_file(config, write(FIRST))
    assert import_file(config, write(FIRST)).rows_unchanged == 3
    assert undo_import(config, first.import_id).rows_removed == 3


def test_undo_of_what_is_not_there_names_what_is(config: Config, write: WriteFile) -> None:
    done = import_file(config, write(FIRST))
    with pytest.raises(NotFound, match=done.import_id):
        undo_import(config, "0198f3c2-0d5e-7c41-a5b0-3f1f0a6c9d11")
    undo_import(config, done.import_id)
    with pytest.raises(InputInvalid, match="undone on"):
        undo_import(config, done.import_id)


def test_the_ledger_remembers_an_undone_import(config: Config, write: WriteFile) -> None:
    done = import_file(config, write(FIRST))
    undo_import(config, done.import_id)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        assert warehouse.ask("SELECT rows_in, undone_at IS NOT NULL AS undone FROM core.import") == [
            {"rows_in": 3, "undone": True}
        ]
        assert [row["command"] for row in warehouse.ask("SELECT command FROM core.run ORDER BY started_at")] == [
            "import",
            "import undo",
        ]
