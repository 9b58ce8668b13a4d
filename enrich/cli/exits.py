"""One table from what went wrong to the exit code; `docs/exit-codes.md` explains it to users."""

from db.errors import (
    MigrationRefused,
    QueryRefused,
    QueryTooBig,
    QueryTooLong,
    WarehouseBusy,
    WarehouseError,
    WarehouseMissing,
)
from enrich.errors import (
    ConfigInvalid,
    ConfigMissing,
    ConfirmationNeeded,
    ContractBroken,
    EnrichError,
    InputInvalid,
    LimitReached,
    NotFound,
    SourcesAway,
    SourcesFailed,
)
from sources.errors import LoginRefused, RecordGone, RecordRejected, RetryableError, SourceAborted, SourceError

OK, FAILED, USAGE, MISSING, LIMIT, INVALID, LATER, STOPPED = 0, 1, 2, 3, 4, 5, 75, 130

KNOWN_ERRORS = (EnrichError, WarehouseError, SourceError)
"""Errors whose text is written for users; every other exception is a fault of the program."""

EXIT_CODES: tuple[tuple[type[Exception], int], ...] = (
    (ConfigMissing, MISSING),
    (NotFound, MISSING),
    (WarehouseMissing, MISSING),
    (RecordGone, MISSING),
    (ConfirmationNeeded, USAGE),
    (QueryRefused, USAGE),
    (LimitReached, LIMIT),
    (QueryTooLong, LIMIT),
    (QueryTooBig, LIMIT),
    (ConfigInvalid, INVALID),
    (InputInvalid, INVALID),
    (ContractBroken, INVALID),
    (MigrationRefused, INVALID),
    (SourcesAway, LATER),
    (SourcesFailed, FAILED),
    (RecordRejected, INVALID),
    (LoginRefused, FAILED),
    (SourceAborted, INVALID),
    (WarehouseBusy, LATER),
    (RetryableError, LATER),
)


def exit_code_of(error: Exception) -> int:
    """The exit code of an error; 1 for what the table does not name.

    >>> exit_code_of(QueryTooLong(10))
    4
    """
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), FAILED)
