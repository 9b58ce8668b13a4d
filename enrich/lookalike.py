"""Lookalikes: what sets some given customers apart from the other companies of their countries, and who is like them."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from db.sql import read_query
from enrich.config import Config
from enrich.describe import describe_companies
from enrich.errors import InputInvalid
from enrich.gate import Exportable, Readers
from enrich.icp.model import Criteria, Icp, Should
from enrich.icp.odds import TELLING, Odds, compare_shares
from enrich.icp.reasons import read_answers
from enrich.icp.titles import title_of
from enrich.icp.toml import write_icp
from enrich.icp.traits import LISTED, Trait, ask_for, list_traits
from enrich.rules import excluding_bits, rules_in
from enrich.search import LeftOut, compile_icp, find, read_as_of

FEWEST, MOST = 5, 500
"""So many customers say something; more than the most are a market, and no longer examples."""

NEARLY_ALL = 0.9
"""The share of the customers that must have what is proposed as a must, and the share of whom it must be known."""
RARE = 0.2
"""The largest share of the others that may have what is proposed as a must."""

COMMON = 0.95
"""What this share of the others has sets nobody apart."""

AT_ONCE = 20
"""So many traits are counted in one question: planning one of ten times as many takes far more than ten times as long."""

POOL = 200
"""So many of the best are compared with the customers: among equal scores the likest comes first."""

_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitOdds:
    """One value that customers have: how many of those of whom it is known, against the others. `odds` is null where
    nothing is known of the others.
    """

    criterion: str
    asked: str
    customers_yes: int
    customers_known: int
    others_yes: int
    others_known: int
    odds: Odds | None
    title: str | None = None
    """What a code is called, where it needs a name to be read."""

    @property
    def verdict(self) -> str:
        """more, less, or too few to tell."""
        return self.odds.verdict if self.odds is not None else "too few to tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A company like the customers: what a search shows of it, the nearest customer, and what they share."""

    company: Exportable
    nearest: str
    nearest_name: str
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalikes:
    """The answer: `traits` by what they tell, most telling first; `proposal` is null, and there are no neighbours, where
    too few customers were given to tell anything.

    `not_shown` of those given were left out: suppressed, natural persons, or no longer published.
    """

    name: str
    customers: tuple[Exportable, ...]
    not_shown: int
    other_count: int
    countries: tuple[str, ...]
    traits: tuple[TraitOdds, ...]
    proposal: Icp | None
    toml: str | None
    neighbours: tuple[Neighbour, ...]
    neighbour_count: int
    left_out: tuple[LeftOut, ...]
    as_of: datetime
    sources: tuple[Mapping[str, object], ...]


def find_lookalikes(
    readers: Readers,
    config: Config,
    company_ids: Sequence[str],
    *,
    name: str = "lookalike",
    limit: int = 20,
    include: Collection[str] = frozenset(),
) -> Lookalikes:
    """What sets these customers apart, an ICP `name` proposed from it, and the `limit` companies that fit it best.

    Customers may be of any standing; who is left out of a search is left out of the neighbours too, and `include` brings
    rules back as in `find`. Raises `InputInvalid` for fewer than 5 customers or more than 500, or an unusable name.
    """
    if _NAME.fullmatch(name) is None:
        raise InputInvalid(f"{name!r} is no name for an ICP: use letters, digits, _ and -.")
    given = tuple(dict.fromkeys(company_ids))
    readers.lay_decisions()
    seeds = readers.warehouse.ask(read_query("search/lookalike_seeds"), ids=given)
    customers = {str(one.values["company_id"]): one for one in readers.admit(seeds)}
    _refuse_unusable(len(given), len(customers))
    ids = tuple(one for one in given if one in customers)
    listed = [customers[one].values for one in ids]
    today = datetime.now(UTC).date()
    countries = tuple(sorted({str(one["country_code"]) for one in listed if one["country_code"] is not None}))
    population = _Population(readers=readers, config=config, ids=ids, countries=countries)
    told = population.compare([[each] for each in list_traits(listed, today=today)])
    traits = _choose_telling({asked[0]: odds for asked, odds in told.items()})
    proposal, notes = _propose(population, traits, today)
    neighbours, count, left_out = _find_neighbours(readers, config, name, proposal, ids, limit=limit, include=include)
    return Lookalikes(
        name=name,
        customers=tuple(customers[one] for one in ids),
        not_shown=len(given) - len(ids),
        other_count=population.other_count,
        countries=countries,
        traits=tuple(traits.values()),
        proposal=proposal,
        toml=None if proposal is None else write_icp(name, proposal, notes),
        neighbours=neighbours,
        neighbour_count=count,
        left_out=left_out,
        as_of=read_as_of(readers),
        sources=tuple(readers.warehouse.rows("search/sources")),
    )


