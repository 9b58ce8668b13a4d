"""Taking somebody out of people's decisions: what an erasure leaves of each in the journal and in the warehouse."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from db.journal import Decision

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """By what somebody is found in what others wrote: `texts` in lower case, `numbers` without their country, both as they are erased.

    `gone` are the register records and CRM records that go.
    """

    texts: Sequence[str]
    numbers: Sequence[str]
    gone: Collection[str] = frozenset()

    def is_named_in(self, said: str) -> bool:
        """Whether one of the texts is in it, or a phone number in any spelling.

        >>> kari = Sought(texts=["kari nordmann", "+4722225555"], numbers=["22225555"])
        >>> kari.is_named_in("tlf. 22 22 55 55"), kari.is_named_in("Kari Nordmann AS"), kari.is_named_in("Ola")
        (True, True, False)
        """
        content = said.lower()
        closed_up = content.translate(_WITHIN_NUMBERS)
        return any(text in content for text in self.texts) or any(number in closed_up for number in self.numbers)


def redact(decision: Decision, sought: Sought, *, rename: Callable[[str], str]) -> Decision:
    """The decision without the one who is sought.

    One about a record that goes says nothing any more. A list that is named after the subject gets the name that `rename` gives
    and keeps its companies; a saved search that asks for the subject is forgotten; an export forgets who was in it. One that
    is not about the subject comes back as it is.
    """
    payload = decision.payload
    if payload.get("record_id") in sought.gone or payload.get("crm_id") in sought.gone:
        return replace(decision, why=None, payload={})
    naming = {key for key, said in payload.items() if key not in _NO_TEXT and sought.is_named_in(str(said))}
    is_reason = sought.is_named_in(decision.why or "")
    exported = payload.get("companies")
    companies = exported if isinstance(exported, list) else []
    stay = [one for one in companies if one.get("record_id") not in sought.gone]
    if not naming and not is_reason and len(stay) == len(companies):
        return decision
    left: Mapping[str, object] = {key: None if key in naming else said for key, said in payload.items()}
    if decision.kind == "edit":  # where the reason names the subject, the value is most likely the subject's too
        left = {key: None if key == "value" else said for key, said in left.items() if key != "domain"}
    elif decision.kind == "list":
        left = {**left, "list": rename(str(payload["list"])) if "list" in naming else payload["list"]}
    elif decision.kind == "search" and naming:
        left = {"name": rename(str(payload["name"])) if "name" in naming else payload["name"], "forgotten": True}
    elif decision.kind == "export":
        left = {**left, "companies": stay, "file_name": left["file_name"] or "erased"}
    return replace(decision, why=None, payload=left)
