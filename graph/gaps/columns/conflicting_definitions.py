"""A theme that sources define differently: ``conflicting-definitions.rq`` over columns. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pyoxigraph import Literal

from graph.gaps.columns.asked import Asked, Candidates, Row, best, cited, evidence, iri, listed, named
from graph.projection import STATED, Flags, Ints, Projection
from graph.projection.columns import string

_ASKING = ("Challenge", "Priority", "Recommendation", "NextStep")
#: How the code of a narrower theme begins by which a meeting asks for a definition.
_DEFINING = "defining-"
#: A quarter for each source after the first, at most 1.
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class _Theme:
    """What bears on one theme. Itself, partners and records are positions, the others numbers of terms."""

    theme: int
    definitions: frozenset[int]
    definers: frozenset[int]
    asking: frozenset[int]
    partners: Ints
    records: Ints
    families: int

    @property
    def spread(self) -> float:
        """How many sources define it, as a share."""
        return min(max(len(self.definers) - 1, 0) / (_ENOUGH - 1), 1.0)

    @property
    def case(self) -> str:
        return "said" if len(self.definers) < 2 else "asked" if self.asking else "differ"


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    themes, who = asked.flags("theme", p.themes), asked.flags("organisation", p.organisations)
    defined, asking, said = _defined(p), _asking(p), _said(p)
    status = p.status(asked.day)
    found = []
    for theme in sorted(defined.keys() | asking.keys()):
        pairs, statements = defined.get(theme, ()), frozenset(asking.get(theme, ()))
        definers = frozenset(definer for _, definer in pairs)
        if (len(definers) < 2 and not statements) or (themes is not None and not themes[theme]):
            continue
        partners, records = _work(p, theme, status == STATED)
        if (len(partners) or said[theme] or statements) and (who is None or who[partners].any()):
            definitions, families = frozenset(one for one, _ in pairs), len(np.unique(p.family[partners]))
            found.append(_Theme(theme, definitions, definers, statements, partners, records, families))
    severity = asked.severity(
        {
            "asked": np.array([1.0 if one.asking else 0.0 for one in found]),
            "partners": np.array([min(one.families / 2, 1.0) for one in found]),
            "definitions": np.array([one.spread for one in found]),
        }
    )
    order = best(severity, (np.array([one.theme for one in found], dtype=np.int64),), asked.most)
    return Candidates(len(found), [_row(p, found[at]) for at in order.tolist()])


def _row(p: Projection, one: _Theme) -> Row:
    asking = [string(p.terms[number]) for number in one.asking]
    return {
        "theme": iri(p.themes.iris[one.theme]),
        "source": listed(string(p.terms[number]) for number in one.definers),
        "organisation": named(p.organisations, one.partners),
        "asked_by": listed(asking),
        "case": Literal(one.case),
        "severity_asked": Literal(1.0 if one.asking else 0.0),
        "severity_partners": Literal(min(one.families / 2, 1.0)),
        "severity_definitions": Literal(one.spread),
        "evidence": evidence((string(p.terms[number]) for number in one.definitions), asking, cited(p, one.records)),
    }


def _defined(p: Projection) -> Mapping[int, list[tuple[int, int]]]:
    """By theme its definitions that name a source, and the sources."""
    relation = p.relations["definition"]
    themes = p.themes.positions(relation.subjects)
    row, definers = p.all_objects("definer", relation.objects)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for theme, one, definer in zip(
        themes[row].tolist(), relation.objects[row].tolist(), definers.tolist(), strict=True
    ):
        # What is on no axis is neither named nor worked on.
        if theme >= 0:
            found[theme].append((one, definer))
    return found


def _asking(p: Projection) -> Mapping[int, set[int]]:
    """By theme the statements that ask to make clear what it means."""
    notation, statements = p.relations["notation"], p.any_of(*_ASKING)
    defining = notation.subjects[p.terms_that(notation.objects, _is_defining)]
    row, named = p.all_objects("theme", statements)
    kept = np.isin(named, defining)
    statements, named = statements[row[kept]], named[kept]
    row, themes = p.all_objects("broader", named)
    found: dict[int, set[int]] = defaultdict(set)
    for theme, statement in zip(p.themes.positions(themes).tolist(), statements[row].tolist(), strict=True):
        found[theme].add(statement)
    return found


def _is_defining(text: str) -> bool:
    # A typed code is no text to SPARQL.
    return text.startswith(f'"{_DEFINING}') and not text.endswith(">")


def _said(p: Projection) -> Flags:
    """Which themes a statement of a meeting names."""
    found = np.zeros(len(p.themes), dtype=np.bool_)
    found[p.themes.positions(p.all_objects("theme", p.instances("MeetingStatement"))[1])] = True
    return found


def _work(p: Projection, theme: int, now: Flags) -> tuple[Ints, Ints]:
    """Who is stated to work on a theme or a narrower one, and the records that say so; ascending."""
    records = p.by_theme.spread(p.narrower.within(theme))[1]
    kept = np.zeros(len(p.records), dtype=np.bool_)
    kept[records[now[records]]] = True
    found = np.flatnonzero(kept)
    partners = np.zeros(len(p.organisations), dtype=np.bool_)
    partners[p.partners.steps.spread(found)[1]] = True
    return np.flatnonzero(partners), found
