"""Where a request comes from: the address that limits and logs go by, also behind proxies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address

#: Headers by which a proxy shows itself. One from an address that is not trusted proves nothing but this: that the
#: request may come from further away than it seems.
FORWARDED = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")
#: More hops than these are made up.
_MOST_HOPS = 50


@dataclass(frozen=True, slots=True)
class Client:
    """``address`` as text; ``key`` is what is counted together; ``local`` is a program on this machine."""

    address: str
    key: str
    local: bool


class Clients:
    """``trusted`` are addresses or networks of proxies whose X-Forwarded-For is believed. Raises ValueError.

    ``proxied`` says that readers come through a proxy: then an address of this machine may be the proxy's.
    """

    def __init__(self, trusted: Sequence[str], *, proxied: bool) -> None:
        self._trusted = [ip_network(text, strict=False) for text in trusted]
        self._proxied = proxied and not trusted

    def of(self, scope: Mapping[str, Any]) -> Client:
        """The client of an ASGI scope: of the addresses that a request came through, the nearest untrusted one."""
        peer = _parse(scope["client"][0]) if scope.get("client") else None
        if peer is None:
            return Client("unknown", "unknown", False)
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        forwarded = any(name in FORWARDED for name, _ in headers)
        found = self._nearest_untrusted(peer, headers) if self._trusts(peer) else peer
        # A proxy on this machine that nobody told us of must not lend its readers the rights of this machine.
        told = found != peer or not forwarded
        return Client(str(found), _key(found), found.is_loopback and told and not self._proxied)

    def trusts(self, address: str) -> bool:
        """Whether that address, as text, is one of a trusted proxy."""
        parsed = _parse(address)
        return parsed is not None and self._trusts(parsed)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)

    def _nearest_untrusted(self, peer: Address, headers: list[tuple[bytes, bytes]]) -> Address:
        lines = [value for name, value in headers if name == b"x-forwarded-for"]
        hops = b",".join(lines).decode("latin-1").split(",") if lines else []
        nearest = peer
        for hop in reversed(hops[-_MOST_HOPS:]):
            address = _parse(hop)
            if address is None:
                return nearest
            nearest = address
            if not self._trusts(address):
                return nearest
        return nearest


def _parse(text: str) -> Address | None:
    """An address, with or without brackets and port, as proxies write it; None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _key(address: Address) -> str:
    """Somebody who has one IPv6 address has the 2^64 of its network: they count as one."""
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)
