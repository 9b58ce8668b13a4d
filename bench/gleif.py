"""Writes GLEIF's golden copy for a share of a made-up register, with the faults that the real one has."""

import random
import string
from collections.abc import Sequence

from bench.companies import Row, brand, pick
from bench.words import build_pools

GROUPED_SHARE = 0.6
"""Numbers written as "923 609 016"."""
WRONG_AUTHORITY_SHARE = 0.03
WRONG_NUMBER_SHARE = 0.02
FORMER_NAME_SHARE = 0.08
FOREIGN_AUTHORITY = "RA000544"
"""Sweden's, which Norwegian companies are at times filed under."""
GOLDEN_COPY = (
    "LEI",
    "Entity.LegalName",
    "Entity.LegalName.xmllang",
    *(f"Entity.OtherEntityNames.OtherEntityName.1{part}" for part in ("", ".xmllang", ".type")),
    *(
        f"Entity.{kind}Address.{part}"
        for kind in ("Legal", "Headquarters")
        for part in ("FirstAddressLine", "AdditionalAddressLine.1", "City", "Region", "Country", "PostalCode")
    ),
    "Entity.RegistrationAuthority.RegistrationAuthorityID",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    "Entity.LegalJurisdiction",
    "Entity.EntityCategory",
    "Entity.EntitySubCategory",
    "Entity.LegalForm.EntityLegalFormCode",
    "Entity.LegalForm.OtherLegalForm",
    "Entity.EntityStatus",
    "Entity.EntityCreationDate",
    "Registration.InitialRegistrationDate",
    "Registration.LastUpdateDate",
    "Registration.RegistrationStatus",
    "Registration.NextRenewalDate",
    "Registration.ManagingLOU",
    "Registration.ValidationSources",
    "ConformityFlag",
)
_ALPHABET = string.digits + string.ascii_uppercase


def lei_of(body: str) -> str:
    """The LEI of 18 characters with its two check digits, ISO 7064 MOD 97-10.

    >>> lei_of("529900T8BM49AURSDO")
    '529900T8BM49AURSDO55'
    """
    number = int("".join(str(_ALPHABET.index(one)) for one in body) + "00")
    return f"{body}{98 - number % 97:02d}"


def draw_gleif(seed: int, chunk: int, companies: Sequence[Row], share: float) -> list[Row]:
    """Records of the golden copy for about that share of the limited companies of a chunk."""
    rng = random.Random(f"{seed}:gleif:{chunk}")
    return [
        _draw_record(rng, company)
        for company in companies
        if company["organisasjonsform.kode"] in ("AS", "ASA", "NUF", "STI", "SA") and rng.random() < share
    ]


def _draw_record(rng: random.Random, company: Row) -> Row:
    number = company["organisasjonsnummer"]
    if rng.random() < WRONG_NUMBER_SHARE:
        number = misspell(number)
    authority = rng.choice(("RA000472", "RA000472", "RA000473"))
    is_lapsed = rng.random() < 0.25
    row = fill_record(
        lei=draw_lei(rng),
        name=company["navn"],
        street=company["forretningsadresse.adresse"].split("\n")[-1],
        city=company["forretningsadresse.poststed"],
        postal_code=company["forretningsadresse.postnummer"],
        authority=FOREIGN_AUTHORITY if rng.random() < WRONG_AUTHORITY_SHARE else authority,
        number=group_digits(number) if rng.random() < GROUPED_SHARE else number,
        legal_form="YI42" if company["organisasjonsform.kode"] == "AS" else "8888",
        created=company["registreringsdatoenhetsregisteret"],
        registration="LAPSED" if is_lapsed else "ISSUED",
        updated=f"2026-{rng.randrange(1, 8):02d}-{rng.randrange(1, 29):02d}T10:00:00Z",
    )
    if rng.random() < FORMER_NAME_SHARE:
        pools = build_pools()
        row["Entity.OtherEntityNames.OtherEntityName.1"] = f"{brand(rng, pools)} {pick(rng, pools.endings)} AS".upper()
        row["Entity.OtherEntityNames.OtherEntityName.1.type"] = "PREVIOUS_LEGAL_NAME"
    return row


def draw_lei(rng: random.Random) -> str:
    """An LEI that nobody has."""
    return lei_of("549300" + "".join(rng.choices(_ALPHABET, k=12)))


def misspell(number: str) -> str:
    """The number with its fifth digit wrong.

    >>> misspell("923609016")
    '923619016'
    """
    return number[:4] + str((int(number[4]) + 1) % 10) + number[5:]


def group_digits(number: str) -> str:
    """A number of nine digits in threes.

    >>> group_digits("923609016")
    '923 609 016'
    """
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def fill_record(
    *,
    lei: str,
    name: str,
    street: str,
    city: str,
    postal_code: str,
    authority: str,
    number: str,
    legal_form: str,
    created: str,
    registration: str,
    updated: str,
    country: str = "NO",
    category: str = "GENERAL",
    status: str = "ACTIVE",
) -> Row:
    """A row of the golden copy; seat and legal address are one."""
    row = {
        "LEI": lei,
        "Entity.LegalName": name,
        "Entity.LegalName.xmllang": "no" if country == "NO" else "en",
        "Entity.LegalAddress.FirstAddressLine": street,
        "Entity.LegalAddress.City": city,
        "Entity.LegalAddress.Country": country,
        "Entity.LegalAddress.PostalCode": postal_code,
        "Entity.RegistrationAuthority.RegistrationAuthorityID": authority,
        "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": number,
        "Entity.LegalJurisdiction": country,
        "Entity.EntityCategory": category,
        "Entity.LegalForm.EntityLegalFormCode": legal_form,
        "Entity.EntityStatus": status,
        "Entity.EntityCreationDate": f"{created}T00:00:00+01:00",
        "Registration.InitialRegistrationDate": "2018-03-12T08:15:00Z",
        "Registration.LastUpdateDate": updated,
        "Registration.RegistrationStatus": registration,
        "Registration.NextRenewalDate": "2027-03-12T08:15:00Z" if registration == "ISSUED" else "2026-03-12T08:15:00Z",
        "Registration.ManagingLOU": "EVK05KS7XY1DEII3R011",
        "Registration.ValidationSources": "FULLY_CORROBORATED",
    }
    for part in ("FirstAddressLine", "City", "Country", "PostalCode"):
        row[f"Entity.HeadquartersAddress.{part}"] = row[f"Entity.LegalAddress.{part}"]
    return row
