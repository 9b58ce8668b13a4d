"""Which pairs of register records are one company, and why not: numbers first, then names with something beside them.

A number is strong evidence and no proof: one in fifty of GLEIF's national numbers is another company's, or misspelt. A
number that everything else contradicts joins nobody; it also stands no more in the way of the right company.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from enrich.match.model import probabilities
from enrich.resolve.sides import Agreement, Side, lay_side_by_side, score_by_all_but_numbers

LEAST_BY_NUMBER = 0.02
"""Probability (0-1) by all but the number from which on two different names do not contradict a shared number: as
common as wrong numbers are."""
LEAST_BY_EVIDENCE = 0.9
"""Probability (0-1) from which on two records without a shared number are one company."""
LEAST_TO_REVIEW = 0.5
WITHOUT_NUMBER = 1_000
"""By how much any pair without a shared number is weaker than one with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records that a rule (judgement, duplicate, identifier, name_and_country or evidence) says are one company.

    `strength` orders pairs: where two cannot both hold, the weaker one is let go.
    """

    left_id: str
    right_id: str
    rule: str
    strength: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Two records that may be one company and are not joined: why, and the probability by all but their numbers."""

    left_id: str
    right_id: str
    reason: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Two records that state one number; `left_owns` where it is the left one's own key in its register."""

    left_id: str
    right_id: str
    scheme: str
    value: str
    left_owns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What became of pairs: joined, left for people, and (record, scheme, value) of numbers that were refuted."""

    pairs: tuple[Pair, ...]
    reviews: tuple[Review, ...]
    refuted: frozenset[tuple[str, str, str]] = frozenset()


def doubtful(shared: Iterable[Shared], sides: Mapping[str, Side]) -> list[tuple[str, str]]:
    """Pairs whose shared number is not borne out by a name: another record of the name would refute the number."""
    return sorted(
        {
            (one.left_id, one.right_id)
            for one in shared
            if one.left_owns and not lay_side_by_side(sides[one.left_id], sides[one.right_id]).name
        }
    )


def weigh_numbers(
    shared: Sequence[Shared], sides: Mapping[str, Side], namesakes: Mapping[tuple[str, str], bool]
) -> Weighed:
    """What becomes of pairs that share a number.

    `namesakes` are the doubtful pairs for which the left one's register has another record of the right one's name, and
    whether of its whole name, legal form included.
    """
    pairs, reviews, refuted = {}, {}, set()
    agreements = {
        (one.left_id, one.right_id): lay_side_by_side(sides[one.left_id], sides[one.right_id])
        for one in shared
        if _are_of_one_sort(sides[one.left_id], sides[one.right_id], one.left_owns)
    }
    plain = {key for key, both in agreements.items() if both.name and both.country is not False}
    chances = {
        key: probabilities([score])[0]
        for key, score in score_by_all_but_numbers(
            {key: both for key, both in agreements.items() if key not in plain}, sides
        ).items()
    }
    for one in shared:
        left, right = sides[one.left_id], sides[one.right_id]
        key = (one.left_id, one.right_id)
        if key not in agreements:
            continue
        agreement = agreements[key]
        against = None if key in plain else _contradiction(agreement, chances[key], namesakes.get(key))
        if against is None:
            rule = "duplicate" if left.source == right.source else "identifier"
            pairs[key] = Pair(left_id=one.left_id, right_id=one.right_id, rule=rule, strength=_strength(agreement))
            continue
        reviews[key] = Review(
            left_id=one.left_id,
            right_id=one.right_id,
            reason=f"Same {one.scheme} {one.value}, but {against}.",
            probability=chances[key],
        )
        if one.left_owns:
            refuted.add((one.right_id, one.scheme, one.value))
    return Weighed(
        pairs=tuple(pairs.values()),
        reviews=tuple(review for key, review in reviews.items() if key not in pairs),
        refuted=frozenset(refuted),
    )


def _are_of_one_sort(left: Side, right: Side, left_owns: bool) -> bool:
    """Whether both are the company, or both its branch.

    A register that calls its own record a branch knows better than one that files it as a company of the same land; a
    company abroad that states the number is its head office.
    """
    if (left.entity_kind == "branch") == (right.entity_kind == "branch"):
        return True
    in_one_land = left.compared.country_code == right.compared.country_code
    return left_owns and left.entity_kind == "branch" and in_one_land


def _contradiction(agreement: Agreement, chance: float, has_whole_name: bool | None) -> str | None:
    """What speaks against a shared number so much that it must be wrong."""
    if agreement.country is False:
        return "another country"
    if agreement.name:
        return None
    if has_whole_name and not agreement.is_founded_on_one_day:
        return "another record of the register has its whole name"
    if agreement.place or agreement.domain or agreement.is_founded_on_one_day:
        return None
    if has_whole_name is not None:
        return "another record of the register has its name"
    if chance >= LEAST_BY_NUMBER:
        return None
    return "another name" + (" and another place" if agreement.place is False else "")


def _strength(agreement: Agreement) -> float:
    """How well a pair is borne out; whoever has the name outranks whoever has not."""
    return (
        100 * agreement.name
        + 20 * agreement.whole_name
        + 10 * (agreement.founded is True)
        + 5 * (agreement.place is True)
        + 3 * (agreement.domain is True)
    )


def weigh_names(candidates: Sequence[tuple[str, str]], sides: Mapping[str, Side]) -> Weighed:
    """What becomes of pairs (left, right) that share a name or a domain and no number.

    A right record is held against all that it may be in the left one's register: of two that are as good, neither is it.
    """
    agreements = {pair: lay_side_by_side(sides[pair[0]], sides[pair[1]]) for pair in candidates}
    of_left = Counter((left, sides[right].source) for (left, right), both in agreements.items() if both.whole_name)
    of_right = Counter((right, sides[left].source) for (left, right), both in agreements.items() if both.whole_name)
    rivals: dict[tuple[str, str], list[str]] = {}
    for left_id, right_id in agreements:
        rivals.setdefault((right_id, sides[left_id].source), []).append(left_id)
    scores = score_by_all_but_numbers(agreements, sides)
    pairs, reviews = [], []
    for (right_id, source), left_ids in rivals.items():
        right = sides[right_id]
        if source == right.source:
            pairs += [
                Pair(
                    left_id=left_id,
                    right_id=right_id,
                    rule="duplicate",
                    strength=_strength(agreements[left_id, right_id]),
                )
                for left_id in left_ids
                if _is_duplicate(sides[left_id], right, agreements[left_id, right_id])
            ]
            continue
        chances = probabilities([scores[one, right_id] for one in left_ids])
        for left_id, chance in zip(left_ids, chances, strict=True):
            left, agreement = sides[left_id], agreements[left_id, right_id]
            if not (left.is_company and right.is_company and _are_of_one_sort(left, right, source != right.source)):
                continue
            is_only = right.owns_number and of_left[left_id, right.source] == of_right[right_id, source] == 1
            is_branch = left.entity_kind == "branch"
            doubt, rule = _doubt(left, right, agreement), _rule(agreement, chance, is_only, is_branch)
            if doubt is None and rule is not None:
                pairs.append(
                    Pair(left_id=left_id, right_id=right_id, rule=rule, strength=_strength(agreement) - WITHOUT_NUMBER)
                )
            elif chance >= LEAST_TO_REVIEW:
                reason = doubt or "Nothing but the name that both state."
                reviews.append(Review(left_id=left_id, right_id=right_id, reason=reason, probability=chance))
    return Weighed(pairs=tuple(pairs), reviews=tuple(reviews))


def _is_duplicate(left: Side, right: Side, agreement: Agreement) -> bool:
    """Whether one register has a company twice: never by its name alone."""
    agrees = agreement.whole_name and agreement.place and agreement.founded
    return bool(agrees and left.is_company and right.is_company and _doubt(left, right, agreement) is None)


def _rule(agreement: Agreement, chance: float, is_only: bool, is_branch: bool) -> str | None:
    """The rule by which two records without a shared number are one company, if any is.

    A branch goes by its company's name: more than the name must agree, and more than one thing.
    """
    if is_branch:
        return "evidence" if agreement.name and agreement.support > 1 else None
    has_enough = agreement.support > 1 or (agreement.name and (agreement.support or agreement.is_in_one_big_city))
    if has_enough and chance >= LEAST_BY_EVIDENCE:
        return "evidence"
    return "name_and_country" if is_only and agreement.whole_name else None


def _doubt(left: Side, right: Side, agreement: Agreement) -> str | None:
    """What keeps two records of one name apart."""
    if left.has_national_number and right.has_national_number:
        return "Alike, but both state a national number, and not the same."
    if agreement.founded is False:
        return "Alike, but founded at another time."
    if agreement.founded is None and left.compared.is_live != right.compared.is_live:
        return "Alike, but one is dissolved and the other is not."
    if agreement.place is False and not agreement.domain and not agreement.founded:
        return "Alike, but at another place."
    return None
