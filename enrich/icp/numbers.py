"""Numbers asked of a company beside employees and revenue: years, growth, size of its group, days since the last contact."""

from enrich.icp.asks import GrowthAsk, read_contact, read_growth
from enrich.icp.criterion import Criterion, Knowledge
from enrich.icp.intervals import Span, compile_interval
from enrich.icp.model import Criteria, read_range

_NEVER = "last_contacted_date IS NULL AND NOT is_in_crm"
_DAYS = "($as_of - last_contacted_date)"
_CONTACT = f"""(CASE WHEN {_NEVER} THEN 'never'
    ELSE {_DAYS} || ' days ago (' || strftime(last_contacted_date, '%Y-%m-%d') || ')' END)"""
_STRANGERS = (
    "whoever is not in your CRM was never contacted, and is among them; `in_crm = true` asks for the others alone"
)
_FOUNDED = "coalesce(founded_date, registered_date)"
AGE = f"(CASE WHEN {_FOUNDED} <= $as_of THEN date_sub('year', {_FOUNDED}, $as_of) END)"
"""SQL for the age in whole years on a day; unknown of whoever is founded after it (`date_sub` would say 0 of eleven months to come)."""


def compile_founded(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether its year of foundation, else of registration, lies in a range."""
    asked = criteria.founded or ""
    return compile_interval(
        criteria,
        key,
        name="founded",
        asked=asked,
        span=Span.exact(f"year({_FOUNDED})"),
        ends=read_range(asked),
        value="""(CASE WHEN founded_date IS NOT NULL THEN strftime(founded_date, '%Y-%m-%d')
            ELSE strftime(registered_date, '%Y-%m-%d') || ' (registered)' END)""",
        fields=("founded_date", "registered_date"),
    )


def compile_age_years(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether its age in whole years lies in a range."""
    asked = criteria.age_years or ""
    return compile_interval(
        criteria,
        key,
        name="age_years",
        asked=asked,
        span=Span.exact(AGE),
        ends=read_range(asked),
        value=f"{AGE} || ' years'",
        fields=("founded_date", "registered_date"),
    )


def compile_group_size(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether the number of companies of its group lies in a range; there may be more than we know."""
    asked = criteria.group_size or ""
    return compile_interval(
        criteria,
        key,
        name="group_size",
        asked=asked,
        span=Span(low="group_size_low", high="group_size_high", is_unknown="group_size_low IS NULL"),
        ends=read_range(asked),
        value="""(CASE WHEN group_size_high = 1 THEN '1, in no group'
            WHEN group_size_low > 1 THEN group_size_low || ' known' END)""",
        fields=("group_size_low", "group_size_high"),
        note="counts the companies of the group that are loaded; there may be more",
    )


def compile_last_contact(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether the team's last contact was so many days ago; a company that is not in the CRM was never contacted."""
    asked = criteria.last_contact_days or ""
    ends = read_range(asked)
    return compile_interval(
        criteria,
        key,
        name="last_contact_days",
        asked=asked,
        span=Span(
            low=f"(CASE WHEN {_NEVER} THEN 'infinity'::DOUBLE ELSE {_DAYS} END)",
            high=f"(CASE WHEN {_NEVER} THEN 'infinity'::DOUBLE ELSE {_DAYS} END)",
            is_unknown="last_contacted_date IS NULL AND is_in_crm",
        ),
        ends=ends,
        value=_CONTACT,
        fields=("last_contacted_date", "is_in_crm"),
        note=_STRANGERS if ends[1] is None and not criteria.in_crm else None,
    )


def compile_contacted(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether the team's last contact was since a day, or before it; a company that is not in the CRM was never contacted."""
    asked = criteria.last_contact or ""
    is_since, day = read_contact(asked)
    year = f"${key}_year"
    if day.year is None:
        year = f"(year($as_of) - if(100 * month($as_of) + day($as_of) < 100 * ${key}_month + ${key}_day, 1, 0))"
    return Criterion(
        name="last_contact",
        asked=asked,
        verdict=f"""(CASE
            WHEN {_NEVER} THEN NOT ${key}_since
            ELSE (last_contacted_date >= make_date({year}, ${key}_month, ${key}_day)) = ${key}_since END)""",
        value=_CONTACT,
        fields=("last_contacted_date", "is_in_crm"),
        note=None if is_since or criteria.in_crm else _STRANGERS,
        parameters={f"{key}_since": is_since, f"{key}_month": day.month, f"{key}_day": day.day}
        | ({} if day.year is None else {f"{key}_year": day.year}),
    )


def compile_revenue_growth(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether its revenue grew so much in one or three years, by accounts in one currency."""
    return _growth(criteria, key, criteria.revenue_growth, name="revenue_growth", ended="revenue_date")


def compile_employees_growth(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether its average number of employees grew so much in one or three years, by its accounts."""
    return _growth(criteria, key, criteria.employees_growth, name="employees_growth", ended="employees_growth_date")


def _growth(criteria: Criteria, key: str, asked: GrowthAsk | None, *, name: str, ended: str) -> Criterion:
    asked = asked or GrowthAsk(range="0%-")
    column = f"{name}_{asked.years}y"
    # a share of two amounts has digits that nobody meant: 20 % is asked of what was rounded to a hundredth of a per cent
    span = Span.exact(f"round({column}, 4)")
    return compile_interval(
        criteria,
        key,
        name=name,
        asked=str(asked),
        span=span,
        ends=read_growth(asked.range),
        value=f"format('{{:+.1f}} % in ', 100 * {column}) || '{asked.years} year{'' if asked.years == 1 else 's'} to ' || {ended}",
        fields=(column,),
    )
