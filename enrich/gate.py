"""The gate: what may leave prospekt, and the key by which it knows whom to hold back.

Searches, pages, exports and answers can only show an `Exportable`, and only `Readers.admit` makes one. Readers see the
published files with every later decision laid over them, so that a suppression counts the moment it is made.
"""

import hmac
import os
import secrets
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import InitVar, dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self, TypeVar, cast

import pyarrow as pa

from db.errors import FolderReadOnly, WarehouseError, WarehouseMissing
from db.fold import decisions_as_rows
from db.journal import read_decisions
from db.keyed import lend_key
from db.private import make_private_folder
from db.sql import read_query
from db.warehouse import Row, Warehouse
from enrich.access_log import log_access
from enrich.config import Config
from enrich.errors import ContractBroken, InputInvalid

NATURAL_PERSONS = "natural-persons"
"""What `include` must name, with a reason, before a natural person is admitted."""

_ADDRESSES = ("email", "phone", "mobile")
"""What a contact who opted out is shown without."""

_SEAL = object()
_T = TypeVar("_T")


def read_key(config: Config) -> bytes:
    """The key of every HMAC (32 bytes), made with mode 0600 where there is none yet.

    Raises `ContractBroken` where the key is gone but suppressions or erasures were made with it: a new one would
    silently let everybody back in.
    """
    path = config.key_file
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        if any(decision.kind in ("suppression", "erasure") for decision in read_decisions(config.journal)):
            raise ContractBroken(
                f"The key {path} is missing, but suppressions were made with it. Restore it from your copy; "
                "without it nobody can be held back, so nothing is shown."
            ) from None
        return _make_key(path)


def hmac_of(key: bytes, scheme: str, value: str) -> str:
    """Keyed HMAC-SHA256 of `scheme:value` in hex; the value already normalised.

    >>> hmac_of(b"k", "email", "a@example.no")[:16]
    '2a5aa10405c44056'
    """
    return hmac.digest(key, f"{scheme}:{value}".encode(), "sha256").hex()


def _make_key(path: Path) -> bytes:
    key = secrets.token_bytes(32)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        make_private_folder(path.parent)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise FolderReadOnly(path.parent) from error
    try:
        os.link(unfinished, path)  # never overwrites: of two processes, both end up with the key of the first
    except FileExistsError:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    finally:
        unfinished.unlink()
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Exportable:
    """A row that may be shown or handed out; only the gate makes one."""

    values: Mapping[str, object]
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise PermissionError("only the gate makes an Exportable: use Readers.admit")


