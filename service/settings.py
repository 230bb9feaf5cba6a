"""What an installation can set, in one frozen place. Read once at the start and handed to ``create_app``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.store.engine import UNION
from graph.terms import DEFAULT_BASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``base`` ends with "/" and is the base of the IRIs minted here. ``public_url`` is the address under which
    people reach the service where that is not ``http://host:port`` (behind a proxy); no trailing slash.

    Sizes are in bytes: longer addresses are answered with 414, longer SPARQL requests and uploads with 413.
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

    @property
    def url(self) -> str:
        """Where people reach the service, without a trailing slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"
