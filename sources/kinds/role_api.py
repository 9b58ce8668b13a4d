"""A register that says who holds which role: entity by entity, in one file of all, and in a feed of what changed."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.errors import SourceAborted
from sources.kinds.file_copy import UNPACKED
from sources.kinds.json_api import parse
from sources.kinds.json_stream import read_elements, sift_elements
from sources.lookup import RolesAnswer
from sources.source import Expect, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRegister:
    """Where the roles of a register are, and how they are read.

    `path` is one entity's roles, with {key}; `file` a JSON list of all entities' roles, each naming its entity under
    `number`; `feed` a JSON list of CloudEvents, of which `event_number` is the entity. `expect` bounds the roles in
    the file, which `count` counts in one element.
    """

    path: str
    file: str
    number: str
    feed: str
    event_number: tuple[str, str]
    after_position: str
    after_time: str
    page: int
    expect: Expect
    read: Callable[[str, dict[str, Any]], RolesAnswer]
    count: Callable[[dict[str, Any]], int]


def ask_roles(
    client: "PoliteClient", source: Source, register: RoleRegister, keys: Sequence[str]
) -> Iterator[RolesAnswer]:
    """The roles in each of these entities, asked one by one; one that the register has none of answers 404."""
    for key in keys:
        answer = client.get(source, register.path.format(key=key), allow=frozenset({404, 410}))
        yield RolesAnswer(source_key=key) if answer.status != 200 else register.read(key, parse(source, answer))


def read_role_file(
    client: "PoliteClient", source: Source, register: RoleRegister, keys: Sequence[str], *, landing: Path
) -> Iterator[RolesAnswer]:
    """The roles in each of these entities, out of the register's one file.

    What is of other entities never reaches the disk, and what is kept lies there only while it is read. Raises
    SourceAborted where the file holds fewer or more roles than can be right: an entity that it lacks has none.
    """
    wanted, found = frozenset(keys), dict[str, None]()
    landing.mkdir(parents=True, exist_ok=True)
    kept = landing / f"roles.jsonl{UNPACKED}"  # a name by which the next refresh lets go of what a killed one left

    def sift(chunks: Iterable[bytes]) -> Iterator[bytes]:
        counted = 0

        def is_wanted(element: dict[str, Any]) -> bool:
            nonlocal counted
            counted += register.count(element)
            return element.get(register.number) in wanted

        yield from sift_elements(source, chunks, is_wanted)
        if not register.expect.min_rows <= counted <= register.expect.max_rows:
            raise SourceAborted(
                f"its file of roles holds {counted:,}, expected are {register.expect.min_rows:,} to "
                f"{register.expect.max_rows:,}.",
                source=source.name,
                hint="Nothing of it was used.",
            )

    try:
        client.download(source, register.file, kept, redact_json=True, sift=sift)
        with kept.open(encoding="utf-8") as lines:
            for line in lines:
                element = json.loads(line)
                found[element[register.number]] = None
                yield register.read(element[register.number], element)
    finally:
        kept.unlink(missing_ok=True)
    yield from (RolesAnswer(source_key=key) for key in keys if key not in found)


def walk_role_events(
    client: "PoliteClient", source: Source, register: RoleRegister, *, position: int | None, since: datetime
) -> Iterator[tuple[int, frozenset[str]]]:
    """Page by page the position that the feed was read to, and the entities whose roles changed.

    It is walked from behind `position`, else from `since` on.
    """
    outer, inner = register.event_number
    while True:
        where = (
            {register.after_time: since.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
            if position is None
            else {register.after_position: str(position)}
        )
        answer = client.get(source, register.feed, params=where | {"size": str(register.page)})
        events = list(read_elements(source, [answer.body]))
        if not events:
            return
        try:
            reached = max(int(event["id"]) for event in events)
            changed = frozenset(str(event[outer][inner]) for event in events)
        except (KeyError, TypeError, ValueError):
            raise SourceAborted(f"{answer.url} has events without a number.", source=source.name) from None
        if position is not None and reached <= position:
            raise SourceAborted(f"{register.feed} does not move beyond position {position}.", source=source.name)
        position = reached
        yield reached, changed
