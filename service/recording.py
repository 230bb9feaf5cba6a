"""Who writes over the network, as it is noted with the write."""

from __future__ import annotations

from datetime import UTC, datetime

from graph.ingest.provenance import agent_iri
from graph.store.noting import note_of
from service.access import Caller
from service.site import Site


def record(site: Site, caller: Caller, what: str, *, validated: bool) -> str:
    """The note of one write, for its ``note``; ``validated``: whether the shapes are asked before it is made."""
    agent = agent_iri(site.store.base, caller.name)
    return note_of(site.store.base, agent, caller.name, what, datetime.now(UTC), validated=validated)
