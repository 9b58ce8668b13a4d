"""What would turn a verdict: how many bits it is short of acceptance, and what of the register's own values would do.

Nothing here is a rule of its own: each change is made to what the CRM states, and scored by the model.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np

from enrich.config import MatchConfig
from enrich.match.decide import state_of
from enrich.match.model import Evidence, Model, gain_bits, score_pairs
from enrich.match.side import Pairs
from enrich.match.sides import Stated, make_side
from enrich.normalise.address import normalise_address
from enrich.normalise.domain import employer_domain

_LEAST = 0.05
"""Bits that a change has to bring before it is worth naming."""

_MOST = 200.0
"""Bits that nothing needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A change to what the CRM states, the bits that it brings, and the probability (0-1) that the candidate then has."""

    change: str
    bits: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How far a candidate is from acceptance.

    `bits_short` is negative where it has bits to spare, null where no number of bits would do. `enough` are the changes
    of which each alone would have it accepted (pairs of changes where none alone would), the strongest first;
    `stands_on` are the pieces of evidence without which it would not be accepted.
    """

    bits_short: float | None
    enough: tuple[WhatIf, ...] = ()
    stands_on: tuple[Evidence, ...] = ()


def find_turn(
    left: Stated,
    rights: Sequence[Stated],
    chances: Sequence[float],
    config: MatchConfig,
    model: Model,
    *,
    kind: str = "company",
    target: int = 0,
    evidence: Sequence[Evidence] = (),
) -> Turn:
    """What would turn the verdict on candidate number `target` of `rights`, whose probabilities (0-1) are `chances`.

    `kind` is company or contact: of a contact neither phone nor place is compared, they are the person's.
    """
    short = bits_short(chances, target, config.accept)
    if would_accept(chances, target, config):
        lost = [[-each.weight if place == target else 0.0 for place in range(len(chances))] for each in evidence]
        stands_on = tuple(
            each
            for each, gains in zip(evidence, lost, strict=True)
            if each.weight > 0 and not would_accept(gain_bits(chances, gains), target, config)
        )
        return Turn(bits_short=short, stands_on=stands_on)
    singles = [(named,) for named in _changes(left, rights[target], kind)]
    for changes in (singles, [(one[0], other[0]) for one, other in combinations(singles, 2)]):
        if found := _enough(left, rights, chances, config, model, target, changes):
            return Turn(bits_short=short, enough=found)
    return Turn(bits_short=short)


def bits_short(chances: Sequence[float], target: int, threshold: float) -> float | None:
    """Bits that candidate number `target` of these probabilities (0-1) lacks to reach the threshold; negative where it has more.

    >>> bits_short([0.5], 0, 0.8), bits_short([0.8], 0, 0.5), bits_short([0.0], 0, 0.9)
    (2.0, -2.0, None)
    """
    if not 0 < chances[target] < 1 or not 0 < threshold < 1:
        return None
    low, high = -_MOST, _MOST
    gains = [0.0] * len(chances)
    while high - low > 1e-9:
        gains[target] = (low + high) / 2
        if gain_bits(chances, gains)[target] < threshold:
            low = gains[target]
        else:
            high = gains[target]
    return round(high, 6)


def would_accept(chances: Sequence[float], target: int, config: MatchConfig) -> bool:
    """Whether these probabilities have that very candidate accepted."""
    best = sorted(chances, reverse=True)
    return chances[target] == best[0] and state_of(best, config) == "accepted"


Change = tuple[str, Callable[[Stated], Stated]]


def _changes(left: Stated, right: Stated, kind: str) -> Iterator[Change]:
    """What the CRM could state as the register does, each under the name that people read."""
    for number in right.numbers:
        if number not in left.numbers:
            yield f"the number {number[1]} ({number[0]})", partial(replace, numbers=(number,))
    domain = next(filter(None, map(employer_domain, right.addresses)), None)
    if domain is not None:
        yield f"the domain {domain}", partial(replace, addresses=(domain,))
    if right.phones and kind == "company":
        yield f"the phone {right.phones[0]}", partial(replace, phones=right.phones)
    if (right.city or right.postal_code) and kind == "company":
        place = " ".join(filter(None, (right.postal_code, right.city)))
        yield f"the place {place}", partial(replace, postal_code=right.postal_code, city=right.city)
        if normalise_address(right.street or "", right.postal_code, right.city) is not None:
            address = partial(replace, street=right.street, postal_code=right.postal_code, city=right.city)
            yield f"the address {right.street}, {place}", address
    if right.country_code:
        yield f"the country {right.country_code}", partial(replace, country_code=right.country_code)
    if right.names:
        yield f"the name {right.names[0]}", partial(replace, names=right.names[:1])


def _enough(
    left: Stated,
    rights: Sequence[Stated],
    chances: Sequence[float],
    config: MatchConfig,
    model: Model,
    target: int,
    changes: Sequence[tuple[Change, ...]],
) -> tuple[WhatIf, ...]:
    lefts = [left]
    for together in changes:
        changed = left
        for _, change in together:
            changed = change(changed)
        lefts.append(changed)
    every_two = np.indices((len(lefts), len(rights))).reshape(2, -1)
    pairs = Pairs(
        left=make_side(lefts),
        right=make_side(rights),
        left_rows=every_two[0],
        right_rows=every_two[1],
        companies=np.arange(len(rights)),
    )
    before, *after = score_pairs(pairs, model).totals.reshape(len(lefts), len(rights)).tolist()
    found = []
    for together, scores in zip(changes, after, strict=True):
        gains = [now - then for now, then in zip(scores, before, strict=True)]
        chances_then = gain_bits(chances, gains)
        if gains[target] >= _LEAST and would_accept(chances_then, target, config):
            name = " and ".join(name for name, _ in together)
            found.append(WhatIf(change=name, bits=gains[target], probability=chances_then[target]))
    return tuple(sorted(found, key=lambda one: -one.bits))
