"""Amounts of money asked of a company: what its latest accounts state, compared in the currency that is asked in.

An amount in another currency is put into the one asked by the rates of one day: the last day of rates in the period of
the accounts. Without accounts, or without a rate of that day, the answer is unknown.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from enrich.icp.criterion import Criterion, Knowledge
from enrich.icp.intervals import Span, compile_interval
from enrich.icp.model import Criteria, read_money_range
from sources.registers import ecb_fx


def compile_revenue(criteria: Criteria, key: str, knowledge: Knowledge) -> Criterion:
    """Whether the revenue of the latest accounts of the company's own lies in a range."""
    asked = criteria.revenue or ""
    low, high, currency = read_money_range(asked)
    rates = knowledge.rates.get(currency, {})
    # the euro is what the others are rated against
    per_euro = (
        "1.0"
        if currency == "EUR"
        else f"list_extract(${key}_rates::DOUBLE[], list_position(${key}_days::DATE[], revenue_rate_date))"
    )
    amount = (
        f"(CASE WHEN revenue_currency = ${key}_currency THEN revenue::DOUBLE ELSE revenue_eur::DOUBLE * {per_euro} END)"
    )
    rate = f"{amount} / nullif(revenue::DOUBLE, 0)"
    stated = "revenue_currency || ' ' || format('{:,}', round(revenue)::HUGEINT)"
    period = "' (period to ' || strftime(revenue_date, '%Y-%m-%d')"
    parameters: dict[str, object] = {f"{key}_currency": currency}
    if currency != "EUR":
        parameters |= {f"{key}_days": list(rates), f"{key}_rates": [float(rate) for rate in rates.values()]}
    compiled = compile_interval(
        criteria,
        key,
        name="revenue",
        asked=asked,
        span=Span.exact(amount),
        ends=(None if low is None else float(low), None if high is None else float(high)),
        value=f"""(CASE
            WHEN revenue IS NULL THEN NULL
            WHEN revenue_currency = ${key}_currency THEN {stated} || {period} || ')'
            WHEN {amount} IS NULL THEN {stated} || {period} || '; no rate of the ECB known)'
            ELSE {stated} || ' = ' || ${key}_currency || ' ' || format('{{:,}}', round({amount})::HUGEINT) || {period}
                || coalesce('; 1 ' || revenue_currency || ' = ' || format('{{:.4f}}', {rate}) || ' ' || ${key}_currency, '')
                || ', ECB ' || strftime(revenue_rate_date, '%Y-%m-%d') || ')'
            END)""",
        fields=("revenue", "revenue_currency", "revenue_date", "revenue_eur", "revenue_rate_date"),
        note="amounts in other currencies by the ECB's rates at the end of their period",
    )
    return replace(compiled, parameters={**parameters, **compiled.parameters})


@cache
def known_currencies() -> frozenset[str]:
    """The currencies that have rates, and the euro."""
    return frozenset(rate.currency for rate in ecb_fx.shipped_rates()) | {"EUR"}


def asked_currencies(parts: Iterable[Criteria]) -> frozenset[str]:
    """The currencies in which amounts are asked for, whose rates have to be known."""
    return frozenset(read_money_range(part.revenue)[2] for part in parts if part.revenue is not None)
