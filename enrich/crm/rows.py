"""One row of an export as one typed record: pure, the same for CSV and spreadsheets.

What makes the record's identity unreadable rejects the row (`RowRejected`); any other unreadable value is left out and
told as a problem. The key says which record a row is: the CRM's record id, else the company number, else domain and
name, else name and address; for persons the e-mail, else the names. It is kept only as a keyed HMAC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from enrich.config import CrmConfig
from enrich.crm.columns import ColumnRules
from enrich.crm.dates import read_date
from enrich.crm.labels import fold_label
from enrich.crm.person import looks_like_person
from enrich.crm.read import Cell
from enrich.crm.row_reader import Problem, RowReader, RowRejected, first_key
from enrich.crm.values import (
    ValueUnreadable,
    read_boolean,
    read_employees,
    read_key,
    read_keys,
    read_label,
    read_list,
    read_text,
)
from enrich.normalise.domain import employer_domain, is_shared_domain, registrable_domain
from enrich.normalise.email import normalise_email

COLUMNS_OF: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "companies": {
        "record_id": ("crm_key",),
        "domain": ("domains",),
        "additional_domains": ("domains",),
        "email": (),
        "registration_number": ("registration_number", "registration_scheme"),
        "country": ("country_code",),
        "employees": ("employees_low", "employees_high"),
        "employee_range": ("employees_low", "employees_high"),
        "revenue": ("revenue_amount", "revenue_currency"),
        "owner": ("owner_original",),
        "parent_key": ("parent_crm_key",),
        "last_contacted": ("last_contacted_date",),
        "created": ("created_at",),
        "modified": ("modified_at",),
    },
    "contacts": {
        "record_id": ("crm_key",),
        "full_name": ("first_name", "last_name"),
        "associated_company": ("company_name",),
        "company_key": ("company_crm_key",),
        "company_keys": ("company_crm_key",),
        "primary_company_keys": ("company_crm_key",),
        "primary_company_name": ("company_name",),
        "registration_number": ("registration_number", "registration_scheme"),
        "country": ("country_code",),
        "owner": ("owner_original",),
        "opted_out": ("has_opted_out",),
        "last_contacted": ("last_contacted_date",),
        "created": ("created_at",),
        "modified": ("modified_at",),
    },
    "deals": {
        "record_id": ("crm_key",),
        "stage": ("stage", "stage_original"),
        "is_won": ("stage",),
        "is_closed": ("stage",),
        "amount": ("amount", "currency"),
        "closed": ("closed_date",),
        "company_keys": ("company_crm_keys",),
        "primary_company_keys": ("company_crm_keys",),
        "primary_company_name": ("company_name",),
        "owner": ("owner_original",),
        "created": ("created_at",),
        "modified": ("modified_at",),
    },
    "owners": {
        "owner_id": ("crm_key",),
        "first_name": ("name",),
        "last_name": ("name",),
        "full_name": ("name",),
        "is_archived": ("is_active",),
    },
}
"""Our fields to the columns that they fill, where the name is not the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmRow:
    """A row as typed values by column of its table, with its key and what could not be read."""

    key: str
    record_id: str | None
    """HubSpot's own id; a record of another CRM has none."""
    values: Mapping[str, object]
    problems: tuple[Problem, ...]


def read_row(
    kind: str, cells: list[Cell], places: Mapping[str, int], config: CrmConfig, rules: ColumnRules, *, today: date
) -> CrmRow:
    """A row of a file of that kind that is read `today` (UTC); raises `RowRejected` where it cannot be used."""
    reader = RowReader(cells=cells, places=places, config=config, rules=rules, today=today)
    return {"companies": _company, "contacts": _contact, "deals": _deal, "owners": _owner}[kind](reader)


def supplied_columns(kind: str, places: Mapping[str, int]) -> list[str]:
    """Columns of the table that a file with these fields fills; the others keep what was known.

    >>> supplied_columns("owners", {"owner_id": 0, "email": 1, "last_name": 2})
    ['crm_key', 'email', 'name']
    """
    table = COLUMNS_OF[kind]
    return sorted({column for name in places for column in table.get(name, (name,))})


