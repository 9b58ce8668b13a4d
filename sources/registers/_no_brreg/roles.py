"""Roles: where the register says them, and how one is read.

A role of somebody who died is rejected; one of a deleted organisation stays, for the organisation's own record says so.
"""

from datetime import date
from typing import Any

from sources.kinds.json_stream import name_keys
from sources.kinds.role_api import RoleRegister
from sources.lookup import RolesAnswer
from sources.record import Role
from sources.source import Expect

# every key of an answer: what is not read is here all the same, so that a new one is loud
KEYS = frozenset(
    (
        "organisasjonsnummer rollegrupper rollegrupper.type.kode rollegrupper.type.beskrivelse rollegrupper.sistEndret "
        "rollegrupper.roller rollegrupper.roller.type.kode rollegrupper.roller.type.beskrivelse "
        "rollegrupper.roller.person rollegrupper.roller.person.navn rollegrupper.roller.person.navn.fornavn "
        "rollegrupper.roller.person.navn.mellomnavn rollegrupper.roller.person.navn.etternavn "
        "rollegrupper.roller.person.erDoed rollegrupper.roller.enhet rollegrupper.roller.enhet.organisasjonsnummer "
        "rollegrupper.roller.enhet.organisasjonsform.kode rollegrupper.roller.enhet.organisasjonsform.beskrivelse "
        "rollegrupper.roller.enhet.organisasjonsform.utgaatt rollegrupper.roller.enhet.navn "
        "rollegrupper.roller.enhet.erSlettet rollegrupper.roller.fratraadt rollegrupper.roller.avregistrert "
        "rollegrupper.roller.rekkefolge rollegrupper.roller.ansvarsandel rollegrupper.roller.valgtAv "
        "rollegrupper.roller.valgtAv.kode rollegrupper.roller.valgtAv.beskrivelse"
    ).split()
)


def read_roles(key: str, answer: dict[str, Any]) -> RolesAnswer:
    """The roles in one entity; birth dates and legal capacity were taken out before."""
    read = [_read_role(key, group, role) for group in answer.get("rollegrupper") or () for role in _roles_of(group)]
    return RolesAnswer(
        source_key=key,
        roles=tuple(one for one in read if isinstance(one, Role)),
        rejects=tuple(one for one in read if isinstance(one, tuple)),
        unknown_keys=tuple(sorted(set(name_keys(answer)) - KEYS)),
    )


def count_roles(answer: dict[str, Any]) -> int:
    """How many roles an entity's answer holds, those that are not read included."""
    return sum([len(group.get("roller") or ()) for group in answer.get("rollegrupper") or ()])


def _roles_of(group: dict[str, Any]) -> list[dict[str, Any]]:
    return group.get("roller") or []


def _read_role(key: str, group: dict[str, Any], role: dict[str, Any]) -> Role | tuple[str, str]:
    person, entity = role.get("person") or {}, role.get("enhet") or {}
    role_code, group_code = ((each.get("type") or {}).get("kode") for each in (role, group))
    if person.get("erDoed"):
        return "holder_died", "a role is held by somebody who died"
    if not role_code or not group_code:
        return "missing_role_code", "a role or its group has no code"
    if not person and not entity:
        return "missing_holder", "a role is held by nobody"
    name = person.get("navn") or {}
    words = [name.get("fornavn"), name.get("mellomnavn"), name.get("etternavn")] if person else entity.get("navn") or []
    position, changed = str(role.get("rekkefolge") or ""), str(group.get("sistEndret") or "")
    return Role(
        source_key=key,
        role_code=role_code,
        group_code=group_code,
        holder_kind="person" if person else "entity",
        holder_name=" ".join(filter(None, words)) or None,
        holder_scheme="NO-ORGNR" if entity else None,
        holder_value=entity.get("organisasjonsnummer"),
        elected_by_code=(role.get("valgtAv") or {}).get("kode"),
        position=int(position) if position.isdecimal() else None,
        has_resigned=bool(role.get("fratraadt") or role.get("avregistrert")),
        changed_date=_date_of(changed),
    )


def _date_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


ROLES = RoleRegister(
    path="enheter/{key}/roller",
    file="roller/totalbestand",
    number="organisasjonsnummer",
    feed="oppdateringer/roller",
    event_number=("data", "organisasjonsnummer"),
    after_position="afterId",
    after_time="afterTime",
    page=1_000,  # unverified how many it gives at most; the other feeds give 10,000
    expect=Expect(min_rows=2_700_000, max_rows=6_800_000),  # about 80 % and 200 % of the 3.4 million of 2026
    read=read_roles,
    count=count_roles,
)
