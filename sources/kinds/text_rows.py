"""Rows of a text file as columns, without those about persons: blocks of whole rows in, Arrow tables out."""

import codecs
import csv
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pa_csv

from sources.fields import Expr, column, is_in
from sources.kinds.file_copy import is_utf8
from sources.kinds.rewritten_file import WholeFile

FAULT = "fault"
"""The column of what is wrong with a row as a whole: `ODD_NUMBER`, `BROKEN_LINE`, `NOT_TEXT`, or nothing."""
ODD_NUMBER, BROKEN_LINE, NOT_TEXT = "odd_number", "broken_line", "invalid_encoding"
FAULTS: tuple[tuple[str, str, Expr], ...] = (
    (
        ODD_NUMBER,
        "the row's number is neither a company's nor a person's: nothing of the row was kept",
        is_in(column(FAULT), (ODD_NUMBER,)),
    ),
    (
        BROKEN_LINE,
        "the row has more or fewer values than the header: nothing of it was kept",
        is_in(column(FAULT), (BROKEN_LINE,)),
    ),
    (
        NOT_TEXT,
        "the row holds bytes that are no text: nothing of it was kept",
        is_in(column(FAULT), (NOT_TEXT,)),
    ),
)
"""Rejects for a layout of such a file."""
_MARK = "\x1f"
_STRAY = b"\0\x1e\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextForm(WholeFile):
    """How a register writes its file.

    `separator` stands between values; where `is_quoted`, each value (but the header's) stands in double quotes.
    `number` is the column that says whom a row is about: one that `company` fits whole is kept, one that `person`
    fits whole is left out; both are RE2. `scrubbed` are columns of free text out of which `personal_number` (RE2) is
    taken. `nothing` is a word that the register writes for a value that it does not have.
    """

    encoding: str
    separator: str
    is_quoted: bool
    number: str
    company: str
    person: str
    scrubbed: tuple[str, ...]
    personal_number: str
    nothing: str


