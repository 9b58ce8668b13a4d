"""`prospekt icp read`: what it prints, and what it does where nothing is understood."""

import json
import tomllib
from collections.abc import Callable

from typer.testing import Result

Run = Callable[..., Result]


def test_a_section_to_paste_with_what_was_not_understood(run: Run) -> None:
    """It needs neither a configuration nor companies."""
    answer = run("icp", "read", "tanleger og leger i Rogaland, ikke konkurs", "--name", "doctors")
    assert answer.exit_code == 0
    first, *_ = answer.stdout.splitlines()
    assert first.startswith("# not understood: tanleger; the nearest known: tannlege")
    assert tomllib.loads(answer.stdout) == {
        "icp": {
            "doctors": {
                "must": {"industry": ["86.21"], "region": ["Rogaland"]},
                "must_not": {"status": ["bankrupt"]},
            }
        }
    }


def test_the_answer_for_machines(run: Run) -> None:
    answer = json.loads(run("icp", "read", "lönsamma åkerier i Skåne", "--json").stdout)
    assert answer["schema"] == "prospekt.icp-read/1"
    assert answer["data"] == {
        "text": "lönsamma åkerier i Skåne",
        "language": "sv",
        "filters": {"must": {"industry": ["49.41"], "region": ["Skåne"]}},
        "not_understood": ["lönsamma"],
        "nearest": {"lönsamma": answer["data"]["nearest"]["lönsamma"]},
        "faults": {},
    }


def test_what_asks_nothing_is_refused(run: Run) -> None:
    for text in ("qwertyuiop", "finn selskaper", "…"):
        answer = run("icp", "read", text)
        assert answer.exit_code == 5
        assert answer.stderr
    assert run("icp", "read", "malere", "--name", "a b").exit_code == 5


def test_no_control_character_reaches_the_terminal(run: Run) -> None:
    answer = run("icp", "read", "malere xyz\x1b[31mabc «rød\u202e»")
    assert "\x1b" not in answer.stdout
    assert "\u202e" not in answer.stdout
    assert tomllib.loads(answer.stdout)["icp"]["mine"]["must"]["words"] == ["rød\u202e"]
