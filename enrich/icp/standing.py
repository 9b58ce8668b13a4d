"""What a company is or has, asked as yes or no or as any of a list: status, group, CRM, advertising, roles, products."""

from enrich.icp.criterion import Criterion, Knowledge
from enrich.icp.model import Criteria
from enrich.icp.role_kinds import find_role_codes

NONE_OF_THEM = "none of them"
"""The value where it is known that a company has nothing of a list."""


def compile_status(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether its status is one of those; of a company that left its register nobody says what it is now."""
    return Criterion(
        name="status",
        asked=", ".join(criteria.status),
        verdict=f"(CASE WHEN status NOT IN ('unknown', 'left_source') THEN list_contains(${key}, status) END)",
        value="nullif(status, 'unknown')",
        fields=("status",),
        parameters={key: list(criteria.status)},
    )


def compile_is_subsidiary(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether another company owns it."""
    return _flag("is_subsidiary", criteria.is_subsidiary, key, fields=("is_subsidiary", "is_in_group"))


def compile_has_parent(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether another company owns it, or it is a part of one."""
    return _flag("has_parent", criteria.has_parent, key, fields=("has_parent", "is_in_group"))


def compile_in_crm(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether a record of the CRM was accepted as it."""
    return _flag("in_crm", criteria.in_crm, key, column="is_in_crm")


def compile_marketing_protected(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether a register says that it wants no advertising."""
    return _flag("marketing_protected", criteria.marketing_protected, key, column="is_marketing_protected")


def compile_technology(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether its own site shows traces of any of these products; a site that was not read is unknown."""
    return _any_of("technology", criteria.technology, criteria.technology, key, column="technologies")


def compile_roles(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether somebody holds any of these roles in it; unknown where the register was not asked."""
    codes = [code for role in criteria.roles for code in find_role_codes(role) or ()]
    return _any_of("roles", criteria.roles, codes, key, column="role_kinds")


def _flag(
    name: str, wanted: bool | None, key: str, *, column: str | None = None, fields: tuple[str, ...] = ()
) -> Criterion:
    column = column or name
    return Criterion(
        name=name,
        asked="yes" if wanted else "no",
        verdict=f"({column} = ${key})",
        value=f"CASE WHEN {column} THEN 'yes' WHEN NOT {column} THEN 'no' END",
        fields=fields or (column,),
        parameters={key: wanted},
    )


def _any_of(
    name: str, asked: tuple[str, ...], codes: list[str] | tuple[str, ...], key: str, *, column: str
) -> Criterion:
    return Criterion(
        name=name,
        asked=", ".join(asked),
        verdict=f"list_has_any({column}, ${key})",
        value=f"""(CASE WHEN list_has_any({column}, ${key}) THEN array_to_string(list_intersect({column}, ${key}), ', ')
            WHEN {column} IS NOT NULL THEN '{NONE_OF_THEM}' END)""",
        fields=(column,),
        parameters={key: list(codes)},
    )
