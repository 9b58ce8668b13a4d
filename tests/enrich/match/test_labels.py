"""Judgements as files and back: nothing lost, nothing twice, nobody overwritten."""

import csv
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrich.config import Config
from enrich.decide import StandingJudgement, judge, read_judgements, undo_judgement
from enrich.errors import InputInvalid
from enrich.gate import open_readers
from enrich.match.labels import (
    OURS,
    SPLINK,
    History,
    Label,
    LabelReport,
    export_labels,
    import_labels,
    plan_labels,
    read_labels,
)
from enrich.progress import silent
from tests.enrich.match.conftest import open_world

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def _matched_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("matched")
    with open_world(data) as (add_record, add_crm, run_stages):
        add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "1"})
        add_record("no_brreg", "2", "SKOGTROLL DATA AS", numbers={"NO-ORGNR": "2"})
        add_crm("c1", "Fjelbre Bakeri AS", country_code="NO", crm_key="101")
        add_crm("c2", "Skogtroll", country_code="NO", crm_key="102")
        add_crm("p1", kind="contact", company_crm_key="102", first_name="Ola", last_name="Hansen", crm_key="901")
        run_stages()
    return data


@pytest.fixture
def world(_matched_once: Path, tmp_path: Path) -> Config:
    """Two companies, two CRM companies and a contact of one of them; a copy a test."""
    shutil.copytree(_matched_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Config(who="kari", data=tmp_path)


def take_in(config: Config, path: Path, *, dry_run: bool = False) -> LabelReport:
    with open_readers(config) as readers:
        return import_labels(readers, path, dry_run=dry_run, progress=silent)


def counts(report: LabelReport) -> tuple[int, int, int, int]:
    found = report.created, report.updated, sum(report.skipped.values()), len(report.rejected)
    assert sum(found) == report.rows
    return found


def write(path: Path, *rows: tuple[str, ...], header: tuple[str, ...] = OURS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def said(config: Config) -> dict[tuple[str, str], tuple[str, str, datetime, str | None]]:
    return {
        (one.crm_id, one.record_id): (one.verdict, one.decided_by, one.decided_at, one.why)
        for one in read_judgements(config)
    }


def test_what_was_exported_comes_back_as_it_was_and_only_once(world: Config, tmp_path: Path) -> None:
    judge(world, crm_id="c1", record_id="no_brreg:1", verdict="same", why='one, "two"; æøå')
    judge(world, crm_id="c1", record_id="no_brreg:2", verdict="unsure")
    before, path = said(world), tmp_path / "labels.csv"
    assert export_labels(world, path, for_splink=False) == (2, 0)
    assert counts(take_in(world, path)) == (0, 0, 2, 0)
    for decision in world.journal.glob("*.json"):
        decision.unlink()
    assert counts(take_in(world, path, dry_run=True)) == (2, 0, 0, 0)
    assert said(world) == {}
    assert counts(take_in(world, path)) == (2, 0, 0, 0)
    assert said(world) == before
    assert counts(take_in(world, path)) == (0, 0, 2, 0)


def test_ids_as_a_crm_has_them_are_of_the_crm_and_not_of_registers(tmp_path: Path) -> None:
    config = Config(who="kari", data=tmp_path)
    judge(config, crm_id="hubspot:0:company:1134", record_id="no_brreg:1", verdict="same")
    judge(config, crm_id="gleif:L", record_id="no_brreg:1", verdict="same")
    assert [one.is_of_registers for one in read_judgements(config)] == [False, True]
    assert export_labels(config, tmp_path / "labels.csv", for_splink=False) == (1, 0)
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:] == ["hubspot:0:company:1134"]


def test_splink_gets_its_own_table_without_the_unsure(world: Config, tmp_path: Path) -> None:
    judge(world, crm_id="c1", record_id="no_brreg:1", verdict="same")
    judge(world, crm_id="c2", record_id="no_brreg:1", verdict="different")
    judge(world, crm_id="c2", record_id="no_brreg:2", verdict="unsure")
    path = tmp_path / "labels.csv"
    assert export_labels(world, path, for_splink=True) == (2, 1)
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            list(SPLINK),
            ["c1", "crm", "no_brreg:1", "no_brreg", "1.0"],
            ["c2", "crm", "no_brreg:1", "no_brreg", "0.0"],
        ]
    assert counts(take_in(world, path)) == (0, 0, 2, 0)


def test_labels_of_splink_are_taken_in_whichever_side_is_left(world: Config, tmp_path: Path) -> None:
    rows = [
        ("no_brreg:1", "no_brreg", "101", "crm", "0.99"),
        ("c2", "crm", "no_brreg:1", "no_brreg", "0"),
        ("c2", "crm", "no_brreg:2", "no_brreg", "0.5"),
        ("c2", "crm", "no_brreg:2", "no_brreg", "7"),
    ]
    report = take_in(world, write(tmp_path / "l.csv", *rows, header=SPLINK))
    assert counts(report) == (3, 0, 0, 1)
    assert {pair: values[0] for pair, values in said(world).items()} == {
        ("c1", "no_brreg:1"): "same",
        ("c2", "no_brreg:1"): "different",
        ("c2", "no_brreg:2"): "unsure",
    }


