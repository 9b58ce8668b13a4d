"""`--ask`: a search in plain words, found, exported and explained."""

import json
import re
from pathlib import Path

import pytest

from db.journal import read_decisions
from enrich.config import Config
from tests.enrich.cli.conftest import Run

ASKED = "programvareselskaper i Oslo, helst med nettside"


@pytest.fixture
def asking(run: Run, configured: Path, published: Config) -> Run:
    """Runs `prospekt find …` over the small world."""
    return lambda *arguments: run("--data", published.data, "find", *arguments)


def test_it_is_searched_at_once_and_said_how_it_was_read(asking: Run) -> None:
    answer = asking("--ask", ASKED)
    assert answer.exit_code == 0, answer.stderr
    assert "ZETA OSLO AS" in answer.stdout
    assert "ALFA KODE AS" not in answer.stdout  # of Bergen
    assert answer.stderr.startswith("Read as:\n  [icp.asked.must]\n")
    assert '  municipality = ["Oslo"]\n' in answer.stderr
    assert "  not asked for: no company has the industry '58.29'\n" in answer.stderr
    assert f"prospekt icp read '{ASKED}' --name NAME" in answer.stderr


def test_machines_are_told_the_filters_and_who_of_each_owner(asking: Run) -> None:
    data = json.loads(asking("--ask", ASKED, "--json", "--explain").stdout)["data"]
    assert [one["name"] for one in data["companies"]] == ["ZETA OSLO AS"]
    assert (data["asked"]["language"], data["asked"]["filters"]["must"]["municipality"]) == ("nb", ["Oslo"])
    assert data["asked"]["filters"]["should"] == [{"has_website": True}]
    assert data["asked"]["not_in_use"] == ["58.29"]
    split = asking("--ask", ASKED, "--split", "owner", "--json")
    assert split.stderr.startswith("Read as:")  # whoever is listed by owner is told no filters otherwise
    [owner] = json.loads(split.stdout)["data"]["owners"]
    assert [one["name"] for one in owner["companies"]] == ["ZETA OSLO AS"]


def test_lists_by_owner_end_with_how_many_there_are_and_what_was_left_out(asking: Run) -> None:
    told = asking("--ask", "programvareselskaper i Norge", "--split", "owner", "--limit", "1").stderr
    assert re.search(r"^2 companies of (1\d) shown for asked: \1 fit, 0 may fit; as of ", told, re.MULTILINE)
    assert "  left out 2: marked as competitor" in told
    assert "most depends on" not in told


def test_what_would_be_another_search_than_was_meant_is_refused(asking: Run) -> None:
    for arguments, says in (
        (["--ask", "lønnsomme programvareselskaper i Oslo"], "not all was understood: 'lønnsomme'"),
        (
            ["--ask", "svenske programvareselskaper i Oslo"],
            "'svenske' says SE and 'Oslo' says NO: which country is meant?",
        ),
        (["--ask", "nettside og uten nettside"], "'nettside' (known, but not as it stands here)"),
        (["--ask", "leger innen 99999 km fra Oslo"], "near.km"),
        (["--ask", "programvare, ikke danske"], "no company has the country 'DK'"),
        (["--ask", "leger i Oslo"], "no company has the industry '86.21'"),
        (["--ask", "finn selskaper"], "Nothing of this text is a filter"),
        (["--ask", ASKED, "--icp", "first"], "--ask is instead of --icp"),
        (["--ask", ASKED, "--save", "mine"], "--save keeps a search of an ICP"),
    ):
        answer = asking(*arguments)
        assert (answer.exit_code, answer.stdout) == (5, "")
        assert says in " ".join(answer.stderr.split())


def test_what_was_asked_can_be_exported_and_explained(
    run: Run, configured: Path, published: Config, tmp_path: Path
) -> None:
    dry = run("--data", published.data, "export", "--for", "csv", "--ask", ASKED, "--dry-run", "--json")
    assert json.loads(dry.stdout)["data"]["asked"]["not_in_use"] == ["58.29"]
    out = tmp_path / "asked.csv"
    answer = run("--data", published.data, "export", "--for", "csv", "--ask", ASKED, "--out", str(out))
    assert answer.exit_code == 0, answer.stderr
    assert answer.stderr.startswith("Read as:")
    assert "ZETA OSLO AS" in out.read_text("utf-8-sig")
    assert "ALFA KODE AS" not in out.read_text("utf-8-sig")
    assert json.loads(out.with_name("asked.csv.meta.json").read_text("utf-8"))["asked"] == ASKED
    [exported] = [one for one in read_decisions(published.journal) if one.kind == "export"]
    assert exported.payload["asked"] == ASKED
    why = run("--data", published.data, "why", "ALFA KODE AS", "--ask", ASKED)
    assert why.exit_code == 0, why.stderr
    assert "Left out for asked" in why.stdout
    assert "it does not fit: municipality BERGEN (4601), asked Oslo" in why.stdout
    assert "ask otherwise of municipality (asked: Oslo; it has: BERGEN (4601))" in why.stdout
    assert "icp.asked" not in why.stdout
    told = run("--data", published.data, "why", "ALFA KODE AS", "--ask", ASKED, "--json")
    assert json.loads(told.stdout)["data"]["asked"]["text"] == ASKED
    for refused in (["export", "--for", "csv"], ["why", "ALFA KODE AS"]):
        answer = run("--data", published.data, *refused, "--ask", ASKED, "--icp", "software_no")
        assert (answer.exit_code, answer.stdout) == (5, "")
        assert "--ask is instead of --icp" in answer.stderr


def test_who_was_never_contacted_is_said_to_be_among_those_not_contacted(asking: Run) -> None:
    told = "whoever is not in your CRM was never contacted, and is among them"
    assert told in asking("--ask", "programvareselskaper, ikke kontaktet siste 6 måneder").stderr
    assert told in asking("--ask", "programvareselskaper, ikke kontaktet siden januar").stderr
    assert told not in asking("--ask", "programvareselskaper, kontaktet siste 6 måneder").stderr
    assert told not in asking("--ask", "programvareselskaper i CRM, ikke kontaktet siste 6 måneder").stderr


def test_an_export_of_nobody_says_what_left_nobody(
    run: Run, configured: Path, published: Config, tmp_path: Path
) -> None:
    out = tmp_path / "nobody.csv"
    answer = run("--data", published.data, "export", "--for", "csv", "--text", "xyzzyplugh", "--out", str(out))
    assert (answer.exit_code, answer.stdout) == (5, "")
    assert "0 companies of 0 shown for software_no" in answer.stderr
    assert "'xyzzyplugh' 0" in answer.stderr
    assert answer.stderr.rstrip().endswith("There is no company to export; nothing was written.")
    assert not out.exists()
