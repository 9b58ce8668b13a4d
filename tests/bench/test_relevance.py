"""The scores of the relevance bench, on made-up texts; that its questions are the frozen ones."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from bench.relevance.collections import Text
from bench.relevance.developing import FILE as DEVELOPING_FILE
from bench.relevance.developing import draw_interval, make_sample
from bench.relevance.measure import score
from bench.relevance.ours import Ours
from bench.relevance.peers import PlainBm25
from bench.relevance.questions import make_later, make_questions, read_file, read_questions


def company(name: str, purpose: str, industry: str, place: str) -> Text:
    return Text(
        name=name, purpose=purpose, activity=None, place=place, industry=industry, places=frozenset({place.upper()})
    )


COMPANIES = [
    *(company(f"Kode {number} AS", "Programvareutvikling", "62.010 Programvare", "Bergen") for number in range(3)),
    *(company(f"Hus {number} AS", "Utleie av programvare", "62.010 Programvare", "Oslo") for number in range(3)),
    *(company(f"Bygg {number} AS", "Utvikling av tomter", "41.109 Tomter", "Bergen") for number in range(4)),
]


def test_a_compound_is_found_by_ours_and_not_by_words_as_written(tmp_path: Path) -> None:
    questions = list(make_questions("made", COMPANIES))
    assert Counter(one.kind for one in questions) == {"industry": 1, "place": 2}
    with Ours(COMPANIES, "NO", tmp_path / "ours") as ours:
        assert [recall for _, recall in score(ours, COMPANIES, questions)] == [1.0, 1.0, 1.0]
    # the compound is not found, but for its place
    assert score(PlainBm25(COMPANIES), COMPANIES, questions)[0][1] == 0.5


def test_the_questions_are_the_frozen_ones() -> None:
    questions = read_questions()
    assert Counter(one.half == "later" for one in questions) == {False: 872, True: 120}
    halves = Counter((one.collection, one.industry, one.half) for one in questions)
    assert len(halves) == len({(collection, industry) for collection, industry, _ in halves})  # no industry is in both


def test_later_questions_are_all_held_back_and_none_is_asked_twice() -> None:
    asked = [one for one in make_questions("made", COMPANIES) if one.industry.startswith("62")]
    later = list(make_later(asked, "later", [*COMPANIES, *COMPANIES]))
    assert [(one.text, one.half) for one in later] == [("tomter", "later"), ("tomter bergen", "later")]


def test_developing_questions_are_of_no_industry_and_place_that_figures_are_of() -> None:
    asked = [one for one in read_questions() if one.half != "developing"]
    developing = read_file(DEVELOPING_FILE)
    assert Counter(one.kind for one in developing) == {"sub_industry": 415, "industry": 180, "place": 173}
    assert {one.half for one in developing} == {"developing"}
    assert not {one.industry for one in developing} & {one.industry for one in asked}
    assert not {one.place for one in developing if one.place} & {one.place for one in asked}


def test_a_sample_asks_by_sub_industry_what_has_enough_companies() -> None:
    sub_industries = [("62.010 Programvare", "Apps & games"), ("41.109 Tomter", "Hytter")]
    [tested, *_] = make_questions("made", COMPANIES[:6])
    tested = replace(tested, half="held_back", place="OSLO")
    asked = list(make_sample([tested], sub_industries, "small", COMPANIES))
    assert [(one.kind, one.text, one.half) for one in asked] == [
        ("industry", "programvare", "developing"),
        ("place", "programvare bergen", "developing"),
        ("sub_industry", "apps games", "developing"),
    ]


def test_an_interval_is_of_industries_drawn_whole() -> None:
    low, high = draw_interval({"a": [1.0] * 50, "b": [0.0]})
    assert (low, high) == (0.0, 1.0)  # 50 questions of one industry are one that succeeds
