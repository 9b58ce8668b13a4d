"""Why a company is, or is not, among those that a search finds; for any company."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.warehouse import Row
from enrich.company import EDIT_SETTLES, TEAM, Fact, find_website_silence, read_facts_of_each, resolve_company
from enrich.config import Config
from enrich.describe import describe_companies, say_rule
from enrich.errors import CompanySuppressed
from enrich.gate import Readers
from enrich.icp.criteria import NO_WEBSITE, TEXTS
from enrich.icp.fit import FitQuery, Point
from enrich.icp.reading.ask import ASKED
from enrich.icp.reasons import Answer, read_answers
from enrich.rules import RULES, Rule
from enrich.search import FindAnswer, choose_icp, compile_icp, read_as_of

BY_ICP = "icp"
"""What left a company out that does not fit the ICP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionReason:
    """One criterion: what was asked and what the company has, where that comes from, and what it does to the score.

    `points_low` and `points_high` are what a wish adds to the score (0-100); null for a demand. `put_in` says what
    would let the company pass, where it does not.
    """

    criterion: str
    asked: str
    kind: str
    verdict: str
    value: str | None
    source: str | None
    url: str | None
    stated_at: datetime | None
    weight: float | None
    points_low: float | None
    points_high: float | None
    note: str | None
    put_in: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyAnswer:
    """Whether a search finds the company, and if not, what left it out first.

    `left_out_by` is `icp`, the name of a rule, or null where the search finds it; `label` says it for people;
    `further_rules` hold as well. Where the gate holds the company back nothing else is said of it.
    """

    icp: str
    icp_version: str
    as_of: datetime
    company_id: str | None
    id_label: str
    name: str | None
    is_found: bool
    left_out_by: str | None
    label: str
    further_rules: tuple[str, ...] = ()
    verdict: str | None = None
    fit: str | None = None
    fit_low: int | None = None
    fit_high: int | None = None
    owner: str | None = None
    sentence: str | None = None
    criteria: tuple[CriterionReason, ...] = ()
    put_in: tuple[str, ...] = ()
    group_customer: str | None = None
    """Which customer it is in the group of, and how: by what the rule holds."""
    sources: tuple[Row, ...] = ()


def explain_company(readers: Readers, config: Config, company: str, icp_name: str | None = None) -> WhyAnswer:
    """Why the company (number, id or name) is or is not found for an ICP, criterion by criterion.

    Raises `NotFound` for a company or ICP that is not there.
    """
    name, icp = choose_icp(config, icp_name)
    readers.lay_decisions()
    query = compile_icp(readers, config, name, icp)
    as_of = read_as_of(readers)
    try:
        company_id = resolve_company(readers, company)
    except CompanySuppressed:
        return _held_back(query, as_of, company, RULES[0])
    described = describe_companies(readers, config, query, [company_id])
    rules = tuple(rule for rule in RULES if rule.name in described[0]["rules"])  # type: ignore[operator]  # names of rules
    shown = readers.admit(described)
    if not shown:
        return _held_back(query, as_of, company, rules[0])
    values = shown[0].values
    misfit = values["verdict"] == "no"
    days = config.find.contacted_days
    labels = tuple(say_rule(rule, values, days) for rule in rules)
    [criteria] = _reasons(readers, query, [values])
    return WhyAnswer(
        icp=name,
        icp_version=query.version,
        as_of=as_of,
        company_id=company_id,
        id_label=str(values["id_label"]),
        name=str(values["name"]),
        is_found=not misfit and not rules,
        left_out_by=BY_ICP if misfit else rules[0].name if rules else None,
        label=_say_misfit(criteria) if misfit else f"it is {labels[0]}" if labels else "it is found",
        further_rules=labels if misfit else labels[1:],
        verdict=str(values["verdict"]),
        fit=str(values["fit"]),
        fit_low=int(str(values["fit_low"])),
        fit_high=int(str(values["fit_high"])),
        owner=str(values["owner"]),
        sentence=str(values["why"]),
        criteria=criteria,
        put_in=tuple(
            [reason.put_in for reason in criteria if reason.put_in is not None]
            + [_say_include(rule, label) for rule, label in zip(rules, labels, strict=True)]
        ),
        group_customer=_name_customer(readers, company_id)
        if any(rule.name == "customer_group" for rule in rules)
        else None,
        sources=tuple(readers.warehouse.rows("search/sources")),
    )


