"""Inline XBRL: numbers as they are meant, and nothing where they cannot be read for certain."""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from sources.errors import RecordRejected
from sources.kinds import ixbrl
from sources.kinds.ixbrl import Fact, pick_value, read_number, read_report, unpack_reports
from tests.registers.hvd_server import HEAD, archive, context, number, report

COMPANY = "5560172933"


def only(document: bytes) -> Fact:
    [fact] = read_report(document).facts
    return fact


@pytest.mark.parametrize(
    ("text", "form", "value"),
    [
        ("1 234 567", "ixt:numspacecomma", "1234567"),
        ("1\u00a0234\u00a0567,5", "ixt:numspacecomma", "1234567.5"),
        ("1\u202f234", "ixt:numspacecomma", "1234"),
        ("\n   1 234\n  ", "ixt:numspacecomma", "1234"),
        ("1Â\u00a0234", "ixt:numspacecomma", "1234"),
        ("1234", "ixt:numspacecomma", "1234"),
        ("1 234.5", "ixt:numspacedot", "1234.5"),
        ("1,234.50", "ixt:numcommadot", "1234.50"),
        ("1.234,50", "ixt:numdotcomma", "1234.50"),
        ("1234,5", "ixt:numcomma", "1234.5"),
        ("1 234,5", "ixt2:numcommadecimal", "1234.5"),
        ("1.234,5", "ixt4:num-comma-decimal", "1234.5"),
        ("1,234.5", "ixt3:numdotdecimal", "1234.5"),
        ("–", "ixt:numdash", "0"),
        ("-", "ixt3:zerodash", "0"),
        ("ingen", "ixt4:fixed-zero", "0"),
        ("-12.5", None, "-12.5"),
        # what does not keep to its form might be anything
        ("12 34", "ixt:numspacecomma", None),
        ("1.234", "ixt:numspacecomma", None),
        ("-1 234", "ixt:numspacecomma", None),
        ("1 234", None, None),
        ("tolv", "ixt:numspacecomma", None),
        ("１２", "ixt:numspacecomma", None),
        ("12", "ixt:numkanjidecimal", None),
        ("", "ixt:numspacecomma", None),
        ("", "ixt4:fixed-empty", None),
    ],
)
def test_a_number_is_read_by_its_form_or_not_at_all(text: str, form: str | None, value: str | None) -> None:
    assert read_number(text, form) == (None if value is None else Decimal(value))


def test_scale_sign_and_exactness_of_a_number() -> None:
    thousands = only(report(COMPANY, [number("Nettoomsattning", "12 345", scale="3", decimals="-3", sign="-")]))
    assert (thousands.value, thousands.rounding) == (Decimal(-12_345_000), Decimal(1000))
    assert (thousands.starts, thousands.ends) == (date(2024, 1, 1), date(2024, 12, 31))
    assert thousands.unit == "SEK"
    assert thousands.concept == ("http://www.taxonomier.se/se/fr/gen-base/2021-10-31", "Nettoomsattning")
    percent = only(report(COMPANY, [number("Soliditet", "64,5", "balans0", "pure", scale="-2")]))
    assert (percent.value, percent.starts, percent.unit) == (Decimal("0.645"), None, None)
    called_exact = only(report(COMPANY, [number("Nettoomsattning", "12 345", scale="3")]))
    assert called_exact.rounding == Decimal(1000)


def test_an_older_namespace_of_inline_xbrl_and_other_prefixes_are_read() -> None:
    old = HEAD.replace("2013/inlineXBRL", "2008/inlineXBRL").replace("xmlns:se-gen-base=", "xmlns:g=")
    document = report(COMPANY, [number("Nettoomsattning", "7").replace("se-gen-base:", "g:")], head=old)
    assert only(document).concept[1] == "Nettoomsattning"


def test_what_is_nil_empty_or_of_an_unknown_context_is_no_fact_and_what_cannot_be_read_is_named() -> None:
    stated = [
        number("Nettoomsattning", "", **{"xsi:nil": "true"}),
        number("Nettoomsattning", "7", "nowhere"),
        number("AretsResultat", "sju"),
        number("Tillgangar", "7", "balans0", scale="40"),
        number("EgetKapital", "", "balans0", format="ixt4:fixed-empty"),
    ]
    read = read_report(report(COMPANY, stated))
    assert read.facts == ()
    assert [name for name, _ in read.unread] == ["se-gen-base:AretsResultat", "se-gen-base:Tillgangar"]


