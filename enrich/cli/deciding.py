"""Commands by which people decide: edit, mark, suppress, erase, list. None but erase waits for a running refresh."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from enrich.cli.output import counted, print_json, print_table, shown
from enrich.cli.session import Session, command
from enrich.cli.taking_in import DryRunOption, YesOption

if TYPE_CHECKING:
    from db.journal import Decision
    from enrich.gate import Readers

CompanyArgument = Annotated[str, typer.Argument(metavar="ID", help="Number (NO:923609016), our id, or name.")]
WhyOption = Annotated[str | None, typer.Option("--why", metavar="W", help="Your reason; kept beside the decision.")]
SubjectOption = Annotated[
    Literal["email", "phone", "domain", "person", "organisation"] | None,
    typer.Option("--as", help="What the value is, where it is not plain."),
]


def add_commands(app: typer.Typer) -> None:
    """Add `edit`, `mark`, `suppress`, `erase` and `list`."""
    command(
        app,
        "edit",
        examples=(
            'prospekt edit NO:923609016 employees 40 --why "told on the phone"',
            "prospekt edit NO:923609016 employees --take-back",
        ),
    )(edit)
    command(
        app,
        "mark",
        examples=(
            'prospekt mark NO:923609016 --as competitor --why "same product"',
            "prospekt mark NO:923609016 --as snoozed --until 2027-01-15",
            "prospekt mark NO:923609016 --as none",
        ),
    )(mark)
    command(
        app,
        "suppress",
        examples=(
            'prospekt suppress kari@example.com --why "asked on the phone"',
            'prospekt suppress "Kari Nordmann" --as person',
            "prospekt suppress NO:923609016 --lift",
        ),
    )(suppress)
    command(app, "erase", examples=("prospekt erase kari@example.com --dry-run", "prospekt erase kari@example.com"))(
        erase
    )
    command(
        app,
        "list",
        examples=("prospekt list spring add NO:923609016 NO:914778271", "prospekt list spring", "prospekt list"),
    )(change_list)


def edit(
    session: Session,
    name: CompanyArgument,
    field: Annotated[str, typer.Argument(metavar="FIELD", help="Field of the company: website, employees, …")],
    value: Annotated[str | None, typer.Argument(metavar="[VALUE]", help="Its new value.")] = None,
    why: WhyOption = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="Take your edit of the field back.")] = False,
) -> None:
    """Set a field of a company. Your value outranks every source until you take it back."""
    from enrich import decide
    from enrich.errors import InputInvalid

    if (value is None) is not take_back:
        raise InputInvalid("Give a value, or --take-back; not both and not neither.")
    company_id, record_id, label = _subject_company(session, name)
    if field in _CODES and value is not None:
        _check_code(session, _CODES[field], value.strip())
    if take_back:
        _check_edited(session, company_id, label, field)
    made = decide.edit(session.config, company_id=company_id, record_id=record_id, field=field, value=value, why=why)
    _tell(session, made, f"{label}: {field} " + ("is the registers' again" if value is None else f"is {value}"))


def mark(
    session: Session,
    name: CompanyArgument,
    mark_as: Annotated[
        Literal["customer", "competitor", "partner", "not-a-fit", "snoozed", "none"],
        typer.Option("--as", help="What it is; none takes the mark back."),
    ],
    until: Annotated[
        datetime | None, typer.Option("--until", metavar="D", formats=["%Y-%m-%d"], help="End of a snooze.")
    ] = None,
    why: WhyOption = None,
) -> None:
    """Mark a company so that searches treat it so. Counts at once, also while a refresh runs."""
    from enrich import decide

    company_id, record_id, label = _subject_company(session, name)
    end: date | None = None if until is None else until.date()
    made = decide.mark(session.config, company_id=company_id, record_id=record_id, mark=mark_as, until=end, why=why)
    told = "not marked any more" if mark_as == "none" else f"marked as {mark_as}"
    _tell(session, made, f"{label}: {told}" + ("" if end is None else f" until {end}"))


def suppress(
    session: Session,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="E-mail, phone, domain, person or organisation.")],
    scheme: SubjectOption = None,
    lift: Annotated[bool, typer.Option("--lift", help="Take the suppression back.")] = False,
    why: WhyOption = None,
) -> None:
    """Never show or export somebody again. Holds through imports, merges and restored copies; only a keyed hash is kept."""
    from enrich import decide

    kind = scheme or guess_scheme(value)
    if lift:
        made = decide.lift(session.config, kind, value, why=why)
        _tell(session, made, f"Lifted the suppression of this {kind}: it is shown again after prospekt publish")
        return
    whom = _name_organisation(session, value) if kind == "organisation" else f"this {kind}"
    made = decide.suppress(session.config, kind, value, why=why)
    _tell(session, made, f"Suppressed {whom}")


def erase(
    session: Session,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="E-mail, phone, person or organisation.")],
    scheme: SubjectOption = None,
    why: WhyOption = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Erase somebody everywhere, for good. Prints a receipt and whom you have to notify."""
    from enrich.erase import erase as erase_subject

    kind = scheme or guess_scheme(value)
    if not dry_run:
        session.confirm(f"Erase this {kind} everywhere? It cannot be undone.", yes=yes)
    with session.progress() as progress:
        receipt = erase_subject(session.config, kind, value, why=why, dry_run=dry_run, progress=progress)
    if session.as_json:
        print_json("erase/1", receipt)
        return
    print(f"Receipt {receipt.receipt_id}" + (" (dry run: nothing was erased)" if receipt.is_dry_run else ""))
    if not receipt.is_held:
        print(f"Nothing is held of this {kind}; a tombstone keeps it so." if not dry_run else "Nothing is held.")
        print("As a precaution these files go all the same; refresh fetches them anew:" if receipt.removed else "")
    for place, count in receipt.removed.items():
        print(f"  {place}: {count:,}")
    for whom in receipt.notify:
        print(f"Notify: {whom}")