def _company(reader: RowReader) -> CrmRow:
    record_id, crm_key = reader.key()
    name = reader.identity("name", read_text)
    country = reader.country()
    registration = reader.registration(country)
    if crm_key is None and (ruined := reader.problem("ruined_number")):
        raise RowRejected(ruined.code, f"{ruined.field}: {ruined.reason}")
    website, email = reader.text("website"), reader.email("email")
    domains = _domains(reader, website, email)
    low, high = (
        reader.take("employees", read_employees) or reader.take("employee_range", read_employees) or (None, None)
    )
    revenue, currency = reader.money("revenue", "revenue_currency")
    industry = reader.text("industry")
    mailbox = next((one for one in (email, (name or "").lower()) if _is_mailbox(one)), None)
    facts = (registration["registration_number"], domains, low, high, revenue, industry)
    values: dict[str, object] = {
        "crm_key": crm_key,
        "name": name,
        "is_natural_person": reader.problem("personal_number") is not None
        or looks_like_person(name, mailbox=mailbox, has_company_facts=any(fact for fact in facts)),
        **registration,
        "domains": domains or None,
        "website": website,
        "phone": reader.phone("phone", country),
        "street": reader.text("street"),
        **reader.place(country),
        "region": reader.text("region"),
        "country_code": country,
        "industry": industry,
        "employees_low": low,
        "employees_high": high,
        "revenue_amount": revenue,
        "revenue_currency": currency,
        "owner_original": reader.text("owner"),
        "lifecycle_stage": reader.lifecycle(),
        "lead_status": reader.listed("lead_status", "lead_status"),
        "company_type": reader.listed("company_type", "company_type"),
        "parent_crm_key": reader.take("parent_key", read_key),
        "last_contacted_date": reader.last_contact(),
        **reader.times(),
    }
    key = first_key(
        ("id", crm_key),
        ("number", registration["registration_scheme"], registration["registration_number"]),
        ("domain", domains[0] if domains else None, name or "-"),
        ("name", name, *(values[part] or "-" for part in ("street", "postal_code", "city", "country_code"))),
    )
    if key is None:
        raise RowRejected("no_identity", "the row has no readable record id, company number, domain or name")
    return CrmRow(key=key, record_id=record_id, values=values, problems=tuple(reader.problems))


def _contact(reader: RowReader) -> CrmRow:
    record_id, crm_key = reader.key()
    country = reader.country()
    email = reader.email("email")
    first, last = reader.text("first_name"), reader.text("last_name")
    if first is None and last is None:
        first, last = split_name(reader.text("full_name"))
    companies = reader.take("company_keys", read_keys) or []
    primary = reader.take("primary_company_keys", read_keys) or companies
    company = reader.take("company_key", read_key) or (primary[0] if len(primary) == 1 else None)
    if company is None and len(companies) > 1:
        reader.tell("company_keys", ValueUnreadable("several_companies", "it names several companies and no first one"))
    associated = reader.text("primary_company_name") or reader.text("associated_company")
    company_name = reader.text("company_name") or associated
    values: dict[str, object] = {
        "crm_key": crm_key,
        "email": email,
        "first_name": first,
        "last_name": last,
        "job_title": reader.text("job_title"),
        "phone": reader.phone("phone", country),
        "mobile": reader.phone("mobile", country),
        "company_name": company_name,
        "company_crm_key": company,
        **reader.registration(country),
        "website": reader.text("website"),
        **reader.place(country),
        "country_code": country,
        "owner_original": reader.text("owner"),
        "lifecycle_stage": reader.lifecycle(),
        "lead_status": reader.listed("lead_status", "lead_status"),
        "has_opted_out": reader.opt_out(),
        "last_contacted_date": reader.last_contact(),
        **reader.times(),
    }
    names = f"{first or ''} {last or ''}".strip() or None
    key = first_key(("id", crm_key), ("email", email), ("name", names, company or company_name or "-"))
    if key is None:
        raise RowRejected("no_identity", "the row has no readable record id, e-mail or name")
    return CrmRow(key=key, record_id=record_id, values=values, problems=tuple(reader.problems))


