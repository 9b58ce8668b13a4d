import os
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import pytest

from db.fold import fold_journal
from db.journal import append_decision, make_decision, read_decisions
from db.warehouse import Warehouse
from enrich import decide
from enrich.config import Config
from enrich.errors import ContractBroken, InputInvalid, NotFound, NotSuppressed
from enrich.gate import hmac_of, read_key
from enrich.subject import make_subject

COMPANY = "0190f2c3-0000-7000-8000-000000000001"
RECORD = "no_brreg:923609016"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(who="kari@team.example", data=tmp_path)


def current(config: Config, view: str) -> list[dict[str, object]]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        fold_journal(warehouse, config.journal)
        return warehouse.ask(f"SELECT * FROM core.{view}")


def test_the_latest_judgement_wins_and_names_its_author(config: Config) -> None:
    decide.judge(config, crm_id="c1", record_id=RECORD, verdict="same", why="same number")
    decide.judge(config, crm_id="c1", record_id=RECORD, verdict="different", why="a branch")
    [judgement] = current(config, "current_judgement")
    assert (judgement["verdict"], judgement["decided_by"], judgement["why"]) == (
        "different",
        "kari@team.example",
        "a branch",
    )


def test_an_undone_decision_was_never_made(config: Config) -> None:
    decide.judge(config, crm_id="c1", record_id=RECORD, verdict="same")
    wrong = decide.judge(config, crm_id="c1", record_id=RECORD, verdict="different")
    undone = decide.undo(config, wrong.decision_id)
    assert [row["verdict"] for row in current(config, "current_judgement")] == ["same"]
    with pytest.raises(InputInvalid, match="decide anew"):
        decide.undo(config, undone.decision_id)
    with pytest.raises(NotFound):
        decide.undo(config, "0190f2c3-0000-7000-8000-00000000dead")


def test_an_edit_holds_until_it_is_taken_back(config: Config) -> None:
    decide.edit(config, company_id=COMPANY, record_id=RECORD, field="employees", value=" 25 ")
    decide.edit(config, company_id=COMPANY, record_id=RECORD, field="city", value="Oslo")
    assert {row["field"]: row["value"] for row in current(config, "current_edit")} == {
        "employees": "25-25",
        "city": "Oslo",
    }
    decide.edit(config, company_id=COMPANY, record_id=RECORD, field="city", value=None)
    assert [row["field"] for row in current(config, "current_edit")] == ["employees"]


def test_a_phone_number_is_kept_in_the_spelling_that_a_suppression_knows(config: Config) -> None:
    decide.edit(config, company_id=COMPANY, record_id=RECORD, field="phone", value="+47 22 22 55 55")
    assert [row["value"] for row in current(config, "current_edit")] == [make_subject("phone", "+4722225555").value]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("is_customer", "true", "no field"),
        ("employees", "many", "range"),
        ("employees", "50-10", "range"),
        ("founded_date", "1.2.2020", "date like"),
        ("country_code", "Norway", "two letters"),
        ("phone", "on request", "with its country"),
        ("website", "http://[bad", "an address"),
        ("city", "  ", "needs a value"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_leaves_no_trace(
    config: Config, field: str, value: str, says: str
) -> None:
    with pytest.raises(InputInvalid, match=says):
        decide.edit(config, company_id=COMPANY, record_id=RECORD, field=field, value=value)
    assert read_decisions(config.journal) == []


def test_marks_and_lists_follow_their_record_into_the_company_it_is_in_today(config: Config) -> None:
    decide.mark(config, company_id=COMPANY, record_id=RECORD, mark="snoozed", until=date(2999, 1, 31))
    decide.add_to_list(config, "autumn", company_id=COMPANY, record_id=RECORD)
    merged = "0190f2c3-0000-7000-8000-000000000002"
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        fold_journal(warehouse, config.journal)
        warehouse.execute(
            "INSERT INTO core.company_member VALUES ($record, $company, true, 'first', now())",
            record=RECORD,
            company=merged,
        )
        [marked] = warehouse.ask("SELECT company_id::VARCHAR AS company_id, mark, mark_until FROM core.current_mark")
        [listed] = warehouse.ask("SELECT list_name, company_id::VARCHAR AS company_id FROM core.current_list")
    assert marked == {"company_id": merged, "mark": "snoozed", "mark_until": date(2999, 1, 31)}
    assert listed == {"list_name": "autumn", "company_id": merged}
    decide.mark(config, company_id=COMPANY, record_id=RECORD, mark="none")
    decide.remove_from_list(config, "autumn", company_id=COMPANY, record_id=RECORD)
    assert current(config, "current_mark") == []
    assert current(config, "current_list") == []


def test_a_suppression_keeps_no_clear_text_and_can_be_lifted(config: Config) -> None:
    decide.suppress(config, "email", "Ola.Normann@Example.no", why="asked by phone")
    written = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file()).lower()
    assert b"ola.normann" not in written
    [suppression] = current(config, "current_suppression")
    assert suppression["hmac"] == hmac_of(read_key(config), "email", "ola.normann@example.no")
    decide.lift(config, "email", "ola.normann@example.no")
    assert current(config, "current_suppression") == []


