"""The statements that read what a source says of dated events, mapped by its layout: as `db/intake.py`, of signals."""

from collections.abc import Mapping

from db.intake import LONGEST_KEY, LayoutShape
from db.project import clean_column, compile_condition, compile_field, compile_step
from db.sql import quote_identifier, quote_literal

REASONS = {
    "missing_key": "the row has no key of its own",
    "key_too_long": "the row's key is longer than 200 characters",
    "missing_time": "the row does not say as of when it is, or whether the event is open",
    "missing_date": "the row does not say on which day the event was",
    "erased": "the employer was erased here, or withdrawn by its register",
}
"""Reasons to reject a row beside those of its layout, by code."""

CONTENT = (
    "title", "url", "happened_date", "expires_date", "ended_date", "occupations", "places", "position_count", "subjects", "amount",
    "amount_currency", "employer_scheme", "employer_value",
)  # fmt: skip
"""Columns of `core.signal` that say what an event is; a layout maps those that its events have."""


def read_signals(relation: str, layout: LayoutShape, types: Mapping[str, str]) -> str:
    """Fills `stated_signal`: one row a row of the relation, its fields as columns of `core.signal`, and `reject_code`."""
    names = sorted(layout.columns_read())
    texts = ", ".join(f"{clean_column(name)} AS {quote_identifier(name)}" for name in names)
    fields = {name: compile_field(step, types[name]) for name, step in layout.fields.items() if name in types}
    # what the layout does not map: no event of its kind has it
    fields |= {name: f"CAST(NULL AS {types[name]})" for name in CONTENT if name not in fields}
    mapped = ", ".join(f"{sql} AS {quote_identifier(name)}" for name, sql in fields.items())
    cases = [f"WHEN {compile_condition(condition)} THEN {quote_literal(code)}" for code, _, condition in layout.rejects]
    key = compile_step(layout.key)
    cases += [
        f"WHEN {key} IS NULL THEN 'missing_key'",
        f"WHEN length({key}) > {LONGEST_KEY} THEN 'key_too_long'",
        f"WHEN {fields['stated_at']} IS NULL OR {fields['status']} IS NULL THEN 'missing_time'",
        f"WHEN {fields['title']} IS NOT NULL AND {fields['happened_date']} IS NULL THEN 'missing_date'",
    ]
    return (
        f"CREATE OR REPLACE TEMP TABLE stated_signal AS SELECT {key} AS source_key, CASE {' '.join(cases)} END AS reject_code, "
        f"{mapped} FROM (SELECT {texts} FROM {relation})"
    )
