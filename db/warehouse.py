"""The warehouse: one DuckDB file, written by one process at a time, asked in SQL that lives in files."""

import errno
import re
import shutil
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakSet

import duckdb
import pyarrow as pa

from db.errors import DiskFull, FolderReadOnly, QueryRefused, WarehouseError, WarehouseMissing
from db.hints import explain
from db.lock import hold_writer_lock
from db.migrate import migrate
from db.sql import comment_statements, parse_statements, quote_identifier, quote_literal, read_query

MEMORY_LIMIT = "2500MB"
"""What DuckDB may hold; the rest of a 4 GB budget is for Arrow batches and Python."""

Row = dict[str, object]
_ZONED = "TIMESTAMP WITH TIME ZONE"
# `read_few` chooses that copy. Of this module alone, once: `catch_warnings` around the call would take the filters of all threads
warnings.filterwarnings(
    "ignore", message="Arrow output on a DB-API result makes an extra copy", module=r"db\.warehouse$"
)
_NOT_PLAIN = re.compile(r"\b(INTERVAL|BIT|BLOB|BIGNUM|VARINT|UNION|VARIANT|TIME WITH TIME ZONE)\b")
"""Types that Arrow has no plain value for; `TIMESTAMP WITH TIME ZONE` is none of them."""


class Warehouse:
    """An open warehouse (read and write) or an open published file (read only).

    Use it as a context manager. Queries are named by their file under `db/queries/`, e.g. `land/close_absent`;
    parameters are bound by name (`$run_id`). `execute` takes SQL text, for the compiled mappings of `db/project.py`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, stack: ExitStack) -> None:
        self._connection = connection
        self._stack = stack
        self.path = path
        self.is_interrupted = False
        self.as_written: tuple[Warehouse, ...] = ()
        """Of a published file and of the one attached to it: as `beside`, but statements are run as they are written. Over few
        rows, looking for a better plan takes longest. They are the same for all that are beside: each is for one thread at a time.
        """
        _OPEN.add(self)

    @classmethod
    def open_to_write(cls, data: Path, *, command: str) -> Self:
        """Open (and where needed make and migrate) the warehouse of the data folder as its only writer.

        Raises `WarehouseBusy` where another process writes, `FolderReadOnly`, `DiskFull`.
        """
        path = data / "warehouse.duckdb"
        stack = ExitStack()
        try:
            stack.enter_context(hold_writer_lock(data, command))
            with _as_warehouse_error(path):
                connection = _connect_to_write(path)
                stack.callback(connection.close)
                migrate(connection, path, data / "backups")
        except BaseException:
            stack.close()
            raise
        return cls(connection, path, stack)

    @classmethod
    def open_to_read(cls, path: Path, *, attached: Path | None = None, memory_limit: str = MEMORY_LIMIT) -> Self:
        """Open a published file: read only, no file or network access, settings locked.

        It is the catalogue `companies`; `attached` is a second published file, under the catalogue name `people`.
        """
        if not path.exists():
            raise WarehouseMissing(
                path, what="published file", do="Run `prospekt publish` (or `prospekt refresh`) first."
            )
        # attached to an instance of its own: two readers of one process would else share settings, and the lock on them
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory_limit,
                "temp_directory": "",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        stack = ExitStack()
        stack.callback(connection.close)
        as_written = []
        try:
            with _as_warehouse_error(path):
                connection.execute("SET GLOBAL TimeZone = 'UTC'")  # of `beside` too
                for place, catalogue in ((path, "companies"), (attached, "people")):
                    if place is not None:
                        connection.execute(f"ATTACH {quote_literal(str(place.resolve()))} AS {catalogue} (READ_ONLY)")
                connection.execute("USE companies")
                for _ in (path, attached):  # can no longer be said once settings are locked
                    as_written.append(stack.enter_context(connection.cursor()))
                    as_written[-1].execute("USE companies")
                    as_written[-1].execute("PRAGMA disable_optimizer")
                connection.execute("SET enable_external_access = false")
                connection.execute("SET lock_configuration = true")
        except BaseException:
            stack.close()
            raise
        opened = cls(connection, path, stack)
        opened.as_written = tuple(cls(each, path, ExitStack()) for each in as_written)
        return opened

    def beside(self) -> Self:
        """The same open files, for another thread, until this is closed; temporary tables and what was lent are not seen."""
        stack = ExitStack()
        with _as_warehouse_error(self.path):
            connection = self._connection.cursor()
            stack.callback(connection.close)
            connection.execute("USE companies")
        beside = type(self)(connection, self.path, stack)
        beside.as_written = self.as_written
        self._stack.callback(beside.close)
        return beside

    @classmethod
    def open_scratch(cls, folder: Path, *, attached: Path | None = None) -> Self:
        """Open an empty database in a folder of the caller's, for work of which nothing is kept.

        `attached` is a database that it reads beside, under the catalogue name `kept`.
        """
        path = folder / "scratch.duckdb"
        with _as_warehouse_error(path):
            connection = _connect_to_write(path)
        stack = ExitStack()
        stack.callback(connection.close)
        try:
            if attached is not None:
                with _as_warehouse_error(attached):
                    connection.execute(f"ATTACH {quote_literal(str(attached.resolve()))} AS kept (READ_ONLY)")
        except BaseException:
            stack.close()
            raise
        return cls(connection, path, stack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file and the lock."""
        self._stack.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing does."""
        with _as_warehouse_error(self.path):
            self._connection.begin()
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # a full disk may have ended it already; what is raised says why
                self._connection.rollback()
            raise
        with _as_warehouse_error(self.path):
            self._connection.commit()

    @contextmanager
    def joins_as_written(self) -> Iterator[None]:
        """Queries inside keep the order of their joins and hash the right side of each.

        For wide rows joined with narrow ones: DuckDB guesses a handful of rows for a chain of left joins or a packed
        file, swaps the sides, and then holds every wide row in memory at once.
        """
        self._connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        try:
            yield
        finally:
            self._connection.execute("RESET disabled_optimizers")

    def run(self, name: str, /, **parameters: object) -> None:
        """Run a query file for its effect; the comments of tables that it creates become COMMENT ON."""
        text = read_query(name)
        self.execute(text, **parameters)
        self.execute(comment_statements(text))

    def execute(self, sql: str, /, **parameters: object) -> None:
        """Run SQL text (one or several statements), each with those of the parameters that it names."""
        with _as_warehouse_error(self.path):
            for statement in parse_statements(sql):
                self._connection.execute(statement, {name: parameters[name] for name in statement.named_parameters})

    def _select(self, sql: str, parameters: Mapping[str, object]) -> duckdb.DuckDBPyRelation | None:
        """The last statement as a relation, those before it already run; null where it gives no rows."""
        with _as_warehouse_error(self.path):
            *before, last = parse_statements(sql)
            for statement in before:
                self._connection.execute(statement, {name: parameters[name] for name in statement.named_parameters})
            named = {name: parameters[name] for name in last.named_parameters}
            return self._connection.sql(last, params=named) if named else self._connection.sql(last)

    def rows(self, name: str, /, **parameters: object) -> list[Row]:
        """The rows of a query file's last statement, as dictionaries by column name."""
        return self.ask(read_query(name), **parameters)

    def ask(self, sql: str, /, **parameters: object) -> list[Row]:
        """The rows of SQL text, as dictionaries by column name; times are aware, in UTC."""
        relation = self._select(sql, parameters)
        return (
            [] if relation is None else [dict(zip(relation.columns, row, strict=True)) for row in self._fetch(relation)]
        )

    def head(self, sql: str, /, *, rows: int | None) -> pa.Table:
        """The first rows of SQL that somebody typed, a single read; all of them where `rows` is null.

        Column names are made unique, and what Arrow has no plain type for (intervals, bits, unions, …) is text. Raises
        `QueryRefused` for more than one statement, for one that is not a read, and for SQL that is not valid,
        `MemoryError` where it needs more than there is.
        """
        try:
            if not self._is_one_select(sql):
                raise QueryRefused("Only one SELECT, WITH, VALUES, DESCRIBE, SHOW or SUMMARIZE is answered here.")
            relation = self._connection.sql(sql)
            plainly = [
                f"#{place}{'::VARCHAR' if _NOT_PLAIN.search(str(kind)) else ''} AS {quote_identifier(name)}"
                for place, (name, kind) in enumerate(
                    zip(_unique(relation.columns), relation.types, strict=True), start=1
                )
            ]
            plain = relation.project(", ".join(plainly))
            return (plain if rows is None else plain.limit(rows)).to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise MemoryError from error
        except duckdb.PermissionException as error:
            raise QueryRefused("Files and the network cannot be reached from here.") from error
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            columns: dict[str, list[str]] = {}
            for row in self.rows("search/columns"):
                columns.setdefault(str(row["relation"]), []).append(str(row["column_name"]))
            raise QueryRefused(explain(str(error), sql, columns)) from error
        except duckdb.IOException as error:
            if "extension" in str(error):
                raise QueryRefused("Extensions cannot be loaded here.") from error
            raise WarehouseError(str(error)) from error
        except duckdb.Error as error:
            raise QueryRefused(str(error)) from error

    def _is_one_select(self, sql: str) -> bool:
        statements = self._connection.extract_statements(sql)
        try:
            return len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT
        except ValueError:  # a kind of statement for which the Python library has no name yet
            return False

    def _fetch(self, relation: duckdb.DuckDBPyRelation) -> list[tuple[object, ...]]:
        """The rows of a relation; DuckDB would make aware times with pytz, which we do not carry."""
        kinds = [str(kind) for kind in relation.types]
        bare = [
            f"{quote_identifier(name)}::{'TIMESTAMP' if kind == _ZONED else 'VARCHAR'} AS {quote_identifier(name)}"
            for name, kind in zip(relation.columns, kinds, strict=True)
            if _ZONED in kind
        ]
        if not bare:
            with _as_warehouse_error(self.path):
                return relation.fetchall()
        with _as_warehouse_error(self.path):
            found = relation.project(f"* REPLACE ({', '.join(bare)})").fetchall()
        zoned = [kind == _ZONED for kind in kinds]
        return [
            tuple(
                value.replace(tzinfo=UTC) if is_zoned and isinstance(value, datetime) else value
                for value, is_zoned in zip(row, zoned, strict=True)
            )
            for row in found
        ]

    def value(self, name: str, /, **parameters: object) -> object:
        """The first column of the first row of a query file; null where there is no row."""
        rows = self.rows(name, **parameters)
        return next(iter(rows[0].values())) if rows else None

    def count(self, name: str, /, **parameters: object) -> int:
        """As `value`, for a query that gives one whole number."""
        found = self.value(name, **parameters)
        return int(found) if isinstance(found, int) else 0

    def table(self, name: str, /, **parameters: object) -> pa.Table:
        """The rows of a query file as one Arrow table."""
        return self.read(read_query(name), **parameters)

    def read(self, sql: str, /, **parameters: object) -> pa.Table:
        """The rows of SQL text as one Arrow table."""
        relation = self._select(sql, parameters)
        if relation is None:
            raise ValueError("It gives no rows: use run or execute")
        with _as_warehouse_error(self.path):
            return relation.to_arrow_table()

    def read_few(self, sql: str, /, **parameters: object) -> pa.Table:
        """As `read`, of one statement: it is planned once and not twice, but its rows are copied once more: for few of them."""
        with _as_warehouse_error(self.path):
            [statement] = parse_statements(sql)
            named = {name: parameters[name] for name in statement.named_parameters}
            return self._connection.execute(statement, named).to_arrow_table()

    @contextmanager
    def lend(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> Iterator[None]:
        """Let queries read Arrow rows as a view of that name while the block runs."""
        self._connection.register(name, rows)
        try:
            yield
        finally:
            self._connection.unregister(name)

    def load(self, table: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Append Arrow rows to a table by column name; columns that the rows lack become null."""
        schema, _, bare = table.partition(".")
        target = f"{quote_identifier(schema)}.{quote_identifier(bare)}" if bare else quote_identifier(schema)
        with self.lend("loaded_rows", rows):
            self.execute(f"INSERT INTO {target} BY NAME SELECT * FROM loaded_rows")

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        self.execute("CHECKPOINT")

    def rewrite(self) -> None:
        """Copy what there is into a new file and let it take the place of the old: what was deleted leaves no bytes.

        Temporary tables are lost.
        """
        _make_room(self.path)
        unfinished = self.path.with_suffix(".rewriting")
        unfinished.unlink(missing_ok=True)
        self.checkpoint()
        self._connection.close()
        with _as_warehouse_error(self.path):
            with duckdb.connect(":memory:", config={"memory_limit": MEMORY_LIMIT, "temp_directory": ""}) as copier:
                copier.execute(f"ATTACH {quote_literal(str(self.path))} AS before (READ_ONLY)")
                copier.execute(f"ATTACH {quote_literal(str(unfinished))} AS after")
                copier.execute("COPY FROM DATABASE before TO after")
            unfinished.chmod(self.path.stat().st_mode & 0o777)
            unfinished.replace(self.path)
            self._connection = _connect_to_write(self.path)
        self._stack.callback(self._connection.close)

    def interrupt(self) -> None:
        """Stop the running query from another thread; `is_interrupted` says so from then on."""
        self.is_interrupted = True
        self._connection.interrupt()


def _unique(names: Iterable[str]) -> list[str]:
    """The names, those that were there before with a number behind them.

    >>> _unique(["a", "A", "b"])
    ['a', 'A_1', 'b']
    """
    taken: set[str] = set()
    found = []
    for name in names:
        count, free = 0, name
        while free.lower() in taken:  # DuckDB takes A for a
            count += 1
            free = f"{name}_{count}"
        taken.add(free.lower())
        found.append(free)
    return found


def _connect_to_write(path: Path) -> duckdb.DuckDBPyConnection:
    is_new = not path.exists()
    connection = duckdb.connect(
        str(path),
        config={
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(path.parent / "tmp"),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    if is_new:  # it holds what the people file holds
        path.chmod(0o600)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _make_room(path: Path) -> None:
    size = path.stat().st_size
    if shutil.disk_usage(path.parent).free < size:
        raise DiskFull(path, needed_bytes=size)


_OPEN: WeakSet[Warehouse] = WeakSet()


def interrupt_open() -> None:
    """Stop what every open warehouse of this process is doing, from another thread: Ctrl-C, which DuckDB often misses."""
    for warehouse in list(_OPEN):
        with suppress(duckdb.Error):  # closed meanwhile
            warehouse.interrupt()


@contextmanager
def _as_warehouse_error(path: Path) -> Iterator[None]:
    """Turn what a full disk or a missing permission makes DuckDB raise into errors that say what to do."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        if "max_temp_directory_size" in str(error) or "No space left" in str(error):
            raise DiskFull(path) from error
        said = str(error).partition("\n")[0].rstrip(".")  # what follows is advice on settings of DuckDB
        raise WarehouseError(
            f"Not enough memory for this step: {said}. At most {MEMORY_LIMIT} are taken: close other programs and run it "
            "again, or ask for less at a time (a smaller --limit)."
        ) from error
    except (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException) as error:
        text = str(error)
        if "No space left" in text or f"errno {errno.ENOSPC}" in text:
            raise DiskFull(path) from error
        if "Permission denied" in text or "Read-only file system" in text:
            raise FolderReadOnly(path.parent) from error
        raise WarehouseError(text) from error
    except duckdb.InterruptException as error:  # `interrupt`
        raise KeyboardInterrupt from error
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # what DuckDB itself makes of Ctrl-C, where it notices
            raise KeyboardInterrupt from error
        raise
