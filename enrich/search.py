"""Search: the companies that fit an ICP, ranked, each with the reason, and how many each rule left out."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches

from db.sql import read_query
from enrich.catalogue import ASKED_BY_COMPANY, can_be_asked, stated_by
from enrich.codes import earlier_numbers, industry_mappings
from enrich.company import read_company, resolve_company
from enrich.config import Config
from enrich.describe import describe_companies, describe_found
from enrich.engine.facets import FacetCount
from enrich.engine.gather import COMPANIES, UNASSIGNED, count_holding, gather
from enrich.errors import InputInvalid, NotFound
from enrich.gate import NATURAL_PERSONS, Exportable, Readers
from enrich.icp.correspondence import Correspondences
from enrich.icp.countries import countries_asked
from enrich.icp.earlier_numbers import EarlierNumbers
from enrich.icp.fit import FitQuery, compile_fit
from enrich.icp.missing import MissingFact, find_most_telling
from enrich.icp.model import Criteria, Icp, Territory
from enrich.icp.money import asked_currencies
from enrich.icp.reasons import read_answers
from enrich.icp.signals import SignalCoverage, read_coverage
from enrich.icp.vocabulary import refuse_unknown, refuse_unknown_territories
from enrich.lacking import Lacking, find_lacking
from enrich.rates import rates_asked
from enrich.rules import RULES, Rule, excluding_bits, rules_in
from enrich.words.found import Worded, rank_by_words, with_words

__all__ = ["FindAnswer", "LeftOut", "choose_icp", "collect", "find", "read_company", "resolve_company"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """How many companies that fit or may fit one rule left out, each counted at the first rule that holds for it.

    `include` is the name that brings them back, null where nothing does. `company_count` is null where it cannot be
    known: the published files do not have who is held back.
    """

    rule: str
    label: str
    company_count: int | None
    include: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAnswer:
    """A page of companies, best first, and what is not on it.

    Each company's `values` has company_id, id_label, name, place, industry, size, owner, fit, verdict (yes, maybe),
    fit_low and fit_high (0-100), why, points, rules (those that were
    to be ignored), and its published columns; where words were asked for, relevance (1-100, the most relevant company of all has 100),
    word_score (the same unrounded) and words_found. `fits` and `may_fit` count all that no rule
    left out, not only those on the page.
    """

    icp: str
    icp_version: str
    text: str | None
    owner: str | None
    include: tuple[str, ...]
    criteria: tuple[str, ...]
    notes: tuple[str, ...]
    """What municipalities became that are asked for by numbers of before 2020, and which other countries have these; who was never contacted."""
    as_of: datetime
    sources: tuple[Mapping[str, object], ...]
    companies: tuple[Exportable, ...]
    fits: int
    may_fit: int
    left_out: tuple[LeftOut, ...]
    words_found: Mapping[str, int] = field(default_factory=dict)
    """Where nobody was found by a text: how many of all companies have each of its words in name, purpose, activity or what its site says."""
    words_used: Mapping[str, int] = field(default_factory=dict)
    """Where nobody was found by words: how many of all companies use each of them, in any form or within another word."""
    worded: Worded | None = None
    """What was asked in words to rank by; null where nothing was."""
    lacking: tuple[Lacking, ...] = ()
    """Criteria of which nothing or little is known of the companies of the ICP's countries."""
    facets: tuple[FacetCount, ...] | None = None
    """All that no rule left out, counted by facet and value ("unknown" is one); null where they were not asked for."""
    missing: MissingFact | None = None
    """The unknown that moves the order of the companies on this page most."""

    @property
    def truncated(self) -> bool:
        """Whether there are more companies than shown."""
        return len(self.companies) < self.fits + self.may_fit


