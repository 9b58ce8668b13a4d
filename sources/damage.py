"""A packed file that cannot be unpacked, told in one sentence whichever library found it out."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from traceback import walk_tb

from sources.errors import SourceAborted
from sources.kinds.file_kind import AGAIN

DAMAGE: tuple[type[Exception], ...] = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError)
"""What is raised of damaged files alone."""
try:
    from lzma import LZMAError
except ImportError:  # a Python may be without it: zipfile then says that it cannot unpack such an archive
    pass
else:
    DAMAGE = (*DAMAGE, LZMAError)


@contextmanager
def told_of_damage(source: str, name: str) -> Iterator[None]:
    """Raises SourceAborted, with what to do, in the place of what gzip and zipfile raise of the file `name`."""
    try:
        yield
    except DAMAGE as error:
        raise _damaged(source, name, error) from None
    except ValueError as error:
        # a name that is no text, a place beyond any file: zipfile's own, and not of what reads the text that it unpacks
        if not _is_of_zipfile(error):
            raise
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


def _is_of_zipfile(error: Exception) -> bool:
    *_, (frame, _) = walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__")).partition(".")[0] == zipfile.__name__


def _damaged(source: str, name: str, error: Exception) -> SourceAborted:
    return SourceAborted(f"{name} is damaged or cut short ({error}).", source=source, hint=AGAIN)
