"""One row of an export as one typed record: pure, the same for CSV and spreadsheets.

What makes the record's identity unreadable rejects the row (`RowRejected`); any other unreadable value is left out and
told as a problem. The key says which record a row is: the CRM's record id, else the company number, else domain and
name, else name and address; for persons the e-mail, else the names. It is kept only as a keyed HMAC.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from enrich.config import CrmConfig
from enrich.crm.columns import ColumnRules
from enrich.crm.country import read_country
from enrich.crm.dates import ORDERS, read_date, read_moment
from enrich.crm.labels import fold_label, labels_of
from enrich.crm.person import looks_like_person
from enrich.crm.read import Cell
from enrich.crm.registration import read_registration
from enrich.crm.values import (
    ValueUnreadable,
    is_ruined,
    read_boolean,
    read_currency,
    read_employees,
    read_key,
    read_label,
    read_list,
    read_money,
    read_text,
)
from enrich.errors import EnrichError
from enrich.normalise.domain import employer_domain, is_shared_domain, registrable_domain
from enrich.normalise.email import normalise_email
from enrich.normalise.phone import normalise_phone

AMOUNT_LIMIT = Decimal(10) ** 18

T = TypeVar("T")

COLUMNS_OF: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "companies": {
        "record_id": ("crm_key",),
        "domain": ("domains",),
        "additional_domains": ("domains",),
        "website": ("website", "domains"),
        "email": ("domains",),
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


class RowRejected(EnrichError):
    """A row that cannot be taken in: who it is about cannot be read, or it may not come back."""

    def __init__(self, code: str, reason: str, *, detail: str = "", key: str | None = None) -> None:
        super().__init__(reason + detail)
        self.code = code
        self.reason = reason
        self.detail = detail
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A value that was left out, and why."""

    field: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmRow:
    """A row as typed values by column of its table, with its key and what could not be read."""

    key: str
    record_id: str | None
    """HubSpot's own id; a record of another CRM has none."""
    values: Mapping[str, object]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Reader:
    """Cells by field; a value that cannot be read becomes null and a problem."""

    cells: list[Cell]
    places: Mapping[str, int]
    config: CrmConfig
    rules: ColumnRules
    problems: list[Problem] = field(default_factory=list)
    crm_key: str | None = None

    def cell(self, name: str) -> Cell:
        place = self.places.get(name)
        return None if place is None else self.cells[place]

    def take(self, name: str, read: Callable[[Cell], T | None]) -> T | None:
        cell = self.cell(name)
        if cell is None or cell == "":
            return None
        try:
            return read(cell)
        except ValueUnreadable as problem:
            self.tell(name, problem)
            return None

    def text(self, name: str) -> str | None:
        return self.take(name, read_text)

    def tell(self, name: str, problem: ValueUnreadable) -> None:
        self.problems.append(Problem(field=name, code=problem.code, reason=problem.reason))

    def identity(self, name: str, read: Callable[[Cell], str | None]) -> str | None:
        """A value without which nobody knows which record the row is."""
        try:
            return read(self.cell(name))
        except ValueUnreadable as problem:
            raise RowRejected(
                problem.code, f"{name}: {problem.reason}", key=_first_key(("id", self.crm_key))
            ) from problem

    def key(self, name: str = "record_id") -> tuple[str | None, str | None]:
        """HubSpot's record id, and the CRM's own id of the row, whichever CRM it is."""
        record_id = self.identity(name, read_key)
        self.crm_key = record_id or self.identity("crm_key", read_key)
        return record_id, self.crm_key

    def has(self, code: str) -> bool:
        return any(problem.code == code for problem in self.problems)

    def country(self) -> str | None:
        return self.take("country", read_country) or self.take("country_code", read_country)

    def phone(self, name: str, country: str | None) -> str | None:
        text = self.text(name)
        if text is None:
            return None
        if is_ruined(text):
            self.tell(name, ValueUnreadable("ruined_by_spreadsheet", "a spreadsheet rounded it"))
            return None
        return normalise_phone(text, country or self.config.country) or text

    def email(self, name: str) -> str | None:
        parts = (self.text(name) or "").replace(",", ";").split(";")
        addresses = [address for part in parts if (address := normalise_email(part))]
        if len(addresses) > 1:
            self.tell(name, ValueUnreadable("several_emails", "it holds several addresses; the first was taken"))
        elif not addresses and any(part.strip() for part in parts):
            self.tell(name, ValueUnreadable("not_an_email", "it is no e-mail address"))
        return addresses[0] if addresses else None

    def orders(self, name: str) -> frozenset[str]:
        return self.rules.date_orders.get(name, ORDERS)

    def times(self) -> dict[str, object]:
        return {
            "created_at": self.take("created", lambda cell: read_moment(cell, self.orders("created"))),
            "modified_at": self.take("modified", lambda cell: read_moment(cell, self.orders("modified"))),
        }

    def registration(self, country: str | None) -> dict[str, object]:
        found = self.take("registration_number", lambda cell: read_registration(cell, country or self.config.country))
        return {
            "registration_number": None if found is None else found.value,
            "registration_scheme": None if found is None else found.scheme,
        }

    def money(self, name: str, currency: str) -> tuple[Decimal | None, str | None]:
        mark = self.rules.decimal_marks.get(name)
        amount, code = self.take(name, lambda cell: read_money(cell, mark=mark)) or (None, None)
        if amount is None:
            return None, None
        if abs(amount) >= AMOUNT_LIMIT:
            self.tell(name, ValueUnreadable("too_large", "it is larger than any amount"))
            return None, None
        return amount.quantize(Decimal("0.01")), self.take(currency, read_currency) or code

    def listed(self, name: str, section: str) -> str | None:
        """A label's value where the list knows it, else as the CRM says."""
        text = self.text(name)
        return text and labels_of(section).get(fold_label(text), text)

    def lifecycle(self) -> str | None:
        text = self.text("lifecycle_stage")
        if text is None:
            return None
        try:
            return read_label(text, "lifecycle_stage")
        except ValueUnreadable as problem:
            self.tell("lifecycle_stage", problem)
            return "other"


