"""The proxy behind which a team may sit: which one the environment names for an address, as curl and pip read it."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network

import httpx

from sources.errors import SourceAborted

SCHEMES = ("http", "https")


def find_proxy(source: str, environ: Mapping[str, str], url: httpx.URL) -> httpx.URL | None:
    """The proxy to an address: of `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, else of `ALL_PROXY`, in small letters first.

    None where none is named, for this very machine, and for what `NO_PROXY` lists: hosts with all below them, numbers of
    hosts, networks of these (`10.0.0.0/8`), each maybe with a port, or `*` for all.

    >>> environ = {"HTTPS_PROXY": "proxy.team.example:3128", "NO_PROXY": ".inside.example, 10.0.0.0/8"}
    >>> find_proxy("no_brreg", environ, httpx.URL("https://data.brreg.no/"))
    URL('http://proxy.team.example:3128')
    >>> [find_proxy("no_brreg", environ, httpx.URL(to)) for to in ("https://a.inside.example", "https://10.1.2.3", "http://x.no")]
    [None, None, None]

    Raises SourceAborted where what is named is no address of an HTTP proxy; it is not repeated, for it may hold a password.
    """
    name = next((name for name in (f"{url.scheme}_proxy", "all_proxy") if _said(environ, name)), None)
    if name is None or _is_here(url.host) or any(_is_of(url, each) for each in _said(environ, "no_proxy").split(",")):
        return None
    said = _said(environ, name)
    try:
        proxy = httpx.URL(said if "://" in said else f"http://{said}")
        # "kari:3128/b@proxy.example" has a password with a slash: all up to it would be the host, and be looked up
        if proxy.scheme in SCHEMES and proxy.host and proxy.raw_path == b"/" and not proxy.fragment:
            return proxy
    except httpx.InvalidURL:
        pass
    raise SourceAborted(
        f"the environment variable {name.upper()} is no address of an HTTP proxy.",
        source=source,
        hint="It is written http://proxy.example:3128, with http://user:password@ where it asks for these; "
        "/ ? # and % in them are written %2F %3F %23 and %25.",
    )


def tell_proxy(proxy: httpx.URL) -> str:
    """The proxy by its host and port, without user and password.

    >>> tell_proxy(httpx.URL("http://kari:hunter2@proxy.team.example:3128"))
    'the proxy proxy.team.example:3128'
    """
    return f"the proxy {proxy.netloc.decode('ascii')}"


def _said(environ: Mapping[str, str], name: str) -> str:
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_of(url: httpx.URL, listed: str) -> bool:
    """Whether an entry of `NO_PROXY` is about an address."""
    listed = listed.strip().lower()
    if listed == "*":
        return True
    try:
        return ip_address(url.host) in ip_network(listed.strip("[]"), strict=False)
    except ValueError:  # one of them is a name, or has a port
        pass
    name, _, port = listed.rpartition(":") if listed.count(":") == 1 else (listed, "", "")
    name = name.removeprefix("*").removeprefix(".")
    is_port = not port or port == str(url.port or {"http": 80, "https": 443}[url.scheme])
    return bool(name) and is_port and (url.host == name or url.host.endswith(f".{name}"))
