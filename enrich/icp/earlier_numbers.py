"""Norway's municipality numbers of before 2020, by what `no_ssb_klass` fetched: which of today's they became, wholly or in part."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from enrich.icp.correspondence import Correspondence
from enrich.icp.gazetteer import find_divisions

SCHEME = "KOMMUNE"
"""What the lists of numbers are called: with a year, those in force at its end."""
SOURCE = "no_ssb_klass"
_NUMBER = re.compile(r"\d{4}")


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


def say_earlier(number: str, countries: Collection[str], earlier: EarlierNumbers) -> str | None:
    """What a Norwegian number of before 2020 became, and whose number it is elsewhere; null where it is plain or of no list."""
    if _NUMBER.fullmatch(number) is None or (countries and "NO" not in countries):
        return None
    # Denmark's registers write its three digits with a zero before them
    danish = find_divisions(number[1:], level="municipality", country="DK") if number.startswith("0") else ()
    others = [
        f"{each.name} ({each.country})"
        for each in (*find_divisions(number, level="municipality"), *danish)
        if not countries or each.country in countries
    ]
    became = earlier.became([number])
    told = [
        f"{after} {division.name}{'' if after in became.whole else ' with others'}"
        for after in sorted(became.whole | became.part)
        for division in find_divisions(after, level="municipality", country="NO")
    ]
    which = f"{number} is {' and '.join(others)}" if others else ""
    if told:
        doubt = ": who of them was there is unknown" if became.part else ""
        also = f"; {which} too: write country" if others else ""
        return f"{number} is of before 2020, today {' and '.join(told)} (NO){doubt}{also}"
    if not others or earlier:
        return None
    return f"{which}, and may be Norwegian of before 2020 (`prospekt refresh {SOURCE}` tells): write country"
