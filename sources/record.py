"""What one source states about one entity: the field vocabulary, each field with its unit.

Column names of `core.source_record` equal the field names here; `Layout.fields` of a source may map any of them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class EntityKind(StrEnum):
    """What sort of entity a record is about; only legal entities and public bodies are prospects by default."""

    LEGAL_ENTITY = "legal_entity"
    BRANCH = "branch"
    ESTABLISHMENT = "establishment"
    SOLE_TRADER = "sole_trader"
    ESTATE = "estate"
    FUND = "fund"
    PUBLIC_BODY = "public_body"


class Status(StrEnum):
    """Whether an entity is in business, as its source says; nothing said is `UNKNOWN`, never `ACTIVE`."""

    ACTIVE = "active"
    BANKRUPT = "bankrupt"
    WINDING_UP = "winding_up"
    DISSOLVED = "dissolved"
    UNKNOWN = "unknown"


class CountState(StrEnum):
    """Why a count is the range it is; unknown, not filed and zero are never the same."""

    EXACT = "exact"
    WITHHELD = "withheld"
    NONE_REGISTERED = "none_registered"
    BAND = "band"
    NOT_SUPPLIED = "not_supplied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name of an entity; `kind` is legal, trade, former, translated or transliterated."""

    name: str
    kind: str
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A number of an entity in one scheme (`NO-ORGNR`, `LEI`, …): normalised, and as the source wrote it."""

    scheme: str
    value: str
    original: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """An industry code in its scheme (`SN2007`, `SN2025`, …); rank 1 is the main activity."""

    code: str
    scheme: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address; `kind` is business, postal or legal. Codes are the register's own."""

    kind: str
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    municipality_code: str | None = None
    municipality_name: str | None = None
    region_code: str | None = None
    country_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """A way to reach an entity; `kind` is website, email, phone or mobile. Value as the source wrote it."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """One entity as one source states it at one time.

    Counts are ranges with both ends included, a null high end is open; amounts are whole units of their currency.
    """

    source_key: str
    entity_kind: EntityKind
    is_natural_person: bool
    name: str
    country_code: str | None = None
    names: tuple[Name, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    legal_form_code: str | None = None
    legal_form_scheme: str | None = None
    status: Status = Status.UNKNOWN
    status_date: date | None = None
    industries: tuple[Industry, ...] = ()
    employees_low: int | None = None
    employees_high: int | None = None
    employees_state: CountState = CountState.NOT_SUPPLIED
    employees_date: date | None = None
    addresses: tuple[Address, ...] = ()
    contact_points: tuple[ContactPoint, ...] = ()
    founded_date: date | None = None
    registered_date: date | None = None
    dissolved_date: date | None = None
    purpose: str | None = None
    activity: str | None = None
    sector_code: str | None = None
    is_vat_registered: bool | None = None
    is_in_group: bool | None = None
    last_accounts_year: int | None = None
    capital_amount: Decimal | None = None
    capital_currency: str | None = None
    is_marketing_protected: bool | None = None
    effective_from: date | None = None
    effective_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A person's or an entity's role in an entity. Birth dates and legal capacity are never part of it."""

    source_key: str
    role_code: str
    group_code: str
    holder_kind: str
    holder_name: str | None
    holder_scheme: str | None = None
    holder_value: str | None = None
    elected_by_code: str | None = None
    position: int | None = None
    has_resigned: bool = False
    changed_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateHolder:
    """One of those who sign together: name, and role in the source's code list. No birth date."""

    name: str | None
    role_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """One combination of persons who together may sign for an entity; or that none is told, and why.

    `kind` is signature or procuration. `state` is combination; in_words where the source has the rule in free words
    only; none where it says that there is nobody; not_told where it says nothing of it. `rule_text` is what the
    source's code list calls the rule, never free words.
    """

    source_key: str
    kind: str
    state: str
    rule_code: str | None = None
    rule_text: str | None = None
    holders: tuple[MandateHolder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Key figures of one period of an entity's accounts; `kind` is company or group.

    Amounts are whole units of `currency` (ISO 4217) as filed, never converted; null is "not stated", never zero.
    `average_employees` is the average number in the period, which may be a fraction.
    """

    source_key: str
    kind: str
    period_from: date | None
    period_to: date
    currency: str
    revenue: Decimal | None = None
    operating_result: Decimal | None = None
    profit: Decimal | None = None
    total_assets: Decimal | None = None
    equity: Decimal | None = None
    average_employees: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """An occupation's code in its scheme (`STYRK08`, `SSYK2012`), with its title in the source's language."""

    code: str
    scheme: str
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the work is; codes are the country's own."""

    municipality_code: str | None = None
    municipality_name: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a tender is for: a code in its scheme (`CPV`)."""

    code: str
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What a source says of one dated event, such as a job ad or a tender, as of one moment; or with nothing but `status`, that
    it ended.

    `status` is open or ended, `stated_at` (UTC) orders what is said of one event, `source_key` is the event's own key.
    `happened_date` is the event's date (an ad's publication), `expires_date` when it is to end, `ended_date` when it did.
    The company (who hires, buys or won: `employer_…`) is named by number and by nothing else. `amount` is what a tender is
    worth, in `amount_currency` as stated (ISO 4217), null where several share it. No contact person, no free text but the one line of `title`.
    """

    source_key: str
    kind: str
    status: str
    stated_at: datetime
    title: str | None = None
    url: str | None = None
    happened_date: date | None = None
    expires_date: date | None = None
    ended_date: date | None = None
    occupations: tuple[Occupation, ...] = ()
    places: tuple[Place, ...] = ()
    position_count: int | None = None
    subjects: tuple[Subject, ...] = ()
    amount: Decimal | None = None
    amount_currency: str | None = None
    employer_scheme: str | None = None
    employer_value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many units of a currency (ISO 4217) one euro was on a day."""

    rate_date: date
    currency: str
    per_euro: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of a code list, with its title in the list's language."""

    scheme: str
    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLists:
    """Code lists whole, and (old scheme, old code, new scheme, new code) where one replaced another.

    Of two schemes that are not among the correspondences those that were fetched before stay; `warnings` say why.
    """

    codes: tuple[Code, ...]
    correspondences: tuple[tuple[str, str, str, str], ...]
    warnings: tuple[str, ...] = ()
