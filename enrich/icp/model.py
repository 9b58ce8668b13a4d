"""The ideal-customer description as written in `[icp.NAME]` of config.toml.

`must`: all have to hold. `should`: each adds its weight. `must_not`: none may hold. A criterion is yes, no, or unknown.

```toml
[icp.software_no]
description = "Norwegian software houses of a size that buys"
[icp.software_no.must]
country = ["NO"]
industry = ["62", "63.1"]
employees = "10-200"
[[icp.software_no.should]]
has_website = true
weight = 2
[icp.software_no.must_not]
legal_form = ["NUF"]
```
"""

from pydantic import BaseModel, ConfigDict


class Criteria(BaseModel):
    """What can be asked of a company; a field left out asks nothing.

    Ranges are written "10-200", "10-" or "-200", both ends included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 codes."""
    region: tuple[str, ...] = ()
    """Region codes or names (Norway: the first two digits of the municipality number, or the county's name)."""
    municipality: tuple[str, ...] = ()
    """Municipality codes or names."""
    postal_prefix: tuple[str, ...] = ()
    """First digits of the postal code."""
    industry: tuple[str, ...] = ()
    """Industry codes or their first digits, any of a company's codes; `industry_scheme` says in which list."""
    industry_scheme: str | None = None
    """`SN2007`, `SN2025`, …; left out, the code may be in any list."""
    employees: str | None = None
    """Range of the number of employees."""
    age_years: str | None = None
    """Range of the age in whole years, from foundation, else registration."""
    legal_form: tuple[str, ...] = ()
    """Legal form codes of the country's register (AS, ASA, NUF, …)."""
    sector: tuple[str, ...] = ()
    """Institutional sector codes or their first digits."""
    has_website: bool | None = None
    words: tuple[str, ...] = ()
    """Any of these words or word beginnings in name, purpose or activity."""
    territory: tuple[str, ...] = ()
    """Names of `[territory.NAME]` sections."""


class Should(Criteria):
    """One wish: exactly one criterion, and what it weighs."""

    weight: float = 1.0


class Icp(BaseModel):
    """One ideal-customer description."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str = ""
    must: Criteria = Criteria()
    should: tuple[Should, ...] = ()
    must_not: Criteria = Criteria()


class Territory(BaseModel):
    """Whose area a company lies in: all the parts given have to hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    owner: str
    countries: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    postal_prefixes: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
