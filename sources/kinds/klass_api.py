"""A service of code lists as SSB's Klass is: the codes of a list on a day, and how one list became another.

A table holds what changed only: a code that is in neither of its columns and in both lists is what it was. One that was
given to something else is in the table, though it is in both lists. Changes of one list are rows of a day, an old and a new
code: all codes that went into one, and all that one went into; what kept its code while others joined it has no row.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sources.errors import SourceAborted
from sources.kinds.json_api import parse
from sources.record import Code
from sources.source import Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

LEAST_AGREED = 0.9
"""So much of a table must say what the one that comes with the program says, as far as that goes into detail."""
MOST_LOST = 0.02
"""So few codes of the old list may lead nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """A list as of a day: its scheme, and titles by code; `finest` are the codes that have none below."""

    scheme: str
    titles: Mapping[str, str]
    finest: frozenset[str]

    def codes(self) -> Iterable[Code]:
        """All its codes."""
        return (Code(scheme=self.scheme, code=code, title=title) for code, title in self.titles.items())


def fetch_list(client: "PoliteClient", source: Source, path: str, *, scheme: str, on: date, least: int) -> CodeList:
    """The list as it was on a day; raises SourceAborted where it is none, or shorter than `least`."""
    answer = client.get(source, path, params={"date": on.isoformat(), "language": "nb"})
    codes = parse(source, answer).get("codes")
    rows = [row for row in codes if isinstance(row, dict)] if isinstance(codes, list) else []
    titles = {str(row["code"]): str(row["name"]) for row in rows if row.get("code") and row.get("name")}
    if len(titles) < max(least, len(rows)):
        raise SourceAborted(
            f"its list {scheme} of {on} has {len(titles):,} codes, and should have {least:,}.", source=source.name
        )
    parents = {str(row.get("parentCode") or "") for row in rows}
    return CodeList(scheme=scheme, titles=titles, finest=frozenset(titles.keys() - parents))


def fetch_table(
    client: "PoliteClient", source: Source, path: str, *, old: CodeList, new: CodeList
) -> set[tuple[str, str]]:
    """(old code, new code) of a table whose source is the new list; raises SourceAborted where it is of other lists."""
    answer = client.get(source, path, params={"language": "nb"})
    said = parse(source, answer).get("correspondenceMaps")
    if not isinstance(said, list) or not all(isinstance(row, dict) for row in said):
        raise SourceAborted(f"{answer.url} is no table of correspondences.", source=source.name)
    pairs = {(str(row.get("targetCode") or ""), str(row.get("sourceCode") or "")) for row in said}
    known = {(before, after) for before, after in pairs if before in old.titles and after in new.titles}
    # a row may say that a code has nothing in the other list
    strange = {pair for pair in pairs - known if all(pair) and not pair[0].startswith("*")}
    if strange or not known:
        raise SourceAborted(
            f"the table leads from {new.scheme} to {old.scheme} in {len(known):,} rows, and elsewhere in {len(strange):,}.",
            source=source.name,
            hint="It seems to be of other lists. The last good table stays.",
        )
    return {(before, after) for before, after in known if before in old.finest and after in new.finest}


Change = tuple[str, str, str]
"""(day, code until then, code from then on)."""


def fetch_code_changes(
    client: "PoliteClient", source: Source, path: str, *, begin: date, end: date
) -> tuple[Change, ...]:
    """What became of the codes of a list between two days, in order; raises SourceAborted where it is no such list.

    A row with one code only tells of one that ended or began, and leads nowhere: `follow` says whether too much is lost by it.
    """
    answer = client.get(source, path, params={"from": begin.isoformat(), "to": end.isoformat(), "language": "nb"})
    said = parse(source, answer).get("codeChanges")
    rows = [row for row in said if isinstance(row, dict)] if isinstance(said, list) else []
    changes = [tuple(str(row.get(field) or "") for field in ("changeOccurred", "oldCode", "newCode")) for row in rows]
    usable = [(day, before, after) for day, before, after in changes if day and (before or after)]
    whole = {(day, before, after) for day, before, after in usable if before and after}
    if not whole or len(usable) < len(rows):
        raise SourceAborted(
            f"{answer.url} is no list of changes: {len(usable):,} of its {len(rows):,} rows have a day and a code, "
            f"{len(whole):,} an old and a new one.",
            source=source.name,
            hint="The last good table stays.",
        )
    return tuple(sorted(whole))


def follow(
    source: Source, changes: Collection[Change], *, old: CodeList, new: CodeList, on: date
) -> set[tuple[str, str]]:
    """(code of the old list, as of a day, code of the new one) for all of which a part became a part of the other.

    Raises SourceAborted where more than a few codes of either list lead nowhere.
    """
    later: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for day, before, after in changes:
        if day > on.isoformat():
            later[day][before].add(after)
    reached = {code: {code} for code in old.titles}
    for day in sorted(later):
        for before, became in later[day].items():
            # a part of it went elsewhere, where it is met again
            if before in new.titles or any(before in later[other] for other in later if other > day):
                became.add(before)
        reached = {
            code: set[str]().union(*(later[day].get(each, {each}) for each in found)) for code, found in reached.items()
        }
    pairs = {(code, after) for code, found in reached.items() for after in found if after in new.titles}
    lost = len(old.titles) - len({before for before, _ in pairs})
    unreached = len(new.titles) - len({after for _, after in pairs})
    if lost > MOST_LOST * len(old.titles) or unreached > MOST_LOST * len(new.titles):
        raise SourceAborted(
            f"its changes lead from {lost:,} codes of {old.scheme} nowhere, and from nowhere to {unreached:,} of {new.scheme}.",
            source=source.name,
            hint="The last good table stays.",
        )
    return pairs


def complete(
    source: Source, changed: set[tuple[str, str]], *, old: CodeList, new: CodeList, coarse: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """What changed, and what stayed as it was; raises SourceAborted where it contradicts `coarse`, or loses old codes.

    `coarse` are pairs of the first characters of codes, such as classes.
    """
    touched = {after for _, after in changed}
    pairs = changed | {(code, code) for code in old.finest & new.finest - touched}
    size = max((len(code) for code, _ in coarse), default=0)
    told = {(before[:size], after[:size]) for before, after in pairs}
    agreed = len(told & coarse) / max(len(told), 1)
    lost = old.finest - {before for before, _ in pairs}
    if agreed < LEAST_AGREED or len(lost) > MOST_LOST * len(old.finest):
        raise SourceAborted(
            f"{agreed:.0%} of its table says what the one that comes with the program says, and {len(lost):,} codes lead nowhere.",
            source=source.name,
            hint="The last good table stays.",
        )
    return pairs
