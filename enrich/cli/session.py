"""What every command shares: the options that stand everywhere, errors as exit codes, notes, progress and answers."""

import functools
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

from enrich.cli.exits import FAILED, KNOWN_ERRORS, STOPPED, USAGE, exit_code_of
from enrich.cli.interrupts import hearing_ctrl_c

if TYPE_CHECKING:
    from enrich.config import Config
    from enrich.progress import Progress

T = TypeVar("T")
_OF_PYTHON = "Value error, "

ConfigOption = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Configuration to use.")]
DataOption = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Data folder to use.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only data and errors, no notes, no progress.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON: schema, as_of, sources, data, truncated.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Options given before the command."""

    config: Path | None = None
    data: Path | None = None
    quiet: bool = False


class Session:
    """One command's run: its configuration, and how it speaks. Notes go to stderr, answers to stdout."""

    def __init__(self, given: Given, *, as_json: bool) -> None:
        self.given = given
        self.as_json = as_json
        self.quiet = given.quiet
        self._drawn: Callable[[str], None] | None = None

    @cached_property
    def config(self) -> "Config":
        """The configuration, loaded when first asked for."""
        from enrich.config import load_config

        return load_config(self.given.config, data=self.given.data, environ=os.environ)

    def say(self, text: str) -> None:
        """A note for the person who waits; silent with --quiet."""
        if self.quiet:
            return
        if self._drawn is not None:
            self._drawn(text)
        else:
            print(text, file=sys.stderr)

    def step(self, text: str) -> None:
        """A line of a story on stdout at once, also into a file, but where the answer is JSON."""
        if self.as_json:
            self.say(text)
        else:
            print(text, flush=True)

    @contextmanager
    def progress(self) -> Iterator["Progress"]:
        """A callback that draws bars with rate and time left while the block runs; silent where nobody looks."""
        from enrich.progress import silent

        if self.quiet or not sys.stderr.isatty():
            yield silent
            return
        from enrich.cli.output import draw_progress

        with draw_progress() as (step, say):
            self._drawn = say
            try:
                yield step
            finally:
                self._drawn = None

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask before something large or final; raises `ConfirmationNeeded` where nobody can be asked."""
        from enrich.errors import ConfirmationNeeded

        if yes:
            return
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise ConfirmationNeeded(f"{question} Repeat the command with --yes to go on.")
        try:
            is_agreed = typer.confirm(question, err=True)
        except typer.Abort:
            raise ConfirmationNeeded(f"{question} No answer came: repeat the command with --yes to go on.") from None
        if not is_agreed:
            self.say("Nothing was changed.")
            raise typer.Exit(USAGE)

    def consent(self, step: Callable[[bool], T], *, yes: bool) -> T:
        """The result of a step that takes a yes; where it asks for one, the person is asked and the step repeated."""
        from enrich.errors import ConfirmationNeeded

        try:
            return step(yes)
        except ConfirmationNeeded as needed:
            if not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise
            self.confirm(f"{needed}\nGo on?", yes=False)
            return step(True)

    def ask_to_replace(self, path: Path | None, *, other: str, yes: bool) -> None:
        """Ask, before any work, where a file of that name is there; raises `ConfirmationNeeded` where nobody can be asked."""
        from enrich.replacing import refuse_to_replace

        self.consent(lambda is_agreed: refuse_to_replace(path, other=other, is_agreed=is_agreed), yes=yes)


class _Command(TyperCommand):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer hides the type of a context
        """As the base class; words too many are most often a name or a number with spaces.

        What is no choice of an option is told without the name that Python has for such an error.
        """
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            said = str(getattr(error, "message", ""))
            if "unexpected extra argument" in said:
                ctx.fail(f'{said}. Put what has spaces in it into quotes, as in "NO 923 609 016".')
            if said.startswith(_OF_PYTHON):
                error.message = said.removeprefix(_OF_PYTHON)  # type: ignore[attr-defined]  # it has one: `said` is it
            raise


def command(
    group: typer.Typer, name: str, *, examples: Sequence[str], hidden: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command of `group`, with the options that stand everywhere and the examples in its help.

    The function gets a `Session` first. What it raises becomes a message on stderr and the exit code of `exits`.
    """

    def register(body: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(body, eval_str=True).parameters.values())[1:]

        @functools.wraps(body)
        def run(
            *,
            ctx: typer.Context,
            config_file: Path | None,
            data_folder: Path | None,
            be_quiet: bool,
            as_json: bool,
            **options: object,
        ) -> None:
            before = ctx.find_root().obj or Given()
            given = Given(
                config=config_file or before.config,
                data=data_folder or before.data,
                quiet=be_quiet or before.quiet,
            )
            session = Session(given, as_json=as_json)
            with _exit_codes(session):
                body(session, **options)

        shared = (
            ("config_file", ConfigOption, None),
            ("data_folder", DataOption, None),
            ("be_quiet", QuietOption, False),
            ("as_json", JsonOption, False),
        )
        keyword = inspect.Parameter.KEYWORD_ONLY
        run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # typer reads the options from it
            [
                inspect.Parameter("ctx", keyword, annotation=typer.Context),
                *(parameter.replace(kind=keyword) for parameter in own),
                *(inspect.Parameter(key, keyword, annotation=kind, default=value) for key, kind, value in shared),
            ]
        )
        epilog = "\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples)
        group.command(name, cls=_Command, epilog=epilog, hidden=hidden)(run)
        return body

    return register


