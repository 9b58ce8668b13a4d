"""What a source declares about itself, and the shapes in which it delivers.

A connector is a `Source` (data), a sample beside it, and at most a few named functions. Machinery that several share
is in `sources/kinds/`. No default stands for a legal statement: licence, purpose, lawful basis, personal fields and
retention are written out by every source.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import pyarrow as pa

from sources.fields import Expr, columns_in
from sources.lookup import AccountsAnswer, CompanyAsked, KnowledgeAnswer, MandatesAnswer, NumberAnswer, RolesAnswer
from sources.record import CodeLists, Rate
from sources.site import SiteAnswer, SiteAsked

if TYPE_CHECKING:
    from sources.http import PoliteClient
    from sources.web import WebClient


class Licence(StrEnum):
    """Licences under which open company data is published."""

    NLOD_2_0 = "NLOD 2.0"
    CC0_1_0 = "CC0 1.0"
    CC_BY_4_0 = "CC BY 4.0"
    OGL_3_0 = "OGL 3.0"
    ETALAB_2_0 = "Licence Ouverte 2.0"
    OWN = "your own data"
    """A system of the team's own: nobody licenses it, and nothing of it is handed on under its name."""
    TERMS_OF_USE = "terms of use"
    """No licence by name: the attribution says where the publisher's terms are."""
    ECB = "ECB, free with the source named"
    DK_PUBLIC_DATA = "Vilkår for brug af danske offentlige data"
    OWN_STATEMENT = "none: facts that the company states of itself"


class Lineage(StrEnum):
    """How near a source is to the fact: a register, the company itself, a second hand, or a mere signal."""

    REGISTER = "register"
    FIRST_PARTY = "first_party"
    SECONDARY = "secondary"
    SIGNAL = "signal"


