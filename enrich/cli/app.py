"""The command `prospekt`: its commands in the order in which they are used."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from enrich.cli import (
    deciding,
    demonstrating,
    exporting,
    finding,
    likening,
    listing,
    matching,
    qualifying,
    querying,
    saving,
    setting_up,
    showing,
    summing_up,
    taking_in,
)
from enrich.cli.session import ConfigOption, DataOption, Given, QuietOption

ORDER = (
    *(
        "init",
        "demo",
        "sources",
        "refresh",
        "import",
        "match",
        "link",
        "dedupe",
        "find",
        "why",
        "company",
        "lookalike",
        "searches",
        "edit",
        "mark",
        "list",
    ),
    *("suppress", "erase", "icp", "export", "package", "sql", "stats", "path", "publish", "status", "doctor"),
)
"""The commands in the order in which they are met."""


class _InOrder(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401  # typer hides the type of a context
        return sorted(self.commands, key=ORDER.index)


app = typer.Typer(
    name="prospekt",
    cls=_InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # here, because it takes longer to load than most of this command

        print(f"prospekt {version('prospekt')}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    config: ConfigOption = None,
    data: DataOption = None,
    quiet: QuietOption = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Find the companies that fit your ideal customer: open registers, matched onto your own CRM.

    Start with `prospekt demo`, or with your own data: `prospekt init`.
    """
    ctx.obj = Given(config=config, data=data, quiet=quiet)


setting_up.add_start(app)
listing.add_commands(app)
taking_in.add_commands(app)
matching.add_commands(app)
finding.add_commands(app)
showing.add_commands(app)
likening.add_commands(app)
saving.add_commands(app)
deciding.add_commands(app)
qualifying.add_commands(app)
exporting.add_commands(app)
querying.add_commands(app)
summing_up.add_commands(app)
setting_up.add_end(app)
demonstrating.add_commands(app)
