"""What every source says of itself, read from its declaration: how it is reached, what login it wants, what it answers.

The command `sources`, the heads of docs/sources and the table of criteria are all written from here, so that none of them
can say what no declaration says.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from enrich.config import SourceConfig
from enrich.icp.centres import NORDIC
from enrich.icp.model import MODIFIERS, Criteria
from sources.feed import SignalFileConnector, SignalsConnector
from sources.fields import Expr
from sources.kinds.crm_api import CrmConnector
from sources.registry import find_sources
from sources.source import (
    AccountsConnector,
    BulkConnector,
    ChangesConnector,
    CodesConnector,
    Connector,
    FileConnector,
    KnowledgeConnector,
    Layout,
    LookupConnector,
    MandatesConnector,
    NumbersConnector,
    RatesConnector,
    RolesConnector,
    SiteConnector,
)

ANYWHERE = "any"
"""Stands for the country of a source that has companies of all countries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login that a source takes: for what, in which environment variables; without a required one it says nothing.

    `variables` are empty where the configuration is to name the variable (`secret_env`). `is_set` is null where nobody
    looked, as in the docs.
    """

    opens: str
    variables: tuple[str, ...]
    is_required: bool
    is_set: bool | None = None

    def __str__(self) -> str:
        """As a person reads it."""
        named = " and ".join(self.variables) or "the variable that secret_env names"
        state = {None: "", True: " (set)", False: " (not set)"}[self.is_set]
        what = self.opens if self.is_required else f"optional, for {self.opens}"
        return f"{what}: {named}{state}"


def logins(
    connector: Connector, *, configured: SourceConfig | None = None, environ: Mapping[str, str] | None = None
) -> tuple[Login, ...]:
    """The logins that a source takes; with `environ`, whether each is set there."""
    source = connector.SOURCE
    secret_env = None if configured is None else configured.secret_env
    wanted = [("all of it", source.login_envs, True)] if source.login_envs else []
    if source.login_by:
        named = () if secret_env is None else (secret_env,)
        wanted.append((source.login_by, named, isinstance(connector, CrmConnector)))
    wanted += [(opens, variables, False) for opens, variables in source.optional_envs.items()]
    return tuple(
        Login(
            opens=opens,
            variables=variables,
            is_required=is_required,
            is_set=None if environ is None else bool(variables) and all(environ.get(name) for name in variables),
        )
        for opens, variables, is_required in wanted
    )


def kept(connector: Connector) -> str:
    """For how long what a source brings is kept, as `enrich.retention` keeps it."""
    days = f"{connector.SOURCE.privacy.retention_days:,} days"
    if isinstance(connector, CrmConnector):
        return "until you erase it"
    if isinstance(connector, RatesConnector | CodesConnector):
        return "until it is replaced"
    if isinstance(connector, SignalsConnector | SiteConnector):
        return days
    return f"the last version of a record until you erase it, what was replaced or ended {days}"


_WAYS: tuple[tuple[type, str], ...] = (
    (BulkConnector, "whole file or index"),
    (ChangesConnector, "feed of changes"),
    (LookupConnector, "single records"),
    (NumbersConnector, "single records"),
    (RolesConnector, "roles of the CRM's companies"),
    (MandatesConnector, "who may sign for the CRM's companies"),
    (AccountsConnector, "accounts, company by company"),
    (SignalsConnector, "dated events"),
    (CrmConnector, "your CRM"),
    (RatesConnector, "rates of currencies"),
    (CodesConnector, "code lists"),
    (KnowledgeConnector, "records by the companies' numbers"),
    (SiteConnector, "web sites, company by company"),
)


def ways(connector: Connector) -> tuple[str, ...]:
    """The ways in which a source is read, each in a few words."""
    by_net = [words for protocol, words in _WAYS if isinstance(connector, protocol)]
    reads_files = isinstance(connector, BulkConnector | FileConnector | SignalFileConnector)
    return (*by_net, *(("a file given by hand (`--file`)",) if reads_files else ()))


# --- what a layout reads -----------------------------------------------------------------------------------------
def parts_in(expression: object) -> frozenset[str]:
    """The fields that the elements of a list have, out of the mapping that makes them.

    >>> from sources.fields import column, many, record
    >>> sorted(parts_in(many(record(city=column("by"), street=column("vei")), need="city")))
    ['city', 'street']
    """
    return frozenset(name for name, _ in _elements(expression))


def kinds_in(expression: object) -> frozenset[str]:
    """Every word that the field `kind` of a list's elements may become."""
    return frozenset(word for name, value in _elements(expression) if name == "kind" for word in _words(value))


