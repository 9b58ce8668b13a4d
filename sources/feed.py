"""What a source of dated events delivers (`sources.record.Signal`): batches, each with how far it brought us."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import pyarrow as pa

from sources.secret import Secret
from sources.source import Connector, Coverage, Layout

if TYPE_CHECKING:
    from sources.http import PoliteClient


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalBatch:
    """Some of what a source says: rows of text columns, named as the layout's, in which one event may come repeatedly.

    A complete batch is all that was open at `stated_at`: what it lacks and was stated before has ended. `covered_from`
    is the first day of which nothing is missing once this batch has landed, where the batch begins anew; null where it
    goes on from the last cursor. `covered_until` is the moment up to which the source has told everything. `left_out`
    counts what was dropped while it streamed by, since its employer is or may be a natural person. `covers` are (kind,
    country) of the events that these days are true of, null country: of all; where null, the source's kind and country.
    """

    layout: Layout
    rows: pa.Table
    coverage: Coverage
    stated_at: datetime
    fetched_at: datetime
    covered_from: date | None
    covered_until: datetime | None
    cursor: str | None
    url: str | None
    covers: tuple[tuple[str, str | None], ...] | None = None
    original_sha256: str | None = None
    left_out: int = 0
    warnings: tuple[str, ...] = ()


@runtime_checkable
class SignalsConnector(Connector, Protocol):
    """A connector whose source tells of dated events."""

    SIGNAL_KIND: str

    def fetch_signals(
        self, client: "PoliteClient", *, landing: Path, cursor: str | None, secret: Secret | None
    ) -> Iterator[SignalBatch]:
        """What was told since the cursor, or all there is; each batch carries the cursor that holds once it landed."""


@runtime_checkable
class SignalFileConnector(SignalsConnector, Protocol):
    """A connector that also reads a file of its source, downloaded by hand."""

    def read_given_signals(self, path: Path, *, coverage: Coverage, landing: Path) -> Iterator[SignalBatch]:
        """The file, batch by batch; it moves no cursor."""
