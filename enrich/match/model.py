"""The model: how much each outcome of a comparison speaks for or against, in bits (log2 odds), and what they make together.

A model is a table in `weights.toml`; how its figures were found is written there and repeated by `fit.py`.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enrich.match.batch import Found
from enrich.match.compare import COMPARISONS, compare
from enrich.match.compare_values import CROWDED
from enrich.match.side import NOTHING, Bits, Pairs

TRAINED = "model.toml"
"""Where the team's own model lies in the data folder."""

HEADER = "# The model of enrich/match/model.py: bits (log2 odds) by comparison and outcome; [amount, bits] are points of a curve."

DISSIMILARITY = 0.75
"""How differently a query's candidates fare (0-1; 1: as strangers). What speaks for one mostly speaks for its rivals too,
so that a difference between two of them tells more than the same bits tell of one alone. Fitted with the weights."""

_MOST = 500.0
"""Bits beyond which nothing is surer: powers of two stay numbers, however they are shared."""

_LEAST = 1e-15
"""The least chance (0-1) that it is nobody: where rounding left none, odds are still numbers."""

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Bits by comparison and outcome: one figure, or points (amount, bits) with straight lines between.

    `version` is raised whenever a weight, a comparison or a key changes. `prior` are the bits of a candidate of which
    nothing is known but that a key brought it up. `present` is the share (0-1) of queries that had their company among
    the candidates where the prior was fitted; null where nobody counted.
    """

    version: str
    prior: float
    weights: Mapping[tuple[str, str], float | Curve]
    present: float | None = None


def read_model(text: str) -> Model:
    """A model from its TOML form.

    >>> model = read_model("version='1'; prior=-3; name={same=2.5, similar=[[0.5, 0.0], [1.0, 2.0]]}".replace(";", chr(10)))
    >>> model.weights["name", "similar"]
    ((0.5, 0.0), (1.0, 2.0))
    """
    read = tomllib.loads(text)
    weights: dict[tuple[str, str], float | Curve] = {}
    for comparison, outcomes in read.items():
        if isinstance(outcomes, dict):
            for outcome, weight in outcomes.items():
                weights[comparison, outcome] = (
                    tuple((float(at), float(bits)) for at, bits in weight)
                    if isinstance(weight, list)
                    else float(weight)
                )
    present = float(read["present"]) if "present" in read else None
    return Model(version=str(read["version"]), prior=float(read["prior"]), weights=weights, present=present)


def write_model(model: Model, *, header: str = HEADER) -> str:
    """A model in the TOML form that `read_model` reads; `header` are comments, or further keys, to stand above it.

    >>> print(write_model(Model(version="1", prior=-3.0, weights={("name", "similar"): ((0.5, 0.0), (1.0, 2.0))})))
    # The model of enrich/match/model.py: bits (log2 odds) by comparison and outcome; [amount, bits] are points of a curve.
    version = "1"
    prior = -3.0
    <BLANKLINE>
    [name]
    similar = [[0.5, 0.0], [1.0, 2.0]]
    <BLANKLINE>
    """
    lines = [header, f"version = {json.dumps(model.version, ensure_ascii=False)}", f"prior = {model.prior}"]
    if model.present is not None:
        lines.append(f"present = {model.present}")
    for comparison, outcomes in groupby(model.weights.items(), key=lambda item: item[0][0]):
        lines += ["", f"[{comparison}]"]
        for (_, outcome), weight in outcomes:
            lines.append(f"{outcome} = {weight if isinstance(weight, float) else [list(point) for point in weight]}")
    return "\n".join(lines) + "\n"


@cache
def shipped_model() -> Model:
    """The model that comes with the program."""
    return read_model(files("enrich.match").joinpath("weights.toml").read_text(encoding="utf-8"))


def load_model(data: Path) -> Model:
    """The model that the team trained (`match train`), or else the one that comes with the program.

    What has come to be compared since it was trained weighs what it does in the shipped one.
    """
    shipped, trained = shipped_model(), data / TRAINED
    if not trained.exists():
        return shipped
    model = read_model(trained.read_text(encoding="utf-8"))
    return replace(model, weights={key: model.weights.get(key, weight) for key, weight in shipped.weights.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One comparison's outcome, both values, its weight in bits (negative speaks against), and the sentence for a person."""

    comparison: str
    outcome: str
    left_value: str | None
    right_value: str | None
    weight: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A candidate's evidence and its sum with the prior, in bits."""

    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Pairs weighed: `totals` in bits, prior included, and what each comparison found and added, by its name."""

    totals: Bits
    found: Mapping[str, Found]
    bits: Mapping[str, Bits]

    def scored(self, row: int) -> Scored:
        """One pair with its evidence, for a person."""
        evidence = tuple(
            _evidence(name, found, row, float(self.bits[name][row]))
            for name, found in self.found.items()
            if found.codes[row] != NOTHING
        )
        return Scored(score=float(self.totals[row]), evidence=evidence)


def score_pairs(pairs: Pairs, model: Model) -> Scores:
    """Both sides of every pair compared and weighed."""
    found = compare(pairs)
    bits = {name: _weigh(name, each, model) for name, each in found.items()}
    return Scores(totals=model.prior + sum(bits.values(), np.zeros(len(pairs))), found=found, bits=bits)


def score_pair(left: pa.Table, right: pa.Table, model: Model) -> Scored:
    """The first row of one side and of another (SIDE) compared and weighed."""
    first = np.zeros(1, dtype=np.int64)
    return score_pairs(Pairs(left=left, right=right, left_rows=first, right_rows=first), model).scored(0)


def _weigh(comparison: str, found: Found, model: Model) -> Bits:
    """The bits of each pair's outcome; none where the comparison says nothing."""
    weighed = np.zeros(len(found.codes))
    for code, outcome in enumerate(found.outcomes):
        weight = model.weights[comparison, outcome]
        rows = found.codes == code
        if isinstance(weight, float):
            weighed[rows] = weight
        elif found.amounts is not None:
            at, bits = zip(*weight, strict=True)
            weighed[rows] = np.interp(found.amounts[rows], at, bits)
    return weighed


