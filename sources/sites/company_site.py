"""A company's own web site: what it states of itself, and what it is made with.

Its traps, each with a test:
- **A wrong site is worse than none.** Addresses in registers and CRMs are old, belong to a parent, a web agency, a
  franchise or whoever bought the domain since. Nothing of a site is attached to a company unless the company's number is
  printed on it, or its whole name and its place are (`enrich/site_evidence.py`). The number of another company speaks
  against it; a page that prints many numbers is a directory and says nothing by any.
- **Addresses are hostile.** They may point at this machine, its network or a cloud's key service, at once or after
  redirects (`sources/guard.py`); pages may never end, unpack without end, nest without end (`sources/web.py`).
- **Pages are full of persons.** Only addresses of roles (post@, info@) of the company's own domain are kept, and numbers
  that the organisation calls its own or that are no mobiles; no name of a person is read. Texts of pages are judged in
  memory and never written down, but for a few sentences in which the organisation describes itself: of these, whatever may
  name or reach a person is left out (`sources/kinds/own_words.py`).
- **Sites tell robots what they may.** robots.txt is obeyed (RFC 9309): 4xx = no rules, 5xx or no answer = nothing may be
  read, 500 KiB are read of it. One request a second and host, six requests a site, every 90 days.
- **JSON-LD is pasted by hand**: in comments, with comments, with last commas, as lists and graphs. Whom a product, a review
  or an article names is not the company.

UNVERIFIED: the forms of JSON-LD and OpenGraph are schema.org's as commonly documented; the traces in `technologies.csv`
are our own observations and age with the products. A page that only scripts fill is not run, so little is read of it.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sources.site import SiteAnswer, SiteAsked
from sources.source import Expect, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.web import WebClient

SOURCE = Source(
    name="company_site",
    title="Companies' own web sites",
    country=None,
    publisher="each company",
    homepage="https://www.rfc-editor.org/rfc/rfc9309",
    record_url="https://{key}",
    scheme="DOMAIN",
    licence=Licence.OWN_STATEMENT,
    attribution="As stated by the company on its own web site; the page and the day are given with each value.",
    lineage=Lineage.FIRST_PARTY,
    cadence_hours=24,
    rank=10,
    privacy=Privacy(
        purpose="to know a company's own web site, switchboard, role addresses, technologies and what it says of itself, where it states them",
        lawful_basis="legitimate interest (Art. 6(1)(f)): facts about companies; no person's data is kept",
        personal_fields=(),
        never_store=(),
        retention_days=400,
    ),
    expect=Expect(min_rows=0, max_rows=1_000_000_000),
    layouts=(),
    mapping_version=1,
    base_url="",
    base_url_env="",
    requests_per_minute=60,
    is_opt_in=True,
)


def read_sites(client: "WebClient", wanted: Sequence[SiteAsked]) -> Iterator[SiteAnswer]:
    """What the site at each address says; whether it is the company's is decided where the company is known."""
    from sources.kinds.html_site import ask_sites  # inside, because what reads pages takes long to load

    return ask_sites(client, wanted)
