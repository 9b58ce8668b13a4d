"""Noise of CRM names: every kind does what its name says, as often as measured, and the truth tells it."""

import csv
import random
from collections import Counter
from pathlib import Path

import pytest

from bench.companies import Row, draw_companies
from bench.noise import KINDS, make_noisy, noise_rates, split_name
from bench.noise_rates import classify
from bench.words import build_pools
from bench.world import Plan, make_world

COMPANY: Row = {"navn": "FJELLMO & BRÆKKE EIENDOM UTVIKLING AS", "forretningsadresse.poststed": "BERGEN"}
SURE = {
    "as_registered": {"Fjellmo & Brække Eiendom Utvikling AS"},
    "form_omitted": {"Fjellmo & Brække Eiendom Utvikling"},
    "abbreviation": {"Fjellmo & Brække Eiend. Utv."},
    "acronym": {"FBEU"},
    "group": {"Fjellmo"},
    "generic_dropped": {"Fjellmo & Brække"},
    "town_added": {"Fjellmo & Brække Eiendom Utvikling Bergen"},
    "mojibake": {"Fjellmo & BrÃ¦kke Eiendom Utvikling"},
}


@pytest.mark.parametrize("kind", SURE)
def test_a_kind_does_what_its_name_says(kind: str) -> None:
    assert KINDS[kind](random.Random(1), split_name(COMPANY), build_pools()) in SURE[kind]


@pytest.mark.parametrize("kind", ["typo", "swapped", "lost_letter", "joined", "split"])
def test_a_slip_changes_a_letter_or_a_space(kind: str) -> None:
    for seed in range(20):
        noisy = KINDS[kind](
            random.Random(seed), split_name({**COMPANY, "navn": "STORFJELLMO EIENDOM AS"}), build_pools()
        )
        assert noisy is not None
        assert abs(len(noisy) - len("Storfjellmo Eiendom")) <= 1
        assert noisy != "Storfjellmo Eiendom" or kind == "swapped"


def test_kinds_are_as_common_as_their_rates() -> None:
    companies = [row for row in draw_companies(7, 0, 5_000) if row["organisasjonsform.kode"] == "AS"]
    rates = noise_rates()
    assert sum(rates.values()) == pytest.approx(1)
    assert all(rates[kind] > 0 for kind in KINDS)
    rng = random.Random(3)
    counted = Counter(make_noisy(rng, row, rates)[1] for row in companies)
    for kind in ("as_registered", "form_omitted", "form_changed", "brand"):
        assert counted[kind] / len(companies) == pytest.approx(rates[kind], rel=0.35)
    assert make_noisy(rng, COMPANY, {"acronym": 1.0}) == ("FBEU", "acronym")


def test_the_truth_names_the_kind_of_noise_and_old_worlds_stay(tmp_path: Path) -> None:
    for name, noise in (("noisy", True), ("old", False)):
        make_world(Plan(companies=300, crm_rows=60, noise=noise), tmp_path / name, processes=1)
    with (tmp_path / "noisy" / "true_links.csv").open(encoding="utf-8", newline="") as file:
        links = [link for link in csv.DictReader(file) if link["kind"] == "company"]
    assert all((link["noise"] in KINDS) == bool(link["organisasjonsnummer"]) for link in links)
    assert "noise" not in (tmp_path / "old" / "true_links.csv").read_text(encoding="utf-8").splitlines()[0]


@pytest.mark.parametrize(
    ("written", "true", "kind"),
    [
        ("Fjord Bygg AS", "FJORD BYGG AS", "as_registered"),
        ("Fjord Bygg", "FJORD BYGG AS", "form_omitted"),
        ("Fjord Bygg ASA", "FJORD BYGG AS", "form_changed"),
        ("FjordBygg AS", "FJORD BYGG AS", "joined"),
        ("Fjord", "FJORD HOLDING AS", "generic_dropped"),
        ("Fjord Holding", "FJORD AS", "generic_added"),
        ("Fjord", "FJORD BYGG AS", "group"),
        ("Storfjorf Maskin", "STORFJORD MASKIN AS", "typo"),
        ("Storfjodr Maskin", "STORFJORD MASKIN AS", "swapped"),
        ("Zalora", "FJORD BYGG AS", "brand"),
        ("福島", "FJORD BYGG AS", "other_script"),
    ],
)
def test_real_differences_are_told_apart(written: str, true: str, kind: str) -> None:
    assert classify(written, true, frozenset({"holding"})) == kind