def _refuse_unusable(given: int, usable: int) -> None:
    if usable < FEWEST:
        lost = (
            f" ({given - usable} more are suppressed, natural persons or no longer published)" if given > usable else ""
        )
        raise InputInvalid(
            f"{usable} customers are too few to tell what they have in common from chance{lost}: give at least {FEWEST}, better 20."
        )
    if usable > MOST:
        raise InputInvalid(f"{usable} customers are too many to be examples: give at most {MOST}, the best of them.")


@dataclass(slots=True, kw_only=True)
class _Population:
    """The customers and all others of their countries, to be counted."""

    readers: Readers
    config: Config
    ids: tuple[str, ...]
    countries: tuple[str, ...]
    other_count: int = 0

    def compare(self, asked: Sequence[Sequence[Trait]]) -> dict[tuple[Trait, ...], TraitOdds]:
        """The odds of each group of traits (any of them is meant), of those groups that customers enough have."""
        here = self._tally(asked, "search/lookalike_seeds")
        shared = [group for group in asked if here[tuple(group)][0] >= TELLING]
        there = self._tally(shared, "search/lookalike_others")
        # what everybody has is no trait
        shared = [group for group in shared if there[tuple(group)][0] < COMMON * sum(there[tuple(group)])]
        return {
            tuple(group): TraitOdds(
                criterion=group[0].name,
                asked=", ".join("yes" if each.asked is True else str(each.asked) for each in group),
                customers_yes=(seeds := here[tuple(group)])[0],
                customers_known=sum(seeds),
                others_yes=(others := there[tuple(group)])[0],
                others_known=sum(others),
                odds=compare_shares(yes=seeds[0], known=sum(seeds), others_yes=others[0], others_known=sum(others)),
                title=", ".join(filter(None, (title_of(each.name, str(each.asked), self.countries) for each in group)))
                or None,
            )
            for group in shared
        }

    def _tally(self, asked: Sequence[Sequence[Trait]], relation: str) -> dict[tuple[Trait, ...], tuple[int, int]]:
        """How many have each, and how many are known not to."""
        told: dict[tuple[Trait, ...], tuple[int, int]] = {}
        for start in range(0, len(asked), AT_ONCE):
            groups = asked[start : start + AT_ONCE]
            wishes = tuple(_wish(ask_for(group), 1) for group in groups)
            # compiled as an ICP, so that what is counted is what a search will ask
            query = compile_icp(self.readers, self.config, "lookalike", Icp(should=wishes))
            bound = {**query.parameters, "ids": self.ids, "countries": self.countries}
            [row] = self.readers.warehouse.ask(query.tally(f"({read_query(relation)})"), **bound)
            if relation == "search/lookalike_others":
                self.other_count = int(str(row["company_count"]))
            told |= {
                tuple(group): (int(str(row[f"yes{index}"])), int(str(row[f"no{index}"])))
                for index, group in enumerate(groups)
            }
        return told


def _telling(found: TraitOdds) -> float:
    """How much the customers differ from the others by it: the information (nats) that all of them together give."""
    if found.odds is None or found.verdict != "more":
        return 0.0
    one, other = found.odds.share, (found.others_yes + 1) / (found.others_known + 2)
    gained = one * math.log(one / other) + (0 if one == 1 else (1 - one) * math.log((1 - one) / (1 - other)))
    return found.customers_known * gained


def _choose_telling(traits: Mapping[Trait, TraitOdds]) -> dict[Trait, TraitOdds]:
    """Of traits that overlap (a code and one below it, ranges of employees) the one that tells most; most telling first."""
    # of codes that tell the same the shorter: its companies are the same, and it says no more than is known
    order = sorted(
        traits, key=lambda one: (-_telling(traits[one]), -traits[one].customers_yes, len(str(one.asked)), str(one))
    )
    chosen: dict[Trait, TraitOdds] = {}
    for trait in order:
        taken = [other for other in chosen if other.name == trait.name]
        if len(taken) < LISTED.get(trait.name, 1) and not any(map(trait.overlaps, taken)):
            chosen[trait] = traits[trait]
    return chosen


def _propose(
    population: _Population, traits: Mapping[Trait, TraitOdds], today: date
) -> tuple[Icp | None, dict[str, str]]:
    """An ICP of what sets the customers apart, and the figures behind each criterion; null where nothing does."""
    groups: dict[str, list[Trait]] = {}
    for trait, found in traits.items():
        if found.verdict == "more":
            groups.setdefault(trait.name, []).append(trait)
    if not groups:
        return None, {}
    together = population.compare(list(groups.values()))
    must: dict[str, object] = {"country": population.countries}
    should: list[Should] = []
    notes: dict[str, str] = {}
    for asked, found in together.items():
        name = asked[0].name
        if _is_must(found, len(population.ids)):
            must |= ask_for(asked).model_dump(include={name})
            notes[f"must.{name}"] = say_shares(found)
            continue
        for trait in groups[name]:
            alone = traits[trait]
            assert alone.odds is not None  # noqa: S101 - it was chosen by its odds
            notes[f"should[{len(should)}]"] = say_shares(alone)
            should.append(_wish(trait.criteria, max(0.1, round(alone.odds.log_odds, 1))))
    said = f"Like {len(population.ids)} customers, proposed {today}: edit it"
    return Icp(description=said, must=Criteria.model_validate(must), should=tuple(should)), notes


