"""Job ads at Arbetsförmedlingen (Platsbanken), through JobTech's JobStream: who hires, for what, since when.

Traps:
- a sole trader's organisation number is a personal number: such an ad is dropped while the list streams by, and so is
  one whose number is of no form that we know (a `302…` GD number might be a person's)
- an agency's ad names the agency, not who will employ: `mart.signal.is_agency`
- what was removed comes as a number and a date, without what it was; where nothing was removed there may be a
  `removed_date` all the same, of an earlier removal
- the occupation's group has the SSYK 2012 code in `legacy_ams_taxonomy_id`; the occupation itself has an older one
- in archives `id` is another, and the ad's own stands in `original_id`; there a single value may be a list of one
- one request a minute is allowed; all open ads are 390 MB, without pages
- times have no offset: they are read as UTC, which is the late side of the two that they may be

Only believed: the names of the keys that are ignored, the offset of times, how far back changes are told.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.feed import SignalBatch
from sources.fields import (
    both,
    chosen,
    column,
    constant,
    date,
    first,
    integer,
    is_in,
    is_present,
    joined,
    luhn_is_valid,
    many,
    mapped,
    negated,
    record,
    replaced,
    timestamp,
)
from sources.kinds.ad_form import AdForm
from sources.kinds.ad_stream import AdStream, follow_stream, read_ad_file
from sources.secret import Secret
from sources.source import Coverage, Expect, Layout, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

SIGNAL_KIND = "job_ad"

KEY = first(column("original_id"), column("id"))
NUMBER = replaced(column("employer.organization_number"), r"\D", "")
IS_REMOVED = is_in(column("removed"), ("true",))
IS_CONTENT = is_present(column("headline"))

ONE_OF = ("occupation", "occupation_group", "occupation_field")
"""Where archives have a list, of which the first is meant."""

UNREAD = (
    "occupation",
    "occupation_group",
    "occupation_field",
    "municipality",
    "region",
    "country",
    "access",
    "access_to_own_car",
    "application_deadline",
    "driving_license",
    "driving_license_required",
    "experience_required",
    "logo_url",
    "salary_description",
    "source_type",
    "workplace_id",
    "trainee",
    "larling",
    "franchise",
    "hire_work_place",
    "open_for_all",
    "remote_work",
    "label",
    "detected_language",
)
"""How the work is, and what an archive says of it in another form: neither says who hires for what."""

AD = Layout(
    name="ad",
    columns=(
        "id",
        "original_id",
        "external_id",
        "webpage_url",
        "headline",
        "publication_date",
        "last_publication_date",
        "number_of_vacancies",
        "employer.organization_number",
        "occupation_group.concept_id",
        "occupation_group.label",
        "occupation_group.legacy_ams_taxonomy_id",
        "workplace_address.municipality",
        "workplace_address.municipality_code",
        "workplace_address.city",
        "workplace_address.country",
        "timestamp",
        "removed",
        "removed_date",
        *UNREAD,
    ),
    key=KEY,
    fields={
        "source_key": KEY,
        "kind": constant("job_ad"),
        "status": chosen((IS_REMOVED, constant("ended")), otherwise=constant("open")),
        "stated_at": timestamp(
            chosen(
                (IS_REMOVED, first(column("removed_date"), column("timestamp"))),
                otherwise=first(column("timestamp"), joined("", column("publication_date"), constant(".000Z"))),
            ),
        ),
        "title": column("headline"),
        "url": chosen(
            (
                IS_CONTENT,
                first(
                    column("webpage_url"),
                    joined("", constant("https://arbetsformedlingen.se/platsbanken/annonser/"), KEY),
                ),
            )
        ),
        "happened_date": date(replaced(column("publication_date"), "T.*$", "")),
        "expires_date": date(replaced(column("last_publication_date"), "T.*$", "")),
        "ended_date": chosen((IS_REMOVED, date(replaced(column("removed_date"), "T.*$", "")))),
        "occupations": many(
            record(
                code=column("occupation_group.legacy_ams_taxonomy_id"),
                scheme=constant("SSYK2012"),
                label=column("occupation_group.label"),
            ),
            need="code",
        ),
        "places": many(
            record(
                municipality_code=column("workplace_address.municipality_code"),
                municipality_name=first(
                    column("workplace_address.municipality"),
                    column("workplace_address.city"),
                ),
                city=column("workplace_address.city"),
                country_code=mapped(column("workplace_address.country"), {"Sverige": "SE"}),
            ),
            need="municipality_name",
        ),
        "position_count": integer(column("number_of_vacancies")),
        "employer_scheme": constant("SE-ORGNR"),
        "employer_value": NUMBER,
    },
    # what comes beside a removal, too
    ignored=frozenset(
        {
            "external_id",
            "occupation_group.concept_id",
            *UNREAD,
        }
    ),
    ignored_prefixes=(
        "employer.",
        "occupation.",
        "occupation_field.",
        "workplace_address.",
        "employment_type.",
        "salary_type.",
        "duration.",
        "working_hours_type.",
        "scope_of_work.",
        "must_have.",
        "nice_to_have.",
    ),
    rejects=(
        (
            "missing_number",
            "the ad does not name its employer by number",
            both(IS_CONTENT, negated(is_present(NUMBER))),
        ),
        (
            "invalid_number",
            "the employer's number is not ten digits that pass the Luhn check",
            both(IS_CONTENT, negated(luhn_is_valid(NUMBER, 10))),
        ),
    ),
)

SOURCE = Source(
    name="se_jobtech",
    title="Platsbanken (JobTech JobStream)",
    country="SE",
    publisher="Arbetsförmedlingen",
    homepage="https://data.arbetsformedlingen.se/data/jobstream/",
    record_url="https://arbetsformedlingen.se/platsbanken/annonser/{key}",
    scheme="SE-PLATSANNONS",
    licence=Licence.CC0_1_0,
    attribution="Källa: Arbetsförmedlingen, JobTech",
    lineage=Lineage.SIGNAL,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="See which companies hire, and for what",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in ads published for everybody",
        personal_fields=("title",),
        # contact persons, the ad's text, which names them too, and what was made of the text
        never_store=(
            "application_contacts",
            "application_details",
            "description",
            "keywords",
            "phone_number",
            "email",
            "name",
            "workplace",
            "street_address",
            "coordinates",
        ),
        retention_days=730,
    ),
    # 37,014 ads were open on a day of August 2026; fewer are in winter
    expect=Expect(min_rows=15_000, max_rows=200_000),
    layouts=(),
    signal_layouts=(AD,),
    mapping_version=1,
    base_url="https://jobstream.api.jobtechdev.se",
    base_url_env="PROSPEKT_SE_JOBTECH_URL",
    is_opt_in=True,
    requests_per_minute=1,
)


def unwrap(ad: dict[str, Any]) -> Mapping[str, Any] | None:
    """The ad in the shape declared; None where its employer is or may be a natural person."""
    flat = {
        name: value[0] if name in ONE_OF and isinstance(value, list) and value else value for name, value in ad.items()
    }
    employer = flat.get("employer")
    number = employer.get("organization_number") if isinstance(employer, dict) else None
    digits = "".join(filter(str.isdecimal, str(number or "")))
    # of a company the third digit is 2 or more; twelve digits are a person's with the century before
    is_company = not digits or (len(digits) == 10 and digits[2] >= "2" and not digits.startswith("302"))
    return flat if is_company else None


FORM = AdForm(
    layout=AD,
    zone="Europe/Stockholm",
    moments=("timestamp", "removed_date"),
    days=("last_publication_date",),
    lines=("headline",),
)
STREAM = AdStream(
    form=FORM,
    everything="v2/snapshot",
    changes="v2/stream?updated-after={since}",
    unwrap=unwrap,
)


def fetch_signals(
    client: "PoliteClient",
    *,
    landing: Path,
    cursor: str | None,
    secret: Secret | None,
) -> Iterator[SignalBatch]:
    """All open ads, or what changed since the cursor."""
    return follow_stream(client, SOURCE, STREAM, landing=landing, cursor=cursor)


def read_given_signals(path: Path, *, coverage: Coverage, landing: Path) -> Iterator[SignalBatch]:
    """A list of open ads, or an archive of past ones (data.jobtechdev.se), downloaded by hand."""
    return read_ad_file(SOURCE, STREAM, path, coverage=coverage, landing=landing)