def test_a_part_of_the_company_is_told_from_the_whole() -> None:
    part = context(
        "del", COMPANY, "2024-12-31", inside="<xbrldi:explicitMember dimension='a'>b</xbrldi:explicitMember>"
    )
    facts = read_report(
        report(COMPANY, [number("EgetKapital", "1", "del"), number("EgetKapital", "2", "balans0")], more=part)
    ).facts
    assert [(fact.is_whole, fact.value) for fact in facts] == [(False, Decimal(1)), (True, Decimal(2))]


def test_text_inside_a_number_that_is_left_out_or_set_apart() -> None:
    inside = "<span>1</span> 23<ix:exclude> (not 4)</ix:exclude>4"
    assert only(report(COMPANY, [number("Nettoomsattning", inside)])).value == 1234


def test_documents_that_lie_about_their_encoding_are_read() -> None:
    text = report(COMPANY, [number("Nettoomsattning", "1\u00a0234")]).decode()
    assert only(text.encode("iso-8859-1")).value == 1234
    assert only(text.replace("UTF-8", "ISO-8859-1", 1).encode()).value == 1234
    assert only(text.replace("\u00a0", "&nbsp;").encode()).value == 1234


def test_the_most_exact_of_several_statements_counts_and_a_contradiction_is_unknown() -> None:
    def stated(*values: tuple[str, str]) -> Decimal | None:
        facts = [number("Nettoomsattning", text, scale=scale) for text, scale in values]
        return pick_value(read_report(report(COMPANY, facts)).facts)

    assert stated(("101 763", "3"), ("101 763 063", "0")) == 101_763_063
    assert stated(("102", "6"), ("101 763", "3")) == 101_763_000
    assert stated(("101 763", "0"), ("101 763 063", "0")) is None
    assert stated(("5", "0"), ("5", "0")) == 5
    assert stated() is None


BOMB = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"%PDF-1.7", id="another kind"),
        pytest.param(b"<html><body>", id="cut short"),
        pytest.param(report(COMPANY, []).replace(b"<html", f"{BOMB}<html".encode(), 1), id="entity bomb"),
        pytest.param(f"{BOMB}<html/>".encode("utf-16"), id="entity bomb in another encoding"),
        pytest.param(
            b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><html>&x;</html>', id="entity of another file"
        ),
        pytest.param(b"<a>" * 100_000 + b"</a>" * 100_000, id="nested without end"),
    ],
)
def test_hostile_documents_are_refused(document: bytes) -> None:
    with pytest.raises(RecordRejected) as caught:
        read_report(document)
    assert caught.value.code == "report_unreadable"


def test_archives_hold_reports_and_nothing_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unpack_reports(archive(b"a", b"b", b"c", names=("x.xhtml", "y.pdf", "z.HTML"))) == [b"a", b"c"]
    monkeypatch.setattr(ixbrl, "MOST_REPORT_BYTES", 1 << 20)
    for packed in (archive(b"0" * (2 << 20)), archive(b"0" * (1 << 19), b"0" * (1 << 20))):
        with pytest.raises(RecordRejected, match="unpacks to more") as caught:
            unpack_reports(packed)
        assert caught.value.code == "report_too_large"
    with pytest.raises(RecordRejected, match="too many"):
        unpack_reports(archive(*[b""] * 51))
    with pytest.raises(RecordRejected, match="larger"):
        read_report(b" " * (1 << 20) + b"<a/>")


def test_what_is_no_archive_is_refused() -> None:
    whole = archive(b"<a/>" * 1_000)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("a.xhtml", "<a/>")
    stored = buffer.getvalue()
    spoiled = stored.replace(b"<a/>", b"<b/>", 1)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as opened:
        opened.writestr("a.xhtml", bytes(range(256)) * 9)
    broken = bytearray(buffer.getvalue())
    broken[60:100] = b"\xff" * 40
    for packed in (b"", b"PK\x03\x04", whole[: len(whole) // 2], spoiled, bytes(broken)):
        with pytest.raises(RecordRejected) as caught:
            unpack_reports(packed)
        assert caught.value.code == "report_unreadable"