def _name_customer(readers: Readers, company_id: str) -> str | None:
    """The customer of the same group; null where it is held back."""
    found = readers.admit(readers.warehouse.rows("search/customer_of_group", company_id=company_id))
    return next((f"{one.values['name']} ({one.values['id_label']}) is {one.values['relation']}" for one in found), None)


def explain_found(readers: Readers, config: Config, found: FindAnswer) -> tuple[tuple[CriterionReason, ...], ...]:
    """For each company of a search what every criterion found, what it weighs and gives, and who says so."""
    query = compile_icp(readers, config, found.icp, config.icp[found.icp], text=found.text)
    return _reasons(readers, query, [one.values for one in found.companies])


def _held_back(query: FitQuery, as_of: datetime, company: str, rule: Rule) -> WhyAnswer:
    return WhyAnswer(
        icp=query.name,
        icp_version=query.version,
        as_of=as_of,
        company_id=None,
        id_label=company,
        name=None,
        is_found=False,
        left_out_by=rule.name,
        label=f"it is {rule.says}",
        put_in=(_say_include(rule, rule.says),),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """Who says what an answer rests on, where and when."""

    source: str
    url: str | None = None
    stated_at: datetime | None = None


_OF_OWN_CRM = dict.fromkeys(("is_in_crm", "last_contacted_date"), _Evidence(source="your CRM"))


def _reasons(
    readers: Readers, query: FitQuery, companies: Sequence[Mapping[str, object]]
) -> tuple[tuple[CriterionReason, ...], ...]:
    """Of each company, as a search shows it, what every criterion found."""
    ids = [str(values["company_id"]) for values in companies]
    facts, evidence = read_facts_of_each(readers, ids), _read_evidence(readers, ids)
    total = sum(point.weight for point in query.points if point.weight is not None)
    return tuple(
        _reasons_of(query, values, facts[company_id], evidence.get(company_id, {}), total)
        for company_id, values in zip(ids, companies, strict=True)
    )


def _reasons_of(
    query: FitQuery,
    values: Mapping[str, object],
    facts: Sequence[Fact],
    evidence: Mapping[str, _Evidence],
    total: float,
) -> tuple[CriterionReason, ...]:
    told = {**_OF_OWN_CRM, **evidence}
    told |= {field: _as_evidence(fact) for fact in facts if fact.is_used for field in (fact.field, *_settled_by(fact))}
    return tuple(
        _reason(query.name, point, answer, _evidence_of(point, answer, told, facts), total, str(values["id_label"]))
        for point, answer in zip(query.points, read_answers(values["points"]), strict=True)
    )


def _settled_by(fact: Fact) -> tuple[str, ...]:
    return EDIT_SETTLES.get(fact.field, ()) if fact.source == TEAM else ()


def _read_evidence(readers: Readers, company_ids: Sequence[str]) -> dict[str, dict[str, _Evidence]]:
    """Of columns that are no fact of one record: by company and column the latest."""
    if "mart.icp_version" not in readers.relations:  # a file of before these columns
        return {}
    found: dict[str, dict[str, _Evidence]] = {}
    for row in readers.warehouse.rows("search/evidence_of", ids=list(company_ids)):
        of_company, field = found.setdefault(str(row.pop("company_id")), {}), str(row.pop("field"))
        of_company.setdefault(field, _Evidence(**row))  # type: ignore[arg-type]  # the query's columns are its fields
    return found


def _as_evidence(fact: Fact) -> _Evidence:
    return _Evidence(source=fact.source_title or fact.source, url=fact.url, stated_at=fact.last_seen_at)


def _evidence_of(
    point: Point, answer: Answer, told: Mapping[str, _Evidence], facts: Sequence[Fact]
) -> _Evidence | None:
    """What an answer rests on; null where nobody says anything."""
    if answer.value is None and answer.verdict == "unknown":
        return None
    if answer.value is not None and answer.value.startswith(NO_WEBSITE):
        silent = find_website_silence(facts)
        return None if silent is None else _as_evidence(silent)
    # of several texts, the one in which a word was found says where
    found_in = TEXTS.get((answer.value or "").partition(":")[0]) if answer.name == "words" else None
    fields = point.criterion.fields if found_in is None else (found_in,)
    return next((told[field] for field in fields if field in told), None)


def _reason(
    icp: str, point: Point, answer: Answer, evidence: _Evidence | None, total: float, id_label: str
) -> CriterionReason:
    share = None if point.weight is None else 100 * point.weight / total
    return CriterionReason(
        criterion=answer.name,
        asked=answer.asked,
        kind=answer.kind,
        verdict=answer.verdict,
        value=answer.value,
        source=None if evidence is None else evidence.source,
        url=None if evidence is None else evidence.url,
        stated_at=None if evidence is None else evidence.stated_at,
        weight=point.weight,
        points_low=None if share is None else round(share * (answer.share_low or 0.0), 1),
        points_high=None if share is None else round(share * (answer.share_high or 0.0), 1),
        note=point.criterion.note,
        put_in=_say_put_in(icp, point, answer, id_label),
    )


_EDITABLE = {
    "country": "country_code",
    "municipality": "municipality_code",
    "region": "municipality_code",
    "postal_prefix": "postal_code",
    "industry": "industry_code",
    "employees": "employees",
    "founded": "founded_date",
    "age_years": "founded_date",
    "near": "municipality_code",
    "legal_form": "legal_form_code",
    "has_website": "website",
    "words": "purpose",
}
"""Criterion to the field that a person may set."""


def _say_put_in(icp: str, point: Point, answer: Answer, id_label: str) -> str | None:
    if answer.speaks_for or point.kind == "should":
        return None
    field = _EDITABLE.get(answer.name)
    if answer.name == "words" and field not in point.criterion.fields:  # what its site says is its own
        field = None
    edit = f"`prospekt edit {id_label} {field} VALUE --why REASON`" if field is not None else None
    if answer.speaks_for is None:
        what = "what you ask" if icp == ASKED else f"[icp.{icp}.must]"
        open_to = f"{what} requires it" if point.kind == "required" else "it may fit"
        return f"{answer.name} is not known: {open_to}" + (f"; {edit} settles it" if edit else "")
    part = "must" if point.kind == "required" else point.kind
    change = "ask otherwise of" if icp == ASKED else f"change [icp.{icp}.{part}]"
    widen = f"{change} {answer.name} (asked: {answer.asked}; it has: {answer.value})"
    return widen + (f", or where the value is wrong {edit}" if edit else "")


def _say_misfit(criteria: Sequence[CriterionReason]) -> str:
    failed = [
        f"{reason.criterion} {reason.value or ('unknown' if reason.verdict == 'unknown' else 'none')}, "
        f"asked {'not ' if reason.kind == 'must_not' else ''}{reason.asked}"
        for reason in criteria
        if (reason.kind in ("must", "required") and reason.verdict == "no")
        or (reason.kind == "must_not" and reason.verdict == "yes")
        or (reason.kind == "required" and reason.verdict == "unknown")
    ]
    return "it does not fit: " + "; ".join(failed)


def _say_include(rule: Rule, label: str) -> str:
    if rule.name == "suppressed":
        return "it is suppressed: nothing brings it back but lifting the suppression (`prospekt suppress --lift`)"
    if rule.include is None:
        return f"it is {label}: nothing brings it back"
    reason = " --why REASON" if rule.name == "natural_person" else ""
    return f"it is {label}: --include {rule.include}{reason}"
