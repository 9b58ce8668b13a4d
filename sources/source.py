"""What a source declares about itself, and the shapes in which it delivers.

A connector is a `Source` (data), a sample beside it, and at most a few named functions. Machinery that several share
is in `sources/kinds/`. No default stands for a legal statement: licence, purpose, lawful basis, personal fields and
retention are written out by every source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from sources.fields import Expr, columns_in


class Licence(StrEnum):
    """Licences under which open company data is published."""

    NLOD_2_0 = "NLOD 2.0"
    CC0_1_0 = "CC0 1.0"
    CC_BY_4_0 = "CC BY 4.0"
    OGL_3_0 = "OGL 3.0"


class Lineage(StrEnum):
    """How near a source is to the fact: a register, the company itself, a second hand, or a mere signal."""

    REGISTER = "register"
    FIRST_PARTY = "first_party"
    SECONDARY = "secondary"
    SIGNAL = "signal"


class Coverage(StrEnum):
    """What the absence of a record in a delivery means."""

    COMPLETE = "complete"
    """What is absent has left the source: its record is closed."""
    PARTIAL = "partial"
    """Only adds and changes."""
    DELTA = "delta"
    """Adds, changes and deletions, each said explicitly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """Bounds that a complete delivery of the source must keep; a missed minimum keeps the last good data.

    Bounds stand at about 80 % and 200 % of a healthy run and are never moved to fit a run that nobody can explain.
    `fill_rates` maps a field of ours to the least share (0-1) of rows that must have it.
    """

    min_rows: int
    max_rows: int
    fill_rates: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Why and how long personal data of a source is kept, and what never touches the disk."""

    purpose: str
    lawful_basis: str
    personal_fields: tuple[str, ...]
    never_store: tuple[str, ...]
    retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One shape in which a source's records come, and the mapping of its columns onto `SourceRecord`.

    Every column is mapped, ignored by name, or loud. `key` gives the source's own key of a record. `rejects` are
    (code, sentence, condition): a row whose condition holds is kept as a reject. `codes` are (scheme, code, title)
    for code lists that travel inside the rows. `volatile` fields do not make a new version of a record.
    `relations` are (kind, scheme, value) of links to other records.
    """

    name: str
    columns: tuple[str, ...]
    key: Expr
    fields: Mapping[str, Expr]
    ignored: frozenset[str] = frozenset()
    volatile: frozenset[str] = frozenset()
    rejects: tuple[tuple[str, str, Expr], ...] = ()
    codes: tuple[tuple[str, Expr, Expr], ...] = ()
    relations: tuple[tuple[str, str, Expr], ...] = ()

    def columns_read(self) -> frozenset[str]:
        """The source columns that some field, key, reject, code list or relation reads."""
        trees: tuple[object, ...] = (
            self.key,
            *self.fields.values(),
            *(condition for _, _, condition in self.rejects),
            *(part for _, code, title in self.codes for part in (code, title)),
            *(value for _, _, value in self.relations),
        )
        return frozenset(name for tree in trees for name in columns_in(tree))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one fetch or one hand-given file brought: rows of one layout, with where and when they come from.

    `rows` is a file in `form` ("csv", "csv.gz", "parquet") or an Arrow table of text columns named as the layout's.
    `source_seq` orders deliveries of a source: what comes late becomes a historical version, never the current one.
    `gone` are keys withdrawn from open data: their copies are purged.
    """

    source: str
    layout: Layout
    rows: Path | pa.Table
    form: str
    coverage: Coverage
    fetched_at: datetime
    source_seq: int
    url: str | None = None
    etag: str | None = None
    original_sha256: str | None = None
    kept_sha256: str | None = None
    cursor: str | None = None
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The declaration of one source: identity, reach, licence, privacy, layouts, expectations.

    `name` is `<iso2>_<register>` and the file's stem. `scheme` is the identifier scheme of its own key.
    `mapping_version` is raised whenever a layout's mapping changes: stored records are then rendered anew.
    `rank` orders sources of equal freshness when values compete (1 = most trusted).
    """

    name: str
    title: str
    country: str | None
    publisher: str
    homepage: str
    record_url: str
    scheme: str
    licence: Licence
    attribution: str
    lineage: Lineage
    cadence_hours: int
    rank: int
    privacy: Privacy
    expect: Expect
    layouts: tuple[Layout, ...]
    mapping_version: int
    base_url: str
    base_url_env: str
    """Environment variable that overrides `base_url` (a proxy or a test server)."""

    def layout(self, name: str) -> Layout:
        """The layout of that name."""
        return next(layout for layout in self.layouts if layout.name == name)
