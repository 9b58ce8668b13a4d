"""A service that gives key figures of accounts company by company."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sources.kinds import one_by_one
from sources.kinds.json_record import flatten
from sources.kinds.json_stream import read_elements
from sources.lookup import AccountsAnswer, Outcome
from sources.record import Account
from sources.source import Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

MOST_AMOUNT = Decimal(10) ** 24
"""No company's figure reaches this; the warehouse holds 26 digits before the point."""
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsService:
    """Where the figures are, and the dotted names of what is read of an answer.

    `path` has {key}. `kinds` maps the service's words to company and group. `amounts` maps our fields to theirs.
    `ignored` are keys that are known and not read; any other is loud.
    """

    path: str
    number: str
    filed_as: str
    kind: str
    kinds: Mapping[str, str]
    period_from: str
    period_to: str
    currency: str
    amounts: Mapping[str, str]
    ignored: frozenset[str]

    @property
    def keys(self) -> frozenset[str]:
        """Every key that is known."""
        read = {self.number, self.filed_as, self.kind, self.period_from, self.period_to, self.currency}
        return self.ignored | read | set(self.amounts.values())


def ask_accounts(
    client: "PoliteClient", source: Source, service: AccountsService, keys: Sequence[str]
) -> Iterator[AccountsAnswer]:
    """The latest accounts of each of these entities, each with what became of asking; raises as `ask_each`."""

    def ask(key: str) -> AccountsAnswer | None:
        answer = client.get(source, service.path.format(key=key), allow=frozenset({404, 410, 500}))
        if answer.status == 500:
            return None
        gone = answer.status != 200
        return (
            AccountsAnswer(source_key=key, outcome=Outcome.NO_DATA)
            if gone
            else read_accounts(service, key, list(read_elements(source, [answer.body])))
        )

    return ask_each(source, keys, ask)


def ask_each(
    source: Source, keys: Sequence[str], ask: Callable[[str], AccountsAnswer | None]
) -> Iterator[AccountsAnswer]:
    """What `ask` answers for each of these entities, as `one_by_one.ask_each` gives it, and raises."""

    def nothing(key: str, outcome: Outcome) -> AccountsAnswer:
        return AccountsAnswer(source_key=key, outcome=outcome)

    return one_by_one.ask_each(source, keys, ask, nothing, service="the service of accounts")


def read_accounts(service: AccountsService, key: str, filed: Sequence[Mapping[str, Any]]) -> AccountsAnswer:
    """What an answer says: accounts that can be trusted, and why others cannot."""
    flat = [flatten(one) for one in filed]
    # of two filings of one period the later one counts
    flat.sort(key=lambda one: int(one[service.filed_as]) if one.get(service.filed_as, "").isdecimal() else 0)
    read = [_read_account(service, key, one) for one in flat]
    accounts = {(one.kind, one.period_to): one for one in read if isinstance(one, Account)}
    rejects = tuple(one for one in read if isinstance(one, tuple))
    return AccountsAnswer(
        source_key=key,
        outcome=Outcome.HIT if accounts else Outcome.FAILED if rejects else Outcome.NO_DATA,
        accounts=tuple(accounts.values()),
        rejects=rejects,
        unknown_keys=tuple(sorted({name for one in flat for name in one} - service.keys)),
    )


def _read_account(service: AccountsService, key: str, one: Mapping[str, str]) -> Account | tuple[str, str]:
    kind, currency = service.kinds.get(one.get(service.kind, "")), one.get(service.currency, "")
    begun, ended = (_date_of(one.get(name)) for name in (service.period_from, service.period_to))
    amounts = {field: _amount_of(one.get(name)) for field, name in service.amounts.items()}
    if one.get(service.number) != key:
        return "other_company", "the accounts name another company than the one asked for"
    if kind is None:
        return "unknown_kind", "the accounts are neither a company's nor a group's"
    if ended is None or (begun is not None and begun > ended):
        return "bad_period", "the accounts have no period that can be read"
    if not _CURRENCY.fullmatch(currency):
        return "missing_currency", "the accounts do not say in which currency they are"
    if any(amount is not None and not abs(amount) < MOST_AMOUNT for amount in amounts.values()):
        return "bad_amount", "an amount of the accounts cannot be read"
    return Account(source_key=key, kind=kind, period_from=begun, period_to=ended, currency=currency, **amounts)


def _date_of(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _amount_of(text: str | None) -> Decimal | None:
    """The amount in hundredths; infinite where it cannot be read, null where none is stated."""
    try:
        return None if text is None else Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        return Decimal("Infinity")
