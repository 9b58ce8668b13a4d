"""How answers look: the JSON envelope, tables, numbers, progress bars."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from rich.console import Console

    from enrich.progress import Progress


def print_json(
    schema: str,
    data: object,
    *,
    as_of: datetime | None = None,
    sources: Sequence[Mapping[str, object]] = (),
    truncated: bool = False,
) -> None:
    """Print the envelope of every `--json`, as `as_envelope` makes it."""
    print(as_envelope(schema, data, as_of=as_of, sources=sources, truncated=truncated))


def as_envelope(
    schema: str,
    data: object,
    *,
    as_of: datetime | None = None,
    sources: Sequence[Mapping[str, object]] = (),
    truncated: bool = False,
) -> str:
    """What every `--json` answers: {schema, as_of, sources, data, truncated}.

    `schema` names the shape of `data`, with its version: `find/1`.
    """
    envelope = {
        "schema": f"prospekt.{schema}",
        "as_of": to_plain(as_of),
        "sources": to_plain(sources),
        "data": to_plain(data),
        "truncated": truncated,
    }
    return json.dumps(envelope, ensure_ascii=False, indent=2)


def to_plain(value: object) -> object:
    """The value in JSON's own types; dates as ISO 8601, amounts as text, and so what is no number (JSON has no NaN).

    >>> to_plain({"at": date(2026, 1, 2), "to": (Path("a"), Decimal("1.50"), float("inf"))})
    {'at': '2026-01-02', 'to': ['a', '1.50', 'inf']}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return to_plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(item) for item in value]
    if isinstance(value, Enum):
        return to_plain(value.value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Path | Decimal | UUID) or (isinstance(value, float) and not isfinite(value)):
        return str(value)
    return value


def print_table(
    rows: Sequence[Mapping[str, object]], columns: Mapping[str, str], *, numbers: Sequence[str] = ()
) -> None:
    """Print rows as a table: `columns` maps keys to headings, in order; `numbers` are set right.

    On a terminal long texts wrap; in a pipe each row stays on one line, tabs between values.
    """
    if not sys.stdout.isatty():
        print("\t".join(columns.values()))
        for row in rows:
            print("\t".join(one_line(row.get(key)) for key in columns))
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for key, heading in columns.items():
        table.add_column(heading, justify="right" if key in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(row.get(key))) for key in columns))
    new_console().print(table)


def new_console() -> "Console":
    """The terminal, with colours only where they are wanted."""
    from rich.console import Console

    return Console(color_system=_color_system())


def _color_system() -> Literal["auto"] | None:
    """None where NO_COLOR is set: neither colour nor bold (no-color.org)."""
    return None if os.environ.get("NO_COLOR") else "auto"


def one_line(value: object) -> str:
    """The value on one line, without the control characters by which a name could steer a terminal."""
    return "".join(letter for letter in " ".join(shown(value).split()) if letter.isprintable())


def shown(value: object) -> str:
    """A value as people read it; nothing for null, thousands separated.

    >>> shown(1234567), shown(None), shown(True), shown(("a", "b")), shown(0.9)
    ('1,234,567', '', 'yes', 'a, b', '0.90')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(shown(item) for item in value)
    return str(to_plain(value))


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "row"), counted(4924, "row"), counted(2, "company", "companies")
    ('1 row', '4,924 rows', '2 companies')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


@contextmanager
def draw_progress() -> Iterator[tuple["Progress", Callable[[str], None]]]:
    """Bars on stderr, one a label, with rate and time left; and a way to print lines above them."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Rate(ProgressColumn):
        """Rows a second."""

        def render(self, task: Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:,.0f}/s")

    console = Console(stderr=True, color_system=_color_system())
    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),  # else what goes into a pipe would be drawn on the terminal
    )
    tasks = {}

    def step(label: str, done: int, total: int | None) -> None:
        if label not in tasks:
            tasks[label] = bars.add_task(label, total=total)
        bars.update(tasks[label], completed=done, total=total)
        if total is not None and done >= total:
            bars.remove_task(tasks.pop(label))  # what is done makes room for what is not

    with bars:
        yield step, lambda text: console.print(text, markup=False, highlight=False)
