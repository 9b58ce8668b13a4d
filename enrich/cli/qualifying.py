"""Commands about the ideal-customer descriptions: icp check, icp show, icp read, icp backtest."""

import re
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from enrich.cli import backtesting
from enrich.cli.output import counted, one_line, print_json, print_table, shown
from enrich.cli.session import Session, command

if TYPE_CHECKING:
    from enrich.icp.model import Criteria, Icp

NameArgument = Annotated[str | None, typer.Argument(metavar="[NAME]", help="One description; all where left out.")]


def add_commands(app: typer.Typer) -> None:
    """Add `icp check`, `icp show`, `icp read` and `icp backtest`."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Check, show, write or judge ideal-customer descriptions.",
        epilog='\b\nExamples:\n  prospekt icp check\n  prospekt icp show software_no --json\n  prospekt icp read "tannleger i Rogaland"',
    )
    command(group, "check", examples=("prospekt icp check", "prospekt icp check software_no"))(check)
    command(group, "show", examples=("prospekt icp show software_no", "prospekt icp show software_no --counts"))(show)
    command(
        group,
        "read",
        examples=(
            'prospekt icp read "tannleger i Rogaland med 5-50 ansatte, ikke konkurs"',
            'prospekt icp read "åkerier i Skåne, gärna fler än 20 anställda" --name akerier',
            'prospekt icp read "Danish manufacturers over 100 employees founded after 2010" --json',
        ),
    )(read)
    command(group, "backtest", examples=backtesting.EXAMPLES)(backtesting.backtest)
    app.add_typer(group, name="icp")


def check(session: Session, name: NameArgument = None) -> None:
    """Check descriptions against the companies that are there. Names every code or place that no company has.

    Without a name the territories are checked too. Warns of criteria of which little or nothing is known in the countries asked, with
    the source that states them.
    """
    from db.errors import WarehouseMissing
    from enrich.errors import ConfigInvalid
    from enrich.gate import open_readers
    from enrich.icp.countries import countries_asked
    from enrich.icp.vocabulary import check_icp, check_territories, read_vocabulary
    from enrich.lacking import find_lacking, read_loaded, say_lacking
    from enrich.search import compile_icp, say_notes

    config = session.config
    chosen = _choose(session, name)
    faulty = {each: list(listed) for each, listed in config.faulty_icps.items() if name is None}
    try:
        with open_readers(config, people=False, why="icp check") as readers:
            problems = {
                each: [
                    str(problem)
                    for problem in check_icp(
                        config.icp[each],
                        each,
                        config.territory,
                        read_vocabulary(readers, config.icp[each], config.territory),
                        loaded=read_loaded(readers),
                        home=config.crm.country,
                    )
                ]
                for each in chosen
            }
            queries = {
                each: compile_icp(readers, config, each, config.icp[each]) for each in chosen if not problems[each]
            }
            lacking = {
                each: find_lacking(
                    readers, query, countries_asked(config.icp[each], config.territory), home=config.crm.country
                )
                for each, query in queries.items()
            }
            of_territories = (
                check_territories(readers, config.territory, home=config.crm.country) if name is None else []
            )
    except WarehouseMissing:
        session.say("Nothing is published yet: only the form was checked, not the codes and places.")
        problems, lacking, of_territories, queries = {each: [] for each in chosen}, {}, [], {}
    problems |= faulty
    told = map(str, of_territories)
    found = list(dict.fromkeys([*(problem for listed in problems.values() for problem in listed), *told]))
    if session.as_json:
        checked = [
            {
                "icp": each,
                "problems": problems[each],
                "unknown": list(dict.fromkeys(one.criterion for one in lacking.get(each, ()) if one.is_of_none)),
                "lacking": lacking.get(each, ()),
            }
            for each in problems
        ]
        wrong = [
            {
                "territory": each,
                "problems": [str(one) for one in of_territories if one.place.startswith(f"territory.{each}.")],
            }
            for each in (config.territory if name is None else ())
        ]
        print_json("icp-check/1", [*checked, *wrong])
    if found:
        raise ConfigInvalid(
            found, place="The configuration" if of_territories or faulty else "The ideal-customer description"
        )
    if not session.as_json:
        print(f"{counted(len(chosen), 'description')} checked: {', '.join(chosen)}")
        if name is None and config.territory:
            print(
                f"{counted(len(config.territory), 'territory', 'territories')} checked: {', '.join(config.territory)}"
            )
        for each in chosen:
            for line in say_lacking(lacking.get(each, ())):
                print(f"  warning, {each}: {line}")
            for note in say_notes(queries[each]) if each in queries else ():
                print(f"  {each}: {note}")


def show(
    session: Session,
    name: NameArgument = None,
    versions: Annotated[bool, typer.Option("--versions", help="List its versions, the last first.")] = False,
    version: Annotated[
        str | None, typer.Option("--version", metavar="V", help="Show it as it was in that version.")
    ] = None,
    counts: Annotated[
        bool,
        typer.Option("--counts", help="Of how many companies each criterion, taken alone, is true, false or unknown."),
    ] = False,
) -> None:
    """Show descriptions as they are understood, in plain words."""
    if counts:
        _show_counts(session, name)
        return
    if versions or version is not None:
        _show_versions(session, name, version)
        return
    chosen = {each: session.config.icp[each] for each in _choose(session, name)}
    if name is None:
        for each in session.config.faulty_icps:
            session.say(f"{each}: its section has problems (`prospekt icp check {each}`)")
    if session.as_json:
        print_json("icp-show/1", {each: icp.model_dump(exclude_defaults=True) for each, icp in chosen.items()})
        return
    for each, icp in chosen.items():
        _print_icp(each, icp)


def _print_icp(name: str, icp: "Icp") -> None:
    print(f"{name}: {icp.description}" if icp.description else name)
    for kind, criteria in (
        ("must", icp.must),
        *((f"should, weight {wish.weight:g}", wish) for wish in icp.should),
        ("must not", icp.must_not),
    ):
        for asked in criteria.asked():
            value = getattr(criteria, asked)
            told = " or ".join(value) if isinstance(value, tuple) else shown(value)
            known = " (has to be known)" if kind == "must" and icp.is_required(asked) else ""
            print(f"  {kind}: {asked} {told}{_say_modifiers(criteria, asked)}{known}")


def _show_counts(session: Session, name: str | None) -> None:
    from enrich.gate import open_readers
    from enrich.icp.survey import survey_icp

    with open_readers(session.config, people=False, why="icp show") as readers:
        survey = survey_icp(readers, session.config, name)
    if session.as_json:
        print_json("icp-counts/1", survey, as_of=survey.as_of)
        return
    print(
        f"{survey.name}: each criterion alone, of {counted(survey.company_count, 'published company', 'published companies')}"
    )
    rows = [{key: getattr(one, key) for key in _COUNTED} for one in survey.criteria]
    print_table(rows, _COUNTED, numbers=("yes", "no", "unknown"))
    for problem in survey.problems:
        print(f"  {problem}")
    for one in survey.criteria:
        if one.note is not None:
            session.say(f"{one.criterion}: {one.note}")


_COUNTED = {
    "kind": "Kind",
    "criterion": "Criterion",
    "asked": "Asked",
    "yes": "True",
    "no": "False",
    "unknown": "Unknown",
}


def _show_versions(session: Session, name: str | None, asked: str | None) -> None:
    from enrich.gate import open_readers
    from enrich.icp.versions import choose_version, read_versions, say_change
    from enrich.search import choose_icp, read_as_of

    chosen, _ = choose_icp(session.config, name)
    with open_readers(session.config, people=False, why="icp show") as readers:
        known = "mart.icp_version" in readers.relations  # not in a file of before they were kept
        found = read_versions(readers.warehouse, chosen) if known else ()
        as_of = read_as_of(readers)
    if asked is not None:
        one = choose_version(found, asked)
        if session.as_json:
            print_json("icp-show/1", {chosen: one.definition.model_dump(exclude_defaults=True)}, as_of=as_of)
            return
        _print_icp(f"{chosen} {one.icp_version} of {shown(one.published_at)} UTC", one.definition)
        return
    rows = [
        {
            "version": each.icp_version,
            "published_at": each.published_at,
            "replaced_at": each.replaced_at,
            "changed": say_change(earlier, each.definition),
        }
        for each, earlier in zip_longest(found, (each.definition for each in found[1:]))
    ]
    if session.as_json:
        print_json("icp-versions/1", rows, as_of=as_of)
    elif rows:
        print_table(rows, {key: key.replace("_", " ").capitalize() for key in rows[0]})
    else:
        session.say(f"No version of {chosen} was published yet: `prospekt refresh` does.")


def _say_modifiers(criteria: "Criteria", asked: str) -> str:
    """How a criterion is meant, where the description says more of it."""
    if asked == "industry" and criteria.industry_scheme is not None:
        return f" in {criteria.industry_scheme}"
    if asked == "words" and criteria.text_in:
        return f" in {' or '.join(criteria.text_in)}"
    soft = getattr(criteria, "soft", None)  # of wishes only
    return "" if soft is None else f", in part as far as {100 * soft:g} % outside"


def read(
    session: Session,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Which companies, in your own words.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Name of the section to paste.")] = "mine",
) -> None:
    """Turn plain words into a description to paste and edit. Reads Norwegian, Swedish, Danish, Finnish and English.

    The same text gives the same filters, always. A word that it does not understand is named with the nearest it knows,
    and never guessed.
    """
    from enrich.errors import InputInvalid
    from enrich.icp.reading.ask import NO_FILTER, say_why
    from enrich.icp.reading.nearest import find_nearest
    from enrich.icp.reading.read import read_text
    from enrich.icp.toml import write_sections

    if re.fullmatch(r"[\w-]+", name, re.ASCII) is None:
        raise InputInvalid(f"{name!r} is no name for a section; write letters, digits, _ and - only.")
    reading = read_text(text, today=datetime.now(UTC).date())
    nearest = {word: find_nearest(word) for word in reading.not_understood}
    filters = reading.filters()
    if session.as_json:
        data = {
            "text": text,
            "language": reading.language,
            "filters": filters,
            "not_understood": reading.not_understood,
            "nearest": nearest,
            "faults": reading.faults,
        }
        print_json("icp-read/1", data)
    else:
        for word, words in nearest.items():
            told = say_why(word, words, reading.faults.get(word))
            print(f"# not understood: {one_line(word)}{told and f'; {told}'}")
    if not filters:
        raise InputInvalid(NO_FILTER)
    if not session.as_json:
        print(write_sections(name, filters))


def _choose(session: Session, name: str | None) -> list[str]:
    from enrich.search import choose_icp

    return (
        [choose_icp(session.config, name)[0]]
        if name is not None or not (session.config.icp or session.config.faulty_icps)
        else list(session.config.icp)
    )
