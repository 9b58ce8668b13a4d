"""Figures with their 95 % intervals: shares by Wilson, other statistics by resampling, two systems by pairs."""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
Name = TypeVar("Name")

DRAWS = 1_000
"""Resamples of an interval."""

_Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`hits` of `of` as 0-1, with its 95 % interval; null where there is nothing to count."""

    hits: int
    of: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure with its 95 % interval from resampling."""

    value: float
    low: float
    high: float


def count_share(hits: int, of: int) -> Share:
    """A share with its Wilson score interval, which holds for few cases and at 0 and 1 too.

    >>> share = count_share(19, 20)
    >>> share.value, round(share.low, 3), round(share.high, 3)
    (0.95, 0.764, 0.991)
    """
    if of == 0:
        return Share(hits=0, of=0, value=None, low=None, high=None)
    value = hits / of
    middle = (value + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half = _Z * math.sqrt(value * (1 - value) / of + _Z**2 / (4 * of**2)) / (1 + _Z**2 / of)
    return Share(hits=hits, of=of, value=value, low=max(0.0, middle - half), high=min(1.0, middle + half))


def bootstrap(
    items: Sequence[Item],
    statistics: Callable[[Sequence[Item]], Mapping[Name, float]],
    *,
    draws: int = DRAWS,
    seed: int = 1,
) -> dict[Name, Interval]:
    """Each of the statistics with its interval, from drawing as many items with replacement, `draws` times.

    >>> bootstrap([0, 1] * 50, lambda drawn: {"mean": sum(drawn) / len(drawn)})
    {'mean': Interval(value=0.5, low=0.4, high=0.6)}
    """
    drawn = [statistics(sample) for sample in _draw_samples(items, draws, seed)]
    return {name: interval_of(value, [each[name] for each in drawn]) for name, value in statistics(items).items()}


def compare_paired(
    ours: Mapping[str, Item],
    theirs: Mapping[str, Item],
    statistics: Callable[[Sequence[Item]], Mapping[Name, float]],
    *,
    draws: int = DRAWS,
    seed: int = 1,
) -> dict[Name, Interval]:
    """How much larger each of the statistics is with our answers than with theirs, the same queries drawn for both.

    An interval without 0 is a difference. Raises ValueError where the two did not answer the same queries.
    """
    if ours.keys() != theirs.keys():
        raise ValueError("both have to answer the same queries")

    def differences(pairs: Sequence[tuple[Item, Item]]) -> dict[Name, float]:
        our, their = statistics([one for one, _ in pairs]), statistics([other for _, other in pairs])
        return {name: our[name] - their[name] for name in our}

    return bootstrap([(answer, theirs[query]) for query, answer in ours.items()], differences, draws=draws, seed=seed)


def interval_of(value: float, drawn: Sequence[float]) -> Interval:
    """The figure with the middle 95 % of what was drawn."""
    return Interval(value=value, low=quantile(drawn, 0.025), high=quantile(drawn, 0.975))


def quantile(drawn: Sequence[float], share: float) -> float:
    """The value below which that share of what was drawn lies.

    >>> quantile(range(1000), 0.95)
    950
    """
    return sorted(drawn)[min(int(share * len(drawn)), len(drawn) - 1)]


def _draw_samples(items: Sequence[Item], draws: int, seed: int) -> Iterator[list[Item]]:
    rng = random.Random(seed)  # noqa: S311  # a simulation, no secret
    for _ in range(draws):
        # in their order, so that what is sorted stays so, and sorting it once more takes no time
        yield [items[place] for place in sorted(rng.choices(range(len(items)), k=len(items)))]
