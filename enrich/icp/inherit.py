"""Descriptions that extend another: what is said anew takes the place of what was said before, the rest stays.

Of `must` and `must_not`, criterion by criterion; of the wishes, those that ask for the same criterion are replaced. An empty list
takes a criterion back; so does `without`, whatever it asks for.
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from enrich.icp.model import MODIFIERS, Criteria, Icp


def resolve_icps(icps: Mapping[str, Icp]) -> dict[str, Icp]:
    """Each description with all that it extends, by name; raises ValueError for a circle, for a name that nobody has, and
    where something is taken back that is not asked.

    >>> near = Icp.model_validate({"must": {"country": ["NO"], "employees": "10-"}})
    >>> far = Icp.model_validate({"extends": "near", "must": {"country": ["SE"]}})
    >>> resolve_icps({"near": near, "far": far})["far"].must.model_dump(exclude_defaults=True)
    {'country': ('SE',), 'employees': '10-'}
    """
    return {name: resolve_icp(name, icps) for name in icps}


def resolve_icp(name: str, icps: Mapping[str, Icp]) -> Icp:
    """The description of that name with all that it extends; raises as `resolve_icps` does."""
    return _resolved(name, icps, (name,))


def _resolved(name: str, icps: Mapping[str, Icp], chain: tuple[str, ...]) -> Icp:
    icp = icps[name]
    if icp.extends is None:
        return icp
    if icp.extends in chain:
        raise ValueError(f"descriptions extend each other in a circle: {' → '.join((*chain, icp.extends))}")
    if icp.extends not in icps:
        near = get_close_matches(icp.extends, icps, n=1) or sorted(set(icps) - {name})
        raise ValueError(
            f"{name} extends {icp.extends!r}, which there is not; there is {', '.join(near) or 'no other'}"
        )
    before = _resolved(icp.extends, icps, (*chain, icp.extends))
    taken = _taken_back(name, icp, before)
    replaced = {criterion for wish in icp.should for criterion in wish.asked()} | taken["should"]
    kept = [wish for wish in before.should if not replaced.intersection(wish.asked())]
    return Icp.model_validate(
        {
            "description": icp.description or before.description,
            "must": _over(before.must, icp.must, taken["must"]),
            "should": [wish.model_dump(exclude_unset=True) for wish in (*kept, *icp.should)],
            "must_not": _over(before.must_not, icp.must_not, taken["must_not"]),
        }
    )


def _taken_back(name: str, icp: Icp, before: Icp) -> dict[str, set[str]]:
    """By part the criteria that a description takes back of the one before; raises ValueError for what that does not ask."""
    wished = [criterion for wish in before.should for criterion in wish.asked()]
    asked = {"must": before.must.asked(), "should": wished, "must_not": before.must_not.asked()}
    anew = {
        "must": icp.must.model_fields_set,
        "should": {criterion for wish in icp.should for criterion in wish.asked()},
        "must_not": icp.must_not.model_fields_set,
    }
    taken: dict[str, set[str]] = {part: set() for part in asked}
    for said in icp.without:
        part, _, criterion = said.partition(".")
        if criterion not in asked[part]:
            there = ", ".join(f"{each}.{one}" for each, listed in asked.items() for one in listed)
            raise ValueError(f"{name} takes back {said!r}, which {icp.extends} does not ask; it asks {there}")
        if criterion in anew[part]:
            raise ValueError(
                f"{name} takes {said!r} back and asks it anew: leave it out of without, and it is replaced"
            )
        taken[part].add(criterion)
    return taken


def _over(before: Criteria, anew: Criteria, taken: Collection[str]) -> dict[str, object]:
    said = anew.model_dump(exclude_unset=True)
    # in which list an industry is looked for goes with the industry
    dropped = {modifier for modifier, of in MODIFIERS.items() if of in said or of in taken} | set(taken)
    kept = {name: value for name, value in before.model_dump(exclude_unset=True).items() if name not in dropped}
    if isinstance(before.required, tuple) and "required" in kept:
        kept["required"] = tuple(one for one in before.required if one not in taken)
    return kept | said
