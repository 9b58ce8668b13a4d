"""Which column of an export is which of our fields, and what the file holds: pure, from the header alone.

Own mapping of the configuration first, then `labels.toml`. What no field claims is listed as not read, never an error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from enrich.crm.labels import KINDS, fields_of, fold_label, labels_of, never_stored, telling_fields
from enrich.errors import InputInvalid

_PLAIN_LEAD = 3
"""Columns that another kind knows beyond those of the kind said, from which on the file is taken for a mix-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """What a file holds, why we think so, and its columns by our fields."""

    kind: str
    kind_reason: str
    places: Mapping[str, int]
    """Our field to the column's place, from 0."""
    columns: Mapping[str, str]
    """Column in the file to our field."""
    ignored: tuple[str, ...]
    """Columns that the configuration ignores."""
    not_read: tuple[str, ...]
    """Columns that no field claims."""
    never_stored: tuple[str, ...]
    """Columns dropped at once: birth dates, personal numbers."""
    missing: tuple[str, ...]
    """Columns of the own mapping that this file does not have."""

    @property
    def is_hubspot(self) -> bool:
        """Whether the record ids stand under a header that HubSpot writes: a mapping of one's own does not say whose they are."""
        return any(
            field == "record_id" == labels_of(self.kind).get(fold_label(column))
            for column, field in self.columns.items()
        )


def map_columns(
    header: Sequence[str], *, kind: str | None = None, own: Mapping[str, Mapping[str, str]] | None = None
) -> ColumnMapping:
    """Map a header; `own` is the configuration's mapping by kind (column = field, "" ignores the column).

    Raises `InputInvalid` where no column is known, another kind plainly fits better, two columns claim one field, the kind cannot be told, or the own
    mapping names a field that does not exist.

    >>> found = map_columns(["qid", "name", "country", "lei"], kind="companies")
    >>> dict(found.columns), found.not_read
    ({'name': 'name', 'country': 'country'}, ('qid', 'lei'))
    """
    mappings = own or {}
    if kind is None:
        kind, reason = guess_kind(header, mappings)
    elif kind in KINDS:
        reason = "as you said"
        _refuse_other_kind(header, kind, mappings)
    else:
        raise InputInvalid(f"{kind!r} is no kind of CRM list: use one of {', '.join(KINDS)}.")
    own_fields = _own_fields(kind, mappings.get(kind, {}))
    claims = claim_fields(header, kind, own_fields)
    doubled = {field: columns for field, columns in claims.items() if len(columns) > 1}
    if doubled:
        said = "; ".join(f"{' and '.join(map(repr, columns))} are both {field}" for field, columns in doubled.items())
        raise InputInvalid(
            f"Two columns claim one field: {said}. Say which one counts in config.toml, e.g. "
            f'[crm.{kind}] with {next(iter(doubled.values()))[1]!r} = "" to ignore the other. Nothing was imported.'
        )
    columns = {columns[0]: field for field, columns in claims.items()}
    if not columns:
        raise _nothing_recognised(header, kind)
    dropped = tuple(column for column in header if fold_label(column) in never_stored() and column not in columns)
    ignored = tuple(column for column in header if own_fields.get(fold_label(column)) == "")
    return ColumnMapping(
        kind=kind,
        kind_reason=reason,
        places={field: header.index(column) for column, field in columns.items()},
        columns={column: columns[column] for column in header if column in columns},
        ignored=ignored,
        not_read=tuple(column for column in header if column not in {*columns, *dropped, *ignored}),
        never_stored=dropped,
        missing=tuple(
            column for column in mappings.get(kind, {}) if fold_label(column) not in set(map(fold_label, header))
        ),
    )


def claim_fields(header: Sequence[str], kind: str, own_fields: Mapping[str, str]) -> dict[str, list[str]]:
    """Every field with the columns that claim it; the own mapping outranks labels."""
    claims: dict[str, list[str]] = {}
    for column in header:
        label = fold_label(column)
        field = own_fields.get(label, labels_of(kind).get(label))
        if field and (label in own_fields or field not in own_fields.values()) and label not in never_stored():
            claims.setdefault(field, []).append(column)
    return claims


