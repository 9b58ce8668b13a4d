"""What a company's own web site states: read by `sources/kinds/html_site.py`, judged where companies are known."""

from dataclasses import dataclass, field
from datetime import datetime

from sources.lookup import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A schema.org Organization of a page, as it is written; `numbers` are (property, value) of its identifiers.

    `description` is without what names or reaches a person (`sources/kinds/own_words.py`).
    """

    types: tuple[str, ...]
    name: str | None = None
    legal_name: str | None = None
    url: str | None = None
    telephones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    same_as: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedNumber:
    """A number of a register that stands on a page and passes its check digits.

    `is_labelled` where the page says what it is; the same digits could be something else where it does not.
    """

    scheme: str
    value: str
    is_labelled: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology:
    """A product by whose traces a site is recognised; `seen_in` is where the trace stands."""

    name: str
    category: str
    seen_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What a reader sees of a page; held in memory while it is judged, never written down."""

    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReading:
    """What the pages of one site say; of persons nothing.

    `names` are what the site calls itself. `emails` are addresses of roles (post@, info@), of whatever domain. `phones`
    are E.164. `social` are (network, address). `language` is ISO 639-1. `description` is what the site says of itself in a few
    sentences, without what names or reaches a person, and `description_url` the page that does.
    """

    url: str
    pages: tuple[PageText, ...]
    names: tuple[str, ...]
    organisations: tuple[Organisation, ...]
    numbers: tuple[PrintedNumber, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    social: tuple[tuple[str, str], ...]
    language: str | None
    technologies: tuple[Technology, ...]
    fetched_at: datetime
    description: str | None = None
    description_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAsked:
    """A company and an address that may be its site; `country` (ISO 3166-1 alpha-2) is the company's."""

    source_key: str
    address: str
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAnswer:
    """What became of reading the site at one address for one company; `reason` is a sentence, `code` a countable word."""

    source_key: str
    address: str
    outcome: Outcome
    code: str = ""
    reason: str = ""
    requests: int = 0
    reading: SiteReading | None = field(default=None, repr=False)
