"""A file that may be gzip-compressed, as it is without."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enrich.errors import InputInvalid
from enrich.scratch import open_work_folder

_GZIP = b"\x1f\x8b"
_AT_ONCE = 1 << 20


@contextmanager
def unpacked(path: Path, *, limit: int | None = None) -> Iterator[Path]:
    """The path; of a gzip-compressed file that of its content, under the same name in a folder that goes again.

    Raises `InputInvalid` where it cannot be unpacked, or has more than `limit` bytes then.
    """
    try:
        with path.open("rb") as file:
            is_packed = file.read(2) == _GZIP
    except OSError:  # whoever reads it says why it cannot be
        is_packed = False
    if not is_packed:
        yield path
        return
    with open_work_folder("prospekt-unpacked-") as folder:
        _unpack(path, folder / path.name, limit)
        yield folder / path.name


def _unpack(path: Path, plain: Path, limit: int | None) -> None:
    size = 0
    try:
        with gzip.open(path) as packed, plain.open("wb") as file:
            while chunk := packed.read(_AT_ONCE):
                size += len(chunk)
                if limit is not None and size > limit:
                    raise InputInvalid(f"{path} unpacks to more than {limit // 10**9} GB: a mistake or an attack.")
                file.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputInvalid(f"{path} cannot be unpacked, a part of it may be missing: fetch it again.") from error