class IndustryFamily(StrEnum):
    """What a list of industry codes was made of: in lists of one family the same digits mean the same industry."""

    NACE_2 = "NACE 2"
    """NACE Rev. 2 and 2.1, and the national lists that only add digits to it."""
    NACE_1 = "NACE 1"
    """NACE Rev. 1 and 1.1, and the national lists made of it: its divisions are others."""
    US_SIC = "US SIC"


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
    `fill_rates` maps a field of ours to the least share (0-1) of rows that must have it. `most_closed` is the share of
    records that a healthy delivery may close, where that is more than is usual.
    """

    min_rows: int
    max_rows: int
    fill_rates: Mapping[str, float] = field(default_factory=dict)
    most_closed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Why and how long personal data of a source is kept, and what never touches the disk."""

    purpose: str
    lawful_basis: str
    personal_fields: tuple[str, ...]
    never_store: tuple[str, ...]
    retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the objects of a list in a JSON record hold: keys that are kept, keys ignored by name, lists of objects inside.

    A key with a dot in it (`periode.gyldigTil`) is a key of an object inside. `of` is where the list stands in the record, if not under the name of its column: one list may make two columns, so
    that labels, which come with every object, do not count as a change of what they label. Without keys it is a list of
    values, which becomes one text with a value a line.
    """

    keys: tuple[str, ...]
    ignored: frozenset[str] = frozenset()
    inside: Mapping[str, "Shape"] = field(default_factory=dict)
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One shape in which a source's records come, and the mapping of its columns onto `SourceRecord`.

    Every column is mapped, ignored by name (or by a declared prefix, for registers that number hundreds of columns),
    or loud. `part` says which part of the source's population the layout describes: a complete delivery closes only
    absent records of the same part, and `expect` replaces the source's bounds for a part of another size. A layout
    without `fields` brings links of other records only, no record of its own. `key` gives the source's own key of a record. `rejects` are
    (code, sentence, condition): a row whose condition holds is kept as a reject. `codes` are (scheme, code, title)
    for code lists that travel inside the rows. `volatile` fields do not make a new version of a record.
    `relations` are (kind, scheme, value) of links to other records.

    Of JSON records, `lists` says by column what the objects of a list hold, `values` by place (`names[].type`) which
    values a closed code list has; what is neither is told. `is_json_file` says that whole files come so, too.
    """

    name: str
    columns: tuple[str, ...]
    key: Expr
    fields: Mapping[str, Expr]
    part: str = "main"
    expect: Expect | None = None
    ignored: frozenset[str] = frozenset()
    ignored_prefixes: tuple[str, ...] = ()
    volatile: frozenset[str] = frozenset()
    rejects: tuple[tuple[str, str, Expr], ...] = ()
    codes: tuple[tuple[str, Expr, Expr], ...] = ()
    relations: tuple[tuple[str, str, Expr], ...] = ()
    lists: Mapping[str, Shape] = field(default_factory=dict)
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_json_file: bool = False

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

    def missing(self, header: frozenset[str]) -> tuple[str, ...]:
        """The columns that the layout needs and a header lacks, in the layout's order."""
        return tuple(name for name in self.columns if name not in header)

    def unknown(self, header: frozenset[str]) -> tuple[str, ...]:
        """The columns of a header that the layout neither has nor ignores by prefix, by name."""
        extra = header.difference(self.columns)
        return tuple(sorted(name for name in extra if not name.startswith(self.ignored_prefixes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one fetch or one hand-given file brought: rows of one layout, with where and when they come from.

    `rows` is a file in `form` ("csv", "csv.gz", "parquet") or an Arrow table of text columns named as the layout's.
    `unpacked` is the text of a "csv.gz", for the one landing that removes it.
    `source_seq` orders deliveries of a source: what comes late becomes a historical version, never the current one.
    `made_seq` is the earliest moment at which a file can have been made: what a delta stated after it stays.
    `gone` are keys withdrawn from open data: their copies are purged. `unknown` are keys asked for that the source does
    not know. `warnings` are sentences for the run's report, such as keys of an answer that no layout knows yet.
    """

    source: str
    layout: Layout
    rows: Path | pa.Table
    form: str
    coverage: Coverage
    fetched_at: datetime
    source_seq: int
    made_seq: int | None = None
    unpacked: Path | None = None
    url: str | None = None
    etag: str | None = None
    original_sha256: str | None = None
    kept_sha256: str | None = None
    cursor: str | None = None
    gone: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


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
    """Those of records; the `fields` of `signal_layouts` are those of `Signal`."""
    mapping_version: int
    base_url: str
    base_url_env: str
    """Environment variable that overrides `base_url` (a proxy or a test server)."""
    bulk_url: str = ""
    """Where whole files are, if not under `base_url`; `base_url_env` with `_BULK` behind it overrides it."""
    hosts: frozenset[str] = frozenset()
    """Hosts to which the source may redirect, besides its own."""
    login_envs: tuple[str, ...] = ()
    """Environment variables without which it does not answer at all."""
    optional_envs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What it answers besides, with these environment variables set."""
    login_by: str = ""
    """What secret the variable holds that the configuration names as `secret_env`; a CRM does not answer without."""
    requests_per_minute: int = 180
    dated_names: tuple[str, ...] = ()
    """How names of its files begin (regular expressions) that the publisher dates: groups year, month and day, perhaps hour
    and minute, in UTC."""
    parts: tuple[str, ...] = ("main",)
    """The parts of its population that come as files of their own, each with a layout's `part` of that name."""
    signal_layouts: tuple[Layout, ...] = ()
    is_opt_in: bool = False
    """Read only where it is named, or has a section in the configuration: it goes to strangers' servers, is large, or of
    a country that few sell in."""
    account_fields: tuple[str, ...] = ()
    """The fields of `Account` that it states, where it gives key figures of accounts."""
    industry_lists: Mapping[str, IndustryFamily] = field(default_factory=dict)
    """Each list (scheme) of industry codes that its records state, and what it was made of."""
    correspondences: tuple[tuple[str, str, str, str], ...] = ()
    """(old scheme, old code, new scheme, new code) where an industry code list replaced another."""

    def layout(self, name: str) -> Layout:
        """The layout of that name."""
        return next(layout for layout in self.layouts if layout.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the last good run of a source (and part) knew; nothing on the first.

    `loaded` are the parts that were loaded completely, each with the order of the newest such delivery. `unfinished` is
    a folder in which a load that takes long may leave what it has, for the next run to go on; null where nothing may.
    """

    etag: str | None = None
    cursor: str | None = None
    loaded: Mapping[str, int] = field(default_factory=dict)
    unfinished: Path | None = None


@runtime_checkable
class Connector(Protocol):
    """A module of `sources/registers`: its declaration, and whichever of the protocols below its register offers."""

    SOURCE: Source


@runtime_checkable
class BulkConnector(Connector, Protocol):
    """A connector whose register publishes all of a part in one file."""

    def fetch_bulk(self, client: "PoliteClient", *, landing: Path, known: Known, part: str = ...) -> Delivery | None:
        """The file, complete; None where it has not changed since `known`."""


@runtime_checkable
class FileConnector(Connector, Protocol):
    """A connector that reads a file given by hand in its own way, because its bytes may not be kept as they come."""

    def read_given(self, path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
        """The file as a delivery."""


@runtime_checkable
class ChangesConnector(Connector, Protocol):
    """A connector whose register has a feed of changes."""

    def fetch_changes(self, client: "PoliteClient", *, landing: Path, known: Known) -> Iterator[Delivery]:
        """What changed since the cursor, as deltas; each carries the cursor that holds once it has landed."""


@runtime_checkable
class LookupConnector(Connector, Protocol):
    """A connector whose register answers for single records."""

    def look_up(self, client: "PoliteClient", keys: Sequence[str], *, landing: Path) -> Delivery:
        """The records of these keys; a key that the register does not know has no row, a withdrawn one is in `gone`."""


@runtime_checkable
class NumbersConnector(Connector, Protocol):
    """A connector whose register has no file of all, and answers for one number at a time."""

    def look_up_numbers(self, client: "PoliteClient", keys: Sequence[str]) -> Iterator[NumberAnswer]:
        """For each number what the register has under it, with what became of asking."""


@runtime_checkable
class RolesConnector(Connector, Protocol):
    """A connector whose register says who holds which role."""

    def fetch_roles(self, client: "PoliteClient", keys: Sequence[str]) -> Iterator[RolesAnswer]:
        """For each key all roles of that entity as of now; an entity without roles has an answer without any."""


@runtime_checkable
class RoleFileConnector(RolesConnector, Protocol):
    """A connector whose register also publishes all roles in one file."""

    def fetch_all_roles(self, client: "PoliteClient", keys: Sequence[str], *, landing: Path) -> Iterator[RolesAnswer]:
        """As `fetch_roles`, out of the file; of other entities nothing reaches the disk."""


@runtime_checkable
class RoleChangesConnector(RolesConnector, Protocol):
    """A connector whose register also has a feed of entities whose roles changed."""

    def fetch_role_changes(
        self, client: "PoliteClient", *, position: int | None, since: datetime
    ) -> Iterator[tuple[int, frozenset[str]]]:
        """Page by page how far the feed was read, and keys of entities; from behind `position`, else from `since`."""


@runtime_checkable
class MandatesConnector(Connector, Protocol):
    """A connector whose register says who may sign for an entity."""

    def fetch_mandates(self, client: "PoliteClient", keys: Sequence[str]) -> Iterator[MandatesAnswer]:
        """For each key the combinations of persons who may sign, or that none is told."""


@runtime_checkable
class AccountsConnector(Connector, Protocol):
    """A connector whose register gives key figures of accounts."""

    def fetch_accounts(self, client: "PoliteClient", keys: Sequence[str]) -> Iterator[AccountsAnswer]:
        """For each key the accounts of that entity, with what became of asking."""


@runtime_checkable
class RatesConnector(Connector, Protocol):
    """A connector that brings no records, but rates by which amounts in different currencies are compared."""

    def fetch_rates(self, client: "PoliteClient", *, newest: date | None) -> tuple[Rate, ...]:
        """The rates of the days after `newest`, some before it too; of all days where it is null."""

    def shipped_rates(self) -> tuple[Rate, ...]:
        """The rates that come with the program, for a machine without a net."""


@runtime_checkable
class CodesConnector(Connector, Protocol):
    """A connector that brings no records, but industry code lists, and which of their codes became which."""

    def fetch_codes(self, client: "PoliteClient") -> CodeLists:
        """The lists, and every correspondence; raises SourceAborted where they contradict each other."""


@runtime_checkable
class CredentialsConnector(Connector, Protocol):
    """A connector whose register answers single questions only to a team that signed up for it."""

    def missing_credentials(self, client: "PoliteClient") -> str | None:
        """What has to be set before anything can be asked, as a sentence; null where nothing is missing."""


@runtime_checkable
class SiteConnector(Connector, Protocol):
    """A connector that reads companies' own web sites, at addresses that others wrote down."""

    def read_sites(self, client: "WebClient", wanted: Sequence[SiteAsked]) -> Iterator[SiteAnswer]:
        """For each company and address what the site says; whether it is the company's is not decided here."""


@runtime_checkable
class KnowledgeConnector(Connector, Protocol):
    """A connector that is asked what it has under the numbers of companies that we know; `ASKED_BY` are their schemes."""

    ASKED_BY: tuple[str, ...]

    def ask_about(self, client: "PoliteClient", wanted: Sequence[CompanyAsked]) -> Iterator[KnowledgeAnswer]:
        """For each company what the source has; whether it is the company's is decided where the company is known."""
