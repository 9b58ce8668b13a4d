"""Switzerland's Zefix: the commercial registers' entry of one UID at a time, with a login that is free.

What is known of it, what was seen and what is only believed: docs/sources/ch_zefix.md.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.errors import AnswerUnreadable
from sources.fields import (
    Expr,
    appended,
    both,
    chosen,
    column,
    constant,
    decimal,
    each,
    first,
    is_in,
    is_present,
    item,
    joined,
    many,
    mapped,
    matches,
    mod11_is_valid,
    negated,
    pieces,
    record,
    replaced,
)
from sources.kinds.number_lookup import look_up_each
from sources.kinds.sifted_json import JsonForm, read_json
from sources.lookup import NumberAnswer
from sources.redact import without
from sources.secret import basic_login
from sources.source import Coverage, Delivery, Expect, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
READ = (
    "uid name legalForm.uid legalForm.name.de legalForm.name.fr status legalSeat legalSeatId purpose translation oldNames "
    "address.street address.houseNumber address.poBox address.city address.swissZipCode capitalNominal capitalCurrency"
).split()
IGNORED = frozenset(
    (
        "ehraid chid sogcDate deletionDate canton registryOfCommerceId registerOfCommerceId cantonalExcerptWeb legalForm.id wasTakenOverBy "
        "furtherHeadOffices headOffices hasTakenOver branchOffices auditCompanies address.careOf address.organisation address.addon"
    ).split()
)

# --- codes -------------------------------------------------------------------------------------------------------
KINDS = {
    "0101": "sole_trader",  # left out; not shown should one come
    "0111": "branch",  # of a foreign company
    "0114": "fund",
    "0115": "fund",
    "0116": "fund",
    "0117": "public_body",
    "0151": "branch",  # of a Swiss one
}
PERSONS = ("0101", "0118", "0119")
STATUSES = {"ACTIVE": "active", "BEING_CANCELLED": "winding_up", "CANCELLED": "dissolved"}

# --- expressions that several fields share -----------------------------------------------------------------------
NUMBER = replaced(column("uid"), r"[^0-9A-Z]", "")
DIGITS = replaced(NUMBER, r"^CHE", "")
STREET: Expr = first(
    joined(" ", column("address.street"), column("address.houseNumber")),
    replaced(column("address.poBox"), r"^(\d+)$", r"Postfach \1"),
)

# --- layout ------------------------------------------------------------------------------------------------------
COMPANY = Layout(
    name="company_json",
    columns=(*READ, *sorted(IGNORED)),
    ignored_prefixes=("zefixDetailWeb.", "legalForm.name.", "legalForm.shortName."),
    key=NUMBER,
    fields={
        "source_key": NUMBER,
        "entity_kind": mapped(column("legalForm.uid"), KINDS, otherwise="legal_entity"),
        "is_natural_person": is_in(column("legalForm.uid"), PERSONS),
        "name": column("name"),
        "country_code": constant("CH"),
        "names": appended(
            each("oldNames", ("name",), record(name=item("name"), kind=constant("former"))),
            pieces(column("translation"), "\n", "\n", record(name=item(1), kind=constant("translated"))),
        ),
        "identifiers": many(record(scheme=constant("CH-UID"), value=NUMBER, original=column("uid")), need="value"),
        "legal_form_code": column("legalForm.uid"),
        "legal_form_scheme": constant("CH-LEGAL-FORM"),
        "status": mapped(column("status"), STATUSES, otherwise="unknown"),
        "addresses": many(
            record(
                kind=constant("legal"),
                street=STREET,
                postal_code=column("address.swissZipCode"),
                city=first(column("address.city"), column("legalSeat")),
                municipality_code=column("legalSeatId"),
                municipality_name=column("legalSeat"),
                country_code=chosen((is_present(column("address.swissZipCode")), constant("CH"))),
            ),
            need="city",
        ),
        "purpose": column("purpose"),
        "capital_amount": decimal(column("capitalNominal")),
        "capital_currency": chosen((is_present(column("capitalNominal")), column("capitalCurrency"))),
    },
    ignored=IGNORED,
    rejects=(
        ("missing_number", "the entry has no UID", negated(is_present(NUMBER))),
        (
            "invalid_number",
            "the UID is not CHE, eight digits and a check digit that fits",
            negated(both(matches(NUMBER, r"CHE\d{9}"), mod11_is_valid(DIGITS, (5, 4, 3, 2, 7, 6, 5, 4, 1)))),
        ),
        (
            "missing_form",
            "the entry states no legal form: it might be about a person, nothing of it was kept",
            negated(is_present(column("legalForm.uid"))),
        ),
        ("missing_name", "the entry has no name", negated(is_present(column("name")))),
    ),
    codes=(
        (
            "CH-LEGAL-FORM",
            column("legalForm.uid"),
            first(column("legalForm.name.de"), column("legalForm.name.fr")),
        ),
    ),
    values={"status": frozenset(STATUSES)},
)

SOURCE = Source(
    name="ch_zefix",
    title="Zefix",
    country="CH",
    publisher="Eidgenössisches Amt für das Handelsregister (EHRA)",
    homepage="https://www.zefix.admin.ch/ZefixPublicREST/",
    record_url="https://www.uid.admin.ch/Detail.aspx?uid_id={key}",
    scheme="CH-UID",
    licence=Licence.TERMS_OF_USE,
    attribution="Zefix, Eidgenössisches Amt für das Handelsregister; terms: https://www.zefix.admin.ch/ZefixPublicREST/",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="Keep up to date companies that are customers or may become some",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in data that the registers publish by law",
        personal_fields=("name", "names", "addresses"),
        # the gazette's notices name persons with their places of origin and residence
        never_store=("sogcPub",),
        retention_days=1095,
    ),
    # there is no complete delivery to be held to these
    expect=Expect(min_rows=1, max_rows=1_500_000),
    layouts=(COMPANY,),
    mapping_version=1,
    base_url="https://www.zefix.admin.ch/ZefixPublicREST/api/v1",
    base_url_env="PROSPEKT_CH_ZEFIX_URL",
    is_opt_in=True,
    login_envs=("PROSPEKT_CH_ZEFIX_USER", "PROSPEKT_CH_ZEFIX_PASSWORD"),
    requests_per_minute=60,
)
FORM = JsonForm(
    layout=COMPANY,
    number="uid",
    form="legalForm.uid",
    persons=frozenset(PERSONS),
    made_every=timedelta(0),
    min_rows=1,
)


# --- ways to reach it --------------------------------------------------------------------------------------------
def look_up_numbers(client: "PoliteClient", keys: Sequence[str]) -> Iterator[NumberAnswer]:
    """The entries of these UIDs."""
    return look_up_each(SOURCE, FORM, keys, partial(_ask, client))


def read_given(path: Path, *, coverage: Coverage, landing: Path) -> Delivery:
    """Answers that were saved, in one JSON array."""
    return read_json(SOURCE, FORM, path, coverage=coverage, landing=landing)


def _ask(client: "PoliteClient", key: str) -> dict[str, Any] | None:
    """Some clients found that only the UID with its dots is known, others ask without."""
    user, password = (client.secret(SOURCE, name) for name in SOURCE.login_envs)
    login = {"Authorization": basic_login(user, password)}
    for spelling in (re.sub(r"^CHE(\d{3})(\d{3})(\d{3})$", r"CHE-\1.\2.\3", key), key):
        answer = client.get(SOURCE, f"company/uid/{spelling}", hidden_headers=login, allow=frozenset({400, 404}))
        if answer.status == 200:
            try:
                said = json.loads(answer.body, parse_int=str, parse_float=str)
            except ValueError:
                raise AnswerUnreadable(f"{answer.url} did not answer with JSON.", source=SOURCE.name) from None
            entries = said if isinstance(said, list) else [said]
            if entries and isinstance(entries[0], dict):
                return dict(without(entries[0], SOURCE.privacy.never_store))
    return None
