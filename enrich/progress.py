"""How long work says how far it is; the command line draws it, tests leave it silent."""

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Called with a label, how much is done, and how much there is (null where nobody knows)."""


def silent(_label: str, _done: int, _total: int | None) -> None:
    """Say nothing."""