def find(
    readers: Readers,
    config: Config,
    icp_name: str | None = None,
    *,
    text: str | None = None,
    limit: int | None = 20,
    owner: str | None = None,
    include: Collection[str] = frozenset(),
    why_include: str | None = None,
    facets: bool = False,
    words: str | None = None,
) -> FindAnswer:
    """The `limit` best companies (null: all) for an ICP, and of the rest how many each rule left out.

    `text` narrows to companies in whose name, purpose, activity or site's description each of its words (or "phrases") is found; `owner`
    to those of one owner, by name or e-mail, or `unassigned`; `words` to companies that use any of its words, inflected or within
    a compound too, and ranks by them: known fits first, then by relevance, then by fit. `include` names rules to ignore; natural
    persons need the reason `why_include`. `facets` counts all that no rule left out by country, region, industry and more.
    Raises `NotFound` for an unknown ICP or owner, `InputInvalid` for an unusable option,
    `ConfigInvalid` where the ICP, or a territory of the owner, asks for a code or place that no company has.
    """
    name, icp = choose_icp(config, icp_name)
    excluding = excluding_bits(include)
    if NATURAL_PERSONS in include and not (why_include and why_include.strip()):
        raise InputInvalid("Natural persons are shown only for a reason: say it with --why.")
    if limit is not None and limit < 1:
        raise InputInvalid(f"A page has at least one company, not {limit}.")
    if words is not None and NATURAL_PERSONS in include:
        raise InputInvalid("Words of natural persons' businesses are not kept: ask without --include natural-persons.")
    readers.lay_decisions()
    refuse_unanswerable(readers, config, name, icp, owner=owner)
    query = compile_icp(readers, config, name, icp, text=text)
    worded = None if words is None else rank_by_words(readers, words)
    found = gather(
        readers,
        query,
        excluding=excluding,
        limit=limit,
        owner=owner,
        contacted_days=config.find.contacted_days,
        with_facets=facets,
        by_words=worded is not None,
    )
    counts = found.counts
    described, found_at = list[dict[str, object]](), dict[str, int]()
    for one, values in describe_found(readers, config, query, found.ranked):
        described.append(values)
        if one.table == COMPANIES:
            found_at[str(values["company_id"])] = one.number
    shown = _best(described if worded is None else with_words(readers, described), limit)
    narrowed = text is not None or owner is not None or worded is not None
    return FindAnswer(
        icp=name,
        icp_version=query.version,
        text=text,
        owner=owner,
        include=tuple(sorted(include)),
        criteria=_say_criteria(query),
        notes=say_notes(query),
        as_of=read_as_of(readers),
        sources=tuple(readers.rows_once("search/sources")),
        companies=tuple(readers.admit(shown, include=include, why=why_include, found_at=found_at)),
        fits=_count(counts, excluding, "yes"),
        may_fit=_count(counts, excluding, "maybe"),
        left_out=_left_out(readers, config, query, counts, excluding, narrowed=narrowed),
        words_found={}
        if text is None or worded is not None or owner is not None or counts
        else _count_words(readers, query, split_terms(text)),
        lacking=find_lacking_of(readers, config, icp, query),
        facets=found.facets,
        missing=_most_telling(shown),
        worded=worded,
        words_used={} if worded is None or owner is not None or counts else _count_users(readers, worded),
    )


def read_territory_owner(readers: Readers, config: Config, company_id: str) -> str | None:
    """Whose a company is by the territory in which it lies, where the CRM names no owner; null where that is nobody's."""
    any_icp = Icp(must=Criteria(has_website=True))  # it is described whether or not it fits
    query = compile_icp(readers, config, "owner", any_icp)
    described = describe_companies(readers, config, query, [company_id])
    owner = str(described[0]["owner"]) if described else UNASSIGNED
    return None if owner == UNASSIGNED else owner


