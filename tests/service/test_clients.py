"""Whose request it is: forwarded addresses are believed from trusted proxies alone."""

import pytest

from service.clients import Clients


def scope(peer: str | None, *forwarded: str, header: str = "x-forwarded-for") -> dict[str, object]:
    headers = [(header.encode(), value.encode("latin-1")) for value in forwarded]
    return {"client": (peer, 1234) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        # From somebody we do not trust the header is a claim.
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        # What stands before the address that our proxy saw was written by the client.
        ("10.0.0.1", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9", "198.51.100.7", "10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7:4711"], "198.51.100.7"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("::ffff:10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        # What is no address ends the chain at the last one that is known.
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7, nonsense, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4, " * 2000 + "198.51.100.7"], "198.51.100.7"),
        (None, ["198.51.100.7"], "unknown"),
    ],
)
def test_the_nearest_address_that_is_not_trusted(peer: str | None, forwarded: list[str], address: str) -> None:
    assert Clients(["10.0.0.0/8"], proxied=True).of(scope(peer, *forwarded)).address == address


def test_an_ipv6_network_counts_as_one() -> None:
    clients = Clients([], proxied=False)
    first, second = clients.of(scope("2001:db8::1")), clients.of(scope("2001:db8::ffff:2"))
    assert first.address != second.address
    assert first.key == second.key != clients.of(scope("2001:db8:0:1::1")).key


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "127.8.8.8", "::ffff:127.0.0.1"])
def test_this_machine_is_local(peer: str) -> None:
    assert Clients([], proxied=False).of(scope(peer)).local
    assert not Clients([], proxied=False).of(scope("192.0.2.1")).local


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_behind_a_proxy_on_this_machine_nobody_is_local_unawares(header: str) -> None:
    assert not Clients([], proxied=False).of(scope("127.0.0.1", "198.51.100.7", header=header)).local
    assert not Clients([], proxied=True).of(scope("127.0.0.1")).local
    trusting = Clients(["127.0.0.1"], proxied=True)
    assert not trusting.of(scope("127.0.0.1", "198.51.100.7")).local
    assert not trusting.of(scope("127.0.0.1", "127.0.0.1, 198.51.100.7")).local
    assert trusting.of(scope("127.0.0.1")).local


def test_a_wrong_network_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Clients(["nonsense"], proxied=False)
