"""What a source answers that is asked company by company: roles, who may sign, accounts."""

from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MandatesAnswer:
    """Who may sign for one entity as of now, of each kind at least one row; rejects and unknown keys as in `RolesAnswer`."""

    source_key: str
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
