"""What evaluating and training could not use of what people said, in the same words."""

from collections.abc import Mapping

from enrich.cli.output import counted
from enrich.cli.session import Session

_TOLD = {
    "not_in_crm": ("true link", "left out: no CRM record has that id."),
    "several_in_crm": (
        "true link",
        (
            "left out: several CRM records have that id. Say in a column crm_kind whether a company or a contact is meant, "
            "or use our ids."
        ),
    ),
    "unsure": ("true link", "left out: its verdict is unsure, or empty."),
    "overruled": ("true link", "left out: a person judged otherwise, and that counts."),
    "judged": ("CRM record", "left out: a person judged it, so what it has now is not the model's."),
    "undecided": ("CRM record", "left out: what was judged is not the model's best candidate."),
    "without_candidates": ("CRM record", "left out: in the CRM no longer, or nobody comes near it."),
}
"""What is counted, by the name it has in JSON too: of what it is a number, and why it was left out."""


def tell_left_out(session: Session, counts: Mapping[str, int], *, not_in_registers: str) -> None:
    """Say what was left out, and what became of true links to a company that no register has: `not_in_registers` says it."""
    for name, (noun, why) in _TOLD.items():
        if counts.get(name):
            session.say(f"{counted(counts[name], noun)} {why}")
    if counts.get("not_in_registers"):
        session.say(
            f"{counted(counts['not_in_registers'], 'true link')} {not_in_registers}: no company that may be shown has that "
            "right id. Where there truly is none, leave it empty."
        )
