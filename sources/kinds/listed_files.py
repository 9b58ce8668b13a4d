"""A register's extract as files that a listing names, each with the generation in which it was made, behind a key.

Only files of one generation go together: what was founded or ended between two would be torn. None of them touches the
disk, since one may name persons; of each is kept what is about an entity of the extract.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sources.errors import LoginRefused, SourceAborted
from sources.kinds.joined_csv import Extract, deliver_extract
from sources.source import Coverage, Delivery, Known, Source
from sources.unzip import plain_text

if TYPE_CHECKING:
    from sources.http import PoliteClient

MOST_PAGES = 50
LIVES = timedelta(days=7)
"""So long ago a generation may have been made that does not say when."""
UNSET_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
"""No moment before is believed: a listing writes the year 1 or 1970 where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where files are listed and had, below the address of whole files, and what a file that goes into the extract says.

    `key` is the parameter that carries the key, `asked` what is asked of the listing, `fits` what an entry must say, and
    `refused` what to do about a key that is not let in.
    """

    listed_at: str
    had_at: str
    key: str
    asked: Mapping[str, str]
    fits: Mapping[str, str]
    refused: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """The files of one making: the name of each by what it is about, in small letters; `moment` is null where not told."""

    number: int
    moment: datetime | None
    names: Mapping[str, str]


def fetch_listed(
    client: "PoliteClient", source: Source, listing: Listing, extract: Extract, *, landing: Path, known: Known
) -> Delivery | None:
    """The newest generation of which all files are there; None where `known` has it (its ETag is the generation).

    Raises SourceAborted where a file is not listed, lacks a column or is damaged, and as `PoliteClient.take` does.
    """
    generation = find_generation(client, source, listing, [part.file for part in extract.parts])
    if known.etag == str(generation.number):
        return None
    key = {listing.key: client.secret(source, source.login_envs[0])}
    url, digest = f"{client.bulk_url(source)}/{listing.had_at}", hashlib.sha256()

    def take(name: str, make: Callable[[Iterator[bytes]], pa.Table]) -> pa.Table:
        taken = client.take(
            source,
            url,
            lambda chunks: make(plain_text(source, chunks)),
            params={"Filename": generation.names[name]},
            hidden_params=key,
        )
        if taken is None:
            raise SourceAborted(f"{url} answered 'not modified' without being asked.", source=source.name)
        digest.update(bytes.fromhex(taken.original_sha256))
        return taken.made

    delivery = deliver_extract(
        source,
        extract,
        take,
        coverage=Coverage.COMPLETE,
        landing=landing,
        # not when it was made: until it was listed, the generation before was the newest, and was said to be
        moment=datetime.now(UTC),
        url=url,
    )
    made = generation.moment or delivery.fetched_at - LIVES
    return replace(
        delivery,
        made_seq=int(made.timestamp() * 1000),
        etag=str(generation.number),
        original_sha256=digest.hexdigest(),
    )


def find_generation(client: "PoliteClient", source: Source, listing: Listing, wanted: list[str]) -> Generation:
    """The newest generation with a file about each of these.

    Raises SourceAborted, naming what is missing, or what is listed without a name or under several.
    """
    made: dict[int, dict[str, list[Mapping[str, Any]]]] = {}
    for entry in _entries(client, source, listing):
        about, number = str(entry.get("entityName")).lower(), str(entry.get("generationNumber"))
        if about in wanted and number.isdecimal() and all(_says(entry, *one) for one in listing.fits.items()):
            made.setdefault(int(number), {}).setdefault(about, []).append(entry)
    whole = [number for number, entries in made.items() if len(entries) == len(wanted)]
    if not whole:
        listed = {about for entries in made.values() for about in entries}
        missing = [about for about in wanted if about not in listed]
        raise SourceAborted(
            f"no file about {', '.join(missing)} is listed for this key."
            if missing
            else "no generation is listed of which all files are there.",
            source=source.name,
            hint=f"Nothing was loaded: of the others alone too little is known. docs/sources/{source.name}.md says more.",
        )
    newest = max(whole)
    entries = made[newest]
    return Generation(
        number=newest,
        moment=_moment(entries[wanted[0]][0].get("generationTime")),
        names={about: _one_name(source, about, newest, listed) for about, listed in entries.items()},
    )


def _one_name(source: Source, about: str, number: int, entries: list[Mapping[str, Any]]) -> str:
    """The name of the file; one that two pages of the listing have is one, since it may move on between them."""
    names = {str(entry.get("fileName") or "") for entry in entries} - {""}
    if len(names) != 1:
        raise SourceAborted(
            f"{len(names) or 'no'} names of the file about {about} are listed for generation {number} where one was expected.",
            source=source.name,
            hint=f"Nothing was loaded: {'which is meant is not said' if names else 'it cannot be asked for'}.",
        )
    return names.pop()


def _entries(client: "PoliteClient", source: Source, listing: Listing) -> Iterator[Mapping[str, Any]]:
    key = {listing.key: client.secret(source, source.login_envs[0])}
    for page in range(1, MOST_PAGES + 1):
        asked = {**listing.asked, "PageNumber": str(page)}
        try:
            answer = client.get(
                source, f"{client.bulk_url(source)}/{listing.listed_at}", params=asked, hidden_params=key
            )
        except LoginRefused as refused:
            raise LoginRefused(
                f"the key in {source.login_envs[0]} is refused ({refused}).", source=source.name, hint=listing.refused
            ) from None
        try:
            said = json.loads(answer.body)
            listed = [dict(entry) for entry in said["availableFileDownloads"]]
            pages = int((said.get("paginationMetadata") or {}).get("totalPages") or 1)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SourceAborted("the list of files cannot be read.", source=source.name) from None
        yield from listed
        if page >= pages:
            return
    raise SourceAborted(f"the list of files has more than {MOST_PAGES} pages.", source=source.name)


def _says(entry: Mapping[str, Any], name: str, value: str) -> bool:
    return str(entry.get(name)).lower() == value.lower()


def _moment(said: object) -> datetime | None:
    """The moment (UTC) of a making, never one to come; null where none is told, as of some files none is."""
    try:
        moment = datetime.fromisoformat(str(said))
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 east of Greenwich is no year
        return None
    return None if moment < UNSET_BEFORE else min(moment, datetime.now(UTC))