def _most_telling(shown: Sequence[Mapping[str, object]]) -> MissingFact | None:
    """The unknown that moves these companies' order most, with the sources of their countries that may still tell it."""
    found = find_most_telling([read_answers(each["points"]) for each in shown])
    if found is None:
        return None
    countries = dict.fromkeys(str(each["country_code"]) for each in shown)
    stating = dict.fromkeys(name for country in countries for name in stated_by(found.criterion, country))
    # a register whose records are loaded has said what it knows, but for what it is asked company by company
    said = (
        set[str]() if found.criterion in ASKED_BY_COMPANY else set.intersection(*(_sources_of(each) for each in shown))
    )
    known = set[str]().union(*(_sources_of(each) for each in shown))
    return replace(found, sources=tuple(name for name in stating if name not in said and can_be_asked(name, known)))


def _sources_of(company: Mapping[str, object]) -> set[str]:
    sources = company["sources"]
    return set(map(str, sources)) if isinstance(sources, list) else set()


def _count_words(readers: Readers, query: FitQuery, terms: Sequence[str]) -> dict[str, int]:
    of_text = [point for point in query.points if point.kind == "text"]
    return {term: count_holding(readers, query, point) for term, point in zip(terms, of_text, strict=True)}


def _count_users(readers: Readers, worded: Worded) -> dict[str, int]:
    """Of how many of all companies each word is, alone, after `rank_by_words`: 0 where none uses it."""
    counted = {
        str(row["asked"]): _whole(row["company_count"]) for row in readers.warehouse.rows("search/words_counted")
    }
    return {word: counted.get(word, 0) for word in (*worded.asked, *worded.not_found)}


def collect(
    readers: Readers,
    config: Config,
    company_ids: Sequence[str],
    icp_name: str | None = None,
    *,
    include: Collection[str] = frozenset(),
    why_include: str | None = None,
) -> FindAnswer:
    """These companies (a list, say) in their order, with what a search would show of them; only the gate leaves out.

    `fits` and `may_fit` count those that fit the ICP; the others are shown too, as not fitting.
    """
    name, icp = choose_icp(config, icp_name)
    readers.lay_decisions()
    query = compile_icp(readers, config, name, icp)
    described = describe_companies(readers, config, query, company_ids)
    admitted = tuple(readers.admit(described, include=include, why=why_include))
    gone = len(company_ids) - len(admitted)
    suppressed = rules_in(1)[0]
    held = LeftOut(
        rule=suppressed.name, label="held back by the gate, or no longer published", company_count=gone, include=None
    )
    return FindAnswer(
        icp=name,
        icp_version=query.version,
        text=None,
        owner=None,
        include=tuple(sorted(include)),
        criteria=_say_criteria(query),
        notes=say_notes(query),
        as_of=read_as_of(readers),
        sources=tuple(readers.rows_once("search/sources")),
        companies=admitted,
        fits=sum(one.values["verdict"] == "yes" for one in admitted),
        may_fit=sum(one.values["verdict"] == "maybe" for one in admitted),
        left_out=(held,) if gone else (),
    )


def choose_icp(config: Config, name: str | None) -> tuple[str, Icp]:
    """The ICP of that name; without one that of `[find] icp`, or the only one there is.

    Raises `NotFound` where there is none of that name, `ConfigInvalid` where its section is faulty.
    """
    known = [*config.icp, *config.faulty_icps]
    chosen = name or config.find.icp or (known[0] if len(known) == 1 else None)
    if not known:
        raise InputInvalid("The configuration has no ICP: add a section [icp.NAME].")
    if chosen is None:
        raise InputInvalid(f"There are several ICPs: name one with --icp ({', '.join(known)}), or set [find] icp.")
    config.require_icp(chosen)
    if chosen not in config.icp:
        raise NotFound("ICP", chosen, get_close_matches(chosen, known, n=3, cutoff=0.4) or known[:3])
    return chosen, config.icp[chosen]


def refuse_unanswerable(readers: Readers, config: Config, name: str, icp: Icp, *, owner: str | None) -> None:
    """Raise what would be answered with nothing, and nobody would know why.

    `NotFound` for an unknown owner, `ConfigInvalid` where the ICP, or a territory of the owner, asks for a code or place that no company has.
    """
    if owner is not None:
        refuse_unknown_owner(readers, config, owner)
        refuse_unknown_territories(readers, territories_of(config, owner), home=config.crm.country)
    refuse_unknown(readers, icp, name, config.territory, place=f"The ICP {name!r}", home=config.crm.country)