def test_folding_twice_changes_nothing_and_a_restored_warehouse_learns_it_again(config: Config) -> None:
    decide.suppress(config, "domain", "example.no")
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        assert fold_journal(warehouse, config.journal) == 1
        assert fold_journal(warehouse, config.journal) == 0
    (config.data / "warehouse.duckdb").unlink()
    assert len(current(config, "current_suppression")) == 1


def test_a_decision_waits_for_no_writer(config: Config) -> None:
    with Warehouse.open_to_write(config.data, command="refresh no_brreg") as warehouse:
        elsewhere = textwrap.dedent(
            """
            import sys; from pathlib import Path
            from enrich import decide; from enrich.config import Config
            decide.suppress(Config(who="ola", data=Path(sys.argv[1])), "domain", "example.no")
            """
        )
        subprocess.run([sys.executable, "-c", elsewhere, str(config.data)], check=True)
        assert fold_journal(warehouse, config.journal) == 1


def test_a_crash_while_writing_leaves_no_half_decision(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_handle: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", crash)
        with pytest.raises(KeyboardInterrupt):
            append_decision(config.journal, make_decision("mark", {"mark": "none"}, who="kari", why=None))
    assert read_decisions(config.journal) == []
    decide.suppress(config, "domain", "example.no")
    assert len(read_decisions(config.journal)) == 1


def test_the_key_is_private_stays_the_same_and_is_not_made_anew_where_suppressions_rest_on_it(config: Config) -> None:
    key = read_key(config)
    assert len(key) == 32
    assert read_key(config) == key
    assert config.key_file.stat().st_mode & 0o777 == 0o600
    decide.suppress(config, "domain", "example.no")
    config.key_file.unlink()
    with pytest.raises(ContractBroken, match="Restore it"):
        read_key(config)


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("email", "not an address"),
        ("email", "a@b"),
        ("phone", "22 22 55 55"),
        ("domain", "localhost"),
        ("person", "Kari"),
        ("organisation", "914778271"),
        ("fax", "1"),
    ],
)
def test_what_is_no_subject_is_refused_without_repeating_it(scheme: str, value: str) -> None:
    with pytest.raises(InputInvalid) as refused:
        make_subject(scheme, value)
    assert value not in str(refused.value)


def test_a_lifted_suppression_does_not_end_an_erasure(config: Config) -> None:
    decide.suppress(config, "organisation", "NO:923609016")
    sought = hmac_of(read_key(config), "organisation", "NO:923609016")
    erased = make_decision("erasure", {"scheme": "organisation", "hmac": sought, "receipt": "r"}, who="kari", why=None)
    append_decision(config.journal, erased)
    assert decide.held_back_by(config, "organisation", "no:923 609 016") == {"suppression", "erasure"}
    decide.lift(config, "organisation", "NO:923609016")
    assert decide.held_back_by(config, "organisation", "NO:923609016") == {"erasure"}
    with pytest.raises(NotSuppressed):
        decide.lift(config, "organisation", "NO:923609016")


def test_a_snooze_ends_on_a_day_to_come(config: Config) -> None:
    with pytest.raises(InputInvalid, match="--until"):
        decide.mark(config, company_id=COMPANY, record_id=RECORD, mark="snoozed")
    with pytest.raises(InputInvalid, match="past"):
        decide.mark(config, company_id=COMPANY, record_id=RECORD, mark="snoozed", until=date(2020, 1, 31))
    assert read_decisions(config.journal) == []


def test_only_what_is_suppressed_can_be_lifted(config: Config) -> None:
    with pytest.raises(NotSuppressed, match="nothing to lift"):
        decide.lift(config, "email", "ola@example.no")
    decide.suppress(config, "email", "ola@example.no")
    decide.lift(config, "email", "Ola@example.no")
    with pytest.raises(NotSuppressed):
        decide.lift(config, "email", "ola@example.no")
