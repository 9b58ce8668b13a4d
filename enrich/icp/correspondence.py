"""What codes of one industry list are in another, by the correspondence of the lists."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from enrich.icp.criterion import Correspondence

Target = tuple[str, str]
"""(scheme, code) of the list that is reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Links:
    """A correspondence read both ways: by the code that it comes from, without points, and by the code that it reaches.

    `codes` are all that a list is reached at, by list, without points.
    """

    by_origin: Mapping[tuple[str, str], tuple[Target, ...]]
    by_target: Mapping[Target, tuple[tuple[str, str], ...]]
    codes: Mapping[str, frozenset[str]]


@lru_cache(maxsize=256)  # the same few ICPs are compiled again and again
def through_correspondence(
    prefixes: tuple[str, ...], scheme: str | None, rows: tuple[Correspondence, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What the correspondence makes of codes: those ("scheme:code") that fall wholly and partly under the prefixes
    in another list, and the lists it reaches.

    A correspondence may be coarser than the codes of companies: a row for 62.01 speaks for all that begins so. With no
    scheme asked, only codes that the other list does not know itself go through it: 63 is 63 in both lists.

    >>> rows = (("SN2007", "63.11", "SN2025", "63.10"), ("SN2007", "63.12", "SN2025", "60.39"))
    >>> through_correspondence(("6311",), None, rows)
    (('SN2025:63.10',), (), ())
    """
    links = _read_links(rows)
    asked = {
        to_scheme: [prefix for prefix in prefixes if scheme is not None or not _is_kin_of_any(prefix, codes)]
        for to_scheme, codes in links.codes.items()
    }
    origins = {origin: targets for origin, targets in links.by_origin.items() if scheme in (None, origin[0])}
    touched = {
        target for (_, code), targets in origins.items() for target in targets if True in _sides(code, asked[target[0]])
    }
    sides = {
        target: {
            side
            for from_scheme, code in links.by_target[target]
            if scheme in (None, from_scheme)
            for side in _sides(code, asked[target[0]])
        }
        for target in touched
    }
    whole = tuple(sorted(f"{to}:{code}" for (to, code), under in sides.items() if under == {True}))
    part = tuple(sorted(f"{to}:{code}" for (to, code), under in sides.items() if under == {True, False}))
    reached = {to for targets in origins.values() for to, _ in targets} if scheme is not None else set()
    return whole, part, tuple(sorted(reached))


def bare_code(code: str) -> str:
    """The code without its points.

    >>> bare_code("62.01")
    '6201'
    """
    return code.replace(".", "")


@lru_cache(maxsize=2)  # thousands of rows, which change with a publication only
def _read_links(rows: tuple[Correspondence, ...]) -> _Links:
    by_origin: dict[tuple[str, str], list[Target]] = {}
    by_target: dict[Target, list[tuple[str, str]]] = {}
    codes: dict[str, set[str]] = {}
    for one_scheme, one, other_scheme, other in rows:
        for from_scheme, from_code, target in (
            (one_scheme, one, (other_scheme, other)),
            (other_scheme, other, (one_scheme, one)),
        ):
            origin = (from_scheme, bare_code(from_code))
            by_origin.setdefault(origin, []).append(target)
            by_target.setdefault(target, []).append(origin)
            codes.setdefault(target[0], set()).add(bare_code(target[1]))
    return _Links(
        by_origin={origin: tuple(targets) for origin, targets in by_origin.items()},
        by_target={target: tuple(origins) for target, origins in by_target.items()},
        codes={scheme: frozenset(each) for scheme, each in codes.items()},
    )


def _sides(code: str, prefixes: Collection[str]) -> set[bool]:
    """Whether what a code stands for lies under the prefixes: {True}, {False}, or both where they ask for less of it."""
    if any(code.startswith(prefix) for prefix in prefixes):
        return {True}
    finer = [prefix.removeprefix(code) for prefix in prefixes if prefix.startswith(code)]
    # the digit 0 below a class stands for the class undivided
    return {True} if any(not rest.strip("0") for rest in finer) else {True, False} if finer else {False}


def _is_kin_of_any(prefix: str, codes: Collection[str]) -> bool:
    return any(code.startswith(prefix) or prefix.startswith(code) for code in codes)
