"""`--ask` of find, export and why: a search in plain words, read as `icp read` reads them and searched at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from enrich.cli.output import one_line
from enrich.cli.session import Session

if TYPE_CHECKING:
    from enrich.config import Config

AskOption = Annotated[
    str | None,
    typer.Option(
        "--ask", metavar="TEXT", help="Which companies, in your own words, instead of an ICP: see `icp read`."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`config` has what was asked for as its only ICP, called `icp`; where nothing was asked they are the session's and the named one.

    `told` says for machines, as `asked`, what was read, and what of it nobody has; empty where nothing was asked.
    """

    config: "Config"
    icp: str | None
    told: Mapping[str, object]


def ask_plainly(session: Session, text: str | None, *, icp: str | None, save: str | None = None) -> Asked:
    """Read the text and say how it was read; null asks nothing.

    Raises `InputInvalid` where something of it is not understood, and beside `--icp` and `--save`, which go by the name of an ICP.
    """
    if text is None:
        return Asked(config=session.config, icp=icp, told={})
    from enrich.errors import InputInvalid
    from enrich.gate import open_readers
    from enrich.icp.reading.ask import ASKED, leave_out_unused, read_to_search
    from enrich.icp.toml import write_sections
    from enrich.icp.vocabulary import check_icp, read_vocabulary

    keep = f"prospekt icp read {quote(one_line(text))} --name NAME"
    if icp is not None:
        raise InputInvalid("--ask is instead of --icp: leave one of them out.")
    if save is not None:
        raise InputInvalid(
            f"--save keeps a search of an ICP in config.toml: paste there what `{keep}` prints, then --icp NAME."
        )
    reading, description = read_to_search(text, today=datetime.now(UTC).date())
    lines = write_sections(ASKED, reading.filters()).splitlines()
    session.say("\n".join(("Read as:", *(f"  {line}" for line in lines if line), f"To keep or change it: {keep}")))
    config = session.config
    with open_readers(config, people=False) as readers:
        vocabulary = read_vocabulary(readers, description, config.territory)
        problems = check_icp(description, ASKED, config.territory, vocabulary, home=config.crm.country)
    used = leave_out_unused(description, f"icp.{ASKED}", problems)
    refused = check_icp(used, ASKED, config.territory, vocabulary, home=config.crm.country)
    unused = [problem for problem in problems if problem not in refused]
    for problem in unused:
        session.say(f"  not asked for: {problem.message}")
    return Asked(
        config=config.model_copy(update={"icp": {ASKED: used}}),
        icp=ASKED,
        told={
            "asked": {
                "text": text,
                "language": reading.language,
                "filters": reading.filters(),
                "not_in_use": [problem.value for problem in unused],
            }
        },
    )
