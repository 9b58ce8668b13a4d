"""VIES: whether a VAT number of the European Union is valid today, and whose it is where the member state says it. No key.

What is known of it, what was seen and what is only believed: docs/sources/eu_vies.md.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sources.errors import RetryableError, SourceAborted
from sources.fields import (
    boolean,
    both,
    chosen,
    column,
    constant,
    first,
    is_present,
    luhn_is_valid,
    many,
    mapped,
    matches,
    negated,
    record,
    replaced,
    strung,
)
from sources.kinds.json_api import parse
from sources.kinds.numbered_api import ask_numbers, nothing
from sources.lookup import CompanyAsked, FoundRecord, KnowledgeAnswer, Outcome
from sources.source import Expect, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

# --- columns -----------------------------------------------------------------------------------------------------
IGNORED = (
    "requestDate requestIdentifier address userError originalVatNumber traderName traderStreet traderPostalCode "
    "traderCity traderCompanyType traderNameMatch traderStreetMatch traderPostalCodeMatch traderCityMatch "
    "traderCompanyTypeMatch"
).split()

COUNTRIES = {"EL": "GR", "XI": "GB"}
"""Codes of VIES that are not those of ISO 3166."""

VAT = strung("", column("countryCode"), column("vatNumber"))
# the first ten digits of Sweden's are the organisation number where the third digit is 2 or more: else they are a person's
SWEDISH = chosen((matches(VAT, r"SE\d{2}[2-9]\d{9}"), replaced(VAT, r"^SE(\d{10}).*$", r"\1")))
NAMED = chosen((negated(matches(column("name"), r"[-\s]*")), column("name")))

CHECK = Layout(
    name="vat_check",
    columns=("countryCode", "vatNumber", "valid", "name", *IGNORED),
    ignored=frozenset(IGNORED),
    key=VAT,
    fields={
        "source_key": VAT,
        "entity_kind": constant("legal_entity"),
        "is_natural_person": constant(False),
        "name": NAMED,
        # who is registered for VAT abroad has there a branch or a number only: that is not the company
        "country_code": first(mapped(column("countryCode"), COUNTRIES), column("countryCode")),
        "identifiers": many(
            record(scheme=constant("VAT"), value=VAT, original=VAT),
            record(
                scheme=constant("FI-YTUNNUS"),
                value=chosen((matches(VAT, r"FI\d{8}"), replaced(VAT, r"^FI(\d{7})(\d)$", r"\1-\2"))),
                original=column("vatNumber"),
            ),
            record(
                scheme=constant("DK-CVR"),
                value=chosen((matches(VAT, r"DK\d{8}"), column("vatNumber"))),
                original=column("vatNumber"),
            ),
            record(
                scheme=constant("SE-ORGNR"),
                value=chosen((luhn_is_valid(SWEDISH, 10), SWEDISH)),
                original=column("vatNumber"),
            ),
            need="value",
        ),
        "is_vat_registered": boolean(column("valid"), false=()),
    },
    rejects=(
        ("not_valid", "the number is not valid", negated(both(boolean(column("valid")), is_present(VAT)))),
        ("missing_name", "the member state does not say whose number it is", negated(is_present(NAMED))),
    ),
)
KINDS = {"any": "legal_entity"}

SOURCE = Source(
    name="eu_vies",
    title="VIES, VAT numbers of the European Union",
    country=None,
    publisher="European Commission, for the tax administrations of the member states",
    homepage="https://ec.europa.eu/taxation_customs/vies/",
    record_url="https://ec.europa.eu/taxation_customs/vies/#/vat-validation?vat={key}",
    scheme="VAT",
    licence=Licence.TERMS_OF_USE,
    attribution="VIES, European Commission (terms: https://ec.europa.eu/taxation_customs/vies/#/disclaimer)",
    lineage=Lineage.REGISTER,
    cadence_hours=24,
    rank=8,
    privacy=Privacy(
        purpose="Know that a company trades under the VAT number that it goes by",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in a check that the service is made for; no sole trader is asked about",
        personal_fields=(),
        never_store=(),
        retention_days=1095,
    ),
    # it is asked company by company: there is no complete delivery that could be too small
    expect=Expect(min_rows=0, max_rows=10_000_000),
    layouts=(CHECK,),
    mapping_version=1,
    base_url="https://ec.europa.eu/taxation_customs/vies/rest-api",
    base_url_env="PROSPEKT_EU_VIES_URL",
    # nobody says how many it bears; it counts questions that run at once, of all its users, by member state
    requests_per_minute=30,
    is_opt_in=True,
)

# --- ways to reach it --------------------------------------------------------------------------------------------
ASKED_BY = ("VAT", "FI-YTUNNUS", "DK-CVR", "SE-ORGNR")
STATES = ("AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI").split()
REQUESTER_ENV = "PROSPEKT_EU_VIES_REQUESTER"
"""Our own VAT number: with it every check is answered with a number that proves it."""
LATER = ("MS_UNAVAILABLE", "MS_MAX_CONCURRENT_REQ")
OUTCOMES = {"TIMEOUT": Outcome.TIMED_OUT, "INVALID_INPUT": Outcome.INVALID_INPUT, "VAT_BLOCKED": Outcome.BLOCKED}
MOST_AWAY = 2
"""A member state that so often was not there is not asked again in this refresh."""


def ask_about(client: "PoliteClient", wanted: Sequence[CompanyAsked]) -> Iterator[KnowledgeAnswer]:
    """The VAT number of each of these companies: as stated, else as its national number makes it."""
    away = Counter[str]()
    return ask_numbers(wanted, lambda company, scheme, value: _check(client, company, _vat_of(scheme, value), away))


def _vat_of(scheme: str, value: str) -> str:
    """A VAT number in the spelling of VIES; empty where there is none that it knows."""
    digits = re.sub(r"[^0-9A-Z+*]", "", value.upper())
    made = {"FI-YTUNNUS": f"FI{digits}", "DK-CVR": f"DK{digits}", "SE-ORGNR": f"SE{digits}01"}.get(scheme, digits)
    made = re.sub("^GR", "EL", made)
    return made if made[:2] in STATES and len(made) > 3 else ""


def _check(client: "PoliteClient", company: CompanyAsked, vat: str, away: Counter[str]) -> KnowledgeAnswer:
    state, number, our = vat[:2], vat[2:], client.told(REQUESTER_ENV) or ""
    if not vat:
        return nothing(company, Outcome.INVALID_INPUT, "no_usable_number")
    if away[state] >= MOST_AWAY:
        return nothing(company, Outcome.RATE_LIMITED, "state_unavailable")
    asked = {"countryCode": state, "vatNumber": number}
    asked |= {"requesterMemberStateCode": our[:2], "requesterNumber": our[2:]} if our else {}
    answer = client.get(
        SOURCE, "check-vat-number", posted=("application/json", json.dumps(asked).encode()), allow=frozenset({400})
    )
    said = parse(SOURCE, answer)
    wrapped = said.get("errorWrappers") or [{"error": said.get("userError")}]
    code = str(wrapped[0].get("error") or "VALID").upper()
    if code in ("GLOBAL_MAX_CONCURRENT_REQ", "SERVICE_UNAVAILABLE"):
        raise RetryableError(f"eu_vies: the service is busy ({code}).", source=SOURCE.name)
    if code in LATER:
        away[state] += 1
        return nothing(company, Outcome.RATE_LIMITED, "state_unavailable")
    if code in OUTCOMES:
        return nothing(company, OUTCOMES[code], code.lower())
    if code not in ("VALID", "INVALID") or "valid" not in said:
        raise SourceAborted(
            f"it refuses to check numbers ({code}).", source=SOURCE.name, hint=f"Is {REQUESTER_ENV} right?"
        )
    if f"{said.get('countryCode')}{said.get('vatNumber')}" != vat:
        return nothing(company, Outcome.FAILED, "other_number")
    if said["valid"] is not True:
        return nothing(company, Outcome.NO_DATA, "not_valid")
    name = str(said.get("name") or "").strip(" -\n")
    if not name:
        return nothing(company, Outcome.HIT, "valid_without_name")
    return KnowledgeAnswer(
        source_key=company.source_key,
        outcome=Outcome.HIT,
        records=(FoundRecord(key=vat, payload=said, names=(name,), country=COUNTRIES.get(state, state)),),
    )
