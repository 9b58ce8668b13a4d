"""Numbers of which a company's own may be known as a range only: within what is asked, outside, or unknown; and how far off.

A soft edge lets a wish count in part outside of its range: with `soft = 0.5`, "20-100" gives half at 15 and at 125, nothing
from 10 and 150 on. The share of a range is a band, from its worse end to its best value.
"""

from dataclasses import dataclass

from enrich.icp.criterion import Criterion
from enrich.icp.model import Criteria, Should


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A number as SQL: its least and greatest value (null: open upwards), and whether nothing is known of it."""

    low: str
    high: str
    is_unknown: str

    @classmethod
    def exact(cls, value: str) -> "Span":
        """A number that is known or not.

        >>> Span.exact("age").is_unknown
        'age IS NULL'
        """
        return cls(low=value, high=value, is_unknown=f"{value} IS NULL")


def compile_interval(
    criteria: Criteria,
    key: str,
    *,
    name: str,
    asked: str,
    span: Span,
    ends: tuple[float | None, float | None],
    value: str,
    fields: tuple[str, ...],
    note: str | None = None,
) -> Criterion:
    """The criterion that a number lies between two ends (included; null = open), its parameters beginning with `key`."""
    soft = criteria.soft if isinstance(criteria, Should) else None
    low, high = (None if end is None else float(end) for end in ends)
    return Criterion(
        name=name,
        asked=asked,
        verdict=f"""(CASE
            WHEN {span.is_unknown} THEN NULL
            WHEN {span.high} < ${key}_low::DOUBLE OR {span.low} > ${key}_high::DOUBLE THEN false
            WHEN (${key}_low::DOUBLE IS NULL OR {span.low} >= ${key}_low)
                AND (${key}_high::DOUBLE IS NULL OR {span.high} <= ${key}_high) THEN true END)""",
        value=value,
        fields=fields,
        parameters={f"{key}_low": low, f"{key}_high": high} | ({} if soft is None else {f"{key}_soft": soft}),
        note=note,
        shares=None if soft is None else _shares(span, key),
    )


def _shares(span: Span, key: str) -> tuple[str, str]:
    at_low, at_high = _share_at(span.low, key), _share_at(span.high, key)
    at_top = (
        f"CASE WHEN {span.high} IS NULL THEN CASE WHEN ${key}_high::DOUBLE IS NULL THEN 1 ELSE 0 END ELSE {at_high} END"
    )
    # it falls to both sides of the range, so the least is at an end
    least = f"(CASE WHEN {span.is_unknown} THEN 0 ELSE least({at_low}, {at_top}) END)"
    most = f"""(CASE WHEN {span.is_unknown} THEN 1 WHEN {span.high} < ${key}_low::DOUBLE THEN {at_high}
        WHEN {span.low} > ${key}_high::DOUBLE THEN {at_low} ELSE 1 END)"""
    return least, most


def _share_at(number: str, key: str) -> str:
    def fall(distance: str, end: str) -> str:
        return f"greatest(0, coalesce(1 - ({distance}) / nullif(abs(${key}_{end}) * ${key}_soft, 0), 0))"

    return (
        f"(CASE WHEN {number} < ${key}_low::DOUBLE THEN {fall(f'${key}_low - {number}', 'low')} "
        f"WHEN {number} > ${key}_high::DOUBLE THEN {fall(f'{number} - ${key}_high', 'high')} ELSE 1 END)"
    )
