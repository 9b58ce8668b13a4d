"""What a search shows of a company: its columns, and of each criterion the verdict, the value and one sentence of why."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enrich.company import read_titles, select_everyone, titles_of
from enrich.config import Config
from enrich.engine.gather import UNASSIGNED, Ranked, index_of, judge_places, judge_rows, touched_relation
from enrich.engine.index import SearchIndex
from enrich.gate import Readers
from enrich.icp.criteria import SIZE
from enrich.icp.fit import FitQuery
from enrich.icp.reasons import Answer, read_answers, say_why, with_title
from enrich.rules import Rule, rules_in

_SHOWN = (
    "company_id", "id_label", "name", "country_code", "legal_form_code", "status",
    "industry_code", "industry_scheme", "industry_title", "industries", "employees_low", "employees_high", "employees_state",
    "website", "domain", "phone", "street", "postal_code", "city", "municipality_name",
    "founded_date", "purpose", "activity", "is_in_crm", "crm_company_keys", "last_contacted_date", "mark", "mark_until",
    "sources", "anchor_record_id", "last_known_at", "owner_id",
)  # fmt: skip
"""Columns of a company."""

_WORKED_OUT = (f"{SIZE} AS size", "{owner} AS territory_owner")
"""What is said of a company beside its columns, by them."""

_KNOWN = ("place", "post", "industry", "size", "age", "form", "standing", "site")
"""Dimensions whose columns are shown: of what the index knows nothing has to be unpacked."""


def describe_companies(
    readers: Readers, config: Config, query: FitQuery, company_ids: Sequence[str]
) -> list[dict[str, object]]:
    """What a search shows of these companies, in their order, whether or not they fit; not yet through the gate.

    Their `rules` name what leaves them out, first rule first; held-back companies are among them.
    """
    everyone = f"({select_everyone(readers, where='company_id IN (SELECT unnest($ids::UUID[]))')})"
    bound = {
        **query.parameters,
        "ids": list(company_ids),
        "contacted_days": config.find.contacted_days,
        "owner": None,
    }
    judged = readers.warehouse.ask(judge_rows(readers, query, everyone, misfits=True), **bound)
    rules = {str(row["company_id"]): int(str(row["rules"])) for row in judged}
    described = {
        str(each["company_id"]): each for each in _ask_each(readers, config, query, everyone, rules, list(company_ids))
    }
    return [described[one] for one in company_ids if one in described]


def identify_found(readers: Readers, ranked: Sequence[Ranked]) -> Iterator[tuple[str, Ranked]]:
    """The companies found, each with its id, in no order."""
    for table in dict.fromkeys(one.table for one in ranked):
        if not table:
            yield from ((str(one.company_id), one) for one in ranked if not one.table)
            continue
        here = {one.number: one for one in ranked if one.table == table}
        with readers.warehouse.lend("found_rows", pa.table({"number": list(here)})):
            rows = readers.warehouse.read(
                f"SELECT rowid AS number, company_id::VARCHAR AS company_id FROM {table} "
                "WHERE rowid IN (SELECT number FROM found_rows)"
            )
        yield from (
            (company_id, here[number])
            for number, company_id in zip(rows["number"].to_pylist(), rows["company_id"].to_pylist(), strict=True)
        )


def describe_found(
    readers: Readers, config: Config, query: FitQuery, ranked: Sequence[Ranked]
) -> Iterator[tuple[Ranked, dict[str, object]]]:
    """The companies found, each with what is shown of it, in no order; not yet through the gate."""
    for table in dict.fromkeys(one.table for one in ranked):
        here = [one for one in ranked if one.table == table]
        if table:
            yield from _read_each(readers, config, query, table, here)
        else:
            touching = {str(one.company_id): one for one in here}
            rules = {company_id: one.rules for company_id, one in touching.items()}
            touched = f"(SELECT * FROM {touched_relation()} WHERE company_id IN (SELECT unnest($ids::UUID[])))"
            for values in _ask_each(readers, config, query, touched, rules, list(rules)):
                yield touching[str(values["company_id"])], values


def _read_each(
    readers: Readers, config: Config, query: FitQuery, table: str, ranked: Sequence[Ranked]
) -> Iterator[tuple[Ranked, dict[str, object]]]:
    """Of companies that the index judged, only what they have is read; what that says of them is known."""
    index = index_of(readers, table)
    places = np.array([one.place for one in ranked], dtype=np.int64)
    rows = _read_companies(readers, index, query, ranked, places).to_pylist()
    judged = judge_places(readers, query, table, places)
    titles, show = read_titles(readers), _Showing(readers, config)
    for one, verdicts, row in zip(ranked, judged, rows, strict=True):
        titled = titles_of(row["industries"], titles)
        answers = tuple(
            Answer(
                criterion=f"{point.criterion.name} {point.criterion.asked}",
                kind=point.kind,
                verdict=verdict,
                weight=point.weight,
                value=with_title(row.pop(f"value{place}"), titled),
                share_low=low,
                share_high=high,
            )
            for place, (point, (verdict, low, high)) in enumerate(zip(query.points, verdicts, strict=True))
        )
        judgement = {"verdict": one.verdict, "fit_low": one.fit_low, "fit_high": one.fit_high}
        yield one, show.as_shown({**row, **judgement}, answers, one.rules)


def _read_companies(
    readers: Readers, index: SearchIndex, query: FitQuery, ranked: Sequence[Ranked], places: npt.NDArray[np.int64]
) -> pa.Table:
    """What is shown of the companies found, a row each in their order; what the index knows is not read."""
    named = {*_SHOWN, *index.columns_in(query.tell("", columns=_WORKED_OUT))}
    known = {"asked_order": pa.array(range(len(ranked))), "number": pa.array([one.number for one in ranked])}
    for dimension in _KNOWN:
        values = index.values(dimension, named, places)
        known |= dict(zip(values.column_names, values.columns, strict=True))
    if not pc.any(known["is_in_crm"]).as_py():  # of lists, thousands are unpacked to read one
        known["crm_company_keys"] = pa.nulls(len(ranked), pa.list_(pa.string()))
    read = ", ".join(sorted(named - known.keys()))
    whole = f"(SELECT found_rows.*, {read} FROM {index.table} AS company JOIN found_rows ON company.rowid = number)"
    told = query.tell(whole, columns=(*_in_sql(_SHOWN), *_WORKED_OUT))
    with readers.warehouse.lend("found_rows", pa.table(known)):
        return readers.warehouse.read_few(f"{told} ORDER BY asked_order", **query.parameters)


def _in_sql(names: Sequence[str]) -> list[str]:
    """Columns of a company as they are read: its id as text."""
    return ["company_id::VARCHAR AS company_id" if name == "company_id" else name for name in names]


def _ask_each(
    readers: Readers,
    config: Config,
    query: FitQuery,
    relation: str,
    rules: Mapping[str, int],
    company_ids: Sequence[str],
) -> Iterator[dict[str, object]]:
    """The companies of a relation (over `$ids`) as they are now, judged in SQL; `rules` are the bits of each."""
    selected = query.select(relation, columns=(*_in_sql(_SHOWN), *_WORKED_OUT), points=True, misfits=True)
    titles, show = read_titles(readers), _Showing(readers, config)
    for row in readers.warehouse.ask(selected, **query.parameters, ids=company_ids):
        answers = read_answers(row.pop("points"), titles_of(row["industries"], titles))
        row.pop("is_told")
        yield show.as_shown(row, answers, rules[str(row["company_id"])])


class _Showing:
    """What is the same for all companies that are shown."""

    def __init__(self, readers: Readers, config: Config) -> None:
        owners = readers.rows_once("search/owners") if readers.has_people else []
        self.owners = {row["owner_id"]: row["name"] or row["email"] for row in owners}
        self.contacted_days = config.find.contacted_days

    def as_shown(self, details: dict[str, object], answers: Sequence[Answer], bits: int) -> dict[str, object]:
        """The company's columns with what is said of them."""
        owner_id, territory_owner = details.pop("owner_id"), details.pop("territory_owner")
        rules = rules_in(bits)
        place = (details["city"] or details["municipality_name"], details["country_code"])
        industry = (details["industry_code"], details["industry_title"])
        return {
            **details,
            "points": [answer.as_point() for answer in answers],
            "place": ", ".join(str(part) for part in place if part),
            "industry": " ".join(str(part) for part in industry if part) or "unknown",
            "size": details["size"] or "unknown",
            "owner": self.owners.get(owner_id) or owner_id or territory_owner or UNASSIGNED,
            "rules": tuple(rule.name for rule in rules),
            "fit": say_fit(
                str(details["verdict"]), int(str(details["fit_low"])), int(str(details["fit_high"])), answers
            ),
            "why": say_why(
                answers, brought_back=[f"it is {say_rule(rule, details, self.contacted_days)}" for rule in rules]
            ),
        }


def say_rule(rule: Rule, values: Mapping[str, object], contacted_days: int) -> str:
    """What a rule says of this company."""
    return rule.says_for(contacted_days, mark=values["mark"], mark_until=values["mark_until"])


def say_fit(verdict: str, low: int, high: int, answers: Sequence[Answer]) -> str:
    """The score as people read it: a number, or a band with what would narrow it.

    >>> size = Answer(criterion="employees 10-200", kind="must", verdict="unknown", weight=None, value=None)
    >>> site = Answer(criterion="has_website yes", kind="should", verdict="unknown", weight=1.0, value=None)
    >>> say_fit("maybe", 25, 100, [size, site]), say_fit("yes", 40, 40, [])
    ('25-100 until employees and website are known', '40')
    """
    if verdict == "no":
        return "does not fit"
    names = list(dict.fromkeys(answer.topic for answer in answers if answer.is_open))
    listed = " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
    if low != high:
        return f"{low}-{high} until {listed} {'is' if len(names) == 1 else 'are'} known"
    return f"{low}" if verdict == "yes" else f"{low} if {listed} {'fits' if len(names) == 1 else 'fit'}"