def change_list(
    session: Session,
    list_name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Name of the list; none shows which there are.")
    ] = None,
    action: Annotated[
        Literal["add", "remove", "show"], typer.Argument(metavar="[add|remove|show]", help="What to do with it.")
    ] = "show",
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Companies to add or remove.")] = None,
    why: WhyOption = None,
) -> None:
    """Keep companies on a list of your own, or show what is on it. A list begins with its first company."""
    from enrich import decide
    from enrich.errors import InputInvalid
    from enrich.gate import open_readers

    if list_name is None:
        _show_lists(session)
        return
    if action == "show":
        _show_list(session, list_name)
        return
    if not names:
        raise InputInvalid(f"Which company? prospekt list {list_name} {action} NO:923609016")
    found: list[tuple[str, str, str]] = []
    unchanged: list[tuple[str, str, str]] = []
    with open_readers(session.config, why="decide") as readers:
        for name in names:
            one = _find(readers, name)
            lists = readers.warehouse.rows("search/lists_of", company_id=one[0])
            is_member = list_name.strip() in {row["list_name"] for row in lists}
            kept = unchanged if is_member is (action == "add") else found
            if one not in kept:
                kept.append(one)
    change = decide.add_to_list if action == "add" else decide.remove_from_list
    made = [
        change(session.config, list_name, company_id=company_id, record_id=record_id, why=why)
        for company_id, record_id, _ in found
    ]
    if session.as_json:
        print_json("list/1", {"list": list_name, "decisions": [each.decision_id for each in made]})
        return
    told = "put on" if action == "add" else "taken off"
    if made:
        print(f"{counted(len(made), 'company', 'companies')} {told} {list_name}")
    for _, _, label in unchanged:
        print(f"{shown(label)} {'was already' if action == 'add' else 'is not'} on {list_name}")


def _show_lists(session: Session) -> None:
    from enrich.gate import open_readers

    with open_readers(session.config, why="lists") as readers:
        rows = readers.warehouse.rows("search/lists")
    if session.as_json:
        print_json("lists/1", rows)
    elif rows:
        columns = {"list_name": "List", "companies": "Companies", "last_added_at": "Last added (UTC)"}
        print_table(rows, columns, numbers=("companies",))
    else:
        session.say("There is no list yet; a list begins with its first company: prospekt list spring add NO:923609016")


def _show_list(session: Session, list_name: str) -> None:
    from enrich.company import count_on_list
    from enrich.errors import NotFound
    from enrich.gate import open_readers
    from enrich.search import read_as_of

    with open_readers(session.config, why=f"list {list_name}") as readers:
        members = readers.warehouse.rows("search/list_members", list_name=list_name)
        on_it = count_on_list(session.config, list_name)
        if not on_it:
            names = [str(row["list_name"]) for row in readers.warehouse.rows("search/list_names")]
            raise NotFound("list", list_name, names)
        rows = [each.values for each in readers.admit(members)]
        as_of, sources = read_as_of(readers), readers.warehouse.rows("search/sources")
    if session.as_json:
        answer = {"list": list_name, "companies": rows, "held_back": on_it - len(rows)}
        print_json("list/1", answer, as_of=as_of, sources=sources)
        return
    print_table(
        rows,
        {
            "id_label": "Number",
            "name": "Name",
            "city": "City",
            "added_at": "Added (UTC)",
            "added_by": "By",
            "why": "Why",
        },
    )
    if on_it > len(rows):
        session.say(
            f"{on_it - len(rows):,} more on the list: held back (suppressed, or of a natural person), or no longer published."
        )


