"""A command that has sub-commands and also works without one: `import FILE` beside `import undo RUN`."""

from typing import Any

from typer.core import TyperGroup

ITSELF = "itself"
"""Name under which such a group registers what it does without a sub-command."""


class DefaultGroup(TyperGroup):
    """A group whose own arguments go to its command `ITSELF` unless they begin with a sub-command's name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer hides the type of a context
        """Put `ITSELF` before arguments that name no sub-command."""
        named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if named else [ITSELF, *args])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  # as above
        """As the base class, but usage lines do not show `ITSELF`."""
        name, found, rest = super().resolve_command(ctx, args)
        return "" if name == ITSELF else name, found, rest
