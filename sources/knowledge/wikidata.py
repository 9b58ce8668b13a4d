"""Wikidata: what anybody may write of a company, asked for by the numbers that it has. Second hand: every register stands before it.

What is known of it, what was seen and what is only believed: docs/sources/wikidata.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sources.fields import (
    Expr,
    appended,
    both,
    chosen,
    column,
    constant,
    date,
    each,
    first,
    is_in,
    is_present,
    item,
    luhn_is_valid,
    many,
    matches,
    mod11_is_valid,
    negated,
    picked,
    record,
    replaced,
)
from sources.kinds.knowledge_base import KnowledgeBase, ask_base
from sources.lookup import CompanyAsked, KnowledgeAnswer
from sources.source import Expect, Layout, Licence, Lineage, Privacy, Shape, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- properties --------------------------------------------------------------------------------------------------
NUMBERS = {
    "NO-ORGNR": "P2333",
    "SE-ORGNR": "P6460",
    "DK-CVR": "P1059",
    "FI-YTUNNUS": "P12980",
    "GB-COH": "P2622",
    "LEI": "P1278",
}
OTHER_NUMBERS = {"VAT": "P3608", "CIK": "P5531"}
LANGUAGES = ["mul", "en", "nb", "nn", "sv", "da", "fi", "de", "fr", "nl", "et", "lv", "is"]
"""`mul` is a label for all languages: newer items have no other. Names in other scripts are left to who reads them."""
NAME_LANGUAGES = ["mul", "en", "nb", "sv", "da", "fi", "de", "fr", "nl"]

# --- questions ---------------------------------------------------------------------------------------------------
# wdt: gives the statements of the best rank, never a deprecated one. Humans (Q5) are not asked about.
FIND = """SELECT ?property ?number ?item WHERE {
  VALUES (?property ?number) { {values} }
  ?item ?property ?number .
  MINUS { ?item wdt:P31 wd:Q5 }
}"""
# A date counts where its day is known (precision 11); a parent where it is not one of the past.
DESCRIBE = """SELECT ?item ?what ?value WHERE {
  VALUES ?item { {items} }
  { ?item rdfs:label ?value . FILTER(LANG(?value) IN (LANGUAGES)) BIND("label" AS ?what) }
  UNION { ?item skos:altLabel ?value . FILTER(LANG(?value) IN (LANGUAGES)) BIND("alias" AS ?what) }
  UNION {
    VALUES (?direct ?what) { DIRECT }
    ?item ?direct ?value .
  }
  UNION {
    ?item p:P1448 ?named . ?named ps:P1448 ?value ; pq:P582 ?ended .
    MINUS { ?named wikibase:rank wikibase:DeprecatedRank }
    BIND("former_name" AS ?what)
  }
  UNION { ?item wdt:P17/wdt:P297 ?value . BIND("country" AS ?what) }
  UNION {
    VALUES (?claim ?timed ?what) { (p:P571 psv:P571 "founded") (p:P576 psv:P576 "dissolved") }
    ?item ?claim ?dated . ?dated a wikibase:BestRank ; ?timed ?time .
    ?time wikibase:timeValue ?value ; wikibase:timePrecision ?precision . FILTER(?precision >= 11)
  }
  UNION { ?item wdt:P576 ?ended . BIND("true" AS ?value) BIND("is_dissolved" AS ?what) }
  UNION {
    ?item p:P749 ?owned . ?owned a wikibase:BestRank ; ps:P749 ?value .
    MINUS { ?owned pq:P582 ?ended }
    BIND("parent" AS ?what)
  }
  UNION {
    VALUES (?direct ?what) { PARENTS }
    ?item p:P749 ?owned . ?owned a wikibase:BestRank ; ps:P749 ?parent .
    MINUS { ?owned pq:P582 ?ended }
    ?parent ?direct ?value .
  }
}"""


DIRECT = {**NUMBERS, **OTHER_NUMBERS, "website": "P856", "official_name": "P1448"}


def _pairs(properties: Mapping[str, str], prefix: str = "") -> str:
    return " ".join(f'(wdt:{name} "{prefix}{thing}")' for thing, name in properties.items())


def _with_parent(*names: str) -> tuple[str, ...]:
    return (*names, *(f"parent.{name}" for name in names))


def _spell_swedish(number: str) -> tuple[str, ...]:
    """Six digits, hyphen, four digits is how items were seen to spell it."""
    return f"{number[:6]}-{number[6:]}", number


BASE = KnowledgeBase(
    properties=NUMBERS,
    spellings={"SE-ORGNR": _spell_swedish},
    find=FIND,
    describe=DESCRIBE.replace("LANGUAGES", '"' + '", "'.join(LANGUAGES) + '"')
    .replace("PARENTS", _pairs(NUMBERS, "parent."))
    .replace("DIRECT", _pairs(DIRECT)),
    single=frozenset(
        ("country", "founded", "dissolved", "is_dissolved", "parent", *_with_parent(*NUMBERS), *OTHER_NUMBERS)
    ),
    names=("label", "official_name", "alias", "former_name"),
    country="country",
    website="website",
)
KINDS = {"any": "legal_entity"}
"""An item does not say of what legal sort a company is in words that can be trusted: the register does."""


# --- expressions -------------------------------------------------------------------------------------------------
def _numbers(prefix: str = "") -> dict[str, Expr]:
    """The number of each scheme where it is spelt as its register spells it, and no person's."""
    of = {scheme: column(prefix + scheme) for scheme in NUMBERS}
    swedish = replaced(of["SE-ORGNR"], r"[^0-9]", "")
    return {
        "NO-ORGNR": chosen(
            (
                both(matches(of["NO-ORGNR"], r"\d{9}"), mod11_is_valid(of["NO-ORGNR"], (3, 2, 7, 6, 5, 4, 3, 2, 1))),
                of["NO-ORGNR"],
            )
        ),
        "SE-ORGNR": chosen((both(matches(swedish, r"\d{2}[2-9]\d{7}"), luhn_is_valid(swedish, 10)), swedish)),
        "DK-CVR": chosen(
            (
                both(matches(of["DK-CVR"], r"\d{8}"), mod11_is_valid(of["DK-CVR"], (2, 7, 6, 5, 4, 3, 2, 1))),
                of["DK-CVR"],
            )
        ),
        "FI-YTUNNUS": chosen((matches(of["FI-YTUNNUS"], r"\d{7}-\d"), of["FI-YTUNNUS"])),
        "GB-COH": chosen((matches(of["GB-COH"], r"(\d{8}|[A-Z]{2}\d{6}|R\d{7})"), of["GB-COH"])),
        "LEI": chosen((matches(of["LEI"], r"[0-9A-Z]{18}[0-9]{2}"), of["LEI"])),
    }


