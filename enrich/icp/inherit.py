"""Descriptions that extend another: what is said anew takes the place of what was said before, the rest stays.

Of `must` and `must_not`, criterion by criterion; of the wishes, those that ask for the same criterion are replaced. An empty list
takes a criterion back.
"""

from collections.abc import Mapping
from difflib import get_close_matches

from enrich.icp.model import MODIFIERS, Criteria, Icp


def resolve_icps(icps: Mapping[str, Icp]) -> dict[str, Icp]:
    """Each description with all that it extends, by name; raises ValueError for a circle, and for a name that nobody has.

    >>> near = Icp.model_validate({"must": {"country": ["NO"], "employees": "10-"}})
    >>> far = Icp.model_validate({"extends": "near", "must": {"country": ["SE"]}})
    >>> resolve_icps({"near": near, "far": far})["far"].must.model_dump(exclude_defaults=True)
    {'country': ('SE',), 'employees': '10-'}
    """
    return {name: _resolved(name, icps, (name,)) for name in icps}


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
    replaced = {criterion for wish in icp.should for criterion in wish.asked()}
    kept = [wish for wish in before.should if not replaced.intersection(wish.asked())]
    return Icp.model_validate(
        {
            "description": icp.description or before.description,
            "must": _over(before.must, icp.must),
            "should": [wish.model_dump(exclude_unset=True) for wish in (*kept, *icp.should)],
            "must_not": _over(before.must_not, icp.must_not),
        }
    )


def _over(before: Criteria, anew: Criteria) -> dict[str, object]:
    said = anew.model_dump(exclude_unset=True)
    # in which list an industry is looked for goes with the industry
    dropped = {modifier for modifier, of in MODIFIERS.items() if of in said}
    kept = {name: value for name, value in before.model_dump(exclude_unset=True).items() if name not in dropped}
    return kept | said
