"""Two companies compared, value by value. Each comparison's docstring is the sentence that a person reads.

A comparison gives an `Outcome`, or None where one side does not state the value: what is unknown says nothing. Whether
an outcome speaks for or against, and how much, is the model's business (`model.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from enrich.match.align import MISSPELT, Alignment, ComparedName, align_names, is_acronym, similarity


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One side of a comparison, values normalised; empty or None where not stated. The first name is the main one."""

    names: tuple[ComparedName, ...] = ()
    country_code: str | None = None
    numbers: tuple[tuple[str, str], ...] = ()
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    postal_code: str | None = None
    city_key: str | None = None
    is_live: bool = True
    entity_kind: str = "legal_entity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a comparison found, how much of it (a share, or bits; 1 where there is no measure), and both values."""

    outcome: str
    amount: float = 1.0
    left_value: str | None = None
    right_value: str | None = None


def compare_number(left: Compared, right: Compared) -> Outcome | None:
    """Registration number in the same register."""
    theirs = dict(right.numbers)
    for scheme, value in left.numbers:
        if scheme in theirs:
            return _equal(value, theirs[scheme])
    return None


def compare_domain(left: Compared, right: Compared) -> Outcome | None:
    """Web or e-mail domain."""
    return _any_in_common(left.domains, right.domains)


def compare_phone(left: Compared, right: Compared) -> Outcome | None:
    """Phone number."""
    return _any_in_common(left.phones, right.phones)


def compare_name(names: Alignment) -> Outcome | None:
    """Name as a whole, without its legal form."""
    mine, theirs = names.left, names.right
    if mine.core_key == theirs.core_key:
        return Outcome(outcome="same", left_value=mine.name, right_value=theirs.name)
    if not names.left_only and not names.right_only:
        return Outcome(outcome="same_words", left_value=mine.name, right_value=theirs.name)
    if is_acronym(mine, theirs) or is_acronym(theirs, mine):
        return Outcome(outcome="acronym", left_value=mine.name, right_value=theirs.name)
    amount = similarity(mine.core_key, theirs.core_key)
    return Outcome(outcome="similar", amount=amount, left_value=mine.name, right_value=theirs.name)


def compare_shared_words(names: Alignment) -> Outcome | None:
    """Words that both names have, the rarer the more telling."""
    words = " ".join(names.shared) or None
    return Outcome(outcome="shared", amount=names.shared_bits, left_value=words, right_value=words)


def compare_left_words(names: Alignment) -> Outcome | None:
    """Words that only the first name has."""
    if not names.left_bits:
        return None
    return Outcome(outcome="only_left", amount=names.left_bits, left_value=" ".join(names.left_only) or None)


def compare_right_words(names: Alignment) -> Outcome | None:
    """Words that only the second name has."""
    if not names.right_bits:
        return None
    return Outcome(outcome="only_right", amount=names.right_bits, right_value=" ".join(names.right_only) or None)


def compare_first_word(names: Alignment) -> Outcome | None:
    """First word of the name."""
    if names.left.core_key == names.right.core_key:
        return None
    mine, theirs = (name.core_name.split(" ", 1)[0] for name in (names.left, names.right))
    outcome = "same" if similarity(mine, theirs) >= MISSPELT else "different"
    return Outcome(outcome=outcome, left_value=mine, right_value=theirs)


def compare_digits(names: Alignment) -> Outcome | None:
    """Numbers within the name."""
    mine, theirs = (_ordinals(name) for name in (names.left, names.right))
    return None if mine == theirs else _equal(mine, theirs)


def compare_legal_form(names: Alignment) -> Outcome | None:
    """Legal form as the name states it."""
    mine, theirs = names.left.legal_form_class, names.right.legal_form_class
    if not mine or not theirs:
        return None
    outcome = "different" if set(mine.split("+")).isdisjoint(theirs.split("+")) else "same"
    return Outcome(outcome=outcome, left_value=mine, right_value=theirs)


def compare_country(left: Compared, right: Compared) -> Outcome | None:
    """Country."""
    return _equal(left.country_code, right.country_code)


def compare_place(left: Compared, right: Compared) -> Outcome | None:
    """Postal code, else city."""
    if left.postal_code and left.postal_code == right.postal_code:
        return Outcome(outcome="same", left_value=left.postal_code, right_value=right.postal_code)
    return _equal(left.city_key, right.city_key) or _equal(left.postal_code, right.postal_code)


def compare_kind(_left: Compared, right: Compared) -> Outcome | None:
    """Sort of entity in the register."""
    if right.entity_kind in ("legal_entity", "public_body"):
        return None
    return Outcome(outcome=right.entity_kind, right_value=right.entity_kind)


def compare_life(_left: Compared, right: Compared) -> Outcome | None:
    """Whether the register still has it, undissolved."""
    return None if right.is_live else Outcome(outcome="dead")


VALUE_COMPARISONS: dict[str, Callable[[Compared, Compared], Outcome | None]] = {
    "number": compare_number,
    "domain": compare_domain,
    "phone": compare_phone,
    "country": compare_country,
    "place": compare_place,
    "kind": compare_kind,
    "life": compare_life,
}
"""Comparisons of single values, by name."""

NAME_COMPARISONS: dict[str, Callable[[Alignment], Outcome | None]] = {
    "name": compare_name,
    "shared_words": compare_shared_words,
    "left_words": compare_left_words,
    "right_words": compare_right_words,
    "first_word": compare_first_word,
    "digits": compare_digits,
    "legal_form": compare_legal_form,
}
"""Comparisons of the two names that are nearest to each other, by name."""


def compare(left: Compared, right: Compared) -> dict[str, Outcome]:
    """The outcome of every comparison for which both sides state a value, by the comparison's name."""
    names = _nearest_names(left, right)
    found = {name: comparison(left, right) for name, comparison in VALUE_COMPARISONS.items()}
    if names is not None:
        found |= {name: comparison(names) for name, comparison in NAME_COMPARISONS.items()}
    elif right.names:
        found["name"] = Outcome(outcome="unstated", right_value=right.names[0].name)
    return {name: outcome for name, outcome in found.items() if outcome is not None}


def _nearest_names(left: Compared, right: Compared) -> Alignment | None:
    """The pair of names, one of each side, of which most is shared and least is not; the earlier where equal."""
    pairs = [align_names(mine, theirs) for mine in left.names for theirs in right.names]
    return max(pairs, key=lambda pair: 2 * pair.shared_bits - pair.left_bits - pair.right_bits, default=None)


def _equal(left: str | None, right: str | None) -> Outcome | None:
    if left is None or right is None:
        return None
    return Outcome(outcome="same" if left == right else "different", left_value=left, right_value=right)


def _any_in_common(left: tuple[str, ...], right: tuple[str, ...]) -> Outcome | None:
    if not left or not right:
        return None
    common = next((value for value in left if value in right), None)
    if common is None:
        return Outcome(outcome="different", left_value=", ".join(left), right_value=", ".join(right))
    return Outcome(outcome="same", left_value=common, right_value=common)


_ROMAN = frozenset(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"))


def _ordinals(name: ComparedName) -> str:
    return " ".join(sorted(word for word in name.core_name.split() if word.isdigit() or word in _ROMAN))