def _deal(reader: RowReader) -> CrmRow:
    record_id, crm_key = reader.key()
    name = reader.text("name")
    amount, currency = reader.money("amount", "currency")
    associated = (reader.take(field, read_keys) or [] for field in ("company_keys", "primary_company_keys"))
    companies = list(dict.fromkeys(chain.from_iterable(associated)))
    company_name = reader.text("primary_company_name") or reader.text("company_name")
    values: dict[str, object] = {
        "crm_key": crm_key,
        "name": name,
        "stage": _stage(reader),
        "stage_original": reader.text("stage"),
        "pipeline": reader.text("pipeline"),
        "amount": amount,
        "currency": currency,
        "closed_date": reader.take("closed", lambda cell: read_date(cell, reader.orders("closed"))),
        "company_crm_keys": companies or None,
        "company_name": company_name,
        "owner_original": reader.text("owner"),
        **reader.times(),
    }
    key = first_key(("id", crm_key), ("name", name, ";".join(companies) or company_name or "-"))
    if key is None:
        raise RowRejected("no_identity", "the row has no readable record id or name")
    return CrmRow(key=key, record_id=record_id, values=values, problems=tuple(reader.problems))


def _owner(reader: RowReader) -> CrmRow:
    record_id, crm_key = reader.key("owner_id")
    email = reader.email("email")
    parts = [part for part in (reader.text("first_name"), reader.text("last_name")) if part]
    name = " ".join(parts) or reader.text("full_name")
    is_active = reader.take("is_active", read_boolean)
    is_archived = reader.take("is_archived", read_boolean)
    values: dict[str, object] = {
        "crm_key": crm_key,
        "email": email,
        "name": name,
        "is_active": is_active if is_active is not None or is_archived is None else not is_archived,
    }
    key = first_key(("id", crm_key), ("email", email), ("name", name))
    if key is None:
        raise RowRejected("no_identity", "the row has no readable owner id, e-mail or name")
    return CrmRow(key=key, record_id=record_id, values=values, problems=tuple(reader.problems))


def split_name(name: str | None) -> tuple[str | None, str | None]:
    """First and last name of a name in one cell: the last word, or what stands before a comma, is the last name.

    >>> split_name("Kari Anne Nordmann"), split_name("Nordmann, Kari"), split_name("Kari")
    (('Kari Anne', 'Nordmann'), ('Kari', 'Nordmann'), ('Kari', None))
    """
    if name is None:
        return None, None
    last, comma, first = (part.strip() for part in name.partition(","))
    if comma:
        return first or None, last or None
    first, _, last = name.rpartition(" ")
    return (first, last) if first else (last, None)


def _stage(reader: RowReader) -> str:
    """open, won, lost or unknown: the configuration first, then the CRM's own flags, then the label."""
    text = reader.text("stage")
    label = fold_label(text or "")
    if label in map(fold_label, reader.config.won_stages):
        return "won"
    if label in map(fold_label, reader.config.lost_stages):
        return "lost"
    is_won, is_closed = reader.take("is_won", read_boolean), reader.take("is_closed", read_boolean)
    if is_won:
        return "won"
    if is_closed is not None:
        return "open" if not is_closed else "lost" if is_won is False else "unknown"
    try:
        return read_label(text, "deal_stage") or "unknown"
    except ValueUnreadable as problem:
        reader.tell("stage", problem)
        return "unknown"


def _domains(reader: RowReader, website: str | None, email: str | None) -> list[str]:
    """Registrable domains of their own, the main one first; mailbox providers and shared sites are nobody's."""
    found: list[str] = []
    for name in ("domain", "additional_domains"):
        for part in reader.take(name, lambda cell: read_list(str(cell).replace(",", ";"))) or []:
            domain = registrable_domain(part)
            if domain is None:
                reader.tell(name, ValueUnreadable("not_a_domain", "it is no domain"))
            elif not is_shared_domain(domain):
                found.append(domain)
    found += [domain for text in (website, email) if text and (domain := employer_domain(text))]
    return list(dict.fromkeys(found))


def _is_mailbox(text: str | None) -> bool:
    address = normalise_email(text) if text and "@" in text else None
    return address is not None and is_shared_domain(address.rpartition("@")[2])
