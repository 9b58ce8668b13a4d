"""Plain language against `bench/sentences`: how many sentences are read exactly right, and none silently wrong.

Of `developing.jsonl` each one that is wrong is shown. `held_back.jsonl` was written by somebody else than the grammar's author:
only its counts are shown, and nothing of what it says.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.measure import Measure
from enrich.errors import InputInvalid
from enrich.icp.reading.lists import read_lexicon
from enrich.icp.reading.read import read_text
from enrich.icp.reading.tokens import tokenise

SENTENCES = Path(__file__).parent / "sentences"
LEAST_RIGHT = 0.95
MOST_KNOWN = 0.8
"""A refusal whose words are in the lists to this share is no excuse, but wrong."""


def measure_reading() -> Iterator[Measure]:
    """The share read exactly right, the silently wrong and the refused, of both halves."""
    for half in ("developing", "held_back"):
        counted: Counter[str] = Counter()
        for line in (SENTENCES / f"{half}.jsonl").read_text(encoding="utf-8").splitlines():
            sentence = json.loads(line)
            filters, not_understood = _read(sentence["text"])
            outcome = judge(sentence, filters, not_understood)
            counted[outcome] += 1
            if half == "developing" and not outcome.startswith("right"):
                print(f"{outcome}: {sentence['text']}\n  read as {filters} {not_understood}", file=sys.stderr)
        total = counted.total()
        right = counted["right"] + counted["right_refused"]
        yield Measure(
            name=f"sentences_{half}_exactly_right",
            figure=right / total,
            unit="share",
            bar=LEAST_RIGHT,
            at_least=True,
            more={"sentences": total, **counted},
        )
        yield Measure(
            name=f"sentences_{half}_silently_wrong", figure=counted["silently_wrong"], unit="sentences", bar=0
        )


def judge(sentence: Mapping[str, object], filters: object, not_understood: tuple[str, ...]) -> str:
    """How an answer compares with what a sentence means.

    `right`; `right_refused` (right, with a word rightly named); `silently_wrong` (no word named); `refused` (wrong, but a word
    is named); `refused_known` (the same, though nearly all its words are in the lists, so no excuse).
    """
    named = set(not_understood)
    if to_sets(filters) == to_sets(sentence["filters"]) and named == set(_listed(sentence["not_understood"])):
        return "right_refused" if named else "right"
    if not named:
        return "silently_wrong"
    words = [token for token in tokenise(str(sentence["text"])) if token.kind == "word"]
    known = sum(read_lexicon().find(token.key.rstrip("-")) is not None for token in words)
    return "refused_known" if words and known / len(words) >= MOST_KNOWN else "refused"


def to_sets(value: object) -> object:
    """The value with its lists as sets; no occupations are the same as none said.

    >>> to_sets({"b": ["x", "y"]}) == to_sets({"b": ("y", "x")})
    True
    """
    if isinstance(value, Mapping):
        return frozenset((key, to_sets(item)) for key, item in value.items() if not (key == "occupations" and not item))
    if isinstance(value, list | tuple):
        return frozenset(map(to_sets, value))
    return value


def _listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _read(text: str) -> tuple[dict[str, object], tuple[str, ...]]:
    try:
        reading = read_text(text)
    except InputInvalid:
        return {}, (text,)
    return reading.filters(), reading.not_understood