def _elements(expression: object) -> Iterator[tuple[str, Expr]]:
    if isinstance(expression, Expr):
        if expression.op == "record":
            yield from (pair for pair in expression.args if isinstance(pair, tuple))
        else:
            for argument in expression.args:
                yield from _elements(argument)
    elif isinstance(expression, tuple):
        for part in expression:
            yield from _elements(part)


def _words(expression: object) -> Iterator[str]:
    if isinstance(expression, Expr):
        for argument in expression.args:
            yield from _words(argument)
    elif isinstance(expression, tuple):
        for part in expression:
            yield from _words(part)
    elif isinstance(expression, str):
        yield expression


def columns_by_use(layout: Layout) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """A layout's columns that are read, those that are ignored by name, and the beginnings of names that are ignored."""
    read = layout.columns_read()
    return (
        tuple(name for name in layout.columns if name in read),
        tuple(sorted(layout.ignored)),
        layout.ignored_prefixes,
    )


# --- what an ICP can ask -----------------------------------------------------------------------------------------
_OF_NO_SOURCE = ("territory", "in_crm", "last_contact_days", "last_contact", *MODIFIERS)
CRITERIA = tuple(name for name in Criteria.model_fields if name not in _OF_NO_SOURCE)
"""What an ICP asks of a company that sources answer, in the order of its form: not what your CRM alone knows, nor territories,
which are made of others of these.
"""

_RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "country": ("country_code",),
    "region": ("addresses.region_code",),
    "municipality": ("addresses.municipality_code", "addresses.municipality_name"),
    "postal_prefix": ("addresses.postal_code",),
    "industry": ("industries",),
    "near": ("addresses.municipality_code", "addresses.city"),
    "employees": ("employees_low", "employees_high", "account.average_employees"),
    "employees_growth": ("account.average_employees",),
    "revenue": ("account.revenue",),
    "revenue_growth": ("account.revenue",),
    "founded": ("founded_date", "registered_date"),
    "age_years": ("founded_date", "registered_date"),
    "status": ("status",),
    "legal_form": ("legal_form_code",),
    "sector": ("sector_code",),
    "is_subsidiary": ("is_in_group", "relation.parent"),
    "has_parent": ("is_in_group", "relation.parent", "relation.branch_of"),
    "group_size": ("is_in_group", "relation.parent"),
    "roles": ("role",),
    "has_website": ("contact_points.website",),
    "technology": ("site",),
    "words": ("purpose", "activity", "site"),
    "signals": ("signal",),
    "marketing_protected": ("is_marketing_protected",),
}
"""The facts on which a criterion rests: one of them is enough. Words are always looked for in names, too."""


ASKED_BY_COMPANY = ("employees_growth", "revenue", "revenue_growth", "roles", "technology")
"""Criteria of which a source is asked company by company, so that a loaded record does not mean that it has answered."""


def answered_by(connector: Connector) -> tuple[str, ...]:
    """The criteria of which some layout of the source maps a fact on which they rest, in the order of the form."""
    facts = _facts(connector)
    return tuple(name for name in CRITERIA if facts.intersection(_RESTS_ON[name]))


