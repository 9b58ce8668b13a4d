"""Writes companies as a query of Wikidata would give them, one row an item, and declares that file so that it can land."""

import random

from bench.companies import FORMS, Row, domain_of
from sources.fields import (
    both,
    chosen,
    column,
    constant,
    date,
    is_present,
    many,
    matches,
    mod11_is_valid,
    negated,
    record,
    replaced,
)
from sources.source import Expect, Layout, Licence, Lineage, Privacy, Source

COLUMNS = (
    "item",
    "label",
    "alias",
    "official_name",
    "country",
    "city",
    "website",
    "inception",
    "dissolved",
    "no_organisation_number",
    "lei",
)
SHORT_LABEL_SHARE = 0.10
"""Items that go by the first word of their name; half of them tell the rest as an alias."""
WHOLE_LABEL_SHARE = 0.15
"""Items whose label has the legal form."""
OFFICIAL_NAME_SHARE = 0.3
CITY_SHARE = 0.7
WEBSITE_SHARE = 0.7
INCEPTION_SHARE = 0.6
DISSOLVED_SHARE = 0.6
"""Dead companies of which the item knows it."""

_NUMBER = replaced(column("no_organisation_number"), r"[^0-9]", "")
_ITEMS = Layout(
    name="items",
    columns=COLUMNS,
    key=column("item"),
    fields={
        "source_key": column("item"),
        "entity_kind": constant("legal_entity"),
        "is_natural_person": matches(column("item"), r"never"),
        "name": column("label"),
        "names": many(
            record(name=column("alias"), kind=constant("trade")),
            record(name=column("official_name"), kind=constant("legal")),
            need="name",
        ),
        "country_code": column("country"),
        "identifiers": many(
            record(
                scheme=constant("NO-ORGNR"),
                value=chosen(
                    (both(matches(_NUMBER, r"\d{9}"), mod11_is_valid(_NUMBER, (3, 2, 7, 6, 5, 4, 3, 2, 1))), _NUMBER)
                ),
                original=column("no_organisation_number"),
            ),
            record(scheme=constant("LEI"), value=column("lei"), original=column("lei")),
            need="value",
        ),
        "status": chosen((is_present(column("dissolved")), constant("dissolved")), otherwise=constant("unknown")),
        "addresses": many(
            record(kind=constant("business"), city=column("city"), country_code=column("country")), need="city"
        ),
        "contact_points": many(record(kind=constant("website"), value=column("website")), need="value"),
        "founded_date": date(column("inception")),
        "dissolved_date": date(column("dissolved")),
    },
    rejects=(("missing_name", "the item has no label", negated(is_present(column("label")))),),
)
SOURCE = Source(
    name="wikidata",
    title="Made-up items",
    country=None,
    publisher="Nobody",
    homepage="https://wikidata.example",
    record_url="https://wikidata.example/{key}",
    scheme="WIKIDATA",
    licence=Licence.CC0_1_0,
    attribution="Nobody",
    lineage=Lineage.SECONDARY,
    cadence_hours=168,
    rank=9,
    privacy=Privacy(
        purpose="benchmarks", lawful_basis="invented", personal_fields=(), never_store=(), retention_days=1
    ),
    expect=Expect(min_rows=0, max_rows=10_000_000),
    layouts=(_ITEMS,),
    mapping_version=1,
    base_url="https://wikidata.example",
    base_url_env="WIKIDATA_URL",
)


def draw_item(
    rng: random.Random,
    company: Row,
    *,
    item: str,
    name: str,
    number: str,
    lei: str,
    country: str = "NO",
    is_dead: bool = False,
) -> Row:
    """An item about a company that goes, or went, by that name; number and LEI as the item states them, if it does."""
    chance = rng.random
    words = name.split()
    bare = words[:-1] if words[-1] in FORMS and len(words) > 1 else words
    label, alias, way = " ".join(bare).title(), "", chance()
    if way < SHORT_LABEL_SHARE and len(bare) > 1:
        label, alias = bare[0].title(), label if chance() < 0.5 else ""
    elif way < SHORT_LABEL_SHARE + WHOLE_LABEL_SHARE:
        label = name.title()
    founded = company.get("stiftelsesdato") or company.get("registreringsdatoenhetsregisteret", "")
    return {
        "item": item,
        "label": label,
        "alias": alias,
        "official_name": name.title() if chance() < OFFICIAL_NAME_SHARE else "",
        "country": country,
        "city": company["forretningsadresse.poststed"].title() if chance() < CITY_SHARE else "",
        "website": f"https://www.{company.get('hjemmeside', domain_of(name)).removeprefix('www.')}/"
        if chance() < WEBSITE_SHARE
        else "",
        "inception": (founded if chance() < 0.5 else f"{founded[:4]}-01-01")
        if founded and chance() < INCEPTION_SHARE
        else "",
        "dissolved": "2024-06-30" if is_dead and chance() < DISSOLVED_SHARE else "",
        "no_organisation_number": number,
        "lei": lei,
    }
