"""Under which names the service answers: not under one that somebody else points at it."""

import socket

import pytest

from service.hosts import Hosts

HOSTS = Hosts.of("127.0.0.1", ("https://Graph.example.org/x", None), ("extra.example.net", ".example.com"))


def answers(hosts: Hosts, header: str) -> bool:
    name = hosts.name_of(header)
    return name is not None and hosts.allows(name)


@pytest.mark.parametrize(
    "header",
    [
        "localhost",
        "localhost:8000",
        "LOCALHOST",
        "localhost.",
        "graph.localhost",
        "127.0.0.1:8000",
        "[::1]:8000",
        "192.0.2.7",
        "[2001:db8::1]",
        "graph.example.org",
        "graph.example.org:443",
        "extra.example.net",
        "a.b.example.com",
    ],
)
def test_names_that_are_answered(header: str) -> None:
    assert answers(HOSTS, header)


@pytest.mark.parametrize(
    "header",
    [
        "evil.example",
        "example.com",
        "badexample.com",
        "graph.example.org.evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "1.2.3.4.5",
        "2130706433.evil.example",
    ],
)
def test_names_that_are_not(header: str) -> None:
    assert HOSTS.name_of(header) is not None
    assert not answers(HOSTS, header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "a b",
        "localhost:",
        "localhost:x",
        "localhost:123456",
        "localhost/",
        "user@localhost",
        "localhost\n",
        "localhost\r\nX: y",
        "localhost,evil.example",
        "[::1",
        "::1",
        "[nonsense]",
        "[1:2]",
        "<script>",
        "лось.example",
        "..",
        "x" * 300 + "!",
    ],
)
def test_what_is_no_host(header: str) -> None:
    assert HOSTS.name_of(header) is None


def test_any_name_and_the_name_of_the_machine() -> None:
    assert answers(Hosts.of("127.0.0.1", (), ("*",)), "anything.example")
    everywhere = Hosts.of("0.0.0.0", (), ())
    assert everywhere.allows(socket.gethostname().lower())
    assert not everywhere.allows("evil.example")
    assert not everywhere.allows("0.0.0.0.evil.example")
