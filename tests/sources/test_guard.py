"""The guard against the standard library: what it lets through is global by both, whatever the disguise."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.errors import PageRefused
from sources.guard import Reach, read_address

SPECIAL = [
    network
    for text in [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/8",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",
        "2001:db8::/32",
        "2002::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ]
    for network in [ipaddress.ip_network(text)]
]


@given(st.ip_addresses())
def test_what_is_let_through_is_global(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    is_nat64 = ip.version == 6 and ip in ipaddress.IPv6Network("64:ff9b::/96")  # judged by what is inside it, below
    if Reach().allows(str(ip)) and not is_nat64:
        assert ip.is_global
        assert not ip.is_multicast
        assert not ip.is_reserved


@given(st.sampled_from(SPECIAL), st.integers(min_value=0))
def test_no_address_of_a_special_network_is_let_through(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network, offset: int
) -> None:
    assert not Reach().allows(str(network[offset % network.num_addresses]))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_disguise_is_let_through_by_nat64_only_and_only_if_it_would_be_itself(
    ip: ipaddress.IPv4Address,
) -> None:
    bits = int(ip)
    assert Reach().allows(str(ipaddress.IPv6Address((0x64FF9B << 96) | bits))) == Reach().allows(str(ip))
    for disguise in (bits, (0xFFFF << 32) | bits, (0x2002 << 112) | (bits << 80)):
        assert not Reach().allows(str(ipaddress.IPv6Address(disguise)))


@given(st.text(max_size=60))
def test_any_text_is_an_address_of_a_public_domain_or_refused(text: str) -> None:
    try:
        url = read_address(text)
    except PageRefused:
        return
    assert url.scheme in ("http", "https")
    assert url.port is None
    assert not url.userinfo
    host = url.raw_host.decode("ascii")
    assert "." in host
    assert host.rpartition(".")[2][:1].isalpha()


@pytest.mark.parametrize("text", ["", "x", "300.1.1.1", "10.0.0.1.", "127.1", "::ffff:1.2.3.4%x", "0x7f.1"])
def test_what_is_no_address_is_not_let_through(text: str) -> None:
    assert not Reach().allows(text)
