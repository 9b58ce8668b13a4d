"""The 200 frozen questions: what they ask for is what an ICP may ask for, and they are the mix that their page says."""

import json

from bench.search import COMMON, FROZEN
from enrich.icp.model import Criteria

STILL_TO_COME = {"founded", "status", "technology", "is_subsidiary"}
QUESTIONS = [json.loads(line) for line in FROZEN.read_text(encoding="utf-8").splitlines()]


def test_every_question_asks_in_the_terms_of_an_icp() -> None:
    known = {*Criteria.model_fields, *STILL_TO_COME, "weight"}
    for question in QUESTIONS:
        icp = question["icp"]
        asked = [icp.get("must", {}), icp.get("must_not", {}), *icp.get("should", [])]
        assert known.issuperset(name for part in asked for name in part), question["id"]


def test_the_mix_is_that_of_the_page() -> None:
    assert [question["id"] for question in QUESTIONS] == [f"q{number:03d}" for number in range(1, 201)]
    unfiltered = [one for one in QUESTIONS if set(one["icp"]) == {"should"} and one["text"] is None]
    worded = [{*(one["text"] or "").split(), *one["icp"].get("must", {}).get("words", [])} for one in QUESTIONS]
    assert (len(unfiltered), sum(bool(words & COMMON) for words in worded)) == (20, 50)
