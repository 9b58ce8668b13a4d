"""Hand-made hard pairs of names, the same organisation or not: our probability against the best thresholded ratios."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, utils
from rapidfuzz.distance import JaroWinkler

from bench.measure import Measure
from enrich.match.model import probabilities_by_query, score_pairs, shipped_model
from enrich.match.side import Pairs
from enrich.match.sides import Stated, make_side

ORGANISATIONS = ("Company", "Organization", "LegalEntity")
ACCEPTED = 0.5
"""Our probability from which a pair is called the same; the ratios get the threshold that suits them best."""

Ratio = Callable[[str, str], float]


def measure_pairs(path: Path) -> Iterator[Measure]:
    """F1 of ours at an even chance, which has to be above that of any ratio at its best threshold."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["schema"] in ORGANISATIONS]
    same = [row["is_match"] == "true" for row in rows]
    pairs = [(row["name1"], row["name2"]) for row in rows]
    ours = own_probabilities(pairs)
    peers = {name: best_f1([ratio(*pair) for pair in pairs], same) for name, ratio in _ratios().items()}
    yield Measure(
        name="name_pairs_f1",
        figure=f1_at(ours, same, ACCEPTED),
        unit="F1",
        bar=max(peers.values()),
        at_least=True,
        more={
            "pairs": len(pairs),
            "same": sum(same),
            "ours_at_best_threshold": round(best_f1(ours, same), 4),
            "peers_at_best_threshold": {name: round(found, 4) for name, found in peers.items()},
        },
    )


def own_probabilities(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The probability that two names, of which nothing else is known, are of one company."""
    left, right = (
        make_side([Stated(key=str(place), names=(pair[at],)) for place, pair in enumerate(pairs)]) for at in (0, 1)
    )
    rows = np.arange(len(pairs))
    scores = score_pairs(Pairs(left=left, right=right, left_rows=rows, right_rows=rows), shipped_model()).totals
    return [float(chance) for chance in probabilities_by_query(scores, rows)]


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