def find_lacking_of(readers: Readers, config: Config, icp: Icp, query: FitQuery) -> tuple[Lacking, ...]:
    """Criteria of the ICP of which nothing or little is known of the companies of its countries."""
    return find_lacking(readers, query, countries_asked(icp, config.territory), home=config.crm.country)


def refuse_unknown_owner(readers: Readers, config: Config, owner: str) -> None:
    """Raise `NotFound` with suggestions where nobody of the CRM or a territory has that name or e-mail."""
    owners = read_query("search/owners" if readers.has_people else "search/no_owners")
    named = readers.warehouse.ask(
        f"WITH crm_owner AS ({owners}) {read_query('search/owner_names')}",
        territory_owners=[territory.owner for territory in config.territory.values()],
    )
    known = {name.lower(): name for name in [*sorted(str(row["asked_as"]) for row in named), UNASSIGNED]}
    if owner.lower() not in known:
        near = get_close_matches(owner.lower(), known, n=3, cutoff=0.5)
        # part of a name is what people type for a colleague
        near += [each for each in known if owner.lower() in each and each not in near][:3]
        raise NotFound("owner", owner, [known[each] for each in near or list(known)[-3:]])


def territories_of(config: Config, owner: str) -> Mapping[str, Territory]:
    """The territories that decide what is an owner's; of `unassigned` all, being what none of them covers."""
    return {
        name: territory
        for name, territory in config.territory.items()
        if owner.lower() in (territory.owner.lower(), UNASSIGNED)
    }


def compile_icp(readers: Readers, config: Config, name: str, icp: Icp, *, text: str | None = None) -> FitQuery:
    """The ICP compiled with the code lists in use, and the words of `text` to be found as well."""
    codes = [
        (str(row["scheme"]), str(row["code"])) for row in readers.rows_once("search/codes_in_use", kind="legal_form")
    ]
    mappings, earlier = readers.once(_read_mappings)
    query = compile_fit(
        icp,
        name,
        config.territory,
        codes=codes,
        mappings=mappings,
        earlier=earlier,
        signal_coverage=read_signal_coverage(readers),
        rates=_rates(readers, icp),
        terms=split_terms(text or ""),
    )
    _refuse_earlier_file(readers, query)
    return query


def _read_mappings(readers: Readers) -> tuple[Correspondences, EarlierNumbers]:
    is_known = "mart.correspondence" in readers.relations  # not in a file of before there were any
    fetched = readers.warehouse.rows("search/correspondences") if is_known else []
    return industry_mappings(fetched), earlier_numbers(fetched)


def _refuse_earlier_file(readers: Readers, query: FitQuery) -> None:
    """Raise `InputInvalid` where the file was published before it had what the ICP asks for."""
    columns = {str(row["column_name"]) for row in readers.rows_once("search/company_columns")}
    for point in query.points:
        if point.criterion.name != "signals" and not columns.issuperset(point.criterion.fields):
            raise InputInvalid(
                f"The published files are of before {point.criterion.name} could be asked for: run `prospekt refresh` first."
            )


def read_signal_coverage(readers: Readers) -> tuple[SignalCoverage, ...] | None:
    """Of which days the published file knows all events; null where it was published before there were any."""
    known = "mart.signal_coverage" in readers.relations
    return read_coverage(readers.rows_once("search/signal_coverage")) if known else None


def _rates(readers: Readers, icp: Icp) -> dict[str, dict[date, Decimal]]:
    """The rates that an ICP needs; raises `InputInvalid` where the file was published before it could ask for money."""
    if not asked_currencies((icp.must, icp.must_not, *icp.should)):
        return {}
    if "mart.exchange_rate" not in readers.relations:
        raise InputInvalid(
            "The published files are of before revenue could be asked for: run `prospekt refresh` first."
        )
    return rates_asked([icp], lambda currency: readers.rows_once("search/rates", currency=currency))


