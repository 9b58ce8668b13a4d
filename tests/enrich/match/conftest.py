"""All stages after landing, as the pipeline runs them, on a ledger of the test's own."""

import uuid
from collections.abc import Callable
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
from tests.enrich.crm.conftest import write_sheet

__all__ = ["write_sheet"]

RunStages = Callable[..., Config]


@pytest.fixture
def run_stages(ledger: Warehouse, tmp_path: Path) -> RunStages:
    """Takes decisions in, matches and publishes; gives the configuration to read with."""

    def run(match: MatchConfig | None = None) -> Config:
        config = Config(who="kari", data=tmp_path, match=match or MatchConfig())
        run_id = str(uuid.uuid4())
        fold_journal(ledger, config.journal)
        normalise_records(ledger, silent)
        resolve_companies(ledger, run_id, silent)
        match_crm(ledger, config, run_id, silent)
        merge_companies(ledger, config, run_id, silent)
        publish(ledger, config, run_id, silent)
        return config

    return run
