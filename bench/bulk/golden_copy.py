"""GLEIF's golden copy as it comes: 339 columns, nearly all of them empty in nearly all rows, every value in quotes.

The columns of the file were seen in part only (some clients count 338, others 390): the rest is written down after the
LEI data format 3.1, whose repeated parts the file numbers. What costs time is their number, not their names.
"""

import random
from collections.abc import Iterator

from bench.companies import brand, pick
from bench.gleif import draw_lei
from bench.words import build_pools

_NAME = ("", ".xmllang", ".type")
_ADDRESS = (
    "xmllang FirstAddressLine AddressNumber AddressNumberWithinBuilding MailRouting AdditionalAddressLine.1 "
    "AdditionalAddressLine.2 AdditionalAddressLine.3 City Region Country PostalCode"
).split()
_EVENT = (
    "group_type event_status LegalEntityEventType LegalEntityEventEffectiveDate LegalEntityEventRecordedDate "
    "ValidationDocuments ValidationReference"
).split() + [f"AffectedFields.AffectedField.{place}" for place in range(1, 13)]


def _columns() -> Iterator[str]:
    yield "LEI"
    yield from ("Entity.LegalName", "Entity.LegalName.xmllang")
    for kind in ("Other", "TransliteratedOther"):
        for place in range(1, 6):
            yield from (f"Entity.{kind}EntityNames.{kind}EntityName.{place}{part}" for part in _NAME)
    for kind in ("LegalAddress", "HeadquartersAddress"):
        yield from (f"Entity.{kind}.{part}" for part in _ADDRESS)
    for kind in ("Other", "TransliteratedOther"):
        for place in range(1, 6):
            prefix = f"Entity.{kind}Addresses.{kind}Address.{place}"
            yield from (f"{prefix}.{part}" for part in ("type", *_ADDRESS))
    yield from (
        "Entity.RegistrationAuthority.RegistrationAuthorityID",
        "Entity.RegistrationAuthority.OtherRegistrationAuthorityID",
        "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
        "Entity.LegalJurisdiction",
        "Entity.EntityCategory",
        "Entity.EntitySubCategory",
        "Entity.LegalForm.EntityLegalFormCode",
        "Entity.LegalForm.OtherLegalForm",
        "Entity.AssociatedEntity.type",
        "Entity.AssociatedEntity.AssociatedLEI",
        "Entity.AssociatedEntity.AssociatedEntityName",
        "Entity.EntityStatus",
        "Entity.EntityCreationDate",
        "Entity.EntityExpirationDate",
        "Entity.EntityExpirationReason",
    )
    for place in range(1, 6):
        prefix = f"Entity.SuccessorEntity.{place}"
        yield from (f"{prefix}.SuccessorLEI", f"{prefix}.SuccessorEntityName", f"{prefix}.SuccessorEntityName.xmllang")
    for place in range(1, 6):
        yield from (f"Entity.LegalEntityEvents.LegalEntityEvent.{place}.{part}" for part in _EVENT)
    yield from (
        "Registration.InitialRegistrationDate",
        "Registration.LastUpdateDate",
        "Registration.RegistrationStatus",
        "Registration.NextRenewalDate",
        "Registration.ManagingLOU",
        "Registration.ValidationSources",
        "Registration.ValidationAuthority.ValidationAuthorityID",
        "Registration.ValidationAuthority.OtherValidationAuthorityID",
        "Registration.ValidationAuthority.ValidationAuthorityEntityID",
    )
    for place in range(1, 6):
        prefix = f"Registration.OtherValidationAuthorities.OtherValidationAuthority.{place}"
        yield from (f"{prefix}.{part}" for part in ("ValidationAuthorityID", "OtherValidationAuthorityID"))
        yield f"{prefix}.ValidationAuthorityEntityID"
    yield from (f"Extension.gleif.{name}" for name in ("Geocoding", "ConformityFlag.Reason"))
    yield "ConformityFlag"


