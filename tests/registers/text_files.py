"""Files as registers write them, whose rows are text with separators of their own."""

import csv
import io
from collections.abc import Mapping, Sequence

from sources.kinds.sifted_csv import CsvForm
from sources.kinds.text_rows import FAULT, TextForm
from sources.source import Layout


def as_written(form: TextForm | CsvForm, layout: Layout, rows: Sequence[Mapping[str, str]]) -> bytes:
    """The file of these rows; a row lacks what is empty."""
    names = [name for name in layout.columns if name != FAULT]
    if isinstance(form, CsvForm):
        text = io.StringIO()
        writer = csv.DictWriter(text, names, delimiter=form.separator, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()
    lines = [form.separator.join(names), *(as_line(form, [row.get(name, "") for name in names]) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode(form.encoding)


def as_line(form: TextForm, values: Sequence[str]) -> str:
    """One row; quotes inside quoted values are doubled."""
    quote = '"' if form.is_quoted else ""
    return form.separator.join(
        f"{quote}{value.replace(quote, quote * 2) if quote else value}{quote}" for value in values
    )