def test_what_cannot_be_used_is_named_with_its_line(world: Config, tmp_path: Path) -> None:
    report = take_in(
        world,
        write(
            tmp_path / "l.csv",
            ("nobody", "no_brreg:1", "same", "", "", ""),
            ("c1", "no_brreg:9", "same", "", "", ""),
            ("c1", "no_brreg:1", "perhaps", "", "", ""),
            ("c1", "no_brreg:1", "same", "", "20 nov", ""),
            ("c1", "no_brreg:1", "same", "", "2999-01-01", ""),
            ("901", "no_brreg:2", "SAME", "ola", "2026-11-01", ""),
        ),
    )
    assert counts(report) == (1, 0, 0, 5)
    assert [one.line for one in report.rejected] == [2, 3, 4, 5, 6]
    for one, part in zip(
        report.rejected, ("'nobody'", "'no_brreg:9'", "'perhaps'", "'20 nov'", "to come"), strict=True
    ):
        assert part in one.reason
    # the contact has the verdict of its company in the CRM: that is what is judged
    assert said(world) == {("c2", "no_brreg:2"): ("same", "ola", datetime(2026, 11, 1, tzinfo=UTC), None)}


def test_a_company_is_named_by_its_number_where_that_is_one_register_record(tmp_path: Path) -> None:
    one, two = "5493001KJTIIGC8Y1R12", "5493006MHB84DD0ZWV18"
    with open_world(tmp_path) as (add_record, add_crm, run_stages):
        add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "923609016", "LEI": one})
        add_record("gleif", two, "SKOGTROLL DATA AS", numbers={"LEI": two, "NO-ORGNR": "911111111"})
        add_record("no_brreg", "2", "SKOGTROLL DATA AS", numbers={"NO-ORGNR": "911111111"})
        add_record("fi_prh", "3", "HAVGAP OY", numbers={"FI-YTUNNUS": "2077474-0"}, country_code="FI")
        add_crm("c1", "Fjellbre", country_code="NO")
        config = run_stages()
    spellings = ("NO:923609016", "no: 923 609 016", "NO923609016MVA", f"LEI:{one}", f"lei:{one}")
    for spelling in spellings:
        report = take_in(config, write(tmp_path / "l.csv", ("c1", spelling, "same", "", "", "")), dry_run=True)
        assert counts(report) == (1, 0, 0, 0), spelling
    right_ids = (f"LEI:{one}", "FI:2077474-0", f"LEI:{two}", "NO:911111111", "NO:999999999", "NO:MVA")
    report = take_in(config, write(tmp_path / "l.csv", *(("c1", each, "different", "", "", "") for each in right_ids)))
    assert set(said(config)) == {("c1", "no_brreg:1"), ("c1", "fi_prh:3")}
    several = f"names 2 register records: write the one that is meant, gleif:{two} or no_brreg:2"
    assert [(one.line, one.reason) for one in report.rejected] == [
        (4, f"'LEI:{two}' {several}"),
        (5, f"'NO:911111111' {several}"),
        (6, "no register record that may be shown has the id 'NO:999999999'"),
        (7, "no register record that may be shown has the id 'NO:MVA'"),
    ]
    splink = write(tmp_path / "s.csv", (f"LEI:{one}", "gleif", "c1", "crm", "0.0"), header=SPLINK)
    assert take_in(config, splink).skipped == {"said so already": 1}


def test_what_a_person_judged_or_took_back_later_stays(world: Config, tmp_path: Path) -> None:
    mine = judge(world, crm_id="c1", record_id="no_brreg:1", verdict="same", why="mine")
    gone = judge(world, crm_id="c2", record_id="no_brreg:2", verdict="same")
    undo_judgement(world, gone.decision_id)
    old = write(
        tmp_path / "old.csv",
        ("c1", "no_brreg:1", "different", "ola", "2026-11-01", ""),
        ("c1", "no_brreg:1", "different", "ola", "", ""),
        ("c2", "no_brreg:2", "same", "ola", "2026-11-01", ""),
        ("c2", "no_brreg:2", "same", "ola", "", ""),
    )
    assert counts(take_in(world, old)) == (0, 0, 4, 0)
    assert [one.decision_id for one in read_judgements(world)] == [mine.decision_id]
    later = datetime.now(UTC) + timedelta(minutes=1)
    new = write(
        tmp_path / "new.csv",
        ("c1", "no_brreg:1", "different", "ola", later.isoformat(), "moved"),
        ("c2", "no_brreg:2", "same", "ola", later.isoformat(), ""),
    )
    assert counts(take_in(world, new)) == (1, 1, 0, 0)
    assert said(world)["c1", "no_brreg:1"] == ("different", "ola", later, "moved")


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        pytest.param(b"a,b\n1,2\n", "left_id, right_id, verdict", id="other columns"),
        pytest.param(b"", "no column", id="empty"),
        pytest.param(b"\xff\xfe\x00", "UTF-8", id="no text"),
        pytest.param(None, "no file", id="missing"),
    ],
)
def test_a_file_that_is_none_of_labels_changes_nothing(tmp_path: Path, content: bytes | None, hint: str) -> None:
    path = tmp_path / "l.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputInvalid, match=hint):
        read_labels(path)


