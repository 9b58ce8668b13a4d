"""What every command shares: options before and after it, exit codes, faults told in one line, JSON."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from db.errors import (
    DiskFull,
    FolderReadOnly,
    MigrationRefused,
    QueryRefused,
    QueryTooLong,
    WarehouseBusy,
    WarehouseMissing,
)
from db.errors import __doc__ as db_tree
from enrich.cli.exits import EXIT_CODES, exit_code_of
from enrich.cli.session import Given, Session, command
from enrich.errors import (
    ConfirmationNeeded,
    ContractBroken,
    InputInvalid,
    LimitReached,
    NotFound,
    SourcesAway,
    SourcesFailed,
)
from sources.errors import LoginRefused, RetryableError, SourceAborted
from tests.enrich.cli.test_no_color import Terminal

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputInvalid(""), 5),
        (ContractBroken(""), 5),
        (NotFound("company", "x"), 3),
        (ConfirmationNeeded(""), 2),
        (LimitReached(""), 4),
        (QueryTooLong(1), 4),
        (QueryRefused(""), 2),
        (MigrationRefused(""), 5),
        (WarehouseMissing(Path(), what="", do=""), 3),
        (DiskFull(Path()), 1),
        (FolderReadOnly(Path()), 1),
        (RetryableError("", source=""), 75),
        (SourceAborted("", source=""), 5),
        (LoginRefused("", source=""), 1),
        (SourcesFailed([ValueError()], of=2), 1),
        (SourcesAway([ValueError()], of=2), 75),
        (ValueError(), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_errors_have_their_exit_code(error: Exception, code: int) -> None:
    assert exit_code_of(error) == code


def test_the_table_of_exit_codes_is_documented(project: Path) -> None:
    page = (project / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    assert all(f"| {code} |" in page for code in {0, 1, 130, *(code for _, code in EXIT_CODES)})
    assert WarehouseBusy.__name__ in str(db_tree)


def answering(body: object) -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    command(app, "try", examples=("prospekt try",))(body)  # type: ignore[arg-type]
    return app


def test_a_fault_is_one_line_and_its_details_are_in_a_file_of_the_user(configured: Path) -> None:
    def body(session: Session) -> None:
        raise ZeroDivisionError("deep inside")

    result = CliRunner().invoke(answering(body), ["try"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    (log,) = (configured / "data" / "logs").iterdir()
    assert str(log) in result.stderr
    assert "deep inside" in log.read_text(encoding="utf-8")
    assert (log.stat().st_mode | log.parent.stat().st_mode | log.parent.parent.stat().st_mode) & 0o077 == 0


def test_a_folder_of_somebody_else_is_said_as_that_and_a_fault_that_no_file_holds_names_none(folder: Path) -> None:
    def closed(session: Session) -> None:
        raise PermissionError(13, "Permission denied", "/srv/prospects/data/published/companies.duckdb")

    def faulty(session: Session) -> None:
        raise ZeroDivisionError("deep inside")

    told = CliRunner().invoke(answering(closed), ["try"])
    assert told.exit_code == 1
    assert "companies.duckdb is not yours to open" in told.stderr
    assert "--data" in told.stderr
    assert "unexpected" not in told.stderr
    unlogged = CliRunner().invoke(answering(faulty), ["try"])  # there is no configuration, and so no data folder
    assert "deep inside" in unlogged.stderr
    assert "report the fault with this message" in unlogged.stderr


def test_details_of_faults_go_after_a_month(configured: Path) -> None:
    def body(session: Session) -> None:
        raise ValueError

    old = configured / "data" / "logs" / "fault-old.log"
    old.parent.mkdir(parents=True)
    old.write_text("a fault of long ago")
    os.utime(old, (0, 0))
    assert CliRunner().invoke(answering(body), ["try"]).exit_code == 1
    assert old not in list(old.parent.iterdir())


def test_ctrl_c_says_that_nothing_is_lost(folder: Path) -> None:
    def body(session: Session) -> None:
        raise KeyboardInterrupt

    result = CliRunner().invoke(answering(body), ["try"])
    assert result.exit_code == 130
    assert "run the command again" in result.stderr


def test_notes_are_silent_with_quiet(folder: Path) -> None:
    def body(session: Session) -> None:
        session.say("a note")

    assert CliRunner().invoke(answering(body), ["try"]).stderr == "a note\n"
    assert CliRunner().invoke(answering(body), ["try", "--quiet"]).output == ""


def test_large_steps_need_a_yes_where_nobody_can_be_asked(folder: Path) -> None:
    def body(session: Session) -> None:
        session.confirm("Close 900 records?", yes=False)

    result = CliRunner().invoke(answering(body), ["try"])
    assert result.exit_code == 2
    assert "--yes" in result.stderr


def test_a_question_that_gets_no_answer_names_the_option_that_answers_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(ConfirmationNeeded, match="repeat the command with --yes"):
        Session(Given(), as_json=False).confirm("Erase this email everywhere?", yes=False)


def test_help_starts_fast_because_it_loads_no_heavy_library() -> None:
    script = "import sys; from enrich.cli.app import app; print(*(m for m in ('duckdb', 'pyarrow', 'httpx', 'rapidfuzz') if m in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == ""


def test_the_data_folder_may_be_named_before_and_after_the_command(run: Run, configured: Path) -> None:
    for arguments in (("--data", "elsewhere", "status", "--json"), ("status", "--json", "--data", "elsewhere")):
        answer = json.loads(run(*arguments).stdout)
        assert answer["data"]["data"] == str(configured / "elsewhere")
    assert json.loads(run("--data", "a", "status", "--json", "--data", "b").stdout)["data"]["data"] == str(
        configured / "b"
    )


def test_words_too_many_are_answered_with_quotes(run: Run) -> None:
    told = run("why", "NO", "993", "856", "886")
    assert told.exit_code == 2
    assert "Put what has spaces in it into quotes" in told.stderr