def split_terms(text: str) -> list[str]:
    """The words of a search, a phrase in quotes as one; raises `InputInvalid` where there is none to look for.

    >>> split_terms('havbruk "maskinell læring"')
    ['havbruk', 'maskinell læring']
    """
    terms = [phrase or word for phrase, word in re.findall(r'"([^"]+)"|([^\s"]+)', text)]
    for term in terms:
        if not any(letter.isalnum() for letter in term):
            raise InputInvalid(f"There is no letter or digit to look for in {term!r}.")
    return terms


def read_as_of(readers: Readers) -> datetime:
    """When the open files were published (UTC)."""
    [said] = readers.rows_once("search/as_of")
    as_of = said["as_of"]
    assert isinstance(as_of, datetime)  # noqa: S101 - the contract of mart.meta
    return as_of


def _best(described: Sequence[dict[str, object]], limit: int | None) -> list[dict[str, object]]:
    """Best first: known fits, then by relevance where words were asked for, then by score, then by size, then by name."""

    def order(values: Mapping[str, object]) -> tuple[object, ...]:
        low = values["employees_low"]
        size = (low is None, 0 if low is None else -_whole(low))
        relevance = _whole(values.get("word_score", 0))
        fit = (values["verdict"] != "yes", -relevance, -_whole(values["fit_low"]), -_whole(values["fit_high"]))
        return (*fit, *size, values["name"], values["company_id"])

    return sorted(described, key=order)[:limit]


def _say_criteria(query: FitQuery) -> tuple[str, ...]:
    return tuple(f"{point.kind} {point.criterion.name} {point.criterion.asked}" for point in query.points)


_NOTED = ("municipality", "last_contact", "last_contact_days")
"""Criteria whose answer, without its note, may be taken for another one than it is."""


def say_notes(query: FitQuery) -> tuple[str, ...]:
    """What is to be known of the municipalities and the last contacts that are asked for, each once."""
    noted = (point.criterion for point in query.points if point.criterion.name in _NOTED)
    return tuple(dict.fromkeys(one.note for one in noted if one.note is not None))


def _count(counts: Sequence[Mapping[str, object]], excluding: int, verdict: str) -> int:
    return sum(
        _whole(row["company_count"])
        for row in counts
        if row["verdict"] == verdict and not _whole(row["rules"]) & excluding
    )


def _left_out(
    readers: Readers,
    config: Config,
    query: FitQuery,
    counts: Sequence[Mapping[str, object]],
    excluding: int,
    *,
    narrowed: bool,
) -> tuple[LeftOut, ...]:
    """The rules that left somebody out, in order; each company counts at the first that holds for it."""
    counted: dict[Rule, int] = {}
    for row in counts:
        for rule in rules_in(_whole(row["rules"]) & excluding)[:1]:
            counted[rule] = counted.get(rule, 0) + _whole(row["company_count"])
    [withheld] = readers.rows_once("search/withheld", icp=query.name)
    before, in_all = _whole(withheld["company_count"]), withheld["in_all"]
    # the files do not have who was held back at publication: their number is that of the ICP as it was then
    known = in_all == 0 or (withheld["icp_version"] == query.version and (before == 0 or not narrowed))
    found: dict[Rule, int | None] = dict(counted)
    suppressed = rules_in(1)[0]
    labels = {rule: rule.label_for(config.find.contacted_days) for rule in RULES}
    if not known:
        found[suppressed] = None
        everybody = "" if in_all is None else f", {_whole(in_all) + counted.get(suppressed, 0):,} in all"
        labels[suppressed] = f"suppressed{everybody}; how many of them would fit is not known"
    elif before:
        found[suppressed] = counted.get(suppressed, 0) + before
    return tuple(
        LeftOut(rule=rule.name, label=labels[rule], company_count=found[rule], include=rule.include)
        for rule in RULES
        if rule in found
    )


def _whole(value: object) -> int:
    return int(str(value))
