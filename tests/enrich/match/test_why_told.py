"""What `match why` prints, read as a person would: rivals, what changed since, earlier verdicts."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from db.warehouse import Warehouse
from enrich.cli.explaining import print_reason
from enrich.config import Config
from enrich.decide import judge
from enrich.gate import open_readers
from enrich.match.explain import explain_match
from enrich.progress import silent
from enrich.publish import publish

Add = Callable[..., str]
RunStages = Callable[..., Config]
RUN = "0190f2c3-0000-7000-8000-0000000000ab"


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What is printed of a CRM record on a terminal of 80 columns, on one line."""
    monkeypatch.setenv("COLUMNS", "80")

    def tell(config: Config, asked: str, *, as_of: datetime | None = None) -> str:
        with open_readers(config) as readers:
            print_reason(explain_match(readers, asked, as_of=as_of))
        text = capsys.readouterr().out
        assert max(map(len, text.splitlines())) <= 80, text
        return re.sub(r"\s+", " ", text)

    return tell


def test_two_equally_near_are_told_apart_by_nothing_and_by_what_would(
    add_record: Add, add_crm: Add, run_stages: RunStages, told: Callable[..., str]
) -> None:
    for number, city in enumerate(("BERGEN", "OSLO"), start=1):
        place = [{"kind": "business", "city": city}]
        add_record("no_brreg", str(number), "ALFAHAVN AS", numbers={"NO-ORGNR": str(number)}, addresses=place)
    add_crm("c", "Alfahavn AS", country_code="NO")
    text = told(run_stages(), "c")
    assert re.search(r"Ambiguous: NO:[12] ALFAHAVN AS comes too near, (\d+)% against \1%\.", text), text
    assert "Nothing that was compared tells them apart." in text
    assert "Enough, if the CRM stated it too: the number" in text
    assert "the place BERGEN" in text


def test_what_changed_since_and_what_was_before_is_told(
    ledger: Warehouse, add_record: Add, add_crm: Add, run_stages: RunStages, told: Callable[..., str]
) -> None:
    first, later = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)
    add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "1"}, known_from=first)
    add_crm("c", "Fjellbre Bakeri", country_code="NO", known_from=first)
    config = run_stages()
    judged = datetime.now(UTC)
    text = told(config, "c")
    assert "records of 2026-10-01" in text
    assert "bits to spare. It would not be without: " in text
    assert "since then" not in text
    add_record("no_brreg", "1", "HAVGAP KONDITORI AS", numbers={"NO-ORGNR": "1"}, known_from=later)
    ledger.execute(
        "INSERT INTO core.change VALUES ('no_brreg:1', 'changed', 'name', 'FJELLBRE BAKERI AS', 'HAVGAP KONDITORI AS', uuid(), $at)",
        at=later,
    )
    publish(ledger, config, RUN, silent)
    since = "Seen as of 2026-10-01; since then the name in the register changed from FJELLBRE BAKERI AS to HAVGAP KONDITORI AS on 2026-11-15."
    assert since in told(config, "c")
    run_stages()
    text = told(config, "c")
    assert since not in text
    assert re.search(
        r"Earlier verdicts \(see one with --as-of\): until [\d :-]+: accepted \d+%, by model, no_brreg:1", text
    )
    assert since in told(config, "c", as_of=judged)


def test_a_judgement_is_told_with_its_author_and_the_name_of_the_company(
    add_record: Add, add_crm: Add, run_stages: RunStages, told: Callable[..., str]
) -> None:
    add_record("no_brreg", "1", "FJELLBRE BAKERI AS", numbers={"NO-ORGNR": "1"})
    add_crm("c", "Fjelbre Bakeri", country_code="NO")
    config = run_stages()
    judge(config, crm_id="c", record_id="no_brreg:1", verdict="same", why="they told us")
    text = told(config, "c")
    assert "(company c): accepted, by judgement" in text
    assert re.search(
        r"kari said same of NO:1 FJELLBRE BAKERI AS on [\d-]+: they told us \(decision [0-9a-f-]{36}\)", text
    )
    assert "short of acceptance" not in text
    assert "no candidate" not in text


def test_a_company_that_people_named_though_it_was_no_candidate_is_told_as_that(
    add_record: Add, add_crm: Add, run_stages: RunStages, told: Callable[..., str]
) -> None:
    add_record("no_brreg", "1", "ALFAHAVN AS", numbers={"NO-ORGNR": "1"})
    add_record("no_brreg", "2", "BERGTUN BYGG AS", numbers={"NO-ORGNR": "2"})
    add_crm("c", "Alfahavn AS", country_code="NO")
    config = run_stages(is_read=False)
    judge(config, crm_id="c", record_id="no_brreg:2", verdict="same", why=None)
    text = told(run_stages(), "c")
    assert "NO:2 BERGTUN BYGG AS was no candidate: people named it" in text
    assert text.index("for Alfahavn AS") > text.index("was no candidate")
    assert "short of acceptance" not in text
