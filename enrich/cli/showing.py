"""Commands that show one company: why it is in or out, and everything known of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from enrich.cli.asking import AskOption, ask_plainly
from enrich.cli.finding import IcpOption, IncludeOption, PersonsWhyOption, listed
from enrich.cli.output import one_line, print_json, print_table, shown
from enrich.cli.session import Session, command

if TYPE_CHECKING:
    from enrich.company import CompanyCard


def add_commands(app: typer.Typer) -> None:
    """Add `why` and `company`."""
    command(app, "why", examples=("prospekt why NO:923609016", 'prospekt why "Fjordkode AS" --icp software_no'))(why)
    command(app, "company", examples=("prospekt company NO:923609016", "prospekt company NO:923609016 --json"))(company)


def why(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="COMPANY", help="Number (NO:923609016), our id, or name.")],
    icp: IcpOption = None,
    ask: AskOption = None,
) -> None:
    """Say why a company is in or out. Each criterion comes with value, source and date, and what would change it."""
    from dataclasses import asdict

    from enrich.gate import open_readers
    from enrich.why import explain_company

    asked = ask_plainly(session, ask, icp=icp)
    config, icp = asked.config, asked.icp
    with open_readers(config) as readers:
        answer = explain_company(readers, config, name, icp)
    if session.as_json:
        print_json("why/1", {**asdict(answer), **asked.told}, as_of=answer.as_of, sources=answer.sources)
        return
    print(f"{answer.id_label} {shown(answer.name)}".strip())
    print(f"In for {answer.icp}." if answer.is_found else f"Left out for {answer.icp}: {answer.label}.")
    if answer.fit is not None:
        fit = "" if answer.verdict == "no" else f"Fit {answer.fit}; "
        print(f"{fit}owner {answer.owner}. {shown(answer.sentence)}")
    for rule in answer.further_rules:
        print(f"Also: it is {rule}.")
    if answer.group_customer is not None:
        print(f"The customer {one_line(answer.group_customer)}.")
    if answer.criteria:
        print()
        print_table(
            [{**{key: getattr(each, key) for key in _REASON}} for each in answer.criteria],
            _REASON,
        )
    if answer.put_in:
        print("\nWhat would put it in:" if not answer.is_found else "\nWhat would settle it:")
        for step in answer.put_in:
            print(f"  {step}")


_REASON = {
    "kind": "Kind",
    "criterion": "Criterion",
    "asked": "Asked",
    "verdict": "Verdict",
    "value": "Has",
    "source": "Source",
    "stated_at": "Stated (UTC)",
}


def company(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="ID", help="Number (NO:923609016), our id, or name.")],
    include: IncludeOption = None,
    why: PersonsWhyOption = None,
) -> None:
    """Show everything known of a company. Each value has its source and date; losing values stay visible."""
    from enrich.gate import open_readers
    from enrich.search import read_as_of, read_company, read_territory_owner, resolve_company

    with open_readers(session.config) as readers:
        company_id = resolve_company(readers, name)
        card = read_company(readers, company_id, asked=name, include=frozenset(include or ()), why=why)
        in_territory_of = read_territory_owner(readers, session.config, company_id) if card.owner is None else None
        as_of = read_as_of(readers)
    if session.as_json:
        data = {
            "company": card.company.values,
            "industries": card.industries,
            "owner": card.owner,
            "territory_owner": in_territory_of,
            "facts": card.facts,
            "edits": card.edits,
            "group": card.group,
            "matches": card.matches,
            "lists": card.lists,
            "changes": card.changes,
            "accounts": card.accounts,
            "signals": card.signals,
            "roles": card.roles,
            "mandates": card.mandates,
            "parents_not_told": card.parents_not_told,
            "site": card.site,
            "in_all": card.in_all,
        }
        print_json("company/1", data, as_of=as_of, sources=card.sources, truncated=card.is_cut)
        return
    _print_header(card, in_territory_of)
    print_table(
        [{key: getattr(fact, key) for key in (*_FACT, "url")} for fact in card.facts],
        {**_FACT, "url": "Where"},
    )
    _print_site(card)
    for title, rows in (
        ("Accounts", card.accounts),
        ("Signals", card.signals),
        ("Roles", card.roles),
        ("Who may sign", [_as_signing(row) for row in card.mandates]),
        ("Group", card.group),
        ("Parents not told (unknown, not none)", card.parents_not_told),
        ("In the CRM", card.matches),
        ("Lists", card.lists),
        ("Changes", card.changes),
    ):
        if rows:
            in_all = card.in_all.get(title.lower(), len(rows))
            print(f"\n{title}" + (f", {len(rows)} of {in_all:,}" if in_all > len(rows) else ""))
            print_table(rows, {key: key.replace("_", " ").capitalize() for key in rows[0]})
    for edit in card.edits:
        said = f"{edit.payload['field']} {_say_edit(edit.payload)}" + (f"; {edit.why}" if edit.why else "")
        print(f"\nEdited by {edit.decided_by} on {shown(edit.decided_at)}: {shown(said)}")


def _as_signing(mandate: Mapping[str, object]) -> dict[str, object]:
    """A combination as a person reads it; who is held back is counted, for the others cannot sign without them."""
    holders = mandate["holders"] if isinstance(mandate["holders"], list) else []
    names = [f"{one['name']} ({one['role_code']})" for one in holders]
    missing = int(str(mandate["holder_count"])) - len(names)
    who = {
        "combination": " with ".join([*names, *([f"{missing} not named here"] if missing else [])]) or "see the rule",
        "in_words": "a rule in words: read it at the register",
        "none": "nobody registered",
    }.get(str(mandate["state"]), "unknown: the register does not say")
    return {
        "kind": mandate["kind"],
        "who": who,
        "rule": mandate["rule_text"] or mandate["rule_code"],
        "source": mandate["source"],
        "asked_at": mandate["asked_at"],
    }


def _print_site(card: "CompanyCard") -> None:
    """Print what the company's own web site states, and by what it is known to be its own."""
    for site in card.site:
        print("\nOwn web site")
        stated = {
            "Site": site["url"],
            "Its own": f"{site['evidence']} ({site['evidence_url']})",
            "Language": site["language_code"],
            "E-mail": site["emails"],
            "Phone": site["phones"],
            "Social": [each["url"] for each in listed(site["social"])],
            "Made with": site["technologies"],
            "Read": f"{shown(site['read_at'])} UTC ({site['source']})",
        }
        for title, value in stated.items():
            text = ", ".join(one_line(each) for each in value) if isinstance(value, list) else one_line(value)
            if text:
                print(f"  {title + ':':<11} {text}")


