"""One company: found by number, id or name, and everything that is published of it, with where it comes from."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher

from db.journal import Decision, read_decisions
from db.sql import read_query
from db.warehouse import Row
from enrich.config import Config
from enrich.decide import held_back_by
from enrich.errors import CompanySuppressed, InputInvalid, NotFound
from enrich.gate import NATURAL_PERSONS, Exportable, Readers
from enrich.icp.fit import sources_stating
from enrich.icp.places import fold_name
from enrich.subject import make_subject, may_be_number

SUGGESTIONS = 5
CHANGES = 50
GROUP = 50
SIGNALS = 50
"""So many changes, companies of the group and events a card shows."""

TEAM = "team"
"""The source of what people set."""

EDIT_SETTLES = {
    "employees": ("employees_low", "employees_high"),
    "website": ("website", "domain"),
    "municipality_code": ("municipality_code", "region_code"),
}
"""Field that a person sets to the fields that follow from it, where these are not just the field itself."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LABEL = re.compile(r"[A-Za-z]{2,3}\s*:[\sA-Za-z0-9-]*[A-Za-z0-9][\sA-Za-z0-9-]*")
_SPACED = re.compile(r"^([A-Za-z]{2})\s*([0-9][0-9 -]{6,}[0-9])(?:\s*MVA)?$", re.IGNORECASE)
"""A number without its colon, as invoices have it: NO 923 609 016, NO923609016MVA."""
_NUMBER = re.compile(r"[0-9][0-9 -]{5,}|[A-Z0-9]{18}[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One field as one source states it; `is_used` where the golden record shows this value."""

    field: str
    value: str
    original: str | None
    source: str
    source_title: str | None
    url: str | None
    licence: str | None
    is_used: bool
    record_id: str
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyCard:
    """Everything published of one company: the golden record, and the facts it was chosen from.

    `company` holds the columns of mart.company; `facts` used and losing values; `edits` the decisions of people on its
    fields, latest last; `industries` are its codes with titles, the first first; `owner` is its owner in the CRM; `group` companies of its group; `matches` CRM records;
    `accounts` key figures by period, the latest first, in the currency they were filed in; `signals` dated events such as
    job ads, the newest first; `in_all` says how many of group, changes and signals there are, of which the first are shown; `roles` who holds which role, `mandates` who may sign, `parents_not_told` parents that a
    source keeps to itself; `site` its own web site; the rest as named.
    """

    company: Exportable
    industries: tuple[str, ...]
    owner: str | None
    facts: tuple[Fact, ...]
    edits: tuple[Decision, ...]
    group: tuple[Row, ...]
    matches: tuple[Row, ...]
    lists: tuple[Row, ...]
    changes: tuple[Row, ...]
    accounts: tuple[Row, ...]
    signals: tuple[Row, ...]
    roles: tuple[Row, ...]
    mandates: tuple[Row, ...]
    parents_not_told: tuple[Row, ...]
    site: tuple[Row, ...]
    in_all: Mapping[str, int]
    sources: tuple[Row, ...]

    @property
    def is_cut(self) -> bool:
        """Whether there are more of a kind than the card has."""
        return any(count > len(getattr(self, kind)) for kind, count in self.in_all.items())


def resolve_company(readers: Readers, text: str) -> str:
    """The id of the company that `text` names: NO:923609016, LEI:…, a bare number, our id, or a name.

    A name has to be the whole name (accents and capitals aside), or part of one company's name only. Raises `NotFound`
    with suggestions, `CompanySuppressed` where it is held back.
    """
    readers.lay_decisions()
    asked = _SPACED.sub(r"\1:\2", text.strip())
    label = number_label(asked)
    register, number = label.split(":") if label is not None else (None, None)
    if _NUMBER.fullmatch(asked.upper()):
        number = re.sub(r"[\s-]", "", asked).upper()
    if number is not None or _UUID.fullmatch(asked.lower()):
        found = _ask_everyone(readers, "search/by_number", company_id=asked, register=register, number=number)
        if len(found) == 1:
            return str(found[0]["company_id"])
        if label is not None and held_back_by(readers.config, "organisation", label):
            raise CompanySuppressed(asked)
        raise NotFound(
            "company", text, [_suggest(row) for row in found], hint="" if found else _say_number(label, number)
        )
    named = readers.warehouse.rows("search/by_name", pattern=f"%{_escaped(asked)}%", folded=fold_name(asked), limit=200)
    exact = [row for row in named if row["is_exact"]]
    if len(exact) == 1 or (not exact and len(named) == 1):
        return str(named[0]["company_id"])
    raise NotFound(
        "company", text, [_suggest(row) for row in (exact or named or _spelt_like(readers, asked))[:SUGGESTIONS]]
    )


def admit_company(
    readers: Readers,
    company_id: str,
    *,
    asked: str | None = None,
    include: Collection[str] = frozenset(),
    why: str | None = None,
) -> Exportable:
    """The golden record of a company (columns of mart.company); errors name it as it was `asked` for.

    Raises `NotFound`, `CompanySuppressed` where it is held back, `InputInvalid` for a natural person unless `include`
    names natural-persons and `why` the reason.
    """
    readers.lay_decisions()
    rows = _ask_everyone(readers, "search/company", company_id=company_id)
    if not rows:
        raise (
            CompanySuppressed(asked or company_id)
            if _ask_everyone(readers, "search/by_number", company_id=company_id, register=None, number=None)
            else NotFound("company", asked or company_id)
        )
    admitted = readers.admit(rows, include=include, why=why)
    if not admitted:
        if rows[0]["is_natural_person"] and NATURAL_PERSONS not in include:
            raise InputInvalid(
                f"This is a natural person's business: shown only with --include {NATURAL_PERSONS} and --why REASON."
            )
        raise CompanySuppressed(asked or str(rows[0]["id_label"]))
    return admitted[0]


def read_company(
    readers: Readers,
    company_id: str,
    *,
    asked: str | None = None,
    include: Collection[str] = frozenset(),
    why: str | None = None,
) -> CompanyCard:
    """The card of a company; raises as `admit_company` does."""
    company = admit_company(readers, company_id, asked=asked, include=include, why=why)
    record_ids = company.values["record_ids"]
    warehouse = readers.warehouse
    group, changes, signals = (
        _first_rows(readers, relation, query, company_id=company_id, limit=limit)
        for relation, query, limit in (
            ("mart.company", "search/group_of", GROUP),
            ("mart.change", "search/changes_of", CHANGES),
            ("mart.signal", "search/signals_of", SIGNALS),
        )
    )
    return CompanyCard(
        company=company,
        industries=_industries(company.values["industries"], read_titles(readers)),
        owner=_owner_name(readers, company.values["owner_id"]),
        facts=read_facts(readers, company_id),
        edits=_edits_of(_standing(readers.config, "edit"), record_ids if isinstance(record_ids, list) else []),
        group=group[0],
        matches=tuple(warehouse.rows("search/matches_of", company_id=company_id)) if readers.has_people else (),
        lists=tuple(warehouse.rows("search/lists_of", company_id=company_id)) if readers.has_people else (),
        changes=changes[0],
        accounts=_rows_if_any(readers, "mart.account", "search/accounts_of", company_id=company_id),
        signals=signals[0],
        roles=tuple(warehouse.rows("search/roles_of", company_id=company_id)) if readers.has_people else (),
        mandates=_rows_if_any(readers, "people.mart.mandate", "search/mandates_of", company_id=company_id),
        parents_not_told=_rows_if_any(
            readers, "mart.parent_not_told", "search/parents_not_told_of", company_id=company_id
        ),
        site=_rows_if_any(readers, "mart.site", "search/site_of", company_id=company_id),
        in_all={"group": group[1], "changes": changes[1], "signals": signals[1]},
        sources=tuple(warehouse.rows("search/sources")),
    )


def _first_rows(readers: Readers, relation: str, query: str, **parameters: object) -> tuple[tuple[Row, ...], int]:
    """The first rows of a query, and how many there are in all, as each says in `in_all`."""
    rows = _rows_if_any(readers, relation, query, **parameters)
    return tuple({key: row[key] for key in row if key != "in_all"} for row in rows), int(
        str(rows[0]["in_all"]) if rows else 0
    )


def edited_fields(readers: Readers, company_id: str) -> frozenset[str]:
    """The fields of a company that somebody set and nobody took back; raises as `admit_company` does."""
    record_ids = admit_company(readers, company_id).values["record_ids"]
    edits = _edits_of(_standing(readers.config, "edit"), record_ids if isinstance(record_ids, list) else [])
    latest = {str(one.payload["field"]): one.payload["value"] for one in edits}
    return frozenset(field for field, value in latest.items() if value is not None)


def _rows_if_any(readers: Readers, relation: str, query: str, **parameters: object) -> tuple[Row, ...]:
    """The rows of a query; none where the files have no such relation, as those of before it, or without the people file."""
    return tuple(readers.warehouse.rows(query, **parameters)) if relation in readers.relations else ()


def read_facts(readers: Readers, company_id: str) -> tuple[Fact, ...]:
    """What each source states of a company, the values that the golden record uses before those that lost."""
    return read_facts_of_each(readers, [company_id])[company_id]


def read_facts_of_each(readers: Readers, company_ids: Sequence[str]) -> dict[str, tuple[Fact, ...]]:
    """Of each of these companies what `read_facts` says, in one go."""
    stated: dict[str, list[Fact]] = {company_id: [] for company_id in company_ids}
    for row in readers.warehouse.rows("search/facts_of", ids=list(company_ids)):
        stated[str(row.pop("company_id"))].append(Fact(**row))  # type: ignore[arg-type]  # the query's columns are its fields
    edits = _standing(readers.config, "edit")
    return {company_id: _lay_edits(facts, edits) for company_id, facts in stated.items()}


def _lay_edits(facts: list[Fact], edits: Sequence[Decision]) -> tuple[Fact, ...]:
    """The facts of one company as the latest edit of each field, of those of its records, leaves them."""
    own = _edits_of(edits, {fact.record_id for fact in facts})
    for edit in {str(each.payload["field"]): each for each in own}.values():
        facts = lay_edit(facts, edit)
    return tuple(sorted(facts, key=lambda fact: (fact.field, not fact.is_used, fact.source)))


def find_website_silence(facts: Iterable[Fact]) -> Fact | None:
    """A fact of a source that states websites, null where none does: a company without one has none by that source."""
    stating = sources_stating("website")
    return next((fact for fact in facts if fact.source in stating), None)


def lay_edit(facts: Sequence[Fact], edit: Decision) -> list[Fact]:
    """The facts as the latest edit of a field leaves them: its value used and no source's, or its taken back."""
    field, value = str(edit.payload["field"]), edit.payload["value"]
    settled = EDIT_SETTLES.get(field, (field,))
    others = [fact for fact in facts if not (fact.source == TEAM and fact.field == field)]
    if value is None:
        anchor = edit.payload["record_id"]
        was_laid = len(others) < len(facts)
        return [
            replace(fact, is_used=fact.record_id == anchor) if was_laid and fact.field in settled else fact
            for fact in others
        ]
    said = Fact(
        field=field,
        value=spell_edit(field, str(value)),
        original=None,
        source=TEAM,
        source_title=f"{TEAM}: {edit.decided_by}",
        url=None,
        licence=None,
        is_used=True,
        record_id=f"edit:{edit.decision_id}",
        first_seen_at=edit.decided_at,
        last_seen_at=edit.decided_at,
    )
    return [said, *(replace(fact, is_used=False) if fact.field in settled else fact for fact in others)]


def spell_edit(field: str, value: str) -> str:
    """The value of an edit as people write it.

    >>> spell_edit("employees", "50-50"), spell_edit("employees", "50-99"), spell_edit("city", "Oslo")
    ('50', '50-99', 'Oslo')
    """
    low, _, high = value.partition("-")
    return low if field == "employees" and low == high else value


def read_titles(readers: Readers) -> dict[tuple[str, str], str]:
    """The titles of codes, by the list of codes and the code."""
    return readers.once(_titles)


def _titles(readers: Readers) -> dict[tuple[str, str], str]:
    rows = readers.warehouse.rows("search/titles")
    return {(str(row["scheme"]), str(row["code"])): str(row["title"]) for row in rows}


def titles_of(industries: object, titles: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """The titles of a company's industry codes, by code; without those that have none.

    A code that two of its lists name otherwise has the title of each, with the list: they use numbers anew.

    >>> codes = [{"scheme": "OLD", "code": "62.010"}, {"scheme": "NEW", "code": "62.010"}, {"scheme": "NEW", "code": "63"}]
    >>> titles_of(codes, {("OLD", "62.010"): "Programming", ("NEW", "62.010"): "Games", ("NEW", "63"): "Data"})
    {'62.010': 'Programming (OLD), Games (NEW)', '63': 'Data'}
    """
    named: dict[str, list[str]] = {}
    for one in _codes_of(industries):
        title = titles.get((one["scheme"], one["code"]))
        if title is not None:
            its_list = f" ({one['scheme']})" if _is_ambiguous(one["code"], industries, titles) else ""
            named.setdefault(one["code"], []).append(title + its_list)
    return {code: ", ".join(dict.fromkeys(said)) for code, said in named.items()}


def _industries(industries: object, titles: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    """Each code with its title in its own list; the list as well, where another of the company's names it otherwise."""
    return tuple(
        " ".join(part for part in (one["code"], titles.get((one["scheme"], one["code"]))) if part)
        + (f" ({one['scheme']})" if _is_ambiguous(one["code"], industries, titles) else "")
        for one in _codes_of(industries)
    )


def _codes_of(industries: object) -> list[dict[str, str]]:
    return [one for one in industries if one["code"]] if isinstance(industries, list) else []


def _is_ambiguous(code: object, industries: object, titles: Mapping[tuple[str, str], str]) -> bool:
    named = {titles.get((str(one["scheme"]), str(one["code"]))) for one in _codes_of(industries) if one["code"] == code}
    return len(named) > 1


def _owner_name(readers: Readers, owner_id: object) -> str | None:
    if owner_id is None:
        return None
    owners = readers.warehouse.rows("search/owners") if readers.has_people else []
    found = next((row for row in owners if row["owner_id"] == owner_id), {})
    return str(found.get("name") or found.get("email") or owner_id)


def count_on_list(config: Config, list_name: str) -> int:
    """How many companies people put on a list, those included that are held back or no longer published."""
    put_on = {
        decision.payload.get("record_id"): decision.payload.get("member")
        for decision in _standing(config, "list")
        if decision.payload.get("list") == list_name
    }
    return sum(bool(is_member) for is_member in put_on.values())


def select_everyone(readers: Readers, *, where: str = "true") -> str:
    """SQL for every published company, those held back and natural persons included, so that they can be counted.

    `where` narrows each part by itself: only then does DuckDB skip what it does not need of a million rows.
    """
    parts = ["search/current", "search/held_back", *(["search/persons"] if readers.has_people else [])]
    return " UNION ALL BY NAME ".join(f"SELECT * FROM ({read_query(part)}) WHERE {where}" for part in parts)


def _ask_everyone(readers: Readers, name: str, **parameters: object) -> list[Row]:
    return readers.warehouse.ask(f"WITH everyone AS ({select_everyone(readers)}) {read_query(name)}", **parameters)


def number_label(text: str) -> str | None:
    """The number of a company with the register that gave it, in one spelling; null where the text is none.

    >>> number_label("no: 923 609 016"), number_label("NO923609016MVA"), number_label("no_brreg:923609016")
    ('NO:923609016', 'NO:923609016', None)
    """
    asked = _SPACED.sub(r"\1:\2", text.strip())
    try:
        return make_subject("organisation", asked).value if _LABEL.fullmatch(asked) else None
    except InputInvalid:  # NO:MVA
        return None


def _say_number(label: str | None, number: str | None) -> str:
    """What speaks against a number that nobody has; a bare one is read as the register's whose numbers are that long."""
    register = None if number is None else {9: "NO", 20: "LEI"}.get(len(number))
    asked = label or (f"{register}:{number}" if register is not None else None)
    if asked is None:
        return ""
    if not may_be_number(asked):
        return f"As a {asked.partition(':')[0]} number its length or check digit is wrong: was it typed right?"
    return "It is in no register that is loaded (`prospekt sources`)."


def _edits_of(edits: Sequence[Decision], record_ids: Collection[str]) -> tuple[Decision, ...]:
    return tuple(
        decision
        for decision in edits
        if decision.payload.get("record_id") in record_ids  # an erasure leaves an edit empty
    )


def _standing(config: Config, kind: str) -> list[Decision]:
    """The decisions of that kind in the journal that were not undone, oldest first."""
    decisions = read_decisions(config.journal)
    undone = {decision.payload["decision_id"] for decision in decisions if decision.kind == "undo"}
    return [each for each in decisions if each.kind == kind and each.decision_id not in undone]


def _spelt_like(readers: Readers, asked: str) -> list[Row]:
    """Companies whose name begins as the text does, those spelt most like it first."""
    rows = readers.warehouse.rows("search/by_name", pattern=f"{_escaped(asked[:3])}%", folded="", limit=5000)
    folded = fold_name(asked)
    return sorted(
        rows, key=lambda row: SequenceMatcher(None, folded, fold_name(str(row["name"]))).ratio(), reverse=True
    )


def _suggest(row: Row) -> str:
    return f"{row['id_label']} {row['name']}" + (f" ({row['city']})" if row["city"] else "")


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)
