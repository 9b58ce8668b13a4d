"""Numbers out of inline XBRL: what a report states, of whom, for which period, in which unit and how exactly.

Pure functions over bytes, written for documents from anybody: entities, endless archives and deep nesting are refused.
A number that cannot be read for certain is left out and named, never guessed.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from sources.damage import DAMAGE
from sources.errors import RecordRejected

MOST_REPORT_BYTES = 32 << 20
"""No report is larger, pictures in it included."""
MOST_MEMBERS = 50
MOST_SCALE = 12
"""Powers of ten by which a number is multiplied; beyond it is no money."""
_INLINE = ("http://www.xbrl.org/2013/inlineXBRL", "http://www.xbrl.org/2008/inlineXBRL")
_INSTANCE = "http://www.xbrl.org/2003/instance"
_CURRENCIES = "http://www.xbrl.org/2003/iso4217"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\ufeff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A number that a report states.

    `concept` is (namespace, name). `starts` is null for what holds at the moment `ends`. `is_whole` says that it is of
    the entity as a whole, not of a part by some dimension. `unit` is ISO 4217 for money, else the measure's own name.
    The value holds to within `rounding`.
    """

    concept: tuple[str, str]
    entity: str
    starts: date | None
    ends: date
    is_whole: bool
    unit: str | None
    value: Decimal
    rounding: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The numbers of a report, and the names of those that cannot be read, each with why."""

    facts: tuple[Fact, ...]
    unread: tuple[tuple[str, str], ...] = ()


_NOT_UNPACKED: tuple[type[Exception], ...] = (*DAMAGE, RuntimeError, OSError, ValueError)


def unpack_reports(archive: bytes) -> list[bytes]:
    """The documents in a ZIP archive; raises RecordRejected for what is none, or is too large to be one of reports."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = [
                each for each in opened.infolist() if each.filename.lower().endswith((".xhtml", ".html", ".htm"))
            ]
            if len(members) > MOST_MEMBERS:
                raise RecordRejected("the archive of the report holds too many files", code="report_too_large")
            documents, left = [], MOST_REPORT_BYTES
            for member in members:
                with opened.open(member) as file:
                    document = file.read(left + 1)  # what the archive says of sizes is not believed
                left -= len(document)
                if left < 0:
                    raise RecordRejected("the report unpacks to more than one can be", code="report_too_large")
                documents.append(document)
    except _NOT_UNPACKED:
        raise RecordRejected("the report is no archive that can be unpacked", code="report_unreadable") from None
    return documents


def read_report(document: bytes) -> Report:
    """Every number in an inline XBRL document; raises RecordRejected where it is no XML or holds what it must not."""
    root = parse_document(document)
    contexts = {
        str(each.get("id")): context
        for each in root.iter(f"{{{_INSTANCE}}}context")
        if (context := _read_context(each)) is not None
    }
    units = {str(each.get("id")): read_unit(each) for each in root.iter(f"{{{_INSTANCE}}}unit")}
    facts, unread = list[Fact](), list[tuple[str, str]]()
    for element in root.iter(*(f"{{{namespace}}}nonFraction" for namespace in _INLINE)):
        name = str(element.get("name"))
        context = contexts.get(str(element.get("contextRef")))
        if context is None or element.get(_NIL) in ("true", "1"):
            continue
        text = _text_of(element)
        value = read_number(text, element.get("format"))
        scale, exact_to = element.get("scale") or "0", element.get("decimals") or "INF"
        if not re.fullmatch(r"[+-]?\d{1,2}", scale) or abs(int(scale)) > MOST_SCALE:
            value = None
        if value is None:
            if text and not _stands_for_nothing(element.get("format")):
                unread.append((name, f"{element.get('format') or 'without a form'}, scale {scale}"))
            continue
        factor = Decimal(10) ** int(scale)
        prefix, _, local = name.rpartition(":")
        facts.append(
            Fact(
                concept=(element.nsmap.get(prefix or None, ""), local),
                entity=context.entity,
                starts=context.starts,
                ends=context.ends,
                is_whole=context.is_whole,
                unit=units.get(str(element.get("unitRef"))),
                value=(-value if element.get("sign") == "-" else value) * factor,
                # some state thousands and call them exact: a number has no more digits than it shows
                rounding=max(rounding_of(exact_to), factor if int(scale) > 0 else Decimal(0)),
            )
        )
    return Report(facts=tuple(facts), unread=tuple(unread))


def pick_value(facts: Iterable[Fact]) -> Decimal | None:
    """The most exact of several statements of one thing; null where two of them differ by more than rounding.

    Reports say the same in thousands on one page and in full on another; some get the one or the other wrong.
    """
    ranked = sorted(facts, key=lambda fact: (fact.rounding, fact.value))
    if not ranked:
        return None
    best = ranked[0]
    agree = all(abs(fact.value - best.value) <= max(fact.rounding, best.rounding) for fact in ranked)
    return best.value if agree else None


# --- numbers -----------------------------------------------------------------------------------------------------
def _grouped(separators: str, point: str) -> re.Pattern[str]:
    groups = rf"\d{{1,3}}(?:[{separators}]\d{{3}})+|" if separators else ""
    return re.compile(rf"({groups}\d+)(?:[{point}](\d+))?")