def _say_edit(payload: Mapping[str, object]) -> str:
    from enrich.company import spell_edit

    value = payload["value"]
    return "taken back" if value is None else f"is {spell_edit(str(payload['field']), str(value))}"


def _print_header(card: "CompanyCard", in_territory_of: str | None) -> None:
    """Print who the company is, before the facts that say so; what is not known is said to be unknown."""
    values = card.company.values
    places = [
        values["street"],
        values["postal_code"],
        values["city"] or values["municipality_name"],
        values["country_code"],
    ]
    states = [
        "in it" if values["is_in_crm"] else "not in it",
        *(["customer"] if values["is_customer"] else []),
        *(["open deal"] if values["has_open_deal"] else []),
        *([f"last contact {shown(values['last_contacted_date'])}"] if values["last_contacted_date"] else []),
        *([f"marked as {values['mark']}"] if values["mark"] else []),
    ]
    print(f"{values['id_label']} {one_line(values['name'])}")
    for title, value in (
        ("Legal form", values["legal_form_code"]),
        ("Status", values["status"]),
        ("Place", ", ".join(one_line(part) for part in places if part)),
        ("Industry", "; ".join(card.industries) or values["industry_code"]),
        ("Employees", _say_size(values["employees_low"], values["employees_high"])),
        *([("Revenue", _say_revenue(card.accounts))] if card.accounts else []),
        ("Website", values["website"] or values["domain"] or _say_no_website(card)),
        (
            "Owner",
            card.owner
            or (f"{in_territory_of} by territory, nobody in the CRM" if in_territory_of else "nobody in the CRM"),
        ),
        ("CRM", ", ".join(states)),
    ):
        print(f"  {title + ':':<11} {one_line(value) or 'unknown'}")
    print()


def _say_revenue(accounts: Sequence[Mapping[str, object]]) -> str | None:
    """The latest revenue stated, with currency, period and source; a company's own before its group's."""
    stated = [one for one in accounts if one["revenue"] is not None]
    own = next((one for one in stated if one["kind"] == "company"), None) or next(iter(stated), None)
    if own is None:
        return None
    whose = "" if own["kind"] == "company" else " of the group"
    return f"{own['currency']} {own['revenue']:,.0f}{whose}, period to {own['period_to']} ({own['source']})"


def _say_size(low: object, high: object) -> str | None:
    """A number of employees as a person reads it; null where it is unknown.

    >>> _say_size(4, 4), _say_size(1, 4), _say_size(2, None), _say_size(None, None)
    ('4', '1-4', '2 or more', None)
    """
    if high is None:
        return None if low is None else f"{shown(low)} or more"
    return shown(low) if low == high else f"{shown(low)}-{shown(high)}"


def _say_no_website(card: "CompanyCard") -> str | None:
    """That a source of the company would have stated a website, where one would."""
    from enrich.company import find_website_silence

    silent = find_website_silence(card.facts)
    return None if silent is None else f"none registered ({silent.source} {silent.last_seen_at:%Y-%m-%d})"


_FACT = {"field": "Field", "value": "Value", "is_used": "Used", "source": "Source", "last_seen_at": "Stated (UTC)"}