def probabilities(scores: Sequence[float]) -> list[float]:
    """The probability (0-1) of each of a query's candidates, of which at most one is true, from their scores in bits.

    Two equally good candidates share little more than what one alone would have:

    >>> [round(p, 3) for p in probabilities([6.0])], [round(p, 3) for p in probabilities([6.0, 6.0])]
    ([0.985], [0.495, 0.495])
    """
    chances = probabilities_by_query(np.array(scores, dtype=np.float64), np.zeros(len(scores), dtype=np.int64))
    return [float(chance) for chance in chances]


def probabilities_by_query(scores: Bits, queries: npt.NDArray[np.int64]) -> Bits:
    """The probabilities of candidates of many queries, the candidates of each query in one run.

    A nested logit: the candidates are a nest of `DISSIMILARITY`, beside it stands that it is none of them (McFadden 1978,
    "Modelling the choice of residential location").
    """
    starts = np.flatnonzero(np.append(True, queries[1:] != queries[:-1])) if len(scores) else np.zeros(0, np.int64)
    among, anybody = share_nests(scores, starts)
    return among * np.repeat(anybody, np.diff(np.append(starts, len(scores))))


def share_nests(scores: Bits, starts: npt.NDArray[np.int64]) -> tuple[Bits, Bits]:
    """Of each query, whose candidates begin at `starts`: each one's share (0-1) among them, and the chance that it is one of them."""
    if not len(starts):
        return np.zeros(0), np.zeros(0)
    lengths = np.diff(np.append(starts, len(scores)))
    highest = np.maximum.reduceat(scores, starts)
    odds = np.exp2((scores - np.repeat(highest, lengths)) / DISSIMILARITY)
    whole = np.add.reduceat(odds, starts)
    together = highest + DISSIMILARITY * np.log2(whole)
    return odds / np.repeat(whole, lengths), 1 / (1 + np.exp2(-np.clip(together, -_MOST, _MOST)))


def gain_bits(chances: Sequence[float], gains: Sequence[float]) -> list[float]:
    """The probabilities (0-1) of rivals, of which at most one is true, after each gained so many bits.

    >>> [round(p, 3) for p in gain_bits(probabilities([1.0, 2.0]), [3.0, -2.0])] == [round(p, 3) for p in probabilities([4.0, 0.0])]
    True
    """
    weights = zip(_nest_weights(chances), gains, strict=True)
    return _share_nest([weight * 2.0 ** (gain / DISSIMILARITY) for weight, gain in weights])


