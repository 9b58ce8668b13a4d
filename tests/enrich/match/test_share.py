"""What share of the CRM is in the registers: told where it is another than stated for, and set by people."""

from collections.abc import Callable
from pathlib import Path

import pytest

from enrich.cli.matching import told_share
from enrich.config import Config, MatchConfig
from enrich.gate import open_readers
from enrich.match import prevalence, share
from enrich.match.explain import explain_match
from enrich.match.model import load_model, shipped_model
from enrich.match.prevalence import model_for, odds_of_share
from enrich.match.share import CrmShare

Add = Callable[..., str]
RunStages = Callable[..., Config]
NAMES = ("Fjellbre Bakeri AS", "Skogtroll Data AS", "Vinterhav Rederi AS")


@pytest.fixture
def world(add_record: Add, add_crm: Add) -> None:
    """Three CRM companies, each of which is in the register."""
    for number, name in enumerate(NAMES, start=1):
        add_record("no_brreg", str(number), name.upper(), numbers={"NO-ORGNR": str(number)})
        add_crm(f"c{number}", name, country_code="NO")


@pytest.mark.usefixtures("world")
def test_a_share_that_people_set_moves_every_probability_by_its_odds_in_the_explanation_too(
    run_stages: RunStages,
) -> None:
    found = {}
    present = shipped_model().present
    assert present is not None
    for set_to in (None, 0.2):
        config = run_stages(MatchConfig(present=set_to))
        with open_readers(config) as readers:
            found[set_to] = explain_match(readers, "c1")
    before, after = (found[each].candidates[0] for each in (None, 0.2))
    odds = odds_of_share(0.2, present) * before.alone / (1 - before.alone)
    assert after.alone == pytest.approx(odds / (1 + odds))
    assert after.evidence == before.evidence
    turn, earlier = found[0.2].turn, found[None].turn
    assert turn is not None
    assert earlier is not None
    assert turn.bits_short is not None
    assert earlier.bits_short is not None
    assert turn.bits_short > earlier.bits_short


def test_a_trained_model_knows_the_teams_own_share(tmp_path: Path) -> None:
    trained = load_model(tmp_path)
    assert model_for(trained, None) is trained
    own = model_for(trained, 0.5)
    assert own.present == 0.5
    learned = type(trained)(version="t", prior=trained.prior, weights=trained.weights)
    assert model_for(learned, 0.5) is learned


@pytest.mark.usefixtures("world")
def test_another_share_than_stated_for_is_told_with_what_to_set(
    monkeypatch: pytest.MonkeyPatch, run_stages: RunStages
) -> None:
    with open_readers(run_stages()) as readers:
        assert share.estimate_share(readers) is None  # three records tell nothing
    monkeypatch.setattr(share, "ENOUGH", 3)
    monkeypatch.setattr(prevalence, "HELD_BY", 0.1)
    for set_to in (None, 0.5):
        with open_readers(run_stages(MatchConfig(present=set_to))) as readers:
            found = share.estimate_share(readers)
        assert found is not None
        assert found.stated_for == (set_to or shipped_model().present)
        assert found.present > 0.9  # the same, whatever probabilities are stated for


def test_which_way_it_is_wrong_is_said() -> None:
    told = told_share(CrmShare(present=0.41, stated_for=0.74))
    assert "about 41%" in told
    assert "stated for 74% and so say too much: set [match] present = 0.41" in told
    whole = CrmShare(present=1.0, stated_for=0.74)
    assert whole.is_another
    assert "so say too little: set [match] present = 0.99" in told_share(whole)
    assert not CrmShare(present=0.70, stated_for=0.74).is_another
