"""Whether the words that say where a company is can be of one company: "svenske selskaper i Norge" are not.

Each country needs a place, and each place a country: of "norske selskaper i Oslo og Stockholm" nobody finds the second.
"""

from collections.abc import Sequence, Set

from enrich.icp.reading.items import Item
from enrich.icp.reading.lexicon import Place


def list_countries(item: Item) -> Set[str]:
    """The countries that a country or a place may mean; none where nobody knows."""
    if isinstance(item.value, Place):
        return item.value.countries
    return frozenset(item.value) if isinstance(item.value, tuple) else frozenset()


def find_strangers(items: Sequence[Item], others: Sequence[Item]) -> list[Item]:
    """Those of the first that have no country in common with any of the others.

    >>> swedish, norway, denmark = (
    ...     Item(kind="criterion", text=code, first=0, last=0, criterion="country", value=(code,)) for code in ("SE", "NO", "DK")
    ... )
    >>> [item.text for item in find_strangers([swedish, norway], [norway, denmark])]
    ['SE']
    """
    known = [countries for each in others if (countries := list_countries(each))]
    if len(known) < len(others):
        return []
    return [
        item for item in items if (countries := list_countries(item)) and not any(countries & those for those in known)
    ]


def say_countries(items: Sequence[Item], others: Sequence[Item]) -> str:
    """Why they cannot both be, and what to say instead.

    >>> oslo = Item(kind="place", text="Oslo", first=2, last=2, value=Place(countries=frozenset({"NO"})))
    >>> swedish = Item(kind="criterion", text="Swedish", first=0, last=0, criterion="country", value=("SE",))
    >>> say_countries([swedish], [oslo])
    "'Swedish' says SE and 'Oslo' says NO: which country is meant?"
    """
    return f"{_say(items)} and {_say(others)}: which country is meant?"


def _say(items: Sequence[Item]) -> str:
    words = dict.fromkeys(item.text for item in items)
    codes = sorted({code for item in items for code in list_countries(item)})
    return f"{', '.join(map(repr, words))} {'says' if len(words) == 1 else 'say'} {', '.join(codes)}"
