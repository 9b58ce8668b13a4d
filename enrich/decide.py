"""What people decide: each function appends one decision to the journal and waits for nobody.

Every decision names the record it is about, so that it survives merges and splits of companies.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from db.journal import Decision, append_decision, make_decision, read_decisions
from enrich.config import Config
from enrich.errors import InputInvalid, NotFound, NotSuppressed
from enrich.gate import hmac_of, read_key
from enrich.normalise.domain import registrable_domain
from enrich.normalise.phone import normalise_phone
from enrich.subject import make_subject
from sources.kinds.crm_api import CrmConnector
from sources.registry import find_sources

VERDICTS = ("same", "different", "unsure")
MARKS = ("customer", "competitor", "partner", "not-a-fit", "snoozed", "none")
EDITABLE = (
    "name",
    "website",
    "phone",
    "street",
    "postal_code",
    "city",
    "municipality_code",
    "country_code",
    "legal_form_code",
    "industry_code",
    "employees",
    "founded_date",
    "purpose",
)
"""Fields of a company that a person may set; `employees` is a number or a range like 10-50, written `low-high`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingJudgement:
    """The latest judgement on one pair of CRM record and register record that nobody took back."""

    crm_id: str
    record_id: str
    verdict: str
    decision_id: str
    decided_by: str
    decided_at: datetime
    why: str | None

    @property
    def is_of_registers(self) -> bool:
        """Whether it is about two register records, and not about one of the CRM."""
        named = find_sources().get(self.crm_id.partition(":")[0])
        return named is not None and not isinstance(named, CrmConnector)


def judge(
    config: Config,
    *,
    crm_id: str,
    record_id: str,
    verdict: str,
    why: str | None = None,
    who: str | None = None,
    when: datetime | None = None,
) -> Decision:
    """Say that a CRM record and a register record are the same, different, or that you are unsure.

    `who` and `when` are given for what somebody else said before; you are noted as the one who took it in.
    """
    _one_of("verdict", verdict, VERDICTS)
    payload = {"crm_id": crm_id, "record_id": record_id, "verdict": verdict}
    made = make_decision("judgement", payload, who=config.who, why=why)
    if who is not None or when is not None:
        payload = {**payload, "taken_in_by": config.who}
        made = replace(made, decided_by=who or config.who, decided_at=when or made.decided_at, payload=payload)
    append_decision(config.journal, made)
    return made


def read_judgements(config: Config) -> list[StandingJudgement]:
    """Every judgement that stands, one a pair, in the order in which they were made; straight from the journal."""
    return standing_in(read_decisions(config.journal))


def standing_in(decisions: Sequence[Decision]) -> list[StandingJudgement]:
    """The judgements among decisions (oldest first) that stand: the latest of each pair that nobody took back."""
    undone = {decision.payload.get("decision_id") for decision in decisions if decision.kind == "undo"}
    standing: dict[tuple[str, str], StandingJudgement] = {}
    for one in decisions:
        if one.kind != "judgement" or one.decision_id in undone or "crm_id" not in one.payload:
            continue  # an erasure empties a judgement
        pair = str(one.payload["crm_id"]), str(one.payload["record_id"])
        standing.pop(pair, None)
        standing[pair] = StandingJudgement(
            crm_id=pair[0],
            record_id=pair[1],
            verdict=str(one.payload["verdict"]),
            decision_id=one.decision_id,
            decided_by=one.decided_by,
            decided_at=one.decided_at,
            why=one.why,
        )
    return list(standing.values())


def undo_judgement(config: Config, decision_id: str, *, why: str | None = None) -> Decision:
    """Take a judgement back, as if it had never been made.

    Raises `NotFound` where the journal has no such decision, `InputInvalid` where it is no judgement or was taken back.
    """
    decisions = read_decisions(config.journal)
    found = next((one for one in decisions if one.decision_id == decision_id), None)
    if found is not None and found.kind != "judgement":
        raise InputInvalid(f"Decision {decision_id} is no judgement but of the kind {found.kind}: nothing was changed.")
    if any(one.kind == "undo" and one.payload.get("decision_id") == decision_id for one in decisions):
        raise InputInvalid(f"Judgement {decision_id} was taken back already: nothing was changed.")
    return undo(config, decision_id, why=why)


def edit(
    config: Config, *, company_id: str, record_id: str, field: str, value: str | None, why: str | None = None
) -> Decision:
    """Set a field of a company until you take it back with `value=None`.

    Raises `InputInvalid` where the field cannot be set or the value is not of its type.
    """
    _one_of("field", field, EDITABLE)
    payload = {
        "company_id": company_id,
        "record_id": record_id,
        "field": field,
        "value": None if value is None else _typed(field, value.strip(), config.crm.country),
    }
    if field == "website" and value is not None:
        payload["domain"] = registrable_domain(value)  # by which a suppression knows it
    return _record(config, "edit", payload, why)


