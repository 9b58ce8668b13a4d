"""Where a crawler may go: to domains on the public internet, and nowhere else.

Addresses of web sites come from registers, from a CRM and from pages that strangers write. Any of them may point at
this machine, at the network that it stands in, or at the service that hands a cloud machine its keys. So an address is
read strictly, its name is resolved once, every answer is held against the table below, and the connection goes to the
address that was checked, never to one resolved again.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx

from sources.errors import PageRefused
from sources.lookup import Outcome

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[tuple[str, int]]]
"""The (address, port) at which a host answers; raises OSError where it has none."""

MOST_URL = 2_000
PORTS = {"http": 80, "https": 443}
"""Other ports are those of administration pages, databases and mail servers."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
# IANA's special-purpose registries, written out: what the standard library holds for global differs between versions.
_SPECIAL_4 = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
    "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
    "168.63.129.16/32"  # public by number, and yet the host's own service inside a cloud
)
# within 2000::/3: protocol assignments with Teredo, documentation, 6to4 (an IPv4 address in disguise)
_SPECIAL_6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20"
_FORBIDDEN_4 = tuple(ipaddress.IPv4Network(text) for text in _SPECIAL_4.split())
_FORBIDDEN_6 = tuple(ipaddress.IPv6Network(text) for text in _SPECIAL_6.split())
_UNLISTED = "localhost local localdomain internal intranet lan home corp private arpa onion invalid"
_NO_DOMAINS = frozenset(_UNLISTED.split())
"""Last labels of names that are nobody's public domain."""


def resolve(host: str, port: int) -> list[tuple[str, int]]:
    """What the system's resolver says of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(address[0]), int(address[1])) for *_, address in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which addresses may be connected to: the public internet, and the `networks` that a test adds.

    Nothing but a test and `demo --network`, whose sites are on this machine, passes either; neither configuration nor
    environment can.
    """

    networks: tuple[Network, ...] = ()
    resolve: Resolve = field(default=resolve)

    def check(self, host: str, port: int) -> list[tuple[str, int]]:
        """The addresses at which a host answers; raises PageRefused where it has none, or one of them is forbidden.

        One forbidden address among others is enough: a name that points at both is up to something.
        """
        try:
            found = list(self.resolve(host, port))
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise PageRefused(f"{host} has no address", code="no_address", outcome=Outcome.FAILED)
        for address, _ in found:
            if not self.allows(address):
                raise PageRefused(
                    f"{host} points at an address that is not on the public internet",
                    code="forbidden_address",
                    outcome=Outcome.INVALID_INPUT,
                )
        return found

    def allows(self, address: str) -> bool:
        """Whether an IP address may be connected to.

        >>> Reach().allows("93.184.216.34"), Reach().allows("2606:2800:220:1::1")
        (True, True)
        >>> [Reach().allows(one) for one in ("10.1.2.3", "169.254.169.254", "::ffff:127.0.0.1", "2002:7f00:1::")]
        [False, False, False, False]
        """
        try:
            ip = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if any(ip in network for network in self.networks):
            return True
        if isinstance(ip, ipaddress.IPv6Address):
            if ip in _NAT64:  # how a machine without IPv4 reaches all of it
                ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
            else:
                return ip in _GLOBAL_6 and not any(ip in network for network in _FORBIDDEN_6)
        return not any(ip in network for network in _FORBIDDEN_4)


def read_address(text: str, *, base: str | None = None) -> httpx.URL:
    """A web address, strictly; relative ones stand on `base`. Raises PageRefused for what is no page of a public domain.

    >>> str(read_address("www.example.no")), str(read_address("/om?x=1#top", base="https://example.no/start"))
    ('https://www.example.no', 'https://example.no/om?x=1')
    """
    text = text.strip()
    if base is not None:
        try:
            text = urljoin(base, text)
        except ValueError:
            raise _unusable("it cannot be read") from None
    elif "://" not in text:
        text = f"https://{text}"
    if len(text) > MOST_URL or "\\" in text or not text.isprintable() or " " in text:
        raise _unusable("it is too long, or has letters that no address has")
    try:
        url = httpx.URL(text).copy_with(fragment=None)
        host = url.raw_host.decode("ascii").rstrip(".").lower()
        port = url.port
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise _unusable("it cannot be read") from None
    if url.scheme not in PORTS:
        raise _unusable("it is neither http nor https")
    if url.userinfo:
        raise _unusable("it holds a user name")
    if port not in (None, PORTS[url.scheme]):
        raise _unusable(f"port {port} is not the web's")
    labels = host.split(".")
    # a number in any spelling (decimal, octal, hexadecimal, IPv6) is an IP address to some resolver
    if len(labels) < 2 or labels[-1] in _NO_DOMAINS or not labels[-1][:1].isalpha() or ":" in host or "" in labels:
        raise _unusable("it names no public domain")
    return url.copy_with(host=host)


def _unusable(why: str) -> PageRefused:
    return PageRefused(f"the address cannot be asked: {why}", code="unusable_address", outcome=Outcome.INVALID_INPUT)
