"""A partner of whom no connection is recorded: ``isolated-partner.rq`` over columns. Pure."""

from __future__ import annotations

import numpy as np
from pyoxigraph import Literal

from graph.gaps.columns.asked import Asked, Candidates, best, iri, listed
from graph.gaps.columns.unconnected import OnThemes, doings, unnamed
from graph.projection import STATED, Flags, Ints, Projection
from graph.projection.parts import Parts
from graph.projection.ties import Ties


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    ties = p.keep(("ties", asked.day), lambda: Ties(p, asked.day))
    parts = Parts.of(p, ties)
    counted = p.status(asked.day) == STATED
    others = p.keep(("on-themes", asked.day), lambda: OnThemes(p, counted))
    shared = others.shared(np.arange(parts.size))

    alone = ties.active & _alone(parts)
    if (allowed := asked.flags("organisation", p.organisations)) is not None:
        alone &= allowed
    for name, pairs, axis in (("theme", p.record_themes, p.themes), ("place", p.record_places, p.places)):
        if (kept := asked.flags(name, axis)) is not None:
            alone &= _naming(p, pairs.records[kept[pairs.things] & counted[pairs.records]])
    found = np.flatnonzero(alone)

    common = _naming(p, others.records[shared[others.themes]])[found]
    what, whose = unnamed(p)
    mentioned = np.zeros(parts.size, dtype=np.bool_)
    mentioned[whose] = True
    mentions = mentioned[found]
    met = np.array([bool(ties.meetings(one)) for one in found.tolist()], dtype=np.bool_)
    terms = {
        "common": common.astype(np.float64),
        "unmentioned": np.where(mentions, 0.0, 1.0),
        "apart": np.where(met, 0.5, 1.0),
    }
    order = best(asked.severity(terms), (found,), asked.most)

    done = doings(p, found[order].tolist())
    rows = []
    for at in order.tolist():
        one = int(found[at])
        records = p.records_of(one)
        themes = [theme for theme in others.of(records).tolist() if shared[theme]]
        candidates = np.unique(np.concatenate([found[:0], *(others.partners(theme) for theme in themes)]))
        evidence = {record for theme in themes for record in others.evidence(theme)}
        rows.append(
            {
                "organisation": iri(p.organisations.iris[one]),
                "theme": listed(p.themes.iris[theme] for theme in others.of(records).tolist()),
                "place": listed(p.places.iris[place] for place in _places(p, records[counted[records]]).tolist()),
                "common": listed(p.themes.iris[theme] for theme in themes),
                "candidate": listed(p.organisations.iris[who] for who in candidates.tolist() if who != one),
                "met": listed(ties.meetings(one)),
                "case": Literal(("common" if common[at] else "alone") + ("-unnamed" if mentions[at] else "")),
                **{f"severity_{name}": Literal(float(values[at])) for name, values in terms.items()},
                "evidence": listed(evidence.union(done[one])),
            }
        )
    return Candidates(len(found), rows)


def _alone(parts: Parts) -> Flags:
    """Who acts and is connected with nobody else who does."""
    acting = np.flatnonzero(parts.acting)
    single = np.bincount(parts.label[acting], minlength=parts.size) == 1
    found: Flags = parts.acting & single[parts.label]
    return found


def _naming(p: Projection, records: Ints) -> Flags:
    """The partners of records."""
    found = np.zeros(len(p.organisations), dtype=np.bool_)
    found[p.partners.steps.spread(records)[1]] = True
    return found


def _places(p: Projection, records: Ints) -> Ints:
    return np.unique(p.record_places.steps.spread(records)[1])