GOLDEN_COPY = tuple(_columns())
_PARTS = "xmllang FirstAddressLine AdditionalAddressLine.1 City Region Country PostalCode".split()
_EVENT_1 = "Entity.LegalEntityEvents.LegalEntityEvent.1"
_FORMER = "Entity.OtherEntityNames.OtherEntityName.1"
_SOME = {
    *("LEI", "Entity.LegalName", "Entity.LegalName.xmllang"),
    *(f"{_FORMER}{part}" for part in _NAME),
    *(f"Entity.{kind}.{part}" for kind in ("LegalAddress", "HeadquartersAddress") for part in _PARTS),
    "Entity.RegistrationAuthority.RegistrationAuthorityID",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    *("Entity.LegalJurisdiction", "Entity.EntityCategory", "Entity.LegalForm.EntityLegalFormCode"),
    *("Entity.EntityStatus", "Entity.EntityCreationDate"),
    *(f"{_EVENT_1}.{part}" for part in _EVENT[:4]),
    *("Registration.InitialRegistrationDate", "Registration.LastUpdateDate", "Registration.RegistrationStatus"),
    *("Registration.NextRenewalDate", "Registration.ManagingLOU", "Registration.ValidationSources"),
    "Registration.ValidationAuthority.ValidationAuthorityID",
    "Registration.ValidationAuthority.ValidationAuthorityEntityID",
    "ConformityFlag",
}
FILLED = tuple(name for name in GOLDEN_COPY if name in _SOME)
"""The columns that any row fills, in the file's order."""
_ROW = ",".join('"%s"' if name in _SOME else '""' for name in GOLDEN_COPY) + "\n"
_AUTHORITIES = (
    ("US", "NEW YORK", "US-NY", "RA000628", "XTIQ", 30), ("GB", "LONDON", "GB-LND", "RA000585", "H0PO", 18),
    ("DE", "MÜNCHEN", "DE-BY", "RA000242", "2HBR", 20), ("IT", "MILANO", "IT-MI", "RA000407", "8888", 16),
    ("IN", "MUMBAI", "IN-MH", "RA000394", "YSP9", 14), ("SE", "STOCKHOLM", "SE-AB", "RA000544", "XJHM", 8),
    ("NO", "OSLO", "NO-03", "RA000472", "YI42", 5), ("CN", "SHANGHAI", "CN-SH", "RA000213", "ECAK", 8),
)  # fmt: skip
_WEIGHTS = [one[-1] for one in _AUTHORITIES]


def draw_records(seed: int, chunk: int, start: int, count: int) -> bytes:
    """So many rows, from the place `start`."""
    rng, pools = random.Random(f"{seed}:golden copy:{chunk}"), build_pools()
    chance, lines = rng.random, []
    for place in range(start, start + count):
        country, city, region, authority, form, _ = rng.choices(_AUTHORITIES, _WEIGHTS)[0]
        name = f"{brand(rng, pools)} {pick(rng, pools.endings)} {pick(rng, ('Ltd', 'GmbH', 'AS', 'S.p.A.', 'LLC'))}"
        created, updated = _moment(rng, 1950, 2024), _moment(rng, 2024, 2027)
        said = dict.fromkeys(FILLED, "")
        said |= {
            "LEI": draw_lei(rng),
            "Entity.LegalName": name.upper() if chance() < 0.5 else name,
            "Entity.LegalName.xmllang": "en",
            "Entity.RegistrationAuthority.RegistrationAuthorityID": authority,
            "Entity.RegistrationAuthority.RegistrationAuthorityEntityID": str(5_560_000_000 + place),
            "Entity.LegalJurisdiction": country,
            "Entity.EntityCategory": rng.choices(("GENERAL", "FUND", "BRANCH", "SOLE_PROPRIETOR"), (85, 12, 1, 2))[0],
            "Entity.LegalForm.EntityLegalFormCode": form,
            "Entity.EntityStatus": "ACTIVE" if chance() < 0.9 else "INACTIVE",
            "Entity.EntityCreationDate": created,
            "Registration.InitialRegistrationDate": _moment(rng, 2012, 2024),
            "Registration.LastUpdateDate": updated,
            "Registration.RegistrationStatus": "ISSUED" if chance() < 0.65 else "LAPSED",
            "Registration.NextRenewalDate": _moment(rng, 2024, 2028),
            "Registration.ManagingLOU": "EVK05KS7XY1DEII3R011",
            "Registration.ValidationSources": "FULLY_CORROBORATED",
            "Registration.ValidationAuthority.ValidationAuthorityID": authority,
            "Registration.ValidationAuthority.ValidationAuthorityEntityID": str(5_560_000_000 + place),
            "ConformityFlag": "CONFORMING",
        }
        street = f"{pick(rng, pools.stems)} {'Street' if chance() < 0.7 else 'Gasse'} {rng.randrange(1, 300)}"
        for kind in ("LegalAddress", "HeadquartersAddress"):
            prefix = f"Entity.{kind}"
            said[f"{prefix}.xmllang"] = "en"
            said[f"{prefix}.FirstAddressLine"] = street
            said[f"{prefix}.AdditionalAddressLine.1"] = f"Floor {rng.randrange(1, 40)}" if chance() < 0.2 else ""
            said[f"{prefix}.City"] = city
            said[f"{prefix}.Region"] = region
            said[f"{prefix}.Country"] = country
            said[f"{prefix}.PostalCode"] = str(rng.randrange(10_000, 99_999))
        if chance() < 0.12:
            said[_FORMER] = f"{brand(rng, pools)} {pick(rng, pools.endings)}"
            said |= {f"{_FORMER}.xmllang": "en", f"{_FORMER}.type": "PREVIOUS_LEGAL_NAME"}
        if chance() < 0.1:
            event = ("STANDALONE", "COMPLETED", "CHANGE_LEGAL_NAME", updated)
            said |= {f"{_EVENT_1}.{part}": value for part, value in zip(_EVENT, event, strict=False)}
        lines.append(_ROW % tuple(said.values()))
    return "".join(lines).encode()


def _moment(rng: random.Random, first: int, last: int) -> str:
    return f"{rng.randrange(first, last)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}T{rng.randrange(24):02}:00:00Z"
