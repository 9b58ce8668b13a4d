"""All stages after landing, as the pipeline runs them, on a ledger of the test's own."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.fold import fold_journal
from db.warehouse import Warehouse
from enrich.config import Config, MatchConfig
from enrich.match.run import match_crm
from enrich.merge import merge_companies
from enrich.normalise.records import normalise_records
from enrich.progress import silent
from enrich.publish import publish
from enrich.resolve import resolve_companies
from tests.enrich.conftest import AddCrm, AddRecord, crm_adder, record_adder
from tests.enrich.crm.conftest import write_sheet

__all__ = ["write_sheet"]

RunStages = Callable[..., Config]


@pytest.fixture
def run_stages(ledger: Warehouse, tmp_path: Path) -> RunStages:
    """Takes decisions in, matches and publishes; gives the configuration to read with.

    With `is_read=False` nothing is published: for a night of which no test reads the files.
    """
    return stage_runner(ledger, tmp_path)


def stage_runner(ledger: Warehouse, data: Path) -> RunStages:
    """What `run_stages` gives, for a warehouse and a data folder of the caller's."""

    def run(match: MatchConfig | None = None, *, is_read: bool = True) -> Config:
        config = Config(who="kari", data=data, match=match or MatchConfig())
        run_id = str(uuid.uuid4())
        fold_journal(ledger, config.journal)
        normalise_records(ledger, silent)
        resolve_companies(ledger, run_id, silent)
        match_crm(ledger, config, run_id, silent)
        merge_companies(ledger, config, run_id, silent)
        if is_read:
            publish(ledger, config, run_id, silent)
        return config

    return run


@contextmanager
def open_world(data: Path) -> Iterator[tuple[AddRecord, AddCrm, RunStages]]:
    """Fills and matches a data folder of its own; for a world that a module makes once and its tests copy."""
    with Warehouse.open_to_write(data, command="test") as ledger:
        yield record_adder(ledger), crm_adder(ledger), stage_runner(ledger, data)
