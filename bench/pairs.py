"""Hand-made hard pairs of names, the same organisation or not: our bits against ratios, thresholds chosen alike for all."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, utils
from rapidfuzz.distance import JaroWinkler

from bench.gold import is_developing
from bench.measure import Measure
from enrich.match.model import score_pairs, shipped_model
from enrich.match.side import Pairs
from enrich.match.sides import Stated, make_side

ORGANISATIONS = ("Company", "Organization", "LegalEntity")
HALVES = (0, 1)

Ratio = Callable[[str, str], float]


def measure_pairs(path: Path) -> Iterator[Measure]:
    """F1 of ours, which has to be above that of any ratio; each at the threshold that suits it best."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["schema"] in ORGANISATIONS]
    same = [row["is_match"] == "true" for row in rows]
    pairs = [(row["name1"], row["name2"]) for row in rows]
    halves = [half_of(*pair) for pair in pairs]
    ours = own_bits(pairs)
    peers = {name: [ratio(*pair) for pair in pairs] for name, ratio in _ratios().items()}
    best = {name: best_f1(scores, same) for name, scores in peers.items()}
    yield Measure(
        name="name_pairs_f1",
        figure=best_f1(ours, same),
        unit="F1",
        bar=max(best.values()),
        at_least=True,
        more={
            "pairs": len(pairs),
            "same": sum(same),
            "at_even_chance": round(f1_at(ours, same, 0.0), 4),
            "all_the_same": round(f1_at([0.0] * len(same), same, 0.0), 4),
            "peers": {name: round(found, 4) for name, found in best.items()},
            "threshold_of_the_other_half": {
                name: round(f1_across(scores, same, halves), 4) for name, scores in {"prospekt": ours, **peers}.items()
            },
        },
    )


def own_bits(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The bits that two names, of which nothing else is known, are of one company; 0 is an even chance.

    Names that somebody put side by side are as likely one as not, unlike candidates of a list; and neither is the one that
    is looked for, so each pair is read both ways and the nearer reading counts.
    """
    one, other = (
        make_side([Stated(key=str(place), names=(pair[at],)) for place, pair in enumerate(pairs)]) for at in (0, 1)
    )
    rows, model = np.arange(len(pairs)), shipped_model()
    there, back = (
        score_pairs(Pairs(left=left, right=right, left_rows=rows, right_rows=rows), model).totals
        for left, right in ((one, other), (other, one))
    )
    return [float(bits) for bits in np.maximum(there, back) - model.prior]


def half_of(*names: str) -> int:
    """The half that a pair is of: 0, where what goes wrong may be looked at, or 1.

    >>> half_of("Siemens AG", "Siemens Aktiengesellschaft"), half_of("Fjellbre", "Furgil")
    (0, 1)
    """
    return int(not is_developing("|".join(names)))


def f1_at(scores: Sequence[float], same: Sequence[bool], threshold: float) -> float:
    """F1 of calling pairs from `threshold` upwards the same.

    >>> f1_at([0.9, 0.6, 0.2], [True, False, True], 0.5)
    0.5
    """
    right = sum(is_same and score >= threshold for score, is_same in zip(scores, same, strict=True))
    return 2 * right / (sum(score >= threshold for score in scores) + sum(same))


def best_f1(scores: Sequence[float], same: Sequence[bool]) -> float:
    """F1 at the threshold, chosen afterwards, that makes it largest.

    >>> best_f1([0.9, 0.6, 0.2], [True, False, True])
    0.8
    """
    return max(f1_at(scores, same, threshold) for threshold in set(scores))


def f1_across(scores: Sequence[float], same: Sequence[bool], halves: Sequence[int]) -> float:
    """F1 of both halves together, each at the threshold that suits the other half best.

    >>> f1_across([0.9, 0.6, 0.9, 0.1], [True, False, True, False], [0, 0, 1, 1])
    1.0
    """
    of_half = [[place for place, half in enumerate(halves) if half == one] for one in HALVES]
    called = [False] * len(same)
    for mine, others in (of_half, of_half[::-1]):
        truths, known = [same[place] for place in others], [scores[place] for place in others]
        threshold = max(sorted(set(known)), key=lambda each: f1_at(known, truths, each))
        for place in mine:
            called[place] = scores[place] >= threshold
    return f1_at([float(each) for each in called], same, 1.0)


def _ratios() -> Mapping[str, Ratio]:
    """Ratios of rapidfuzz with its default processing, and where rigour is installed of names without legal forms."""
    scorers: Mapping[str, Ratio] = {
        "ratio": fuzz.ratio,
        "token_sort_ratio": fuzz.token_sort_ratio,
        "token_set_ratio": fuzz.token_set_ratio,
        "WRatio": fuzz.WRatio,
        "jaro_winkler": JaroWinkler.normalized_similarity,
    }
    ratios = {f"rapidfuzz {name}": _on(utils.default_process, scorer) for name, scorer in scorers.items()}
    if find_spec("rigour") is None:
        return ratios
    from rigour.names import remove_org_types, replace_org_types_compare
    from rigour.text.distance import jaro_winkler, levenshtein_similarity

    def folded_first(change: Callable[[str], str]) -> Callable[[str], str]:
        return lambda text: change(text.casefold()).strip()

    for name, change in (("compared", replace_org_types_compare), ("removed", remove_org_types)):
        for scorer in (levenshtein_similarity, jaro_winkler):
            ratios[f"rigour {scorer.__name__}, legal forms {name}"] = _on(folded_first(change), scorer)
    return ratios


def _on(prepare: Callable[[str], str], ratio: Ratio) -> Ratio:
    return lambda left, right: float(ratio(prepare(left), prepare(right)))
