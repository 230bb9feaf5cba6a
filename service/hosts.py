"""The names under which the service answers.

Without a check, a page of another site could have its name point to this machine ("DNS rebinding") and read, through
its visitor's browser, a service that listens for that visitor alone. An attacker needs a *name* for that: an address
in figures always is what it says, so those are let in.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?)(?::\d{1,5})?", re.ASCII)

WILDCARDS = ("0.0.0.0", "::", "")


class Hosts:
    """``names`` are host names; ``.example.org`` stands for all below it, ``*`` for any."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.lower().rstrip(".") for name in names}
        self._any = "*" in self._names
        self._suffixes = tuple(name for name in self._names if name.startswith("."))

    @classmethod
    def of(cls, host: str, addresses: Iterable[str | None], allowed: Iterable[str]) -> Hosts:
        """The name that is listened on, those of our own ``addresses`` (URLs), and what is ``allowed`` beside."""
        names = {name for url in addresses if url and (name := urlsplit(url).hostname)}
        if host in WILDCARDS:
            names.add(socket.gethostname())
        else:
            names.add(host)
        return cls([*names, *allowed, "localhost", ".localhost"])

    def name_of(self, header: str) -> str | None:
        """The host of a Host header, without its port; None where it is none."""
        match = _HOST.fullmatch(header.lower())
        if match is None:
            return None
        name = match[1].rstrip(".")
        return name if not name.startswith("[") or _is_address(name) else None

    def allows(self, name: str) -> bool:
        return self._any or name in self._names or name.endswith(self._suffixes) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