def test_a_file_with_semicolons_and_line_breaks_in_a_reason_is_read(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(
        '\ufeffleft_id;right_id;verdict;why\r\nc1;no_brreg:1;same;"told\r\non the phone"\r\nc2;x:2;different;\r\n'.encode()
    )
    labels, rejected = read_labels(path)
    assert rejected == []
    assert [(one.line, one.left_id, one.why) for one in labels] == [(3, "c1", "told\non the phone"), (4, "c2", None)]


@pytest.mark.parametrize(
    ("rows", "kept", "told"),
    [
        pytest.param("c1,r:1,same,ola,,told, on the phone\nc2,r:2,same,ola,,x\n", ["c2"], "7 cells", id="bare comma"),
        pytest.param("c1,r:1,same\nc2,r:2,same,ola,,x\n", ["c2"], "3 cells", id="cells missing"),
        pytest.param('c1,r:1,same,ola,,"told\nc2,r:2,same,ola,,"\nc3,r:3,same,,,\n', ["c3"], "whole row", id="in why"),
        pytest.param('c1,r:1,same,ola,,"\nc2,r:2,same,ola,,"\nc3,r:3,same,,,\n', ["c3"], "whole row", id="all of why"),
        pytest.param(
            'c1,r:1,same,"ola,,told\nc2,r:2,same",,x\nc3,r:3,same,,,\n', ["c3"], "who has a line", id="in another cell"
        ),
    ],
)
def test_a_row_that_lost_a_part_or_took_the_next_one_in_is_rejected(
    tmp_path: Path, rows: str, kept: list[str], told: str
) -> None:
    path = tmp_path / "l.csv"
    path.write_text(f"{','.join(OURS)}\n{rows}", encoding="utf-8")
    labels, [rejected] = read_labels(path)
    assert [label.left_id for label in labels] == kept
    assert told in rejected.reason


@pytest.mark.parametrize(
    "row",
    [
        pytest.param('c2,r:2,same,ola,,"told', id="a quotation mark is never closed"),
        pytest.param('c2,r:2,same,ola,,"told" by him', id="text behind a quotation mark"),
        pytest.param(f"c2,r:2,same,ola,,{'x' * 131_073}", id="a field that is too large"),
    ],
)
def test_what_is_no_csv_changes_nothing_and_its_line_is_told(tmp_path: Path, row: str) -> None:
    path = tmp_path / "l.csv"
    path.write_text(f"{','.join(OURS)}\nc1,r:1,same,ola,,x\n{row}\nc3,r:3,same,ola,,x\n", encoding="utf-8")
    with pytest.raises(InputInvalid, match="begins on line 3"):
        read_labels(path)


LABELS = st.lists(
    st.builds(
        Label,
        line=st.just(2),
        left_id=st.sampled_from(["c1", "c2"]),
        right_id=st.just("r"),
        verdict=st.sampled_from(["same", "different", "unsure"]),
        who=st.just("ola"),
        when=st.none() | st.integers(0, 5).map(lambda days: NOW - timedelta(days=days)),
    ),
    max_size=8,
)


def _said(verdict: str, days: int) -> Label:
    when = NOW - timedelta(days=days)
    return Label(line=2, left_id="c1", right_id="r", verdict=verdict, who="ola", when=when)


@given(labels=LABELS)
@example(labels=[_said("same", 2), _said("same", 0), _said("different", 1)])
def test_taking_the_same_labels_in_again_never_changes_anything(labels: list[Label]) -> None:
    standing: dict[tuple[str, str], StandingJudgement] = {}
    for label, outcome in plan_labels(labels, History(), now=NOW):
        if outcome in ("created", "updated"):
            standing[label.left_id, label.right_id] = StandingJudgement(
                crm_id=label.left_id,
                record_id=label.right_id,
                verdict=label.verdict,
                decision_id="d",
                decided_by="ola",
                decided_at=label.when or NOW,
                why=None,
            )
    again = [outcome for _, outcome in plan_labels(labels, History(standing=standing), now=NOW)]
    assert not {"created", "updated"} & set(again)
