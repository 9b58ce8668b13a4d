"""Earlier versions of an ideal-customer description, as the published files keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.warehouse import Warehouse
from enrich.errors import NotFound
from enrich.icp.model import AS_PUBLISHED, Icp

WRITTEN = 6
"""So many digits of a version name it, where no other begins so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IcpVersion:
    """A description as it was asked from `published_at` until `replaced_at` (UTC; null: until today)."""

    icp_version: str
    definition: Icp
    published_at: datetime
    replaced_at: datetime | None


def read_versions(companies: Warehouse, name: str) -> tuple[IcpVersion, ...]:
    """Every version of a description that was published, the last first."""
    return tuple(
        IcpVersion(**row | {"definition": Icp.model_validate_json(str(row["definition"]), context=AS_PUBLISHED)})  # type: ignore[arg-type]
        for row in companies.rows("search/icp_versions", icp=name)
    )


def choose_version(versions: Sequence[IcpVersion], asked: str) -> IcpVersion:
    """The latest version that begins so; raises `NotFound` with those there are."""
    found = [each for each in versions if len(asked) >= WRITTEN and each.icp_version.startswith(asked.lower())]
    if not found:
        raise NotFound("version", asked, [f"{each.icp_version} of {each.published_at:%Y-%m-%d}" for each in versions])
    return found[0]


def say_change(before: Icp | None, after: Icp) -> str:
    """What a version changed, by the keys that differ.

    >>> one = Icp.model_validate({"must": {"employees": "10-"}})
    >>> say_change(one, Icp.model_validate({"must": {"employees": "20-", "country": ["NO"]}}))
    'must.country, must.employees'
    >>> say_change(None, one)
    'first published'
    """
    if before is None:
        return "first published"
    changed = []
    for part in ("description", "must", "should", "must_not"):
        old, new = getattr(before, part), getattr(after, part)
        if part.startswith("must"):
            changed += [f"{part}.{key}" for key in type(new).model_fields if getattr(old, key) != getattr(new, key)]
        elif old != new:
            changed.append(part)
    return ", ".join(sorted(changed)) or "a territory, or how criteria are asked"
