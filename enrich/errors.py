"""What can go wrong in our own stages, named for what the caller does next.

EnrichError
├── ConfigMissing      there is no config.toml here: `prospekt init` writes one (exit code 3)
├── ConfigInvalid      config.toml or the environment is wrong: mend what it lists (exit code 5)
├── NotFound           nothing has that name or id: pick one of the suggestions (exit code 3)
│   ├── CompanySuppressed  it is held back: nothing of it is shown (exit code 3)
│   └── NotSuppressed  nobody suppressed it: there is nothing to lift (exit code 3)
├── InputInvalid       a file or value cannot be used: nothing was changed (exit code 5)
│   └── NothingToExport    … and a search found nobody to hand out: say what left nobody
├── ContractBroken     a delivery or a published file misses its expectations: the last good one stays (exit code 5)
├── SourcesFailed      of several sources some failed, the others' data is in: mend what it lists (exit code 1)
│   └── SourcesAway    … and all that failed were busy or away: the same again later (exit code 75)
├── ConfirmationNeeded the step is large or final: repeat it with --yes (exit code 2)
└── LimitReached       a limit stopped it: narrow the question (exit code 4)
"""

from collections.abc import Sequence
from pathlib import Path


class EnrichError(Exception):
    """Root of everything that goes wrong in our own stages."""


class ConfigMissing(EnrichError):
    """There is no configuration file at that place."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no configuration at {path}. Run `prospekt init` to write one here, "
            "or name yours with --config or PROSPEKT_CONFIG."
        )
        self.path = path


class ConfigInvalid(EnrichError):
    """The configuration has errors; every one is listed with its place."""

    def __init__(self, problems: Sequence[str], *, place: str) -> None:
        super().__init__(
            f"{place} has {len(problems)} problem{'s' if len(problems) != 1 else ''}:\n"
            + "\n".join(f"  {problem}" for problem in problems)
        )
        self.problems = tuple(problems)
        self.place = place


class NotFound(EnrichError):
    """Nothing has this name or id."""

    def __init__(self, what: str, asked: str, suggestions: Sequence[str] = (), *, hint: str = "") -> None:
        meant = f" Did you mean: {'; '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"There is no {what} {asked!r}.{meant}" + (f" {hint}" if hint else ""))
        self.what = what
        self.asked = asked
        self.suggestions = tuple(suggestions)


class CompanySuppressed(NotFound):
    """The company is suppressed or protected; nothing of it is shown."""

    def __init__(self, asked: str) -> None:
        super().__init__("company to show for", asked)
        self.args = (f"{asked} is suppressed: nothing of it is shown, searched or exported.",)


class NotSuppressed(NotFound):
    """There is no suppression to lift."""

    def __init__(self, scheme: str) -> None:
        EnrichError.__init__(self, f"This {scheme} is not suppressed: there is nothing to lift.")
        self.what, self.asked, self.suggestions = "suppression", scheme, ()


class InputInvalid(EnrichError):
    """A file or a value cannot be used; nothing was changed."""


class NothingToExport(InputInvalid):
    """A search found nobody who may leave; nothing was written."""


class ContractBroken(EnrichError):
    """A delivery or a published file does not keep its declared expectations."""


class SourcesFailed(EnrichError):
    """Of several sources that were refreshed some failed; what the others brought is in."""

    def __init__(self, errors: Sequence[Exception], *, of: int) -> None:
        others = "" if len(errors) == of else ", the others did not"
        super().__init__(f"{len(errors)} of {of} sources failed{others}:\n" + "\n".join(f"  {one}" for one in errors))
        self.errors = tuple(errors)


class SourcesAway(SourcesFailed):
    """Those that failed were busy or away; what the others brought is in."""


class ConfirmationNeeded(EnrichError):
    """The step closes or removes much; it needs a yes."""


class LimitReached(EnrichError):
    """A limit stopped the step before its end."""
