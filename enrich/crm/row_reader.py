"""The cells of one row by field: each read by its reader, what cannot be read told as a problem."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from enrich.config import CrmConfig
from enrich.crm.columns import ColumnRules
from enrich.crm.country import read_country
from enrich.crm.dates import ORDERS, read_date, read_moment, refuse_to_come
from enrich.crm.labels import fold_label, labels_of
from enrich.crm.read import Cell
from enrich.crm.registration import read_registration
from enrich.crm.values import (
    ValueUnreadable,
    is_ruined,
    read_boolean,
    read_currency,
    read_key,
    read_label,
    read_money,
    read_text,
)
from enrich.errors import EnrichError
from enrich.normalise.address import normalise_city
from enrich.normalise.email import normalise_email
from enrich.normalise.phone import normalise_phone
from enrich.normalise.place import divide_place

AMOUNT_LIMIT = Decimal(10) ** 18

T = TypeVar("T")


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


@dataclass(slots=True)
class RowReader:
    """Cells by field; a value that cannot be read becomes null and a problem."""

    cells: list[Cell]
    places: Mapping[str, int]
    config: CrmConfig
    rules: ColumnRules
    today: date
    problems: list[Problem] = field(default_factory=list)
    crm_key: str | None = None

    def cell(self, name: str) -> Cell:
        """The cell of a field; `None` where the file has no column for it."""
        place = self.places.get(name)
        return None if place is None else self.cells[place]

    def take(self, name: str, read: Callable[[Cell], T | None]) -> T | None:
        """The value of a field by its reader; null and a problem where it cannot be read."""
        cell = self.cell(name)
        if cell is None or cell == "":
            return None
        try:
            return read(cell)
        except ValueUnreadable as problem:
            self.tell(name, problem)
            return None

    def text(self, name: str) -> str | None:
        """A field as text."""
        return self.take(name, read_text)

    def tell(self, name: str, problem: ValueUnreadable) -> None:
        """Note that a field could not be read."""
        self.problems.append(Problem(field=name, code=problem.code, reason=problem.reason))

    def identity(self, name: str, read: Callable[[Cell], str | None]) -> str | None:
        """A value without which nobody knows which record the row is."""
        try:
            return read(self.cell(name))
        except ValueUnreadable as problem:
            raise RowRejected(
                problem.code, f"{name}: {problem.reason}", key=first_key(("id", self.crm_key))
            ) from problem

    def key(self, name: str = "record_id") -> tuple[str | None, str | None]:
        """HubSpot's record id, and the CRM's own id of the row, whichever CRM it is."""
        record_id = self.identity(name, read_key)
        self.crm_key = record_id or self.identity("crm_key", read_key)
        return record_id, self.crm_key

    def problem(self, code: str) -> Problem | None:
        """The first problem of this code that was told."""
        return next((problem for problem in self.problems if problem.code == code), None)

    def country(self) -> str | None:
        """The row's country, by name or else by code."""
        return self.take("country", read_country) or self.take("country_code", read_country)

    def phone(self, name: str, country: str | None) -> str | None:
        """A phone number in E.164 where it parses, else as typed."""
        text = self.text(name)
        if text is None:
            return None
        if is_ruined(text):
            self.tell(name, ValueUnreadable("ruined_by_spreadsheet", "a spreadsheet rounded it"))
            return None
        return normalise_phone(text, country or self.config.country) or text

    def email(self, name: str) -> str | None:
        """The first e-mail address of a field."""
        parts = (self.text(name) or "").replace(",", ";").split(";")
        addresses = [address for part in parts if (address := normalise_email(part))]
        if len(addresses) > 1:
            self.tell(name, ValueUnreadable("several_emails", "it holds several addresses; the first was taken"))
        elif not addresses and any(part.strip() for part in parts):
            self.tell(name, ValueUnreadable("not_an_email", "it is no e-mail address"))
        return addresses[0] if addresses else None

    def opt_out(self) -> bool | None:
        """Whether the person wants no marketing; whatever cannot be read counts as a wish not to be written to."""
        try:
            return read_boolean(self.cell("opted_out"))
        except ValueUnreadable as problem:
            self.tell("opted_out", ValueUnreadable(problem.code, f"{problem.reason}, and was taken for yes"))
            return True

    def orders(self, name: str) -> frozenset[str]:
        """The orders that the field's column allows for dates."""
        return self.rules.date_orders.get(name, ORDERS)

    def last_contact(self) -> date | None:
        """The day of the last contact, which cannot be one to come."""
        return self.take(
            "last_contacted",
            lambda cell: refuse_to_come(read_date(cell, self.orders("last_contacted")), today=self.today),
        )

    def times(self) -> dict[str, object]:
        """When the CRM created and last changed the record."""
        return {
            "created_at": self.take("created", lambda cell: read_moment(cell, self.orders("created"))),
            "modified_at": self.take("modified", lambda cell: read_moment(cell, self.orders("modified"))),
        }

    def registration(self, country: str | None) -> dict[str, object]:
        """The company number and its scheme."""
        found = self.take("registration_number", lambda cell: read_registration(cell, country or self.config.country))
        return {
            "registration_number": None if found is None else found.value,
            "registration_scheme": None if found is None else found.scheme,
        }

    def place(self, country: str | None) -> dict[str, object]:
        """Postal code and city, also where they stand in one cell."""
        stated = self.text("postal_code"), self.text("city")
        postal_code, city = divide_place(*stated, country or self.config.country)
        beside = divide_place(stated[0], None, country or self.config.country)[1]
        if beside is not None and city is not None and normalise_city(beside) != normalise_city(city):
            self.tell(
                "postal_code", ValueUnreadable("another_town", "it names another town than the city, which was taken")
            )
        return {"postal_code": postal_code, "city": city}

    def money(self, name: str, currency: str) -> tuple[Decimal | None, str | None]:
        """An amount and its currency, from a column of its own or else from beside the amount."""
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
        """The lifecycle stage; one that nobody knows is `other` and a problem, or stays as the rules say."""
        text = self.text("lifecycle_stage")
        if text is None:
            return None
        try:
            return read_label(text, "lifecycle_stage")
        except ValueUnreadable as problem:
            if self.rules.keeps_stages:
                return text
            self.tell("lifecycle_stage", problem)
            return "other"


def first_key(*candidates: tuple[object, ...]) -> str | None:
    """The first candidate all of whose parts are there, as one text without regard to case."""
    for candidate in candidates:
        if all(candidate):
            return "|".join(str(part) for part in candidate).casefold()
    return None
