"""What the registers state of a company today, as people read it: by which two of one name are told apart."""

from collections.abc import Mapping, Sequence
from datetime import date

KINDS = {
    "branch": "branch",
    "establishment": "establishment",
    "fund": "fund",
    "estate": "estate of a bankrupt",
    "sole_trader": "sole trader",
    "public_body": "public body",
    "legal_entity": "company",
}
"""Kinds of entity in words."""


def facts_of(company: Mapping[str, object]) -> dict[str, str]:
    """What a row of match/shown_companies states, each under the name that people read; nothing of what is not known.

    >>> facts_of({"id_label": "NO:1", "city": "BERGEN", "postal_code": "5003", "employees_low": 3, "employees_high": 3})
    {'Number': 'NO:1', 'Address': '5003 BERGEN', 'Employees': '3'}
    """
    code, title = _text(company, "legal_form_code"), _text(company, "legal_form_title")
    facts = {
        "Number": _text(company, "id_label"),
        "LEI": _text(company, "lei"),
        "Sort": KINDS.get(_text(company, "entity_kind"), _text(company, "entity_kind").replace("_", " ")),
        "Legal form": f"{title} ({code})" if title and title != code else code,
        "Status": _text(company, "status").replace("_", " "),
        "Address": " ".join(filter(None, (_text(company, name) for name in ("street", "postal_code", "city")))),
        "Country": _text(company, "country_code"),
        "Website": _text(company, "website"),
        "Industry": " ".join(filter(None, (_text(company, "industry_code"), _text(company, "industry_title")))),
        "Employees": _range(company.get("employees_low"), company.get("employees_high")),
        "Founded": _date(company.get("founded_date")),
        "Registered": _date(company.get("registered_date")),
        "Last accounts": _text(company, "last_accounts_year"),
    }
    return {what: value for what, value in facts.items() if value}


def told_apart(facts: Sequence[Mapping[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    """What the companies do not all state alike, each with the value of each company, empty where it states none.

    >>> told_apart([{"Number": "NO:1", "Sort": "company"}, {"Number": "NO:2", "Sort": "company", "LEI": "5493"}])
    [('Number', ('NO:1', 'NO:2')), ('LEI', ('', '5493'))]
    """
    named = dict.fromkeys(what for one in facts for what in one)
    values = {what: tuple(one.get(what, "") for one in facts) for what in named}
    return [(what, each) for what, each in values.items() if len(set(each)) > 1]


def _text(company: Mapping[str, object], name: str) -> str:
    value = company.get(name)
    return "" if value is None else str(value)


def _date(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def _range(low: object, high: object) -> str:
    if low == high:
        return "" if low is None else str(low)
    return f"{'' if low is None else low}-{'' if high is None else high}"
