"""Taking somebody out of people's decisions: what an erasure leaves of each in the journal and in the warehouse."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from db.journal import Decision
from enrich.purge import national_numbers

_NO_TEXT = frozenset(
    (
        *("company_id", "record_id", "crm_id", "decision_id", "companies", "hmac", "receipt", "answer", "icp_version"),
        *("verdict", "mark", "scheme", "field", "target", "include", "forgotten", "lifted", "member"),
        *("as_of", "until", "company_count", "taken_in_by"),
    )
)
"""Keys of payloads in which nobody can write what he likes; a key that is not here is searched."""

_WITHIN_NUMBERS = str.maketrans("", "", " \xa0.()/-")
"""What people put between the digits of a phone number."""


def mentions(said: str, texts: Sequence[str]) -> bool:
    """Whether one of the texts (lower case, numbers in E.164) is in what somebody wrote, a phone number in any spelling.

    >>> mentions("Kari Nordmann, tlf. 22 22 55 55", ["+4722225555"]), mentions("Ola", ["kari nordmann"])
    (True, False)
    """
    content = said.lower()
    closed_up = content.translate(_WITHIN_NUMBERS)
    return any(text in content for text in texts) or any(number in closed_up for number in national_numbers(texts))


def redact(
    decision: Decision, texts: Sequence[str], gone: Collection[str], *, rename: Callable[[str], str]
) -> Decision:
    """The decision without the subject: whom the texts name, and whose records and CRM records are `gone`.

    One about a record that goes says nothing any more. A list that is named after the subject gets the name that `rename` gives
    and keeps its companies; a saved search that asks for the subject is forgotten; an export forgets who was in it. One that
    is not about the subject comes back as it is.
    """
    payload = decision.payload
    if payload.get("record_id") in gone or payload.get("crm_id") in gone:
        return replace(decision, why=None, payload={})
    naming = {key for key, said in payload.items() if key not in _NO_TEXT and mentions(str(said), texts)}
    is_reason = mentions(decision.why or "", texts)
    exported = payload.get("companies")
    companies = exported if isinstance(exported, list) else []
    stay = [one for one in companies if one.get("record_id") not in gone]
    if not naming and not is_reason and len(stay) == len(companies):
        return decision
    left: Mapping[str, object] = {key: None if key in naming else said for key, said in payload.items()}
    if decision.kind == "edit":  # where the reason names the subject, the value is most likely the subject's too
        left = {key: None if key == "value" else said for key, said in left.items() if key != "domain"}
    elif decision.kind == "list":
        left = {**left, "list": rename(str(payload["list"])) if "list" in naming else payload["list"]}
    elif decision.kind == "search" and (naming or "forgotten" in payload):
        left = {"name": rename(str(payload["name"])) if "name" in naming else payload["name"], "forgotten": True}
    elif decision.kind == "export":
        left = {**left, "companies": stay, "file_name": left["file_name"] or "erased"}
    return replace(decision, why=None, payload=left)
