"""The command that searches: find."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from enrich.cli.asking import AskOption, ask_plainly
from enrich.cli.output import counted, one_line, print_json, print_table, shown
from enrich.cli.session import Session, command

if TYPE_CHECKING:
    from enrich.config import Config
    from enrich.engine.facets import FacetCount
    from enrich.gate import Readers
    from enrich.icp.missing import MissingFact
    from enrich.lacking import Lacking
    from enrich.search import FindAnswer, LeftOut
    from enrich.why import CriterionReason
    from enrich.words.found import Worded

IcpOption = Annotated[str | None, typer.Option("--icp", metavar="NAME", help="Ideal-customer description to use.")]
IncludeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--include", metavar="RULE", help="Bring back what a rule leaves out: customers, groups, contacted, …"
    ),
]
OwnerOption = Annotated[
    str | None, typer.Option("--owner", help="Only this owner's, by name or e-mail; or unassigned.")
]
WordsOption = Annotated[
    str | None,
    typer.Option(
        "--words",
        metavar="TEXT",
        help="Rank by these words: any of them, in any inflection or within a compound, in name, purpose, activity, place and what its site says.",
    ),
]
PersonsWhyOption = Annotated[str | None, typer.Option("--why", help="Reason, where natural persons are included.")]


def add_commands(app: typer.Typer) -> None:
    """Add `find`."""
    command(
        app,
        "find",
        examples=(
            "prospekt find",
            'prospekt find "cloud accounting" --limit 50 --facets',
            'prospekt find --words "programvare for havbruk"',
            'prospekt find --ask "tannleger i Rogaland med 5-50 ansatte, ikke konkurs"',
            "prospekt find --icp software_no --owner kari@example.com --include contacted",
            "prospekt find --split owner --limit 20",
            "prospekt find --limit 5 --explain",
        ),
    )(find)


def find(
    session: Session,
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEXT]", help="Words to find in name, purpose, activity or what its site says as well."
        ),
    ] = None,
    words: WordsOption = None,
    ask: AskOption = None,
    icp: IcpOption = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Companies to show.")] = 20,
    owner: OwnerOption = None,
    include: IncludeOption = None,
    why: PersonsWhyOption = None,
    split: Annotated[
        Literal["owner"] | None, typer.Option("--split", help="So many for each owner, by the CRM or by territory.")
    ] = None,
    save: Annotated[str | None, typer.Option("--save", metavar="NAME", help="Keep this search under a name.")] = None,
    facets: Annotated[
        bool,
        typer.Option(
            "--facets", help="Count all that were found by country, region, industry, size, age, form and more."
        ),
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Each criterion's value, points, source and date, company by company.")
    ] = False,
) -> None:
    """List the companies that fit, best first. Says in one line each how many a rule left out."""
    from enrich.errors import InputInvalid
    from enrich.gate import open_readers
    from enrich.search import find as search
    from enrich.why import explain_found

    asked = ask_plainly(session, ask, icp=icp, save=save)
    config, icp = asked.config, asked.icp
    if split is not None:
        if owner is not None or save is not None or facets or explain:
            raise InputInvalid("--split owner is for all owners: leave --owner, --save, --facets and --explain out.")
        _find_by_owner(session, config, text, words, icp, limit, include, why)
        return
    with open_readers(session.config) as readers:
        answer = search(
            readers,
            config,
            icp,
            text=text,
            limit=limit,
            owner=owner,
            include=frozenset(include or ()),
            why_include=why,
            words=words,
            facets=facets,
        )
        explained = explain_found(readers, config, answer) if explain else ()
        say_if_stale(session, readers)
        if save is not None:
            _save(session, readers, save, answer, words)
    if session.as_json:
        data = {
            "icp": answer.icp,
            "icp_version": answer.icp_version,
            "criteria": answer.criteria,
            "notes": answer.notes,
            "companies": [
                {**each.values, "explained": reasons} if explain else each.values
                for each, reasons in zip_longest(answer.companies, explained)
            ],
            "fits": answer.fits,
            "may_fit": answer.may_fit,
            "left_out": answer.left_out,
            **asked.told,
            **({"words": answer.worded} if answer.worded is not None else {}),
            **({"facets": answer.facets} if facets else {}),
            "missing": answer.missing,
            "lacking": answer.lacking,
        }
        print_json("find/1", data, as_of=answer.as_of, sources=answer.sources, truncated=answer.truncated)
        return
    print_found(answer)
    if answer.facets is not None:
        print_facets(answer.facets)
    for rank, (each, reasons) in enumerate(zip(answer.companies, explained, strict=False), start=1):
        print(f"\n{rank}. {one_line(each.values['name'])} · {each.values['id_label']} · fit {each.values['fit']}")
        print_table([_as_explained(reason) for reason in reasons], _EXPLAINED)
    tell_found(session, answer)


def _find_by_owner(
    session: Session,
    config: "Config",
    text: str | None,
    words: str | None,
    icp: str | None,
    limit: int,
    include: list[str] | None,
    why: str | None,
) -> None:
    from enrich.gate import open_readers
    from enrich.search import find as search
    from enrich.split import find_by_owner

    rules = frozenset(include or ())
    with open_readers(session.config) as readers:
        pages = find_by_owner(readers, config, icp, text=text, words=words, limit=limit, include=rules, why_include=why)
        of_all = search(readers, config, icp, text=text, words=words, limit=1, include=rules, why_include=why)
        say_if_stale(session, readers)
    if session.as_json:
        data = {
            "owners": [
                {
                    "owner": page.owner,
                    "companies": [each.values for each in page.answer.companies],
                    "fits": page.answer.fits,
                    "may_fit": page.answer.may_fit,
                    "left_out": page.answer.left_out,
                }
                for page in pages
            ],
            "lacking": of_all.lacking,
        }
        is_cut = any(page.answer.truncated for page in pages)
        print_json("find-by-owner/2", data, as_of=of_all.as_of, sources=of_all.sources, truncated=is_cut)
        return
    for page in pages:
        in_crm = sum(bool(each.values["is_in_crm"]) for each in page.answer.companies)
        total = page.answer.fits + page.answer.may_fit
        print(
            f"\n{one_line(page.owner)}: {counted(len(page.answer.companies), 'company', 'companies')} of {total:,}, "
            f"{len(page.answer.companies) - in_crm:,} of them net-new and {in_crm:,} in the CRM"
        )
        print_found(page.answer)
    if not pages:
        session.say("Nobody has a company that fits.")
    # what an answer of one company says is missing is of that one
    tell_found(session, replace(of_all, missing=None), shown_count=sum(len(page.answer.companies) for page in pages))


def say_if_stale(session: Session, readers: "Readers") -> None:
    """Say so where the CRM by which companies are left out was last pulled long ago."""
    from enrich.freshness import tell_stale

    told = tell_stale(session.config, readers)
    if told is not None:
        session.say(told)


def _save(session: Session, readers: "Readers", name: str, answer: "FindAnswer", words: str | None) -> None:
    from enrich.saved import save_search

    saved = save_search(
        readers,
        session.config,
        name,
        answer.icp,
        text=answer.text,
        words=words,
        owner=answer.owner,
        include=frozenset(answer.include),
    )
    session.say(
        f"Saved as {shown(saved.name)}: {counted(saved.company_count, 'company', 'companies')}; what enters and leaves: "
        f"prospekt searches {shown(saved.name)} --since-last"
    )


def _as_explained(reason: "CriterionReason") -> dict[str, object]:
    """A criterion as a row; a wish with its points (of 100 in all), as a band while they are open."""
    low, high = reason.points_low, reason.points_high
    points = None if low is None or high is None else f"{low:g}" if low == high else f"{low:g}-{high:g}"
    return {**{key: getattr(reason, key, None) for key in _EXPLAINED}, "points": points}


_EXPLAINED = {
    "kind": "Kind",
    "criterion": "Criterion",
    "asked": "Asked",
    "verdict": "Verdict",
    "value": "Has",
    "weight": "Weight",
    "points": "Points",
    "source": "Source",
    "stated_at": "Stated (UTC)",
}


def print_facets(counts: "Sequence[FacetCount]") -> None:
    """Print how many there are of each sort, most first and unknown last; of long lists the beginning, and what is not shown."""
    for name, group in groupby(counts, key=lambda count: count.facet):
        rows = [(one.value, one.company_count, one.title) for one in group]
        shown_rows = rows if len(rows) <= _SORTS else rows[: _SORTS - 1]
        if len(rows) > _SORTS:
            rest = rows[_SORTS - 1 :]
            unknown = [row for row in rest if row[0] == "unknown"]
            others = sum(count for value, count, _ in rest if value != "unknown")
            shown_rows = [*shown_rows, (f"{len(rest) - len(unknown)} more", others, None), *unknown]
        print(f"\n{name}")
        columns = {**_FACET, "title": "Name"} if any(title for _, _, title in shown_rows) else _FACET
        print_table(
            [dict(zip(("value", "count", "title"), row, strict=True)) for row in shown_rows],
            columns,
            numbers=("count",),
        )


_SORTS = 12
"""So many values of a facet are printed; `--json` has all."""

_FACET = {"value": "Value", "count": "Companies"}


def print_found(answer: "FindAnswer") -> None:
    """Print the companies of an answer: three lines each on a terminal, one row each in a pipe."""
    rows = [{"rank": rank, **each.values} for rank, each in enumerate(answer.companies, start=1)]
    if answer.worded is not None:
        rows = [{**row, "words_found": say_words(row["words_found"])} for row in rows]
    if sys.stdout.isatty():
        print_cards(rows)
    else:
        columns = _FOUND if answer.worded is None else {**_FOUND, **_WORDED}
        print_table(rows, columns, numbers=("rank", "relevance"))


def print_cards(rows: Sequence[Mapping[str, object]]) -> None:
    """Print companies as people read them: who and where, what, why."""
    for row in rows:
        values = {key: one_line(row[key]) for key in _FOUND}
        print(f"{values['rank']:>3}. {values['name']} · {values['id_label']} · {values['place']}")
        print(f"     fit {values['fit']} · {values['industry']} · {values['size']} employees · owner {values['owner']}")
        print(f"     {values['why']}")
        if "words_found" in row:
            print(f"     relevance {row['relevance']} · {one_line(row['words_found'])}")


def say_words(found: object) -> str:
    """The words by which a company was found, with where they stand.

    >>> one = {"word": "fiskeriet", "asked": ["fiske"], "fields": ["name", "purpose"], "is_part": True, "is_derived": False}
    >>> say_words([one])
    'fiskeriet (name, purpose, part of it)'
    """
    said = []
    for one in listed(found):
        notes = list(one["fields"]) if isinstance(one["fields"], list) else []
        if one["is_part"]:
            notes.append("part of it")
        if one["is_derived"]:
            notes.append("same stem")
        said.append(f"{one['word']} ({', '.join(notes)})")
    return "; ".join(said)


_WORDED = {"relevance": "Relevance", "words_found": "Words found"}

_FOUND = {
    "rank": "#",
    "id_label": "Number",
    "name": "Name",
    "place": "Place",
    "industry": "Industry",
    "size": "Size",
    "owner": "Owner",
    "fit": "Fit",
    "why": "Why",
}


def tell_found(session: Session, answer: "FindAnswer", *, shown_count: int | None = None) -> None:
    """Say how many there are, what was left out by which rule, and as of when; `shown_count` where others were shown than its own."""
    total = answer.fits + answer.may_fit
    shown_count = len(answer.companies) if shown_count is None else shown_count
    session.say(
        f"{counted(shown_count, 'company', 'companies')} of {total:,} shown for {answer.icp}: {answer.fits:,} fit, "
        f"{answer.may_fit:,} may fit; as of {shown(answer.as_of)} UTC."
    )
    if answer.worded is not None:
        _tell_words(session, answer.worded)
    for note in answer.notes:
        session.say(f"  {note}")
    tell_left_out(session, answer.left_out)
    if answer.missing is not None and answer.missing.criterion not in {each.criterion for each in answer.lacking}:
        session.say(f"  {_say_missing(answer.missing, len(answer.companies))}")
    if answer.words_found:
        found = ", ".join(f"{word!r} {count:,}" for word, count in answer.words_found.items())
        session.say(f"  of all companies, each word taken alone is in name, purpose, activity or site of: {found}")
    if used := ", ".join(f"{word!r} {count:,}" for word, count in answer.words_used.items() if count):
        session.say(f"  of all companies, each word taken alone is used by: {used}")
    tell_lacking(session, answer.lacking)


def tell_lacking(session: Session, lacking: Sequence["Lacking"]) -> None:
    """Say of which criteria little is known in the countries asked, and what to load."""
    from enrich.lacking import say_lacking

    for line in say_lacking(lacking):
        session.say(f"  {line}")


def tell_left_out(session: Session, left_out: Sequence["LeftOut"]) -> None:
    """Say what each rule left out, and how it is brought back."""
    for each in left_out:
        number = "" if each.company_count is None else f" {each.company_count:,}"
        back = f" (--include {each.include})" if each.include else ""
        session.say(f"  left out{number}: {each.label}{back}")


def _tell_words(session: Session, worded: "Worded") -> None:
    """Say which of the words no company uses, and which were not asked for."""
    if worded.not_found:
        session.say(f"  no company uses: {', '.join(worded.not_found)}")
    if worded.says_nothing:
        session.say(
            "  each of these words says nothing alone (such as og, for, of); as there is no other, they were asked for"
        )
    if worded.not_asked:
        session.say(f"  not asked for, because they say nothing alone: {', '.join(worded.not_asked)}")


def _say_missing(missing: "MissingFact", shown_count: int) -> str:
    """Which unknown moves the order most, and who would know."""
    if missing.criterion in ("last_contact", "last_contact_days"):
        teller = "your CRM would tell (`prospekt import FILE`)"
    elif missing.sources:
        teller = f"{', '.join(missing.sources)} would tell (`prospekt refresh SOURCE`)"
    else:
        teller = "no further source tells it; `prospekt edit` does"
    unknown_of = f"unknown of {missing.company_count:,} of the {shown_count:,} shown"
    return f"most depends on {missing.topic}, {unknown_of}: {teller}"


def listed(value: object) -> list[dict[str, object]]:
    """The rows of a column that lists some; none where it is null."""
    return value if isinstance(value, list) else []
