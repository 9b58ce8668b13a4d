"""A base of statements about everything (Wikibase): items found by the numbers of companies, then read in one question.

A number that several items state, or an item that states several numbers of one register, tells nobody: a brand, its
group and its company share numbers there, and guessing which is meant would put one's facts on the other.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.errors import SourceAborted
from sources.kinds.sparql import Row, ask_in_halves
from sources.lookup import CompanyAsked, FoundRecord, KnowledgeAnswer, Outcome
from sources.source import Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

BATCH = 50
"""Companies a question: the endpoint answers some hundred values in about a second."""
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]{2,30}")
"""What may stand in a question: nothing that could end the text that it is in."""
Number = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeBase:
    """How a base is asked: `properties` by scheme, `spellings` of a number as the base may have it, and the questions.

    `find` has {values}, pairs of property and number, and answers with ?property, ?number, ?item. `describe` has {items},
    and answers with ?item, ?what, ?value. Of `single` things one value is a fact and several are none; all others are
    lists of objects with `value` and `language`. `names`, `country` and `website` are things.
    """

    properties: Mapping[str, str]
    spellings: Mapping[str, Callable[[str], tuple[str, ...]]]
    find: str
    describe: str
    single: frozenset[str]
    names: tuple[str, ...]
    country: str
    website: str


def ask_base(
    client: "PoliteClient", source: Source, base: KnowledgeBase, wanted: Sequence[CompanyAsked]
) -> Iterator[KnowledgeAnswer]:
    """For each of these companies the one item that states one of its numbers, as an object of things."""
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        holders, late = _find_items(client, source, base, some)
        items = sorted({item for held in holders.values() for item in held})
        told: dict[str, dict[str, Any] | None] = dict.fromkeys(items)
        for asked, rows in ask_in_halves(client, source, lambda these: _describe(base, these), items):
            if rows is not None:
                told |= {item: {"item": item} for item in asked} | _group(source, rows, base.single)
        for company in some:
            yield _answer(base, company, holders, late, told)


def _find_items(
    client: "PoliteClient", source: Source, base: KnowledgeBase, wanted: Sequence[CompanyAsked]
) -> tuple[dict[Number, set[str]], set[Number]]:
    """The items that state each number, and the numbers of which the base did not tell in time."""
    spelt: dict[tuple[str, str], Number] = {}
    for scheme, value in {number for company in wanted for number in _usable(base, company)}:
        for spelling in base.spellings.get(scheme, _as_it_is)(value):
            spelt[base.properties[scheme], spelling] = scheme, value
    holders, late = defaultdict[Number, set[str]](set), set[Number]()
    for asked, rows in ask_in_halves(client, source, lambda these: _find(base, these), sorted(spelt)):
        late |= {spelt[one] for one in asked} if rows is None else set()
        for row in rows or ():
            stating, number, item = _read(source, row, "property", "number", "item")
            if (pair := (_tail(stating), number)) in spelt:
                holders[spelt[pair]].add(_tail(item))
    return dict(holders), late


def _answer(
    base: KnowledgeBase,
    company: CompanyAsked,
    holders: Mapping[Number, set[str]],
    late: set[Number],
    told: Mapping[str, dict[str, Any] | None],
) -> KnowledgeAnswer:
    def nothing(outcome: Outcome, code: str) -> KnowledgeAnswer:
        return KnowledgeAnswer(source_key=company.source_key, outcome=outcome, code=code)

    numbers = _usable(base, company)
    found = {item for number in numbers for item in holders.get(number, ())}
    if not numbers:
        return nothing(Outcome.INVALID_INPUT, "no_usable_number")
    if any(number in late for number in numbers):
        return nothing(Outcome.TIMED_OUT, "question_too_slow")
    if len(found) != 1:
        return nothing(Outcome.NO_DATA, "several_items" if found else "not_found")
    [item] = found
    things = told[item]
    if things is None:
        return nothing(Outcome.TIMED_OUT, "question_too_slow")
    if not any(things.get(scheme) in base.spellings.get(scheme, _as_it_is)(value) for scheme, value in numbers):
        return nothing(Outcome.NO_DATA, "several_numbers")
    websites = things.get(base.website, ())
    record = FoundRecord(
        key=item,
        payload=things,
        names=tuple(dict.fromkeys(one["value"] for name in base.names for one in things.get(name, ()))),
        country=things.get(base.country),
        website=websites[0]["value"] if websites else None,
    )
    return KnowledgeAnswer(source_key=company.source_key, outcome=Outcome.HIT, records=(record,))


def _read(source: Source, row: Row, *names: str) -> list[str]:
    """What a row says under these names; raises `SourceAborted` where it leaves one out."""
    if any(name not in row for name in names):
        raise SourceAborted(f"its answer has rows without {' or '.join(names)}.", source=source.name)
    return [row[name][0] for name in names]


def _group(source: Source, rows: Sequence[Row], single: frozenset[str]) -> dict[str, dict[str, Any]]:
    """What is told of each item, by thing."""
    values = defaultdict[str, defaultdict[str, dict[tuple[str, str], None]]](lambda: defaultdict(dict))
    for row in rows:
        if "value" in row:
            item, what = _read(source, row, "item", "what")
            values[_tail(item)][what][row["value"]] = None
    return {
        item: {"item": item}
        | {what: next(iter(stated))[0] for what, stated in things.items() if what in single and len(stated) == 1}
        | {
            what: [{"value": value, "language": language} for value, language in stated]
            for what, stated in things.items()
            if what not in single
        }
        for item, things in values.items()
    }


def _find(base: KnowledgeBase, spelt: Sequence[tuple[str, str]]) -> str:
    return base.find.replace("{values}", " ".join(f'(wdt:{name} "{number}")' for name, number in spelt))


def _describe(base: KnowledgeBase, items: Sequence[str]) -> str:
    return base.describe.replace("{items}", " ".join(f"wd:{item}" for item in items))


def _usable(base: KnowledgeBase, company: CompanyAsked) -> list[Number]:
    return [
        (scheme, value) for scheme, value in company.numbers if scheme in base.properties and _NUMBER.fullmatch(value)
    ]


def _as_it_is(value: str) -> tuple[str, ...]:
    return (value,)


def _tail(address: str) -> str:
    return address.rpartition("/")[2]