def read_row(kind: str, cells: list[Cell], places: Mapping[str, int], config: CrmConfig, rules: ColumnRules) -> CrmRow:
    """A row of a file of that kind; raises `RowRejected` where it cannot be used."""
    reader = _Reader(cells=cells, places=places, config=config, rules=rules)
    return {"companies": _company, "contacts": _contact, "deals": _deal, "owners": _owner}[kind](reader)


def supplied_columns(kind: str, places: Mapping[str, int]) -> list[str]:
    """Columns of the table that a file with these fields fills; the others keep what was known.

    >>> supplied_columns("owners", {"owner_id": 0, "email": 1, "last_name": 2})
    ['crm_key', 'email', 'name']
    """
    table = COLUMNS_OF[kind]
    return sorted({column for name in places for column in table.get(name, (name,))})


def _company(reader: _Reader) -> CrmRow:
    record_id, crm_key = reader.key()
    name = reader.identity("name", read_text)
    country = reader.country()
    registration = reader.registration(country)
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
        "is_natural_person": reader.has("personal_number")
        or looks_like_person(name, mailbox=mailbox, has_company_facts=any(fact for fact in facts)),
        **registration,
        "domains": domains or None,
        "website": website,
        "phone": reader.phone("phone", country),
        "street": reader.text("street"),
        "postal_code": reader.text("postal_code"),
        "city": reader.text("city"),
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
        "last_contacted_date": reader.take(
            "last_contacted", lambda cell: read_date(cell, reader.orders("last_contacted"))
        ),
        **reader.times(),
    }
    key = _first_key(
        ("id", crm_key),
        ("number", registration["registration_scheme"], registration["registration_number"]),
        ("domain", domains[0] if domains else None, name or "-"),
        ("name", name, *(values[part] or "-" for part in ("street", "postal_code", "city", "country_code"))),
    )
    if key is None:
        raise RowRejected("no_identity", "the row has no readable record id, company number, domain or name")
    return CrmRow(key=key, record_id=record_id, values=values, problems=tuple(reader.problems))


def _contact(reader: _Reader) -> CrmRow:
    record_id, crm_key = reader.key()
    country = reader.country()
    email = reader.email("email")
    first, last = reader.text("first_name"), reader.text("last_name")
    if first is None and last is None:
        first, last = split_name(reader.text("full_name"))
    companies = reader.take("company_keys", read_list) or []
    company = reader.take("company_key", read_key) or (companies[0] if len(companies) == 1 else None)
    if company is None and len(companies) > 1:
        reader.tell("company_keys", ValueUnreadable("several_companies", "it names several companies and no first one"))
    company_name = reader.text("company_name") or reader.text("associated_company")
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
        "postal_code": reader.text("postal_code"),
        "city": reader.text("city"),
        "country_code": country,
        "owner_original": reader.text("owner"),
        "lifecycle_stage": reader.lifecycle(),
        "lead_status": reader.listed("lead_status", "lead_status"),
        "has_opted_out": reader.take("opted_out", read_boolean),
        "last_contacted_date": reader.take(
            "last_contacted", lambda cell: read_date(cell, reader.orders("last_contacted"))
        ),
        **reader.times(),
    }
    names = f"{first or ''} {last or ''}".strip() or None
    key = _first_key(("id", crm_key), ("email", email), ("name", names, company or company_name or "-"))
    if key is None:
        raise RowRejected("no_identity", "the row has no readable record id, e-mail or name")
    return CrmRow(key=key, record_id=record_id, values=values, problems=tuple(reader.problems))


def _deal(reader: _Reader) -> CrmRow:
    record_id, crm_key = reader.key()
    name = reader.text("name")
    amount, currency = reader.money("amount", "currency")
    companies = reader.take("company_keys", read_list) or []
    company_name = reader.text("company_name")
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
    key = _first_key(("id", crm_key), ("name", name, ";".join(companies) or company_name or "-"))
    if key is None:
        raise RowRejected("no_identity", "the row has no readable record id or name")
    return CrmRow(key=key, record_id=record_id, values=values, problems=tuple(reader.problems))


def _owner(reader: _Reader) -> CrmRow:
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
    key = _first_key(("id", crm_key), ("email", email), ("name", name))
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


def _stage(reader: _Reader) -> str:
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


def _domains(reader: _Reader, website: str | None, email: str | None) -> list[str]:
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


def _first_key(*candidates: tuple[object, ...]) -> str | None:
    """The first candidate all of whose parts are there, as one text without regard to case."""
    for candidate in candidates:
        if all(candidate):
            return "|".join(str(part) for part in candidate).casefold()
    return None
