"""Norway's municipality numbers of before 2020, by what `no_ssb_klass` fetched: which of today's they became, wholly or in part."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from enrich.icp.correspondence import Correspondence

SCHEME = "KOMMUNE"
"""What the lists of numbers are called: with a year, those in force at its end."""
SOURCE = "no_ssb_klass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """Today's numbers that hold nothing but what was asked for (`whole`), and those that hold more (`part`)."""

    whole: frozenset[str]
    part: frozenset[str]


class EarlierNumbers:
    """The numbers of earlier years with those of today; made once and asked often.

    >>> rows = (("KOMMUNE2019", "0101", "KOMMUNE", "3101"), ("KOMMUNE2019", "0123", "KOMMUNE", "3118"))
    >>> EarlierNumbers((*rows, ("KOMMUNE2019", "0124", "KOMMUNE", "3118"))).became(["0101", "0123"])
    Became(whole=frozenset({'3101'}), part=frozenset({'3118'}))
    """

    def __init__(self, rows: Iterable[Correspondence] = ()) -> None:
        self._origins: dict[str, dict[str, set[str]]] = {}
        self._targets: dict[str, tuple[str, set[str]]] = {}
        for scheme, before, _, after in sorted(one for one in rows if is_of_municipalities(one)):
            self._origins.setdefault(scheme, {}).setdefault(after, set()).add(before)
            # the latest year that had the number is meant
            if self._targets.get(before, ("", set()))[0] != scheme:
                self._targets[before] = (scheme, set())
            self._targets[before][1].add(after)

    def __bool__(self) -> bool:
        return bool(self._targets)

    def successors(self, number: str) -> frozenset[str]:
        """Today's numbers that hold a part of it, or all; none where no year had it."""
        return frozenset(self._targets[number][1]) if number in self._targets else frozenset()

    def became(self, numbers: Collection[str]) -> Became:
        """What these numbers became together: all that were joined to one are the whole of it."""
        asked = frozenset(numbers)
        reached: Mapping[str, bool] = {
            after: any(self._origins[scheme].get(after, {""}) <= asked for scheme in self._schemes(asked))
            for number in asked
            for after in self.successors(number)
        }
        whole = frozenset(after for after, is_whole in reached.items() if is_whole)
        return Became(whole=whole, part=frozenset(reached) - whole)

    def _schemes(self, numbers: Iterable[str]) -> frozenset[str]:
        return frozenset(self._targets[number][0] for number in numbers if number in self._targets)


def is_of_municipalities(row: Correspondence) -> bool:
    """Whether a correspondence is of municipalities, and not of industries.

    >>> is_of_municipalities(("SN2007", "62.01", "SN2025", "62.10"))
    False
    """
    return row[0].startswith(SCHEME)