@contextmanager
def _exit_codes(session: Session) -> Iterator[None]:
    code = STOPPED
    try:
        with hearing_ctrl_c() as stop:
            try:
                yield
            except typer.Exit as left:
                if stop.is_set() and left.exit_code == STOPPED:  # said already, by what was stopped
                    raise typer.Exit(stop.exit_code) from None
                raise
            except KeyboardInterrupt:
                code = stop.exit_code
                raise
            except Exception as error:
                if stop.is_set():
                    code = stop.exit_code
                    raise KeyboardInterrupt from error
                raise
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        with suppress(OSError):  # the terminal may be gone
            print("Stopped. What was finished is kept, what was not is undone; run the command again.", file=sys.stderr)
        raise typer.Exit(code) from None
    except BrokenPipeError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  # the reader left; nothing more can be said to it
        raise typer.Exit(FAILED) from None
    except typer.Abort:  # a question was asked, and there was nobody to answer it
        print("\nError: no answer came. Say it with an option instead: --help names them.", file=sys.stderr)
        raise typer.Exit(USAGE) from None
    except KNOWN_ERRORS as error:
        print(f"Error: {error}", file=sys.stderr)
        raise typer.Exit(exit_code_of(error)) from None
    except Exception as error:  # noqa: BLE001  # the last line of defence: a fault of ours, told in one line
        print(f"Error: {_tell_fault(session, error)}", file=sys.stderr)
        raise typer.Exit(FAILED) from None


def _tell_fault(session: Session, error: Exception) -> str:
    """What happened and what to do; the traceback goes where only the user can read it."""
    from enrich.faults import log_fault

    if isinstance(error, PermissionError) and error.filename is not None:
        return (
            f"{error.filename} is not yours to open. What is in a data folder is only for the user who made it, because it "
            "holds persons: run the command as that user, or name a folder of your own with --data."
        )
    told, mend = (
        f"unexpected {type(error).__name__}.",
        "Run `prospekt doctor`; if it finds nothing, report the fault with",
    )
    try:
        return f"{told} The details are in {log_fault(session.config.data, error)}. {mend} that file."
    except (OSError, *KNOWN_ERRORS):
        said = traceback.format_exception_only(error)[-1].strip()
        return f"{told} It could not be logged; it was: {said}. {mend} this message."