class Readers:
    """The published files, open to read, with the decisions laid over them that they do not know yet.

    Ask `warehouse` for `current_company` (columns of mart.company) and, where the people file is open, for
    `current_person_company`, `current_contact`, `current_match` and `current_list_member`; further tables are under
    `mart` and `people.mart`. Use it as a context manager.
    """

    def __init__(self, warehouse: Warehouse, config: Config, key: bytes, *, has_people: bool) -> None:
        self.warehouse = warehouse
        self.config = config
        self.has_people = has_people
        self._known = frozenset(str(row["decision_id"]) for row in warehouse.rows("gate/known_decisions"))
        self._laid: frozenset[str] | None = None
        self._worked_out: dict[tuple[object, ...], object] = {}
        lend_key(warehouse, key)
        self.lay_decisions()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.warehouse.close()

    @cached_property
    def relations(self) -> frozenset[str]:
        """The tables and views of the files, as a query writes them; a file of an earlier version lacks what came later."""
        return frozenset(str(row["name"]) for row in self.warehouse.rows("search/relations"))

    def rows_once(self, name: str, /, **parameters: object) -> list[Row]:
        """The rows of a query over what is as it was published: asked once, for the files do not change while they are open."""
        key = (name, repr(sorted(parameters.items())))
        if key not in self._worked_out:
            self._worked_out[key] = self.warehouse.rows(name, **parameters)
        return cast("list[Row]", self._worked_out[key])

    def once(self, read: Callable[..., _T], *arguments: Hashable) -> _T:
        """What `read(readers, *arguments)` gives of what is as it was published: worked out once while the files are open."""
        key = (read, *arguments)
        if key not in self._worked_out:
            self._worked_out[key] = read(self, *arguments)
        return cast("_T", self._worked_out[key])

    @property
    def laid(self) -> frozenset[str]:
        """The decisions that are laid over the files: while it stays the same, so does what readers see."""
        return self._laid or frozenset()

    def lay_decisions(self) -> int:
        """Lay what people decided since publication (and since the last call) over the files; gives how many that are."""
        pending = [path.stem for path in sorted(self.config.journal.glob("*.json")) if path.stem not in self._known]
        if frozenset(pending) == self._laid:
            return len(pending)
        self._laid = None  # were it stopped halfway, the next call would do it all again
        files = ["current", *(["current_people"] if self.has_people else [])]
        if pending:
            self._refuse_earlier_file()
            journal = decisions_as_rows(read_decisions(self.config.journal))
            with (
                self.warehouse.lend("journal_rows", journal),
                self.warehouse.lend("pending_rows", pa.table({"decision_id": pa.array(pending, pa.string())})),
            ):
                self.warehouse.run("gate/pending")
            files = ["crm_now", "overlay", "overlay_people"] if self.has_people else ["crm_unknown", "overlay"]
        for name in files:
            self.warehouse.run(f"gate/{name}")
        self._laid = frozenset(pending)
        return len(pending)

    def _refuse_earlier_file(self) -> None:
        """Raise `ContractBroken` where the file was published before it had what decisions are laid over."""
        if "site_description" not in {row["column_name"] for row in self.rows_once("search/company_columns")}:
            raise ContractBroken(
                "The published files are of an earlier version, and decisions made since cannot be laid over them, so nothing is "
                "shown. Run `prospekt publish` first."
            )

    def admit(
        self,
        rows: Iterable[Mapping[str, object]],
        *,
        include: Collection[str] = (),
        why: str | None = None,
        found_at: Mapping[str, int] | None = None,
    ) -> list[Exportable]:
        """Those of the rows (each with a `company_id`) that may leave, in their order.

        `found_at` is where in the table of companies some were found: they are looked at there, and not looked for. Held back: whatever is suppressed or erased by now, whom a register protects from marketing, and natural
        persons, unless `include` names `natural-persons` and `why` says for what. Raises `InputInvalid` where that
        reason is missing.
        """
        persons = NATURAL_PERSONS in include
        if persons and not (why and why.strip()):
            raise InputInvalid("Natural persons are shown only for a reason: say it with --why.")
        listed = list(rows)
        self.lay_decisions()
        ids = [str(row["company_id"]) for row in listed]
        at = {one: number for one in ids if (number := (found_at or {}).get(one)) is not None}
        standing = read_query("gate/standing_at")
        known = self.warehouse.read_few(standing, numbers=list(at.values())).to_pylist() if at else []
        known = [row for row in known if at.get(row["company_id"]) == row["number"]]
        elsewhere = set(ids) - {str(row["company_id"]) for row in known}
        if elsewhere:
            asked = pa.table({"company_id": pa.array(sorted(elsewhere), pa.string())})
            with self.warehouse.lend("asked_rows", asked):
                known += self.warehouse.rows("gate/standing_of")
                if persons and self.has_people:
                    known += self.warehouse.rows("gate/standing_of_people")
        free = {
            row["company_id"]
            for row in known
            if not row["is_marketing_protected"] and (persons or not row["is_natural_person"])
        }
        return [
            Exportable(values=MappingProxyType(dict(row)), seal=_SEAL)
            for row in listed
            if str(row["company_id"]) in free
        ]

    def admit_contacts(self, rows: Iterable[Mapping[str, object]]) -> list[Exportable]:
        """Those of the contacts (each with a `crm_id`) that may leave; who opted out leaves without address or number."""
        listed = list(rows)
        self.lay_decisions()
        asked = pa.table({"crm_id": pa.array([str(row["crm_id"]) for row in listed], pa.string())})
        with self.warehouse.lend("asked_rows", asked):
            opted_out = {row["crm_id"]: row["has_opted_out"] for row in self.warehouse.rows("gate/contacts_of")}
        return [
            Exportable(
                values=MappingProxyType(
                    {name: None if opted_out[row["crm_id"]] and name in _ADDRESSES else row[name] for name in row}
                ),
                seal=_SEAL,
            )
            for row in listed
            if row["crm_id"] in opted_out
        ]


def open_readers(config: Config, *, people: bool = True, why: str = "search") -> Readers:
    """Open the published files to read; the two are of one publication.

    With `people`, the people file is attached as catalogue `people`, and the opening is written with who and `why` to
    `data/people-access.log`. Raises `WarehouseMissing` where nothing was published yet.
    """
    companies = companies_file(config)
    try:
        return _open_publication(config, companies, people=people, why=why)
    except WarehouseError:  # a publication that came in between may have removed the file that the link named
        newer = companies_file(config)
        if newer == companies:
            raise
        return _open_publication(config, newer, people=people, why=why)


def _open_publication(config: Config, companies: Path, *, people: bool, why: str) -> Readers:
    if not companies.exists():
        raise WarehouseMissing(
            config.published, what="published file", do="Run `prospekt refresh` (or `prospekt publish`) first."
        )
    attached = people_file_of(config, companies, why=why) if people else None
    warehouse = Warehouse.open_to_read(companies, attached=attached)
    try:
        return Readers(warehouse, config, read_key(config), has_people=people)
    except BaseException:
        warehouse.close()
        raise


def companies_file(config: Config) -> Path:
    """The companies file of the latest publication itself, not the link: what is read twice is then of one publication."""
    return (config.published / "companies.duckdb").resolve()


def people_file_of(config: Config, companies: Path, *, why: str) -> Path:
    """The people file of the same publication as a companies file; that it is opened is logged with who and `why`."""
    people = companies.with_name("people" + companies.name.removeprefix("companies"))
    log_access(config, people, why)
    return people
