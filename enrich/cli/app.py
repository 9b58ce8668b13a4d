"""The command `prospekt`: its commands in the order in which they are used."""

from importlib.metadata import version
from typing import Annotated

import typer

from enrich.cli import setting_up
from enrich.cli.session import ConfigOption, DataOption, Given, QuietOption

app = typer.Typer(
    name="prospekt",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _print_version(wanted: bool) -> None:
    if wanted:
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
setting_up.add_end(app)