@dataclass(slots=True, kw_only=True)
class RowReader:
    """Reads blocks of rows into tables of the wanted columns and `FAULT`, less the rows about persons; counts rows."""

    form: TextForm
    names: tuple[str, ...]
    wanted: list[str]
    rows: int = 0
    persons: int = 0
    faulty: int = 0
    _has_line_ends: bool = False

    def prepare(self, block: bytes) -> tuple[bytes, int]:
        """A block of whole rows in UTF-8 with `_MARK` between values, and how many of its lines are no text.

        Of a quoted value only what stands around it is looked for, so that a quote inside that nobody doubled does no
        harm; the row of one that holds all of it (`";"`) is mended afterwards. A row's own first and last quote stay.
        """
        text, not_text = self._decoded(block)
        quote = b'"' if self.form.is_quoted else b""
        return text.replace(quote + self.form.separator.encode() + quote, _MARK.encode()), not_text

    def read(self, rows: bytes, not_text: int) -> pa.Table:
        """What may be kept of a prepared block."""
        if self._has_line_ends:
            rows = _without_line_ends(rows)
        said, broken = self._split(rows)
        if broken and self.form.is_quoted and not self._has_line_ends:
            self._has_line_ends = True
            said, broken = self._split(_without_line_ends(rows))
        if broken:
            again, broken = self._split("".join(map(self._mended, broken)).encode())
            said = pa.concat_tables([said, again])
        number = said[self.form.number]
        is_company = pc.match_substring_regex(number, f'^"?(?:{self.form.company})$')
        is_person = pc.match_substring_regex(number, f'^"?(?:{self.form.person})$')
        persons = _count(is_person)
        odd = len(said) - _count(pc.or_(is_company, is_person))
        self.rows += len(said) + len(broken) + not_text
        self.persons += persons
        self.faulty += odd + len(broken) + not_text
        kept = said.filter(pc.and_not(is_company, is_person)).select(self.wanted)
        kept = self._scrubbed(self._cleaned(kept)).append_column(
            FAULT, pa.array([""] * _count(is_company), pa.string())
        )
        faults = [ODD_NUMBER] * odd + [BROKEN_LINE] * len(broken) + [NOT_TEXT] * not_text
        return pa.concat_tables([kept, self._without_values(faults)]) if faults else kept

    def _without_values(self, faults: list[str]) -> pa.Table:
        """One row a fault, without any of its values: whom they are about is not known."""
        nothing = pa.array([""] * len(faults), pa.string())
        return pa.table(dict.fromkeys(self.wanted, nothing) | {FAULT: pa.array(faults, pa.string())})

    def _decoded(self, block: bytes) -> tuple[bytes, int]:
        """The block in UTF-8, without the marks that we set ourselves, and how many lines of it are no text."""
        if any(stray in block for stray in (b"\0", b"\x1e", b"\x1f")):
            block = block.translate(None, _STRAY)
        if self.form.encoding != "utf-8":
            return block.decode(self.form.encoding).encode(), 0
        try:
            codecs.utf_8_decode(block, "strict", True)
        except UnicodeDecodeError:
            lines = block.splitlines(keepends=True)
            sound = [line for line in lines if is_utf8(line)]
            return b"".join(sound), len(lines) - len(sound)
        return block, 0

    def _split(self, rows: bytes) -> tuple[pa.Table, list[str]]:
        """The rows as columns, and those of another number of values than the header, as they are."""
        broken: list[str] = []

        def set_aside(row: pa_csv.InvalidRow) -> str:
            broken.append(str(row.text))
            return "skip"

        wanted = list(dict.fromkeys((*self.wanted, self.form.number)))
        if not rows.strip(b"\n"):
            return pa.table({name: pa.array([], pa.string()) for name in wanted}), broken
        names = [name or f"\x1f{place}" for place, name in enumerate(self.names)]
        table = pa_csv.read_csv(
            pa.py_buffer(rows),
            read_options=pa_csv.ReadOptions(column_names=names, block_size=len(rows) + 1, use_threads=True),
            parse_options=pa_csv.ParseOptions(
                delimiter=_MARK,
                quote_char=False,
                double_quote=False,
                escape_char=False,
                newlines_in_values=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=pa_csv.ConvertOptions(
                check_utf8=False, column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted
            ),
        )
        return table, broken

    def _mended(self, row: str) -> str:
        """A row of too many or too few values, read again value by value."""
        if not self.form.is_quoted:
            return row.rstrip(_MARK) + _MARK * (len(self.names) - 1 - row.rstrip(_MARK).count(_MARK)) + "\n"
        separator = self.form.separator
        rows = csv.reader([row.replace(_MARK, f'"{separator}"')], delimiter=separator, strict=False)
        return "".join('"' + _MARK.join(values).replace('"', '""') + '"\n' for values in rows)

    def _cleaned(self, said: pa.Table) -> pa.Table:
        """Quotes around rows off, doubled ones made single, and the register's word for nothing taken out."""
        nothing, columns = self.form.nothing, {}
        for name in said.column_names:
            values = said[name]
            if self.form.is_quoted:
                if name == self.names[0]:
                    values = pc.replace_substring_regex(values, '^"', "")
                if name == self.names[-1]:
                    values = pc.replace_substring_regex(values, '"$', "")
                if _any(pc.match_substring(values, '""')):
                    values = pc.replace_substring(values, '""', '"')
            if nothing and _any(pc.match_substring(values, nothing)):
                values = pc.replace_substring_regex(values, rf"^{nothing}(\$|$)", r"\1")
                values = pc.replace_substring_regex(values, rf"\${nothing}\b", "$")
            columns[name] = values
        return pa.table(columns)

    def _scrubbed(self, kept: pa.Table) -> pa.Table:
        for name in self.form.scrubbed:
            has = pc.match_substring_regex(kept[name], self.form.personal_number)
            if _any(has):
                place = kept.column_names.index(name)
                scrubbed = pc.replace_substring_regex(kept[name], self.form.personal_number, "")
                kept = kept.set_column(place, name, scrubbed)
        return kept


def _without_line_ends(rows: bytes) -> bytes:
    """Line ends inside quoted values made spaces: those that end a row stand between two quotes."""
    return rows.replace(b'"\n"', b"\x1e").replace(b"\n", b" ").replace(b"\x1e", b'"\n"').rstrip(b" ") + b"\n"


def _count(conditions: pa.ChunkedArray) -> int:
    return int(pc.sum(conditions).as_py() or 0)


def _any(conditions: pa.ChunkedArray) -> bool:
    return bool(pc.any(conditions).as_py())
