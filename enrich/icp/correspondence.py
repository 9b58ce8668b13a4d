"""What codes of one industry list are in another, by the correspondence of the lists."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

Correspondence = tuple[str, str, str, str]
"""(old scheme, old code, new scheme, new code)."""

Target = tuple[str, str]
"""(scheme, code) of the list that is reached."""


class Correspondences:
    """Pairs of codes of which one became the other, read both ways; made once and asked often.

    A correspondence may be coarser than the codes of companies: a row for 62.01 speaks for all that begins so.
    """

    def __init__(self, rows: Iterable[Correspondence] = ()) -> None:
        self.rows = tuple(rows)

    @classmethod
    def of(cls, rows: Iterable[Correspondence]) -> "Correspondences":
        """These rows, which may be correspondences already."""
        return rows if isinstance(rows, Correspondences) else cls(rows)

    def __iter__(self) -> Iterator[Correspondence]:
        return iter(self.rows)

    def through(
        self, prefixes: Sequence[str], scheme: str | None
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """What the correspondence makes of codes: those ("scheme:code") that fall wholly and partly under the prefixes
        in another list, and the lists it reaches.

        With no scheme asked, only codes that the other list does not know itself go through it: 63 is 63 in both lists.

        >>> rows = (("SN2007", "63.11", "SN2025", "63.10"), ("SN2007", "63.12", "SN2025", "60.39"))
        >>> Correspondences(rows).through(["6311"], None)
        (('SN2025:63.10',), (), ())
        """
        origins, targets = self._links
        asked = {
            to: [prefix for prefix in prefixes if scheme is not None or not known.has_kin(prefix)]
            for to, known in self._reached.items()
        }
        asking = [scheme] if scheme is not None else list(self._origin_codes)
        touched = {
            target
            for to, wanted in asked.items()
            for from_scheme in asking
            for code in self._origin_codes.get(from_scheme, CodesInOrder()).kin_of(wanted)
            for target in origins[from_scheme, code]
            if target[0] == to
        }
        sides = {
            target: {
                side
                for from_scheme, code in targets[target]
                if scheme in (None, from_scheme)
                for side in _sides(code, asked[target[0]])
            }
            for target in touched
        }
        whole = tuple(sorted(f"{to}:{code}" for (to, code), under in sides.items() if under == {True}))
        part = tuple(sorted(f"{to}:{code}" for (to, code), under in sides.items() if under == {True, False}))
        return whole, part, () if scheme is None else self._lists_reached.get(scheme, ())

    @cached_property
    def _links(self) -> tuple[dict[Target, list[Target]], dict[Target, list[Target]]]:
        """By the code that it comes from, without points, and by the code that it reaches."""
        origins: dict[Target, list[Target]] = {}
        targets: dict[Target, list[Target]] = {}
        for one_scheme, one, other_scheme, other in self.rows:
            for from_scheme, from_code, target in (
                (one_scheme, one, (other_scheme, other)),
                (other_scheme, other, (one_scheme, one)),
            ):
                origin = (from_scheme, bare_code(from_code))
                origins.setdefault(origin, []).append(target)
                targets.setdefault(target, []).append(origin)
        return origins, targets

    @cached_property
    def _origin_codes(self) -> "dict[str, CodesInOrder]":
        return _by_scheme(self._links[0])

    @cached_property
    def _reached(self) -> "dict[str, CodesInOrder]":
        return _by_scheme((scheme, bare_code(code)) for scheme, code in self._links[1])

    @cached_property
    def _lists_reached(self) -> dict[str, tuple[str, ...]]:
        reached: dict[str, set[str]] = {}
        for (scheme, _), found in self._links[0].items():
            reached.setdefault(scheme, set()).update(to for to, _ in found)
        return {scheme: tuple(sorted(lists)) for scheme, lists in reached.items()}


class CodesInOrder:
    """Codes without points, in order, so that those under a prefix lie together."""

    def __init__(self, codes: Iterable[str] = ()) -> None:
        self._codes = sorted(set(codes))
        self._known = frozenset(self._codes)

    def beginning_with(self, prefix: str) -> list[str]:
        """Those that begin so.

        >>> CodesInOrder(["6201", "62", "63"]).beginning_with("62")
        ['62', '6201']
        """
        # no code has a letter that comes after this one
        return self._codes[bisect_left(self._codes, prefix) : bisect_left(self._codes, prefix + "\U0010ffff")]

    def has_kin(self, prefix: str) -> bool:
        """Whether a code begins with the prefix, or is the beginning of it.

        >>> codes = CodesInOrder(["6201"])
        >>> codes.has_kin("62"), codes.has_kin("620100"), codes.has_kin("63")
        (True, True, False)
        """
        place = bisect_left(self._codes, prefix)
        if place < len(self._codes) and self._codes[place].startswith(prefix):
            return True
        return any(prefix[:length] in self._known for length in range(len(prefix) + 1))

    def kin_of(self, prefixes: Collection[str]) -> set[str]:
        """Those that begin with one of the prefixes, or are the beginning of one."""
        found = {code for prefix in prefixes for code in self.beginning_with(prefix)}
        return found | ({prefix[:length] for prefix in prefixes for length in range(len(prefix))} & self._known)


def bare_code(code: str) -> str:
    """The code without its points.

    >>> bare_code("62.01")
    '6201'
    """
    return code.replace(".", "")


def _by_scheme(codes: Iterable[Target]) -> dict[str, CodesInOrder]:
    found: dict[str, list[str]] = {}
    for scheme, code in codes:
        found.setdefault(scheme, []).append(code)
    return {scheme: CodesInOrder(listed) for scheme, listed in found.items()}


def _sides(code: str, prefixes: Collection[str]) -> set[bool]:
    """Whether what a code stands for lies under the prefixes: {True}, {False}, or both where they ask for less of it."""
    if any(code.startswith(prefix) for prefix in prefixes):
        return {True}
    finer = [prefix.removeprefix(code) for prefix in prefixes if prefix.startswith(code)]
    # the digit 0 below a class stands for the class undivided
    return {True} if any(not rest.strip("0") for rest in finer) else {True, False} if finer else {False}
