"""The rules by which a search leaves companies out, in order; `find` and `why` read the same table.

Which rules hold for a company is computed in `db/queries/search/apply_rules.sql`, one bit a rule.
"""

from collections.abc import Collection
from dataclasses import dataclass

from enrich.errors import InputInvalid
from enrich.gate import NATURAL_PERSONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: `label` names those it leaves out, `says` one of them, `include` is what brings them back (null: nothing)."""

    name: str
    bit: int
    label: str
    says: str
    include: str | None

    def label_for(self, contacted_days: int) -> str:
        """The label with the days of the configuration in it."""
        return self.label.format(days=contacted_days)

    def says_for(self, contacted_days: int, *, mark: object = None, mark_until: object = None) -> str:
        """What it says of one company, with the days of the configuration, or the company's mark, in it."""
        until = f" until {mark_until}" if mark_until is not None else ""
        return self.says.format(days=contacted_days, mark=mark, until=until)


RULES = (
    Rule(name="suppressed", bit=1, label="suppressed", says="suppressed", include=None),
    Rule(
        name="natural_person",
        bit=2,
        label="natural persons (sole traders, and what belongs to them)",
        says="a natural person's business",
        include=NATURAL_PERSONS,
    ),
    Rule(
        name="kind",
        bit=4,
        label="neither company nor public body (branches, sub-units, estates, funds)",
        says="a branch, sub-unit, estate or fund",
        include="kinds",
    ),
    Rule(
        name="dead",
        bit=8,
        label="bankrupt, winding up, dissolved or gone from the register",
        says="bankrupt, winding up, dissolved or gone from the register",
        include="dead",
    ),
    Rule(
        name="marketing_protected",
        bit=16,
        label="protected from marketing by a register",
        says="protected from marketing by a register",
        include=None,
    ),
    Rule(
        name="customer",
        bit=32,
        label="customers and open deals",
        says="a customer or has an open deal",
        include="customers",
    ),
    Rule(
        name="customer_group",
        bit=64,
        label="in the group of a customer",
        says="in the group of a customer",
        include="groups",
    ),
    Rule(
        name="contacted",
        bit=128,
        label="contacted or handed over in the last {days} days",
        says="contacted or handed over in the last {days} days",
        include="contacted",
    ),
    Rule(
        name="marked",
        bit=256,
        label="marked as competitor, partner, not-a-fit or snoozed",
        says="marked as {mark}{until}",
        include="marked",
    ),
    Rule(
        name="little_known",
        bit=512,
        label="may fit, but nothing that was asked is known of them beside the country",
        says="known by little more than name and country",
        include="little-known",
    ),
)
ALL_RULES = sum(rule.bit for rule in RULES)
"""The bits of every rule."""
INCLUDABLE = tuple(rule.include for rule in RULES if rule.include is not None)
"""What `include` may name."""


def excluding_bits(include: Collection[str]) -> int:
    """The bits of the rules that stay in force; raises `InputInvalid` for a name that is none of `INCLUDABLE`.

    >>> excluding_bits(()), excluding_bits(("customers", "groups"))
    (1023, 927)
    """
    for name in include:
        if name not in INCLUDABLE:
            raise InputInvalid(f"{name!r} cannot be included; choose from {', '.join(INCLUDABLE)}.")
    return sum(rule.bit for rule in RULES if rule.include is None or rule.include not in include)


def rules_in(bits: int) -> tuple[Rule, ...]:
    """The rules that the bits stand for, first rule first.

    >>> [rule.name for rule in rules_in(34)]
    ['natural_person', 'customer']
    """
    return tuple(rule for rule in RULES if rule.bit & bits)