def mark(
    config: Config, *, company_id: str, record_id: str, mark: str, until: date | None = None, why: str | None = None
) -> Decision:
    """Mark a company as customer, competitor, partner, not-a-fit or snoozed; `none` takes the mark back."""
    _one_of("mark", mark, MARKS)
    if until is not None and mark != "snoozed":
        raise InputInvalid("Only a snooze has an end: leave --until out, or mark it as snoozed.")
    if until is None and mark == "snoozed":
        raise InputInvalid("A snooze has an end: say it, as in --until 2027-01-15.")
    if until is not None and until < datetime.now(UTC).date():
        raise InputInvalid(f"{until} is past: a snooze ends on a day to come.")
    payload = {
        "company_id": company_id,
        "record_id": record_id,
        "mark": mark,
        "until": None if until is None else until.isoformat(),
    }
    return _record(config, "mark", payload, why)


def suppress(
    config: Config, scheme: str, value: str, *, country: str | None = None, why: str | None = None
) -> Decision:
    """Never show or export this e-mail, phone, domain, person or organisation again; only a keyed HMAC is kept."""
    return _suppression(config, scheme, value, country=country, why=why, lifted=False)


def lift(config: Config, scheme: str, value: str, *, country: str | None = None, why: str | None = None) -> Decision:
    """Take a suppression back; raises `NotSuppressed` where there is none."""
    if "suppression" not in held_back_by(config, scheme, value, country=country):
        raise NotSuppressed(scheme)
    return _suppression(config, scheme, value, country=country, why=why, lifted=True)


def held_back_by(config: Config, scheme: str, value: str, *, country: str | None = None) -> frozenset[str]:
    """Which kinds of decision that stand hold this e-mail, phone, domain, person or organisation back: suppression, erasure."""
    subject = make_subject(scheme, value, country=country or config.crm.country)
    sought = hmac_of(read_key(config), subject.scheme, subject.value)
    decisions = read_decisions(config.journal)
    undone = {decision.payload["decision_id"] for decision in decisions if decision.kind == "undo"}
    holds = {
        decision.kind: not decision.payload.get("lifted", False)
        for decision in decisions
        if decision.kind in ("suppression", "erasure")
        and decision.payload.get("hmac") == sought
        and decision.decision_id not in undone
    }
    return frozenset(kind for kind in holds if holds[kind])


def add_to_list(config: Config, name: str, *, company_id: str, record_id: str, why: str | None = None) -> Decision:
    """Put a company on a list; the list begins with its first company."""
    return _membership(config, name, company_id, record_id, why, member=True)


def remove_from_list(config: Config, name: str, *, company_id: str, record_id: str, why: str | None = None) -> Decision:
    """Take a company off a list."""
    return _membership(config, name, company_id, record_id, why, member=False)


def undo(config: Config, decision_id: str, *, why: str | None = None) -> Decision:
    """Undo one decision, as if it had never been made.

    Raises `NotFound` where the journal has no such decision, `InputInvalid` for an undo (decide anew instead) and for
    an erasure, which is final.
    """
    found = next((one for one in read_decisions(config.journal) if one.decision_id == decision_id), None)
    if found is None:
        raise NotFound("decision", decision_id)
    if found.kind in ("undo", "erasure"):
        raise InputInvalid(f"An {found.kind} cannot be undone" + (": decide anew." if found.kind == "undo" else "."))
    return _record(config, "undo", {"decision_id": decision_id}, why)


def _suppression(
    config: Config, scheme: str, value: str, *, country: str | None, why: str | None, lifted: bool
) -> Decision:
    subject = make_subject(scheme, value, country=country or config.crm.country)
    hashed = hmac_of(read_key(config), subject.scheme, subject.value)
    return _record(config, "suppression", {"scheme": scheme, "hmac": hashed, "lifted": lifted}, why)


def _membership(
    config: Config, name: str, company_id: str, record_id: str, why: str | None, *, member: bool
) -> Decision:
    if not name.strip():
        raise InputInvalid("A list needs a name.")
    payload = {"list": name.strip(), "company_id": company_id, "record_id": record_id, "member": member}
    return _record(config, "list", payload, why)


def _record(config: Config, kind: str, payload: Mapping[str, object], why: str | None) -> Decision:
    decision = make_decision(kind, payload, who=config.who, why=why)
    append_decision(config.journal, decision)
    return decision


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InputInvalid(f"{value!r} is no {what}: use one of {', '.join(allowed)}.")


def _typed(field: str, value: str, country: str | None) -> str:
    """The value in the spelling that SQL casts from, and by which it is known again; `country` reads local numbers."""
    if not value:
        raise InputInvalid(f"An edit needs a value; to take an edit of {field} back, say so without one.")
    if field == "employees":
        found = re.fullmatch(r"(\d+)(?:\s*(-)\s*(\d*))?", value)
        if found is None or (found[3] and int(found[3]) < int(found[1])):
            raise InputInvalid("employees needs a number (25), a range (10-50) or a least number (10-).")
        return f"{found[1]}-{found[3] if found[2] else found[1]}"
    if field == "phone":
        phone = normalise_phone(value, country)
        if phone is None:
            raise InputInvalid("phone needs a number that can be dialled, with its country: +47 22 22 55 55.")
        return phone
    if field == "website" and registrable_domain(value) is None:
        raise InputInvalid("website needs an address like https://example.no.")
    if field == "country_code":
        if re.fullmatch("[A-Za-z]{2}", value) is None:
            raise InputInvalid("country_code needs the two letters of a country, like NO.")
        return value.upper()
    if field == "founded_date":
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise InputInvalid("founded_date needs a date like 2026-08-31.") from None
    return value
