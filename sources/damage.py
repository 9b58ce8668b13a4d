"""A packed file that cannot be unpacked, told in one sentence whichever library found it out."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL

from sources.errors import SourceAborted
from sources.kinds.file_kind import AGAIN


@contextmanager
def told_of_damage(source: str, name: str) -> Iterator[None]:
    """Raises SourceAborted, with what to do, in the place of what gzip and zipfile raise of the file `name`."""
    try:
        yield
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise _damaged(source, name, error) from None
    except OSError as error:
        # bzip2's have no number; a directory that says a place before the file begins leads to the other
        if error.errno not in (None, EINVAL):
            raise
        raise _damaged(source, name, error) from None
    except RuntimeError as error:
        if type(error) not in (RuntimeError, NotImplementedError):  # RecursionError is one, too
            raise
        raise cannot_unpack(source, name, str(error)) from None


def cannot_unpack(source: str, name: str, why: str) -> SourceAborted:
    """The refusal of an archive with a password, or packed by a method that is not known here."""
    return SourceAborted(
        f"{name} is packed in a way that cannot be unpacked ({why}).",
        source=source,
        hint="Unpack it and give that file.",
    )


def _damaged(source: str, name: str, error: Exception) -> SourceAborted:
    return SourceAborted(f"{name} is damaged or cut short ({error}).", source=source, hint=AGAIN)
