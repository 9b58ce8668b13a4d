"""Single companies by Bolagsverket's API: the shape of its answers, and which of them may be kept.

It answers out of two registers at once, Bolagsverket's and SCB's, each with errors of its own: an answer of which one
part is missing says nothing of the company, or its name, status or refusal of advertising would read as "none".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sources.fields import (
    Expr,
    chosen,
    column,
    constant,
    date,
    each,
    either,
    first,
    is_in,
    is_present,
    item,
    luhn_is_valid,
    many,
    mapped,
    matches,
    negated,
    picked,
    record,
    replaced,
)
from sources.kinds.json_api import deliver, parse
from sources.kinds.oauth2 import AuthorisedApi
from sources.registers._sweden import PERSONAL_NUMBER
from sources.source import Coverage, Delivery, Layout, Shape

COMPANY = re.compile(r"\d\d[2-9]\d{7}")
"""A third digit below 2 is that of a month: a person's number."""
NOT_NOW = frozenset({"OTILLGANGLIG_UPPGIFTSKALLA", "TIMEOUT"})
"""Errors of a part that say nothing of the company; ORGANISATION_FINNS_EJ says that the part has nothing of it."""
_NUMBER_KEY = "identitetsbeteckning"
_NEVER_KEPT = frozenset({"coAdress", "verksamhetsbeskrivningSarskiltForetagsnamn"})
"""Care-of lines name a person."""

_NAMES = "organisationsnamn.organisationsnamnLista"
# the specification spells this with gae, its own example and the weekly file with ga
_PROCEDURES = tuple(
    f"{word}.{word}Lista"
    for word in (
        "pagaendeAvvecklingsEllerOmstruktureringsforfarande",
        "pagandeAvvecklingsEllerOmstruktureringsforfarande",
    )
)
_PARTS = (
    "organisationsnamn reklamsparr organisationsform avregistreradOrganisation avregistreringsorsak "
    "pagaendeAvvecklingsEllerOmstruktureringsforfarande pagandeAvvecklingsEllerOmstruktureringsforfarande juridiskForm "
    "verksamOrganisation organisationsdatum verksamhetsbeskrivning naringsgrenOrganisation postadressOrganisation"
).split()
_IGNORED = frozenset(
    (
        "organisationsidentitet.typ.kod organisationsidentitet.typ.klartext namnskyddslopnummer registreringsland.kod "
        "registreringsland.klartext organisationsform.klartext avregistreringsorsak.klartext juridiskForm.kod "
        "juridiskForm.klartext verksamOrganisation.kod organisationsdatum.infortHosScb "
        # industry codes come without their list; se_scb has them
        "naringsgrenOrganisation.sni"
    ).split()
) | {f"{part}.{key}" for part in _PARTS for key in ("dataproducent", "fel.typ", "fel.felBeskrivning")}

_NAME_KINDS = {
    "FORETAGSNAMN": "legal",
    "FORETAGSNAMN_PA_FRAMMANDE_SPRAK": "translated",
    "FORNAMN_FRSPRAK": "translated",
    "NAMN": "legal",
    "SARSKILT_FORETAGSNAMN": "trade",
    "SARS_FORNAMN": "trade",
}
_NAME_KEYS = ("namn", "organisationsnamntyp.kod", "registreringsdatum")
_PROCEDURE_KEYS = ("kod", "fromDatum")


