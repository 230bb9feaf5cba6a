"""What was merged does not come back: a direct write that would say something of it anew is refused.

Ingestion follows the merge instead, as a file of a partner cannot know of it. A program that writes directly reads back
what it wrote; where it is told the IRI that stands now, both stay true.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from graph.errors import GraphError
from graph.judgements.book import GRAPH, REPLACED, Judgements
from graph.judgements.merging import leads


def refuse_merged(before: ox.Store, added: Iterable[ox.Quad], base: str) -> None:
    """Raises GraphError (``merged-away``) where an added quad has a merged thing, or a part of one (``#period``), as
    its subject or object."""
    graph = ox.NamedNode(base + GRAPH)
    redirects = Judgements.from_quads(before.quads_for_pattern(None, REPLACED, None, graph)).redirects
    if not redirects:
        return
    for quad in added:
        for term in (quad.subject, quad.object):
            if isinstance(term, ox.NamedNode) and (to := leads(term.value, redirects)) is not None:
                raise GraphError(
                    "merged-away",
                    f"<{term.value}> was judged to be the same as <{to}>, which stands for both; nothing was written.",
                    f"Write <{to}> in its place, or have the judgement taken back (/judgements).",
                )
