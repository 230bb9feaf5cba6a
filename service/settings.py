"""What an installation can set, in one frozen place. Read once at the start and handed to ``create_app``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from graph.store.engine import UNION
from graph.terms import DEFAULT_BASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``base`` ends with "/" and is the base of the IRIs minted here. ``public_url`` is the address under which
    people reach the service where that is not ``http://host:port`` (behind a proxy); no trailing slash.

    Sizes are in bytes: longer addresses are answered with 414, longer SPARQL requests and uploads with 413.
    Who has no token that may write sends no more than a query needs.
    ``default_graph`` of a query that names no dataset: "union" of all graphs, or "plain", a graph of its own.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path
    base: str = DEFAULT_BASE
    public_url: str | None = None
    longest_url: int = 8_000
    longest_query: int = 100_000
    longest_update: int = 10_000_000
    longest_upload: int = 100_000_000
    default_graph: str = UNION

    #: Host names that are answered to beside ours and all addresses in figures; ``.example.org`` is all below it.
    allowed_hosts: tuple[str, ...] = ()
    #: Addresses or networks (CIDR) of proxies whose X-Forwarded-For is believed.
    trusted_proxies: tuple[str, ...] = ()
    #: Of a client without a token: seconds of work a minute, and requests at once; 0 seconds: no limit. None is 60,
    #: but no limit for programs on this machine.
    client_seconds: float | None = None
    client_queries: int = 8
    #: Of Strict-Transport-Security; 0: not sent. Only for a name that will be served over HTTPS for so long.
    hsts_seconds: int = 0
    #: Whether anybody may read /metrics; otherwise programs on this machine and tokens of the role admin.
    open_metrics: bool = False
    #: File of the log with one line a request; "-": standard error; None: no such log.
    log: str | None = None

    @property
    def longest_body(self) -> int:
        """Bytes that somebody without a token may send: a query in a form, each character as three."""
        return 3 * self.longest_query + 10_000

    @property
    def seconds_a_minute(self) -> float:
        return 60.0 if self.client_seconds is None else self.client_seconds

    @property
    def behind_proxy(self) -> bool:
        """Whether readers use an address that is not this machine's, so that some proxy passes them on."""
        if not self.public_url:
            return False
        return urlsplit(self.public_url).hostname not in ("localhost", "127.0.0.1", "::1")

    @property
    def url(self) -> str:
        """Where people reach the service, without a trailing slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"
