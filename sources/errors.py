"""What can go wrong with a source, named for what the caller does next.

SourceError
├── RetryableError     the source is busy or away: try this source again later (exit code 75)
│   └── NoConnection   its host cannot be reached from here at all: look whether any other can (exit code 75)
├── RecordRejected     one record is unusable: keep it as a reject with its reason, go on
├── SourceAborted      this source cannot be used as it is: keep the last good data, stop this source only
│   ├── LoginRefused   it does not let us in: mend the login (exit code 1)
│   ├── UnknownLayout  the header of a file fits no declared layout
│   └── AnswerUnreadable  one answer is not what answers are: another question may be answered
├── RecordGone         the register has removed the record from open data: purge our copies (HTTP 410)
└── PageRefused        a web page cannot be read, or may not be: note the outcome, go on with the next
"""

from sources.lookup import Outcome


class SourceError(Exception):
    """Root of everything that goes wrong with a source."""


class RetryableError(SourceError):
    """The source is busy or away; the same request may succeed later."""

    def __init__(
        self, message: str, *, source: str, url: str | None = None, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(message)
        self.source = source
        self.url = url
        self.retry_after_seconds = retry_after_seconds


class NoConnection(RetryableError):
    """Nobody was reached: no such name resolves, no route leads there, or nobody opened the door."""


class RecordRejected(SourceError):
    """One record cannot be used; the others can."""

    def __init__(self, reason: str, *, code: str, source_key: str | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.source_key = source_key


class SourceAborted(SourceError):
    """The source's structure is not what its declaration says; nothing of this delivery is used."""

    def __init__(self, message: str, *, source: str, hint: str = "") -> None:
        super().__init__(f"{source}: {message}" + (f" {hint}" if hint else ""))
        self.source = source
        self.hint = hint


class LoginRefused(SourceAborted):
    """The source does not let the login in that it was given (HTTP 401, 403)."""


class UnknownLayout(SourceAborted):
    """The header of a file fits none of the layouts that the source declares; `fits` is the source whose it does fit."""

    def __init__(
        self, *, source: str, layout: str, missing: tuple[str, ...], unknown: tuple[str, ...], fits: str | None = None
    ) -> None:
        parts = []
        if missing:
            parts.append(f"missing column{'s' if len(missing) > 1 else ''}: {_some(missing)}")
        if unknown:
            parts.append(f"unknown column{'s' if len(unknown) > 1 else ''}: {_some(unknown)}")
        super().__init__(
            f"the file's header fits no known layout; the nearest is {layout!r} ({'; '.join(parts)}).",
            source=source,
            hint="Nothing was loaded. "
            + (
                "Is it this register's file (`prospekt sources` lists the others)? If the register changed its file, its "
                "declaration needs a new layout."
                if fits is None
                else f"It is a file of {fits}: prospekt refresh {fits} --file FILE"
            ),
        )
        self.layout = layout
        self.fits = fits
        self.missing = missing
        self.unknown = unknown


def _some(columns: tuple[str, ...], most: int = 5) -> str:
    rest = f" and {len(columns) - most} more" if len(columns) > most else ""
    return ", ".join(columns[:most]) + rest


class AnswerUnreadable(SourceAborted):
    """One answer is not what answers are: where companies are asked about one by one, the others may be answered."""


class RecordGone(SourceError):
    """The register has withdrawn a record from open data: every copy of it must go."""

    def __init__(self, source_key: str, *, source: str) -> None:
        super().__init__(f"{source}: {source_key} was removed from open data; copies must be purged")
        self.source = source
        self.source_key = source_key


class PageRefused(SourceError):
    """A web page cannot be read, or may not be; `code` and `outcome` say why, for whoever asked for its company."""

    def __init__(self, reason: str, *, code: str, outcome: Outcome) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.outcome = outcome