def stated_by(criterion: str, country: str | None) -> tuple[str, ...]:
    """The sources that state a criterion of companies of that country, then those that do of any country.

    >>> stated_by("revenue", "NO"), stated_by("territory", "NO")
    (('no_brreg',), ())
    """
    answers = answers_by_country()
    return tuple(
        dict.fromkeys(
            name
            for each in (country, ANYWHERE)
            if each is not None
            for name in answers.get(each, {}).get(criterion, ())
        )
    )


def tells_events(name: str, *, is_tender: bool) -> bool:
    """Whether a source tells of tenders, or else of job ads.

    >>> [tells_events(name, is_tender=True) for name in ("no_doffin", "no_nav_jobs", "no_brreg")]
    [True, False, False]
    """
    connector = find_sources()[name]
    return isinstance(connector, SignalsConnector) and connector.SIGNAL_KIND.startswith("tender_") is is_tender


def can_be_asked(name: str, of_sources: Collection[str]) -> bool:
    """Whether a source may know companies that these sources state: one that is asked by numbers only where one of them states such.

    >>> can_be_asked("us_sec", ["no_brreg"]), can_be_asked("us_sec", ["us_sec_tickers"]), can_be_asked("gleif", ["no_brreg"])
    (False, True, True)
    """
    found = find_sources()
    connector = found[name]
    if not isinstance(connector, KnowledgeConnector):
        return True
    return any(found[each].SOURCE.scheme in connector.ASKED_BY for each in of_sources if each in found)


def sources_not_loaded(criterion: str, countries: Iterable[str], loaded: Collection[str]) -> dict[str, tuple[str, ...]]:
    """By country its own sources that state a criterion, where none of them is loaded.

    >>> sources_not_loaded("industry", ["SE", "NO"], ["no_brreg", "gleif"])
    {'SE': ('se_scb',)}
    """
    own = {country: answers_by_country().get(country, {}).get(criterion, ()) for country in countries}
    return {country: names for country, names in own.items() if names and not set(names).intersection(loaded)}


@cache
def answers_by_country() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """By country, in order, and criterion the sources that answer it; the last are those of any country."""
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    found = find_sources()
    for name, connector in sorted(found.items(), key=lambda each: (each[1].SOURCE.country or "~", each[0])):
        for criterion in answered_by(connector):
            row = table.setdefault(connector.SOURCE.country or ANYWHERE, dict.fromkeys(CRITERIA, ()))
            row[criterion] += (name,)
    return table


def _facts(connector: Connector) -> frozenset[str]:
    source = connector.SOURCE
    facts = {f"account.{name}" for name in source.account_fields}
    facts |= {"role"} if isinstance(connector, RolesConnector) else set()
    facts |= {"site"} if isinstance(connector, SiteConnector) else set()
    if source.signal_layouts:
        facts.add("signal")
    for layout in source.layouts:
        facts |= layout.fields.keys()
        facts |= {f"relation.{kind}" for kind, _, _ in layout.relations}
        facts |= {f"addresses.{part}" for part in parts_in(layout.fields.get("addresses"))}
        facts |= {f"contact_points.{kind}" for kind in kinds_in(layout.fields.get("contact_points"))}
    # a municipality of these lies in a region, and Sweden's postal towns in both
    if source.country in ("NO", *NORDIC) and "addresses.municipality_code" in facts:
        facts.add("addresses.region_code")
    if source.country == "SE" and "addresses.city" in facts:
        facts |= {"addresses.region_code", "addresses.municipality_name"}
    return frozenset(facts)


def fields_filled(connectors: Sequence[Connector]) -> dict[str, tuple[str, ...]]:
    """By source the fields of ours that any of its layouts maps, counts of employees as one."""
    filled = {}
    for connector in connectors:
        source = connector.SOURCE
        names = [name for layout in (*source.layouts, *source.signal_layouts) for name in layout.fields]
        filled[source.name] = tuple(
            dict.fromkeys("employees" if name.startswith("employees_") else name for name in names)
        )
    return filled