def add_rival(chances: Sequence[float], score: float) -> list[float]:
    """The probabilities (0-1) of rivals and of one more, last, that has so many bits.

    >>> [round(p, 3) for p in add_rival(probabilities([1.0]), 2.0)] == [round(p, 3) for p in probabilities([1.0, 2.0])]
    True
    """
    return _share_nest([*_nest_weights(chances), 2.0 ** (min(score, _MOST) / DISSIMILARITY)])


def _nest_weights(chances: Sequence[float]) -> list[float]:
    """What `_share_nest` makes these probabilities of."""
    anybody = sum(chances)
    if not anybody:
        return [0.0 for _ in chances]
    whole = (anybody / max(1 - anybody, _LEAST)) ** (1 / DISSIMILARITY)
    return [chance / anybody * whole for chance in chances]


def _share_nest(weights: Sequence[float]) -> list[float]:
    whole = sum(weights)
    anybody = 1 / (1 + whole**-DISSIMILARITY) if whole else 0.0
    return [anybody * weight / whole if whole else 0.0 for weight in weights]


_SUBJECTS = {name: (comparison.__doc__ or "").rstrip(".") for name, comparison in COMPARISONS.items()}
_OUTCOMES = {
    "same": "the same",
    "different": "not the same",
    "same_address": "the same street and number",
    "same_address_among_relatives": "the same street and number, as that of others with such a name",
    "elsewhere": "in another place of the other name",
    "same_among_relatives": "the same, as that of others with such a name",
    "spells_the_name": "it spells the other's name",
    "same_words": "the same words in another order or spelling",
    "same_besides": "the same but for what one says besides, in brackets or of the place",
    "same_as_named": "the same, and it spells the name that both have",
    "as_named": "it spells the name that both have, and the second states none",
    "as_begun": "it spells the beginning of the name that both have, and the second states none",
    "same_postal_code": "the same postal code",
    "same_street": "the same street and number, without the place",
    "another_street": "another street and number, without the place",
    "near": "about as many",
    "apart": "far more or far fewer",
    "other_letter": "nearly the same, with another first letter",
    "begins_alone": "the first name begins the second, and that of no other company that comes near",
    "same_meaning": "the same, in part in another language",
    "acronym": "one is the initials of the other",
    "dead": "no longer",
    "unstated": "not stated",
    "unmentioned": "the first has one",
    "both": "each has another one",
    "both_alone": "each has another one, and nothing else tells them apart",
    "second_alone": "the second has one, and nothing else tells them apart",
    "first_alone": "the first has one, and nothing else tells them apart",
    "ordinary": "the second states an ordinary one, the first, of the same name, none",
    "of_its_country": "the second only its country, as the part of a company that is there has",
    "translated": "one is in English, for such a form",
    "translated_otherwise": "one is in English, for another form",
    "public": "the second is of a company that may be traded, the first states none",
    "no_company": "the second is of no company that does business, the first states none",
    "only_left": "some",
    "only_right": "some",
    "shared": "some",
    "shared_meaning": "some, in part in another language",
}


def _where(companies: int) -> str:
    """How many companies are at an address, where they were counted."""
    if companies == 1:
        return ", where no other company is"
    return f", where {companies} companies are" if companies < CROWDED else ""


def _evidence(comparison: str, found: Found, row: int, weight: float) -> Evidence:
    outcome = found.outcomes[found.codes[row]]
    left_value, right_value = found.show(row)
    if outcome == "similar" and found.amounts is not None:
        said = f"{found.amounts[row]:.0%} alike"
    elif outcome in ("same_address", "same_street") and found.amounts is not None:
        said = f"{_OUTCOMES[outcome]}{_where(int(found.amounts[row]))}"
    elif outcome in ("shared", "only_left", "only_right") and not (left_value or right_value):
        said = "only words that are the same but for a slip" if outcome == "shared" else "only the letters of a slip"
    else:
        said = _OUTCOMES.get(outcome, outcome.replace("_", " "))
    return Evidence(
        comparison=comparison,
        outcome=outcome,
        left_value=left_value,
        right_value=right_value,
        weight=weight,
        sentence=f"{_SUBJECTS[comparison]}: {said}.",
    )
