"""A register's whole file: told by its content, checked to its end while it is copied, its layout picked by its header.

Only the file as a whole is judged here. What is wrong with single rows (a stray byte that is not UTF-8, NUL bytes,
10 kB values, a number that fails its check) is for landing to reject with a reason.
"""

import gzip
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sources.damage import told_of_damage
from sources.errors import SourceAborted, UnknownLayout
from sources.kinds import file_copy
from sources.kinds.bulk_json import is_json_file, read_json_file
from sources.kinds.file_copy import copy_checked
from sources.kinds.file_date import file_moment
from sources.kinds.file_kind import inspect_file
from sources.recognise import name_source_by
from sources.source import Coverage, Delivery, Known, Layout, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

FILE_IS_MADE_EVERY = timedelta(days=1)
"""What changed since a nightly file was made is not in it; what is asked for twice stays as it is."""


def read_file(
    source: Source,
    path: Path,
    *,
    coverage: Coverage,
    landing: Path,
    fetched_at: datetime | None = None,
    url: str | None = None,
    etag: str | None = None,
) -> Delivery:
    """The file as a delivery, copied to the folder `landing`; a ZIP archive with one file in it as gzip.

    A hand-given file counts as fetched when its name says or it was last written (`file_moment`), so that an older
    download loaded later does not replace what is known by then. Windows line ends become plain ones; else what is kept is the original byte for
    byte. Nothing is left in `landing` where this raises.

    Raises SourceAborted where the file is missing, empty, damaged, cut short, in another encoding or not a table, and
    UnknownLayout where its header fits no layout of the source.
    """
    as_json = next((layout for layout in source.layouts if layout.is_json_file), None)
    if as_json is not None and is_json_file(path):
        return read_json_file(source, as_json, path, coverage=coverage, landing=landing, fetched_at=fetched_at)
    if _is_archive_of_one(path):
        return _read_archive(
            source, path, coverage=coverage, landing=landing, fetched_at=fetched_at or file_moment(source, path)
        )
    form, header = inspect_file(source.name, path)
    layout = pick_layout(source, header)
    moment = fetched_at or file_moment(source, path)
    landing.mkdir(parents=True, exist_ok=True)
    kept = landing / f"{layout.name}.{form}"
    copied = copy_checked(source.name, path, kept, form=form)
    return Delivery(
        source=source.name,
        layout=layout,
        rows=kept,
        form=form,
        coverage=coverage,
        fetched_at=moment,
        source_seq=int(moment.timestamp() * 1000),
        made_seq=int((moment - FILE_IS_MADE_EVERY).timestamp() * 1000),
        url=url,
        etag=etag,
        unpacked=copied.unpacked,
        original_sha256=copied.original_sha256,
        kept_sha256=copied.kept_sha256,
    )


def fetch_file(client: "PoliteClient", source: Source, url: str, *, landing: Path, known: Known) -> Delivery | None:
    """The register's whole file, complete, packed as it comes; None where it has not changed since `known`.

    A ZIP archive with one file in it is repacked as gzip. Raises as `read_file` and `PoliteClient.download` do.
    """
    landing.mkdir(parents=True, exist_ok=True)
    download = client.download(source, url, landing / "download", etag=known.etag)
    if download is None:
        return None
    repacked = landing / "repacked"
    try:
        is_archive = zipfile.is_zipfile(download.path)
        if is_archive:
            repack(source.name, download.path, repacked)
        return replace(
            read_file(
                source,
                repacked if is_archive else download.path,
                coverage=Coverage.COMPLETE,
                landing=landing,
                fetched_at=download.fetched_at,
                url=download.url,
                etag=download.etag,
            ),
            original_sha256=download.original_sha256,
        )
    finally:
        download.path.unlink(missing_ok=True)
        repacked.unlink(missing_ok=True)


def _is_archive_of_one(path: Path) -> bool:
    """A workbook is an archive, too, of many files."""
    try:
        with zipfile.ZipFile(path) as archive:
            return len(archive.namelist()) == 1
    except (zipfile.BadZipFile, NotImplementedError, OSError, UnicodeDecodeError):  # of a name in it
        return False


def _read_archive(source: Source, path: Path, *, coverage: Coverage, landing: Path, fetched_at: datetime) -> Delivery:
    landing.mkdir(parents=True, exist_ok=True)
    repacked = landing / "repacked"
    try:
        repack(source.name, path, repacked)
        delivery = read_file(source, repacked, coverage=coverage, landing=landing, fetched_at=fetched_at)
        return replace(delivery, original_sha256=file_copy.file_sha256(path))
    finally:
        repacked.unlink(missing_ok=True)


def repack(source: str, path: Path, repacked: Path) -> None:
    """Turns an archive of one file into gzip, piece by piece: it may be larger than memory."""
    with told_of_damage(source, "the archive"), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if len(names) != 1:
            raise SourceAborted(f"the archive holds {len(names)} files where one was expected.", source=source)
        with archive.open(names[0]) as member, gzip.open(repacked, "wb", compresslevel=1) as packed:
            size = 0
            while chunk := member.read(file_copy.CHUNK):
                size += packed.write(chunk)
                if size > file_copy.MOST_UNPACKED_BYTES:
                    raise SourceAborted(f"the archive unpacks to over {size >> 30} GiB.", source=source)


def pick_layout(source: Source, header: tuple[str, ...]) -> Layout:
    """The layout that a header fits: the same set of names, in any order.

    Raises UnknownLayout with the nearest layout and what differs, and the source whose file it is.
    """
    names = frozenset(header)
    distance = {layout.name: len(layout.missing(names)) + len(layout.unknown(names)) for layout in source.layouts}
    nearest = min(source.layouts, key=lambda layout: distance[layout.name])
    if distance[nearest.name]:
        raise UnknownLayout(
            source=source.name,
            layout=nearest.name,
            missing=nearest.missing(names),
            unknown=nearest.unknown(names),
            fits=name_source_by(names),
        )
    return nearest