def _is_must(found: TraitOdds, customer_count: int) -> bool:
    """Whether nearly all customers have it and few others do."""
    is_known = found.customers_known >= NEARLY_ALL * customer_count
    return (
        is_known
        and found.customers_yes >= NEARLY_ALL * found.customers_known
        and found.others_yes <= RARE * found.others_known
    )


def _wish(criteria: Criteria, weight: float) -> Should:
    return Should.model_validate({**criteria.model_dump(exclude_defaults=True), "weight": weight})


def say_shares(found: TraitOdds) -> str:
    """What it is called, how many customers have it, against the share of the others.

    >>> odds = compare_shares(yes=8, known=9, others_yes=31, others_known=1000)
    >>> found = TraitOdds(criterion="industry", asked="62", customers_yes=8, customers_known=9, others_yes=31, others_known=1000, odds=odds)
    >>> say_shares(found)
    '8 of 9 customers, 3.1 % of the others'
    """
    named = f"{found.title}: " if found.title is not None else ""
    return f"{named}{found.customers_yes} of {found.customers_known} customers, {say_others(found)} of the others"


def say_others(found: TraitOdds) -> str:
    """The share of the others who have it, in per cent; "unknown" where nothing is known of them."""
    if found.odds is None:
        return "unknown"
    percent = 100 * found.odds.elsewhere
    return f"{percent:.2g} %" if percent < 1 else f"{percent:.1f} %"


def _find_neighbours(
    readers: Readers,
    config: Config,
    name: str,
    proposal: Icp | None,
    ids: tuple[str, ...],
    *,
    limit: int,
    include: Collection[str],
) -> tuple[tuple[Neighbour, ...], int, tuple[LeftOut, ...]]:
    if proposal is None:
        return (), 0, ()
    proposed = config.model_copy(update={"icp": {**config.icp, name: proposal}})
    answer = find(readers, proposed, name, limit=max(POOL, limit) + len(ids), include=include)
    # a customer given may be nobody's customer yet by the CRM, and is no neighbour of itself
    found = [one for one in answer.companies if str(one.values["company_id"]) not in ids]
    query = compile_icp(readers, proposed, name, proposal)
    seeds = describe_companies(readers, proposed, query, ids)
    ranked = sorted(
        ((_find_nearest(one.values, seeds), one) for one in found),
        key=lambda pair: (_rank(pair[1].values), -_likeness(pair[1].values, pair[0])),
    )
    neighbours = tuple(
        Neighbour(
            company=one,
            nearest=str(nearest["id_label"]),
            nearest_name=str(nearest["name"]),
            shared=tuple(told for told, _ in _shared(one.values, nearest)),
        )
        for nearest, one in ranked[:limit]
    )
    excluding = {rule.name for rule in rules_in(excluding_bits(include))}
    # of all that fit, not only of those on the page
    seeds_found = sum(one["verdict"] != "no" and excluding.isdisjoint(_names(one["rules"])) for one in seeds)
    return neighbours, answer.fits + answer.may_fit - seeds_found, answer.left_out


def _names(rules: object) -> tuple[str, ...]:
    return rules if isinstance(rules, tuple) else ()


def _rank(values: Mapping[str, object]) -> tuple[object, ...]:
    """As a search ranks: who certainly fits first, then by score."""
    return values["verdict"] != "yes", -int(str(values["fit_low"])), -int(str(values["fit_high"]))


def _find_nearest(company: Mapping[str, object], seeds: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    return max(seeds, key=lambda seed: (_likeness(company, seed), str(seed["company_id"])))


def _likeness(one: Mapping[str, object], other: Mapping[str, object]) -> float:
    return sum(weight for _, weight in _shared(one, other))


def _shared(one: Mapping[str, object], other: Mapping[str, object]) -> list[tuple[str, float]]:
    """What two companies have in common, with its weight: the criteria that both meet, then the finer things."""
    met, met_too = (
        {
            one.criterion: one.weight or 1.0
            for one in read_answers(each["points"])
            if one.speaks_for and one.name != "country"
        }
        for each in (one, other)
    )
    shared = [(criterion, weight) for criterion, weight in met.items() if criterion in met_too]
    industry, industry_too = ((each["industry_scheme"], each["industry_code"]) for each in (one, other))
    if industry[1] is not None and industry == industry_too:
        shared.append((f"the same industry {one['industry']}", 1.0))
    if one["municipality_name"] is not None and one["municipality_name"] == other["municipality_name"]:
        shared.append((f"both in {one['municipality_name']}", 0.5))
    sizes = one["employees_low"], other["employees_low"]
    if all(size is not None for size in sizes):
        small, large = sorted(int(str(size)) for size in sizes)
        if likeness := max(0.0, 1 - math.log((large + 1) / (small + 1)) / math.log(10)):
            shared.append((f"{one['size']} and {other['size']} employees", likeness))
    return shared