def organisation_layout(kinds: Mapping[str, str], forms: Mapping[str, str]) -> Layout:
    """The layout of an answer; `kinds` are sorts of entities by legal form, `forms` titles of legal forms."""
    number = column(f"organisationsidentitet.{_NUMBER_KEY}")
    form = column("organisationsform.kod")
    dissolved = either(
        is_present(column("avregistreradOrganisation.avregistreringsdatum")),
        is_present(column("avregistreringsorsak.kod")),
    )
    dissolved_on = column("avregistreradOrganisation.avregistreringsdatum")
    bankrupt, winding_up = (_procedure(code, "kod") for code in ("KK", "LI"))
    address = "postadressOrganisation.postadress"
    legal = is_in(item("organisationsnamntyp.kod"), ("FORETAGSNAMN", "NAMN"))
    return Layout(
        name="organisation_json",
        columns=(
            *(f"organisationsidentitet.{_NUMBER_KEY}", _NAMES, "organisationsform.kod", "reklamsparr.kod"),
            *("avregistreradOrganisation.avregistreringsdatum", "avregistreringsorsak.kod", *_PROCEDURES),
            *("organisationsdatum.registreringsdatum", "verksamhetsbeskrivning.beskrivning"),
            *(f"{address}.{name}" for name in ("utdelningsadress", "postnummer", "postort", "land")),
            *sorted(_IGNORED),
        ),
        ignored=_IGNORED,
        lists={
            _NAMES: Shape(keys=_NAME_KEYS, ignored=frozenset({"organisationsnamntyp.klartext"})),
            **{name: Shape(keys=_PROCEDURE_KEYS, ignored=frozenset({"klartext"})) for name in _PROCEDURES},
            "naringsgrenOrganisation.sni": Shape(keys=("kod",), ignored=frozenset({"klartext"})),
        },
        key=number,
        fields={
            "source_key": number,
            "entity_kind": mapped(form, kinds, otherwise="legal_entity"),
            "is_natural_person": is_in(form, ("E",)),
            "name": first(
                picked(column(_NAMES), _NAME_KEYS, item("namn"), where=legal),
                picked(column(_NAMES), _NAME_KEYS, item("namn")),
            ),
            # as the weekly file is read: of one name alone nothing is listed
            "names": chosen(
                (
                    matches(column(_NAMES), r"(?s).*\}\s*,\s*\{.*"),
                    each(
                        _NAMES,
                        _NAME_KEYS,
                        record(
                            name=item("namn"),
                            kind=mapped(item("organisationsnamntyp.kod"), _NAME_KINDS, otherwise="trade"),
                            from_date=date(item("registreringsdatum")),
                        ),
                    ),
                ),
            ),
            "country_code": constant("SE"),
            "identifiers": many(record(scheme=constant("SE-ORGNR"), value=number, original=number), need="value"),
            "legal_form_code": form,
            "legal_form_scheme": constant("SE-LEGAL-FORM"),
            # as in the weekly file: listed, not deregistered, neither bankrupt nor winding up
            "status": chosen(
                (dissolved, constant("dissolved")),
                (is_present(bankrupt), constant("bankrupt")),
                (is_present(winding_up), constant("winding_up")),
                otherwise=constant("active"),
            ),
            "status_date": date(
                chosen(
                    (dissolved, _day(dissolved_on)),
                    (is_present(bankrupt), _day(_procedure("KK", "fromDatum"))),
                    (is_present(winding_up), _day(_procedure("LI", "fromDatum"))),
                )
            ),
            "addresses": many(
                record(
                    kind=constant("postal"),
                    street=column(f"{address}.utdelningsadress"),
                    postal_code=replaced(column(f"{address}.postnummer"), r"\s", ""),
                    city=column(f"{address}.postort"),
                    country_code=mapped(column(f"{address}.land"), {"Sverige": "SE", "SE": "SE", "SE-LAND": "SE"}),
                ),
                need="city",
            ),
            "registered_date": date(_day(column("organisationsdatum.registreringsdatum"))),
            "dissolved_date": date(_day(dissolved_on)),
            "activity": replaced(
                # a line's end comes as one, or as a backslash and an n
                replaced(column("verksamhetsbeskrivning.beskrivning"), r"^(\\n|\s)+", ""),
                r"\s*(\\n|\n)\s*",
                " ",
            ),
            "is_marketing_protected": mapped(column("reklamsparr.kod"), {"JA": True, "NEJ": False}),
        },
        rejects=(
            ("missing_number", "the answer has no organisation number", negated(is_present(number))),
            (
                "invalid_number",
                "the organisation number is not ten digits that pass the Luhn check",
                negated(luhn_is_valid(number, 10)),
            ),
            ("missing_name", "the answer has no name", negated(matches(column(_NAMES), r"(?s).*\"namn\".*"))),
        ),
        codes=(("SE-LEGAL-FORM", form, mapped(form, forms)),),
    )


def _procedure(code: str, key: str) -> Expr:
    """Of the procedures in progress the one with this code, if any."""
    found = is_in(item("kod"), (code,))
    return first(*(picked(column(name), _PROCEDURE_KEYS, item(key), where=found) for name in _PROCEDURES))


def _day(text: Expr) -> Expr:
    """The day of a point in time, as written there."""
    return replaced(text, r"T.*$", "")


def ask_organisations(api: AuthorisedApi, layout: Layout, keys: Sequence[str], *, landing: Path) -> Delivery:
    """The companies of these numbers as the API has them now; a number that may be a person's is not asked for.

    Of several registrations under one number the first counts. An answer of which a part could not be had is left
    out, and said: it is to be asked for again.
    """
    fetched_at = datetime.now(UTC)
    found: list[dict[str, Any]] = []
    unknown: list[str] = []
    incomplete = 0
    for key in keys:
        known = _ask(api, key) if COMPANY.fullmatch(key) else []
        if any(_errors_of(one) & NOT_NOW for one in known):
            incomplete += 1
        elif known:
            found.append(_kept(min(known, key=_place)))
        else:
            unknown.append(key)
    delivery = deliver(
        api.source, layout, found, coverage=Coverage.PARTIAL, landing=landing, fetched_at=fetched_at,
        url=api.access.api_url, unknown=tuple(unknown),
    )  # fmt: skip
    if not incomplete:
        return delivery
    told = f"{incomplete:,} of {len(keys):,} answers lack what one of its registers could not give: ask again later"
    return replace(delivery, warnings=(*delivery.warnings, told))


def _ask(api: AuthorisedApi, key: str) -> list[dict[str, Any]]:
    answer = api.ask("organisationer", posted={_NUMBER_KEY: key}, allow=frozenset({400, 404}))
    listed = parse(api.source, answer).get("organisationer") if answer.status == 200 else None
    return [
        one
        for one in listed or []
        if isinstance(one, dict)
        and (_identity(one) == key or _errors_of(one) & NOT_NOW)  # what could not be had has no number
        and "ORGANISATION_FINNS_EJ" not in _errors_of(one, of="organisationsnamn")
    ]


def _identity(one: Mapping[str, Any]) -> str:
    return str((one.get("organisationsidentitet") or {}).get(_NUMBER_KEY))


def _place(one: Mapping[str, Any]) -> int:
    place = str(one.get("namnskyddslopnummer") or "")
    return int(place) if place.isdecimal() else 0


def _errors_of(one: Mapping[str, Any], *, of: str | None = None) -> frozenset[str]:
    parts = (value for name, value in one.items() if isinstance(value, dict) and of in (None, name))
    return frozenset(str(part["fel"].get("typ")) for part in parts if isinstance(part.get("fel"), dict))


def _kept(value: Any) -> Any:  # noqa: ANN401 - a raw payload
    """What of an answer may be kept: no care-of line, no personal number in any text."""
    if isinstance(value, dict):
        return {
            name: inner if name == _NUMBER_KEY else _kept(inner)
            for name, inner in value.items()
            if name not in _NEVER_KEPT
        }
    if isinstance(value, list):
        return [_kept(inner) for inner in value]
    return re.sub(PERSONAL_NUMBER, "", value).strip() if isinstance(value, str) else value