def guess_kind(header: Sequence[str], own: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """The kind that knows most of the columns, one of its telling ones among them, and why.

    Raises `InputInvalid` where that is no kind, or more than one.

    >>> guess_kind(["Deal Name", "Deal Stage", "Amount"], {})
    ('deals', 'its columns Deal Stage, Amount are those of deals')
    >>> guess_kind(["name", "country"], {})
    ('companies', 'it has names, and no column of contacts, deals or owners')
    """
    claims = {kind: claim_fields(header, kind, _own_fields(kind, own.get(kind, {}))) for kind in KINDS}
    if not any(claims.values()):
        raise _nothing_recognised(header, "companies")
    telling = {
        kind: [columns[0] for field, columns in found.items() if field in telling_fields(kind)]
        for kind, found in claims.items()
    }
    score = {kind: (len(claims[kind]), len(telling[kind])) for kind in KINDS}
    best, second = sorted(KINDS, key=lambda kind: score[kind], reverse=True)[:2]
    if telling[best] and score[best] > score[second]:
        return best, f"its columns {', '.join(telling[best])} are those of {best}"
    if not any(telling.values()) and "name" in claims["companies"] and "email" not in claims["companies"]:
        return "companies", "it has names, and no column of contacts, deals or owners"
    raise InputInvalid(
        f"The columns {', '.join(header[:20])} could be {best} or {second}. Say which with --as {best} (or "
        f"--as {', --as '.join(kind for kind in KINDS if kind != best)}); nothing was imported."
    )


def _refuse_other_kind(header: Sequence[str], kind: str, own: Mapping[str, Mapping[str, str]]) -> None:
    """Raise `InputInvalid` where another kind plainly knows the header better; an own mapping that it uses stands."""
    own_fields = _own_fields(kind, own.get(kind, {}))
    if any(own_fields.get(fold_label(column)) for column in header):
        return
    known = {each: set(claim_fields(header, each, _own_fields(each, own.get(each, {})))) for each in KINDS}
    telling = {each: known[each] & telling_fields(each) for each in KINDS}
    best = max(KINDS, key=lambda each: (len(known[each]), len(telling[each])))
    more, more_telling = len(known[best]) - len(known[kind]), len(telling[best]) - len(telling[kind])
    if known[kind] and more >= _PLAIN_LEAD and more_telling >= 2:
        raise InputInvalid(
            f"This is no list of {kind}, by its columns: {len(known[best])} of {len(header)} are known of {best} "
            f"({', '.join(sorted(telling[best]))}), {len(known[kind])} of {kind}. Take it in with --as {best}; if it is "
            f"{kind} all the same, say in config.toml which columns count, under [crm.{kind}]. Nothing was imported."
        )


def _own_fields(kind: str, own: Mapping[str, str]) -> dict[str, str]:
    fields = fields_of(kind)
    for column, field in own.items():
        if field and field not in fields:
            near = get_close_matches(field, fields, n=1, cutoff=0.4)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InputInvalid(
                f"[crm.{kind}] in config.toml maps {column!r} to {field!r}, which is no field of {kind}.{hint} "
                f"Its fields: {', '.join(fields)}."
            )
    return {fold_label(column): field for column, field in own.items()}


def _nothing_recognised(header: Sequence[str], kind: str) -> InputInvalid:
    if any("@" in column or column.replace(" ", "").replace(".", "").isdigit() for column in header):
        return InputInvalid(
            "The first row holds values, not the names of columns. Put a header above it (or export the list again); "
            "nothing was imported."
        )
    labels = labels_of(kind)
    near = []
    for column in header[:30]:
        found = get_close_matches(fold_label(column), labels, n=1, cutoff=0.6)
        near.append(f"{column!r}" + (f" (near to {labels[found[0]]})" if found else ""))
    more = f" and {len(header) - 30} more" if len(header) > 30 else ""
    return InputInvalid(
        f"No column is known as a field of {kind}: {', '.join(near)}{more}. Rename them, or map them in "
        f'config.toml, e.g. [crm.{kind}] with {header[0]!r} = "{fields_of(kind)[2]}". Nothing was imported.'
    )
