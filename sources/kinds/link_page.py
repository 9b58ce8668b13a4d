"""A page of links to dated files, some in numbered parts: the newest issue of which all parts are there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sources.errors import RetryableError, SourceAborted
from sources.source import Source
from sources.stream import CHUNK

if TYPE_CHECKING:
    from sources.http import PoliteClient

_LINK = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """Where the page is, and how its files are called.

    `name` (a regular expression) has the groups `date` (ISO), and for a file in parts `part` and `parts`.
    """

    page: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The files of one day, in order; one where it comes whole."""

    day: date
    names: tuple[str, ...]

    @property
    def made_at(self) -> datetime:
        """The beginning of its day."""
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)


def newest_issue(client: "PoliteClient", source: Source, links: LinkPage) -> Issue:
    """The newest issue that the page names in full; whole rather than in parts.

    Raises SourceAborted where the page names none.
    """
    answer = client.get(source, f"{client.bulk_url(source)}/{links.page}", accept="text/html")
    found = [link.rpartition("/")[2] for link in _LINK.findall(answer.body.decode("utf-8", "replace"))]
    issues = list(whole_issues(links, found))
    if not issues:
        raise SourceAborted(
            f"{answer.url} names no complete file such as is expected.",
            source=source.name,
            hint="The last good data stays. Look at the page; a file downloaded by hand is loaded with --file.",
        )
    return max(issues, key=lambda issue: (issue.day, -len(issue.names)))


def whole_issues(links: LinkPage, names: Iterable[str]) -> Iterator[Issue]:
    """The issues of which all parts are among the names."""
    parts: dict[tuple[date, int], dict[int, str]] = {}
    for name in names:
        if fits := re.fullmatch(links.name, name):
            said = fits.groupdict()
            key = date.fromisoformat(fits["date"]), int(said.get("parts") or 1)
            parts.setdefault(key, {})[int(said.get("part") or 1)] = name
    for (day, count), numbered in parts.items():
        if numbered.keys() == set(range(1, count + 1)):
            yield Issue(day=day, names=tuple(numbered[number] for number in range(1, count + 1)))


def issue_of_file(source: Source, links: LinkPage, path: Path, *, whole: bool) -> tuple[Issue | None, tuple[Path, ...]]:
    """The issue that a file given by hand is of, by its name, and the files to read: where `whole`, all its parts.

    A file whose name says nothing is read by itself. Raises SourceAborted where a part does not lie beside it.
    """
    if not path.is_file():
        raise SourceAborted(
            f"{path} is a folder." if path.is_dir() else f"there is no file {path}.", source=source.name
        )
    # unpacked, it keeps its name
    named = re.fullmatch(links.name, path.name) or re.fullmatch(links.name, f"{path.stem}.zip")
    if named is None:
        return None, (path,)
    day, said = date.fromisoformat(named["date"]), named.groupdict()
    count = int(said.get("parts") or 1)
    if not whole or count == 1:
        return Issue(day=day, names=(path.name,)), (path,)
    start = named.start("part")
    others = [path.with_name(f"{path.name[:start]}{number}{path.name[named.end('part') :]}") for number in _to(count)]
    missing = [other.name for other in others if not other.is_file()]
    if missing:
        raise SourceAborted(
            f"{path.name} is one part of {count}, and beside it there is no {', '.join(missing[:3])}"
            + (f" nor {len(missing) - 3} more." if len(missing) > 3 else "."),
            source=source.name,
            hint="Put all parts into one folder, or load this one alone with --partial.",
        )
    return Issue(day=day, names=tuple(other.name for other in others)), tuple(others)


def _to(count: int) -> range:
    return range(1, count + 1)


def read_chunks(source: Source, path: Path) -> Iterator[bytes]:
    """The bytes of a file given by hand, piece by piece."""
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except PermissionError:
        raise SourceAborted(f"{path.name} may not be read: permission denied.", source=source.name) from None


def cut_short(source: Source, path: Path, error: RetryableError) -> SourceAborted:
    """What a file given by hand is whose stream ends too early."""
    return SourceAborted(f"{path.name} is cut short ({error}).", source=source.name, hint="Download it again.")
