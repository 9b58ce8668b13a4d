"""What a source answers that is asked company by company: roles, who may sign, accounts, what it knows of a number's holder."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sources.record import Account, Mandate, Role


class Outcome(StrEnum):
    """What became of asking a source for one company: closed, so that every company asked is counted once."""

    HIT = "hit"
    NO_DATA = "no_data"
    """The source has nothing of it; that says nothing of the company."""
    BLOCKED = "blocked"
    """The source forbids it."""
    RATE_LIMITED = "rate_limited"
    """The source stayed busy through all retries; asked again in the next run."""
    TIMED_OUT = "timed_out"
    INVALID_INPUT = "invalid_input"
    NOT_DUE = "not_due"
    FAILED = "failed"
    """The source fails on this company, again and again, and on others not; or its answer cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesAnswer:
    """All roles in one entity as of now; none is an answer too.

    `rejects` are (code, sentence) for roles that cannot be used. `unknown_keys` are dotted names of keys, at any depth,
    that the declaration does not know.
    """

    source_key: str
    roles: tuple[Role, ...] = ()
    rejects: tuple[tuple[str, str], ...] = ()
    unknown_keys: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Whether the register states any role."""
        return Outcome.HIT if self.roles or self.rejects else Outcome.NO_DATA


@dataclass(frozen=True, slots=True, kw_only=True)
class MandatesAnswer:
    """Who may sign for one entity as of now; rejects and unknown keys as in `RolesAnswer`.

    Of each kind that the source answered there is at least one row. `unanswered` are the other kinds: what is known of
    those stays.
    """

    source_key: str
    outcome: Outcome
    unanswered: tuple[str, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    rejects: tuple[tuple[str, str], ...] = ()
    unknown_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsAnswer:
    """The accounts that a source gives of one entity; rejects and unknown keys as in `RolesAnswer`."""

    source_key: str
    outcome: Outcome
    accounts: tuple[Account, ...] = ()
    rejects: tuple[tuple[str, str], ...] = ()
    unknown_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberAnswer:
    """What a register has under one of its numbers: `payload` is what lands, null where there is nothing to land.

    `is_person` says that it has a natural person there, of whom nothing is kept.
    """

    source_key: str
    outcome: Outcome
    payload: Mapping[str, Any] | None = None
    is_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyAsked:
    """A company that a source is asked about: by what we call it, and its numbers as (scheme, value), none a person's."""

    source_key: str
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """A record that a source has under one of a company's numbers, and by what to tell whether it is the company's.

    `payload` is what lands; `names`, `country` (ISO 3166-1 alpha-2) and `website` are what it says of whose it is.
    """

    key: str
    payload: Mapping[str, Any]
    names: tuple[str, ...]
    country: str | None = None
    website: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeAnswer:
    """What a source has under a company's numbers; `code` says why where it is nothing, or nothing that can be used."""

    source_key: str
    outcome: Outcome
    code: str | None = None
    records: tuple[FoundRecord, ...] = ()