_FORMS = {
    # the registries of transformations 1 to 5, hyphens and capitals aside
    "numspacecomma": _grouped(" ", ","),
    "numspacedot": _grouped(" ", "."),
    "numcommadot": _grouped(",", "."),
    "numdotcomma": _grouped(".", ","),
    "numcomma": _grouped("", ","),
    "numdotdecimal": _grouped(" ,", "."),
    "numcommadecimal": _grouped(" .", ","),
}
_ZEROES = frozenset({"numdash", "zerodash", "fixedzero"})
_NOTHING = frozenset({"nocontent", "fixedempty"})
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")


def read_number(text: str, form: str | None) -> Decimal | None:
    """The number that a text stands for under a transformation; null where it does not keep to it.

    >>> read_number("1 234,50", "ixt:numspacecomma"), read_number("1,234.5", "ixt4:num-dot-decimal")
    (Decimal('1234.50'), Decimal('1234.5'))
    >>> read_number("–", "ixt:numdash"), read_number("-12", "ixt:numspacecomma"), read_number("-12", None)
    (Decimal('0'), None, Decimal('-12'))
    """
    mended = _SPACES.sub(" ", mend(text)).strip()
    name = _form_name(form)
    if name in _ZEROES:
        return Decimal(0)
    if name is None:
        return Decimal(mended) if _PLAIN.fullmatch(mended) and mended.isascii() else None
    match = _FORMS[name].fullmatch(mended) if name in _FORMS and mended.isascii() else None
    if match is None:
        return None
    return Decimal(re.sub(r"\D", "", match[1]) + (f".{match[2]}" if match[2] else ""))


def mend(text: str) -> str:
    r"""A text that was written as UTF-8 and read as something narrower, as it was meant; any other stays.

    >>> mend("1Â\xa0234"), mend("Nettoomsättning")
    ('1\xa0234', 'Nettoomsättning')
    """
    for narrow in ("cp1252", "latin-1"):
        try:
            return text.encode(narrow).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _form_name(form: str | None) -> str | None:
    return form.rpartition(":")[2].replace("-", "").lower() if form else None


def _stands_for_nothing(form: str | None) -> bool:
    return _form_name(form) in _NOTHING


def rounding_of(decimals: str) -> Decimal:
    """To within which a number holds, of its `decimals`.

    >>> rounding_of("-3"), rounding_of("2"), rounding_of("INF")
    (Decimal('1000'), Decimal('0.01'), Decimal('0'))
    """
    digits = re.fullmatch(r"[+-]?\d{1,2}", decimals)
    return Decimal(10) ** -int(decimals) if digits else Decimal(0)


# --- documents ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    entity: str
    starts: date | None
    ends: date
    is_whole: bool


def parse_document(document: bytes) -> "etree._Element":
    """The root of an XML document from anybody; raises RecordRejected as `read_report`."""
    if len(document) > MOST_REPORT_BYTES:
        raise RecordRejected("the report is larger than one can be", code="report_too_large")
    if b"<!ENTITY" in (document.replace(b"\0", b"") if b"\0" in document[:4096] else document):
        raise RecordRejected("the report declares entities of its own", code="report_unreadable")
    # the one name for a space that HTML has and XML has not
    text = document.replace(b"&nbsp;", b"&#160;")
    for encoding in (None, "iso-8859-1"):  # some call their encoding UTF-8, which it is not
        parser = etree.XMLParser(
            encoding=encoding, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            return etree.fromstring(text, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError):
            continue
    raise RecordRejected("the report is no XML that can be read", code="report_unreadable")


def _read_context(element: "etree._Element") -> _Context | None:
    entity = element.findtext(f".//{{{_INSTANCE}}}identifier") or ""
    starts, ends, instant = (
        date_of(element.findtext(f".//{{{_INSTANCE}}}{name}")) for name in ("startDate", "endDate", "instant")
    )
    end = instant or ends
    if end is None or (instant is None and starts is None):
        return None
    parts = [*element.iter(f"{{{_INSTANCE}}}segment", f"{{{_INSTANCE}}}scenario")]
    return _Context(entity=entity.strip(), starts=starts, ends=end, is_whole=not any(len(part) for part in parts))


def read_unit(element: "etree._Element") -> str | None:
    """ISO 4217 for money, else the measure's own name; null for a ratio."""
    measures = element.findall(f"{{{_INSTANCE}}}measure")
    if len(measures) != 1:  # of two, or a product
        return None
    prefix, _, local = (measures[0].text or "").strip().rpartition(":")
    is_money = measures[0].nsmap.get(prefix or None) == _CURRENCIES
    # what is no money is named so that it is never taken for a currency
    return local if is_money else f"{prefix}:{local}"


def _text_of(element: "etree._Element") -> str:
    return "".join(_pieces(element)).strip()


def _pieces(element: "etree._Element") -> Iterator[str]:
    yield element.text or ""
    for child in element:
        is_left_out = isinstance(child.tag, str) and child.tag.endswith("}exclude")
        yield from () if is_left_out or not isinstance(child.tag, str) else _pieces(child)
        yield child.tail or ""


def date_of(text: str | None) -> date | None:
    """The day that a text is, null where it is none."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None
