"""NO_COLOR on a terminal: neither colour nor bold."""

import io
import sys

import pytest

from enrich.cli.output import print_table


class Terminal(io.StringIO):
    """A stream that calls itself a terminal."""

    def isatty(self) -> bool:
        """It does."""
        return True


@pytest.mark.parametrize(("setting", "is_plain"), [("1", True), ("", False)], ids=["set", "empty"])
def test_a_table_has_escape_codes_only_without_no_color(
    monkeypatch: pytest.MonkeyPatch, setting: str, is_plain: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", setting)
    monkeypatch.setattr(sys, "stdout", terminal)
    print_table([{"name": "a"}], {"name": "Name"})
    assert "Name" in terminal.getvalue()
    assert ("\x1b" not in terminal.getvalue()) is is_plain
