"""A theme with resources, none of them stated to be in a language in question: ``resource-without-language.rq`` over
columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from pyoxigraph import Literal

from graph.gaps.columns.asked import Asked, Candidates, Row, best, evidence, iri, listed
from graph.projection import Flags, Ints, Projection
from graph.projection.columns import string
from graph.projection.hierarchy import Steps, different
from graph.terms import CODE

#: Always in question, beside what sources state.
_ALWAYS = ("en", "ru")
_REGION = re.compile(r"-.*\Z")
_ASKING = ("Challenge", "Priority", "Recommendation", "NextStep")


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    search = _Resources(p)
    chosen = search.named & (search.lacking.any(axis=1))
    if (allowed := asked.flags("theme", p.themes)) is not None:
        chosen &= allowed
    if "organisation" in asked.allowed:
        chosen &= search.made_by(asked.allowed["organisation"])
    themes = np.flatnonzero(chosen)
    severity = asked.severity({"missing": search.missing[themes], "asked": search.asked[themes].astype(np.float64)})
    order = themes[best(severity, (themes,), asked.most)]
    return Candidates(len(themes), [search.row(theme) for theme in order.tolist()])


class _Resources:
    """The existing resources of themes and what is narrower, and what is stated of their languages."""

    def __init__(self, p: Projection) -> None:
        self.projection = p
        size = len(p.themes)
        works = np.intersect1d(p.instances("CreativeWork"), p.subjects("availability", f"{CODE}availability/existing"))
        #: Numbers of terms; the rows of what follows.
        self.items = p.stated(works)
        row, themes = p.all_objects("theme", self.items)
        themes = p.themes.positions(themes)
        self.named = _flags(size, themes)
        at, above = p.narrower.up.spread(themes)
        pairs = different(above * max(len(self.items), 1) + row[at])
        of_theme, items = np.divmod(pairs, max(len(self.items), 1))
        #: From each theme to its items.
        self.by_theme = Steps(np.searchsorted(of_theme, np.arange(size + 1)), items)
        self._languages(works, of_theme, items)
        _, asking = p.all_objects("theme", p.any_of(*_ASKING))
        self.asked = _flags(size, p.narrower.up.spread(np.unique(p.themes.positions(asking)))[1])

    def _languages(self, works: Ints, of_theme: Ints, items: Ints) -> None:
        p = self.projection
        row, own = p.all_objects("in_language", self.items)
        tags = np.concatenate(
            [p.all_objects("in_language", works)[1], p.all_objects("language", p.instances("Document"))[1]]
        )
        words = {int(number): _language(p.terms[number]) for number in np.unique(np.concatenate([tags, own]))}
        #: The languages in question, and which of them no resource of a theme is in; in which some are.
        self.languages = sorted({*_ALWAYS, *(words[number] for number in np.unique(tags).tolist())})
        column = {word: at for at, word in enumerate(self.languages)}
        spoken = Steps(
            np.searchsorted(row, np.arange(len(self.items) + 1)),
            np.array([column[words[number]] for number in own.tolist()], dtype=np.int64),
        )
        self.silent = spoken.begins[1:] == spoken.begins[:-1]
        at, which = spoken.spread(items)
        self.spoken = np.zeros((len(p.themes), len(self.languages)), dtype=np.bool_)
        self.spoken[of_theme[at], which] = True
        self.lacking = ~self.spoken
        size = len(p.themes)
        every = np.bincount(of_theme, minlength=size)
        stated = np.bincount(of_theme[~self.silent[items]], minlength=size)
        self.stated, self.whole = stated > 0, stated == every

    @property
    def missing(self) -> npt.NDArray[np.float64]:
        """How sure it is, of each theme."""
        return np.where(~self.stated, 0.3, np.where(self.whole, 1.0, 0.6))

    def made_by(self, allowed: frozenset[str]) -> Flags:
        """Which themes have a resource of some organisations, by IRI: who only makes resources is on no axis."""
        p = self.projection
        row, makers = p.all_objects("made_by", self.items)
        mine = _flags(len(self.items), row[p.terms_that(makers, lambda text: string(text) in allowed)])
        origins = np.repeat(np.arange(len(p.themes)), np.diff(self.by_theme.begins))
        return _flags(len(p.themes), origins[mine[self.by_theme.to]])

    def row(self, theme: int) -> Row:
        """One gap."""
        p = self.projection
        items = self.by_theme.of(theme)
        spoken, silent = ([*self._iris(self.items[items[kept]])] for kept in (~self.silent[items], self.silent[items]))
        makers = p.all_objects("made_by", self.items[items])[1]
        statements = p.any_of(*_ASKING)
        row, named = p.all_objects("theme", statements)
        within = _flags(len(p.themes), p.narrower.down.of(theme))
        wishes = [*self._iris(np.unique(statements[row[within[p.themes.positions(named)]]]))]
        return {
            "theme": iri(p.themes.iris[theme]),
            "lacking": Literal(", ".join(self._words(self.lacking[theme]))),
            "languages": Literal(", ".join(self._words(self.spoken[theme]))),
            "resource": listed(spoken),
            "silent": listed(silent),
            "organisation": listed(self._iris(np.unique(makers))),
            "asked_by": listed(wishes),
            "case": Literal(
                "unknown" if not self.stated[theme] else "missing" if self.whole[theme] else "partly",
            ),
            "severity_missing": Literal(float(self.missing[theme])),
            "severity_asked": Literal(float(self.asked[theme])),
            "evidence": evidence(wishes, silent, spoken),
        }

    def _iris(self, numbers: Ints) -> Iterable[str]:
        return (string(self.projection.terms[number]) for number in numbers.tolist())

    def _words(self, which: Flags) -> list[str]:
        return [self.languages[at] for at in np.flatnonzero(which)]


def _flags(size: int, positions: Ints) -> Flags:
    found = np.zeros(size, dtype=np.bool_)
    found[positions] = True
    return found


def _language(text: str) -> str:
    """The language of a tag: ``en`` of ``en-GB``."""
    return _REGION.sub("", string(text)).lower()
