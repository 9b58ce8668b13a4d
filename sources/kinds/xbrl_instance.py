"""Numbers out of an XBRL instance in which a dimension says which line of the accounts a number is of.

Its elements say only of what sort a value is, such as an amount of a period. So does Finland's: the same element stands for
the revenue and for the result, told apart by the member of a dimension in its context.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.kinds.ixbrl import Fact, Report, date_of, parse_document, read_number, read_unit, rounding_of

if TYPE_CHECKING:
    from lxml import etree

_INSTANCE = "http://www.xbrl.org/2003/instance"
_DIMENSIONS = "http://xbrl.org/2006/xbrldi"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceForm:
    """The namespaces and names that an instance uses.

    `line` is the local name of the dimension whose member is the line; `dimensions` and `members` are their namespaces.
    All contexts are of one day: `of_period` are elements that hold for the whole period, which begins as the element
    `first_day` says and ends as `last_day` does.
    """

    elements: str
    dimensions: str
    members: str
    line: str
    of_period: frozenset[str]
    first_day: str
    last_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    entity: str
    ends: str
    members: dict[str, str]


def read_instance(document: bytes, form: InstanceForm) -> Report:
    """Every number of a line, named `element/member`; of another year or a part of the company are those with more dimensions.

    Raises RecordRejected where it is no XML or holds what it must not.
    """
    root = parse_document(document)
    contexts = {str(each.get("id")): _read_context(form, each) for each in root.iter(f"{{{_INSTANCE}}}context")}
    units = {str(each.get("id")): read_unit(each) for each in root.iter(f"{{{_INSTANCE}}}unit")}
    starts, ends = (date_of(root.findtext(f"{{{form.elements}}}{name}")) for name in (form.first_day, form.last_day))
    facts, unread = list[Fact](), list[tuple[str, str]]()
    for element, name in _elements(root, form):
        context = contexts.get(str(element.get("contextRef")))
        day = None if context is None else date_of(context.ends)
        text = (element.text or "").strip()
        if context is None or day is None or form.line not in context.members or not text:
            continue
        line = f"{name}/{context.members[form.line]}"
        value = read_number(text, None)
        is_whole = len(context.members) == 1
        if value is None:
            unread += [(line, "not a plain number")] if is_whole else []
            continue
        facts.append(
            Fact(
                concept=(form.elements, line),
                entity=context.entity,
                starts=starts if name in form.of_period and day == ends else None,
                ends=day,
                is_whole=is_whole,
                unit=units.get(str(element.get("unitRef"))),
                value=value,
                rounding=rounding_of(element.get("decimals") or "INF"),
            )
        )
    return Report(facts=tuple(facts), unread=tuple(unread))


def _elements(root: "etree._Element", form: InstanceForm) -> Iterator[tuple["etree._Element", str]]:
    """The numbers of an instance and their local names: what has a unit."""
    prefix = f"{{{form.elements}}}"
    for element in root.iter(f"{prefix}*"):
        if element.get("unitRef") is not None:
            yield element, str(element.tag).removeprefix(prefix)


def _read_context(form: InstanceForm, element: "etree._Element") -> _Context:
    members = dict[str, str]()
    for member in element.iter(f"{{{_DIMENSIONS}}}explicitMember", f"{{{_DIMENSIONS}}}typedMember"):
        dimension = _named(member, str(member.get("dimension")), form.dimensions)
        members[dimension] = _named(member, (member.text or "").strip(), form.members)
    return _Context(
        entity=(element.findtext(f".//{{{_INSTANCE}}}identifier") or "").strip(),
        ends=element.findtext(f".//{{{_INSTANCE}}}instant") or "",
        members=members,
    )


def _named(element: "etree._Element", name: str, namespace: str) -> str:
    """A name without its prefix where that stands for this namespace; as it is otherwise."""
    prefix, _, local = name.rpartition(":")
    return local if element.nsmap.get(prefix or None) == namespace else name