def guess_scheme(value: str) -> str:
    """What a value is by its look; raises `InputInvalid` where it could be several things.

    >>> guess_scheme("kari@example.com"), guess_scheme("+47 22 22 55 55"), guess_scheme("NO:923609016")
    ('email', 'phone', 'organisation')
    >>> guess_scheme("example.com"), guess_scheme("FI:2077474-0")
    ('domain', 'organisation')
    """
    from enrich.errors import InputInvalid

    text = value.strip()
    if re.fullmatch(r"\S+@\S+\.\S+", text):
        return "email"
    if re.fullmatch(r"[A-Za-z]{2,3}:\s*\w[\w\s-]*", text):
        return "organisation"
    if re.fullmatch(r"\+[\d\s()-]{6,}", text):
        return "phone"
    if re.fullmatch(r"(https?://)?[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}/?", text):
        return "domain"
    raise InputInvalid("What this is cannot be told: say --as email, phone, domain, person or organisation.")


def _subject_company(session: Session, name: str) -> tuple[str, str, str]:
    """Id, anchor record and label of the company that a person names."""
    from enrich.gate import open_readers

    with open_readers(session.config, why="decide") as readers:
        return _find(readers, name)


def _name_organisation(session: Session, value: str) -> str:
    """Whom a suppression of the number reaches; raises `InputInvalid` where nobody has it and its check digit is wrong."""
    from db.errors import WarehouseMissing
    from enrich.errors import CompanySuppressed, NotFound
    from enrich.gate import open_readers
    from enrich.search import resolve_company
    from enrich.subject import check_number, make_subject

    number = make_subject("organisation", value).value
    try:
        with open_readers(session.config, why="suppress") as readers:
            company_id = resolve_company(readers, number)
            names = readers.warehouse.rows("search/name_of", company_id=company_id)
    except CompanySuppressed:
        return f"{number}, as it was"
    except (NotFound, WarehouseMissing):
        check_number(number)
        return f"{number}; no company of that number is here yet, it is held back when it comes"
    # of a natural person, or of whoever is held back already, only the number is said
    return " and ".join([*([f"{row['name']} ({number})" for row in names] or [number]), "its CRM records"])


_CODES = {"industry_code": "industry", "legal_form_code": "legal_form", "municipality_code": "municipality"}
"""Fields that hold a code, and the criterion that asks for it."""


def _check_code(session: Session, kind: str, code: str) -> None:
    """Raise `InputInvalid` where no company has the code, and no list of such codes does."""
    from difflib import get_close_matches

    from enrich.errors import InputInvalid
    from enrich.gate import open_readers
    from enrich.icp.places import COUNTY_DIGITS, read_places

    with open_readers(session.config, people=False) as readers:
        in_use = readers.warehouse.rows("search/codes_in_use", kind=kind)
        titles = readers.warehouse.rows("search/titles")
    used, schemes = {str(row["code"]) for row in in_use}, {row["scheme"] for row in in_use}
    listed = {str(row["code"]) for row in titles if row["scheme"] in schemes}
    if kind == "municipality":
        listed |= {place.number for place in read_places() if len(place.number) > COUNTY_DIGITS}
    if code not in used | listed:
        near = "; ".join(get_close_matches(code, sorted(used), cutoff=0))
        raise InputInvalid(f"There is no {kind.replace('_', ' ')} code {code!r}. Nearest in use: {near or 'none'}.")


def _check_edited(session: Session, company_id: str, label: str, field: str) -> None:
    """Raise `InputInvalid` where no edit of the field stands: there is nothing to take back."""
    from enrich.company import edited_fields
    from enrich.errors import InputInvalid
    from enrich.gate import open_readers

    with open_readers(session.config, why="decide") as readers:
        edited = edited_fields(readers, company_id)
    if field not in edited:
        there = f" Edited: {', '.join(sorted(edited))}." if edited else ""
        raise InputInvalid(f"No edit of {field} of {label} stands: there is nothing to take back.{there}")


def _find(readers: "Readers", name: str) -> tuple[str, str, str]:
    from enrich.company import admit_company, resolve_company

    values = admit_company(readers, resolve_company(readers, name)).values
    return str(values["company_id"]), str(values["anchor_record_id"]), f"{values['id_label']} {values['name']}"


def _tell(session: Session, made: "Decision", sentence: str) -> None:
    if session.as_json:
        print_json("decision/1", {"decision_id": made.decision_id, "kind": made.kind, "decided_at": made.decided_at})
    else:
        print(f"{shown(sentence)} (decision {made.decision_id})")