def _identifiers() -> tuple[Expr, ...]:
    vat, cik = column("VAT"), replaced(column("CIK"), r"^0+", "")
    valid = _numbers() | {
        "VAT": chosen((matches(vat, r"[A-Z]{2}[0-9A-Z+*]{2,12}"), vat)),
        "CIK": chosen((matches(cik, r"\d{1,10}"), cik)),
    }
    return tuple(
        record(scheme=constant(scheme), value=value, original=column(scheme)) for scheme, value in valid.items()
    )


def _links() -> tuple[tuple[str, str, Expr], ...]:
    """The parent by each of its numbers, where there is one parent only."""
    return tuple(
        ("parent", scheme, chosen((is_present(column("parent")), value)))
        for scheme, value in _numbers("parent.").items()
    )


def _name() -> tuple[Expr, ...]:
    """The official name in one of the languages, then the label; by language, so that it is the same each time."""
    stated = ("value", "language")
    return tuple(
        picked(column(thing), stated, item("value"), where=is_in(item("language"), (language,)))
        for thing in ("official_name", "label")
        for language in NAME_LANGUAGES
    )


def _named(thing: str, kind: str, *, least: str = r".+") -> Expr:
    return each(thing, ("value",), record(name=item("value"), kind=constant(kind)), where=matches(item("value"), least))


TEXTS = Shape(keys=("value", "language"))
ITEM = Layout(
    name="item",
    columns=(
        *("item", "label", "alias", "official_name", "former_name", "website", "country"),
        *("founded", "dissolved", "is_dissolved", "parent"),
        *_with_parent(*NUMBERS),
        *OTHER_NUMBERS,
    ),
    key=column("item"),
    fields={
        "source_key": column("item"),
        "entity_kind": constant("legal_entity"),
        "is_natural_person": constant(False),
        "name": first(*_name()),
        "country_code": column("country"),
        # an alias may be a ticker or an abbreviation that a thousand others go by
        "names": appended(
            _named("official_name", "legal"),
            _named("former_name", "former"),
            _named("label", "translated"),
            _named("alias", "trade", least=r".{4,}"),
        ),
        "identifiers": many(*_identifiers(), need="value"),
        # that nobody wrote an end says nothing: it is never active
        "status": chosen((is_present(column("is_dissolved")), constant("dissolved")), otherwise=constant("unknown")),
        "contact_points": each("website", ("value",), record(kind=constant("website"), value=item("value"))),
        "founded_date": date(replaced(column("founded"), r"T.*$", "")),
        "dissolved_date": date(replaced(column("dissolved"), r"T.*$", "")),
    },
    rejects=(
        ("missing_number", "the item has no id", negated(is_present(column("item")))),
        ("missing_name", "the item has no name in Latin letters", negated(is_present(first(*_name())))),
    ),
    relations=_links(),
    lists=dict.fromkeys(("label", "alias", "official_name", "former_name", "website"), TEXTS),
)

SOURCE = Source(
    name="wikidata",
    title="Wikidata",
    country=None,
    publisher="the community of Wikidata, hosted by the Wikimedia Foundation",
    homepage="https://www.wikidata.org/wiki/Wikidata:Data_access",
    record_url="https://www.wikidata.org/wiki/{key}",
    scheme="WIKIDATA",
    licence=Licence.CC0_1_0,
    attribution="Wikidata",
    lineage=Lineage.SECONDARY,
    cadence_hours=24,
    rank=9,
    privacy=Privacy(
        purpose="Find and keep up to date companies that may become customers",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in facts about companies; items and properties of persons are not read",
        personal_fields=(),
        never_store=(),
        retention_days=1095,
    ),
    # it is asked company by company: there is no complete delivery that could be too small
    expect=Expect(min_rows=0, max_rows=10_000_000),
    layouts=(ITEM,),
    mapping_version=1,
    base_url="https://query.wikidata.org/sparql",
    base_url_env="PROSPEKT_WIKIDATA_URL",
    requests_per_minute=60,
    is_opt_in=True,
)
ASKED_BY = tuple(NUMBERS)


def ask_about(client: "PoliteClient", wanted: Sequence[CompanyAsked]) -> Iterator[KnowledgeAnswer]:
    """The one item of each of these companies, by its numbers."""
    return ask_base(client, SOURCE, BASE, wanted)


def missing_credentials(client: "PoliteClient") -> str | None:
    """Whom to write to, which Wikimedia wants to know of every program."""
    if client.contact is not None:
        return None
    return "Wikimedia wants to know whom to write to: set `contact` (your web address or e-mail) in config.toml."
