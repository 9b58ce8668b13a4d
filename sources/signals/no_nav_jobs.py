"""Job ads at NAV, Norway's labour service (arbeidsplassen.no): who hires, for what, since when.

Traps:
- ads of Finn.no, Norway's largest site for jobs, are not in the feed: a company without an ad here may have one there
- the feed says that an ad changed; the ad is asked for by itself and answers as it is now, not as it was then
- the employer's number is often that of a sub-unit (underenhet): its company is found by the register's links
- an agency's ad names the agency, not who will employ: `mart.signal.is_agency`
- an ad that was stopped comes with its title, employer and contacts masked: of it only the end is read
- the documentation calls the ad `json`, the service's code `ad_content`: either is read
- `published` is midnight in Norway, which in UTC is the day before
- the page's ETag and If-Modified-Since skip ads (`sources/kinds/page_feed.py`)
- a private person or sole trader may employ: the number alone says who, so no employer's name is kept

Only believed: how many requests a minute are welcome; how fast the public token changes; that a STYRK-08 code is in
`categoryList` as STYRK08 (four digits) or STYRK08NAV (four digits, point, two).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sources.feed import SignalBatch
from sources.fields import (
    both,
    chosen,
    column,
    constant,
    date,
    each,
    first,
    integer,
    is_in,
    is_present,
    item,
    mapped,
    mod11_is_valid,
    negated,
    record,
    replaced,
    timestamp,
)
from sources.kinds.ad_form import AdForm
from sources.kinds.page_feed import PageFeed, walk_pages
from sources.secret import Secret
from sources.source import Expect, Layout, Licence, Lineage, Privacy, Shape, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

SIGNAL_KIND = "job_ad"

NUMBER = replaced(column("ad.employer.orgnr"), r"\D", "")
IS_CONTENT = is_present(column("ad.published"))
CATEGORY = ("categoryType", "code", "name")
LOCATION = ("country", "city", "postalCode", "municipal")


ENTRY = Layout(
    name="feedentry",
    columns=(
        "uuid",
        "status",
        "sistEndret",
        "ad.uuid",
        "ad.published",
        "ad.expires",
        "ad.updated",
        "ad.title",
        "ad.jobtitle",
        "ad.link",
        "ad.employer.orgnr",
        "ad.employer.name",
        "ad.workLocations",
        "ad.categoryList",
        "ad.occupationCategories",
        "ad.positioncount",
        "ad.source",
        "ad.applicationDue",
        "ad.engagementtype",
        "ad.extent",
        "ad.starttime",
        "ad.sector",
    ),
    key=column("uuid"),
    fields={
        "source_key": column("uuid"),
        "kind": constant("job_ad"),
        "status": mapped(column("status"), {"ACTIVE": "open", "INACTIVE": "ended"}),
        "stated_at": timestamp(column("sistEndret")),
        "title": first(column("ad.title"), column("ad.jobtitle")),
        "url": column("ad.link"),
        "happened_date": date(column("ad.published")),
        "expires_date": date(column("ad.expires")),
        "ended_date": chosen(
            (is_in(column("status"), ("INACTIVE",)), date(replaced(column("sistEndret"), "T.*$", "")))
        ),
        "occupations": each(
            "ad.categoryList",
            CATEGORY,
            record(
                code=replaced(item("code"), r"^(\d{4})\..*$", r"\1"),
                scheme=constant("STYRK08"),
                label=item("name"),
            ),
            where=is_in(item("categoryType"), ("STYRK08", "STYRK08NAV")),
        ),
        "places": each(
            "ad.workLocations",
            LOCATION,
            record(
                municipality_name=item("municipal"),
                city=item("city"),
                postal_code=item("postalCode"),
                country_code=mapped(item("country"), {"NORGE": "NO", "Norge": "NO", "NO": "NO"}),
            ),
        ),
        "position_count": integer(column("ad.positioncount")),
        "employer_scheme": constant("NO-ORGNR"),
        "employer_value": NUMBER,
    },
    # dates that an application is due are free text; the rest says how the work is, not who hires for what
    ignored=frozenset(
        {
            "ad.uuid",
            "ad.updated",
            "ad.employer.name",
            "ad.occupationCategories",
            "ad.source",
            "ad.applicationDue",
            "ad.engagementtype",
            "ad.extent",
            "ad.starttime",
            "ad.sector",
        }
    ),
    lists={
        "ad.workLocations": Shape(keys=LOCATION, ignored=frozenset({"address", "county"})),
        "ad.categoryList": Shape(keys=CATEGORY, ignored=frozenset({"score"})),
        "ad.occupationCategories": Shape(keys=("level1", "level2")),
    },
    values={
        "status": frozenset({"ACTIVE", "INACTIVE", "FAILED"}),
        "ad.categoryList[].categoryType": frozenset({"STYRK08", "STYRK08NAV", "ESCO", "JANZZ"}),
    },
    rejects=(
        ("entry_failed", "the service fails on this ad", is_in(column("status"), ("FAILED",))),
        (
            "missing_number",
            "the ad does not name its employer by number",
            both(IS_CONTENT, negated(is_present(NUMBER))),
        ),
        (
            "invalid_number",
            "the employer's number is not nine digits that pass the check",
            both(IS_CONTENT, negated(mod11_is_valid(NUMBER, (3, 2, 7, 6, 5, 4, 3, 2, 1)))),
        ),
    ),
)

SOURCE = Source(
    name="no_nav_jobs",
    title="Stillinger på arbeidsplassen.no",
    country="NO",
    publisher="NAV",
    homepage="https://navikt.github.io/pam-stilling-feed/",
    record_url="https://arbeidsplassen.nav.no/stillinger/stilling/{key}",
    scheme="NAV-STILLING",
    # the terms allow use free of charge and name no licence: what is kept of an ad is who hires for what, with its link
    licence=Licence.TERMS_OF_USE,
    attribution="Kilde: NAV, arbeidsplassen.no (vilkår: https://arbeidsplassen.nav.no/vilkar-api)",
    lineage=Lineage.SIGNAL,
    cadence_hours=24,
    rank=1,
    privacy=Privacy(
        purpose="See which companies hire, and for what",
        lawful_basis="legitimate interest (GDPR article 6.1 f), in ads published for everybody",
        personal_fields=("title",),
        # contact persons, the ad's text, which names them too, and wherever an address of theirs may stand
        never_store=(
            "contactList",
            "description",
            "content_text",
            "businessName",
            "applicationUrl",
            "sourceurl",
            "homepage",
        ),
        retention_days=730,
    ),
    expect=Expect(min_rows=0, max_rows=1_000_000),
    layouts=(),
    signal_layouts=(ENTRY,),
    mapping_version=1,
    base_url="https://pam-stilling-feed.nav.no",
    base_url_env="PROSPEKT_NO_NAV_JOBS_URL",
    is_opt_in=True,
    login_by="a token of your own, in place of the public one",
    requests_per_minute=300,
)

FORM = AdForm(
    layout=ENTRY,
    zone="Europe/Oslo",
    moments=("sistEndret",),
    days=("ad.published", "ad.expires"),
    lines=("ad.title", "ad.jobtitle"),
)
FEED = PageFeed(
    form=FORM,
    token="api/publicToken",  # noqa: S106 - where it is, not what it is
    token_hint="A token of your own comes by e-mail (docs/sources/no_nav_jobs.md): name its variable as secret_env.",  # noqa: S106
    first="api/v1/feed",
    page="api/v1/feed/{page}",
    entry="api/v1/feedentry/{key}",
    contents=("ad_content", "json"),
)


def fetch_signals(
    client: "PoliteClient", *, landing: Path, cursor: str | None, secret: Secret | None
) -> Iterator[SignalBatch]:
    """The ads that changed since the cursor, or in the last 90 days."""
    return walk_pages(client, SOURCE, FEED, landing=landing, cursor=cursor, secret=secret)
