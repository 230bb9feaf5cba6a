"""What is told of a sheet that a recipe reads: each fault at its cell, each thing that was not taken over, and how many
names were known, new or perhaps the same. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graph.ingest.messages import fault
from graph.ingest.readers import Sheet
from graph.ingest.recipes.entities import Entities, Problem
from graph.ingest.recipes.meanings import group_of
from graph.ingest.recipes.recipe import Recipe
from graph.ingest.recipes.rows import Layout
from graph.model import CellRef, Severity, ValidationResult

#: Proposals that are told one by one.
_MOST_PROPOSALS = 500
_KINDS = {
    "organisation": ("organisations", "организации"),
    "theme": ("themes", "темы"),
    "region": ("places", "места"),
    "part": ("parts of countries", "части стран"),
}


@dataclass(slots=True)
class _Repeated:
    """A remark that holds for many rows is made once, at the first of them."""

    problem: Problem
    row: int
    count: int = 0


@dataclass(slots=True)
class Told:
    """Collects what is to be told. ``results`` are the faults for which rows stay out, one each."""

    sheet: Sheet
    recipe: Recipe
    results: list[ValidationResult] = field(default_factory=list)
    _remarks: dict[tuple[str, str, str], _Repeated] = field(default_factory=dict)
    _headings: dict[str, str] = field(default_factory=dict)

    def problems(self, row: int, problems: list[Problem]) -> None:
        """What is wrong with one row."""
        for problem in problems:
            if problem.blocks:
                self.results.append(self._result(problem, row, Severity.VIOLATION, 1))
            else:
                pair = problem.rule, problem.meaning, problem.value
                self._remarks.setdefault(pair, _Repeated(problem, row)).count += 1

    def undated(self, row: int, count: int) -> None:
        """So many engagements have no day; the first of them stands in a row."""
        self._remarks["no-day", "", ""] = _Repeated(Problem("no-day", "#date+reported", "", blocks=False), row, count)

    def _result(self, problem: Problem, row: int, severity: Severity, count: int) -> ValidationResult:
        ref = CellRef(self.sheet.file, self.sheet.name, row, self._heading(problem.meaning))
        return fault(
            problem.rule,
            ref,
            value=problem.value,
            nearest=problem.nearest,
            severity=severity,
            words={"rows": count, "near": problem.nearest},
        )

    def _heading(self, meaning: str) -> str:
        """The column where a meaning stands, or one of its group."""
        if meaning not in self._headings:
            exact = [use.heading for use in self.recipe.uses if use.meaning == meaning]
            group = group_of(meaning)
            near = [use.heading for use in self.recipe.uses if group and group_of(use.meaning) == group]
            self._headings[meaning] = (exact or near or [""])[0]
        return self._headings[meaning]

    def summary(self, layout: Layout, entities: Entities) -> Iterator[ValidationResult]:
        """Remarks, what stays in the original only, and what became of the names."""
        for one in self._remarks.values():
            yield self._result(one.problem, one.row, Severity.WARNING, one.count)
        top = CellRef(self.sheet.file, self.sheet.name, self.sheet.header_row or 1)
        name = self.recipe.name
        read = "; ".join(f"{use.heading} = {use.meaning}" for use in self.recipe.uses if use.meaning)
        rule = "recipe-saved" if name else "recipe-guessed"
        yield fault(rule, top, value=name, severity=Severity.INFO, words={"columns": read})
        filled = [heading for heading, at in layout.left if heading and self._filled(at)]
        if filled:
            words = {"count": len(filled), "columns": "; ".join(filled)}
            yield fault("columns-left", top, severity=Severity.INFO, words=words)
        yield from self._names(top, entities)

    def _filled(self, at: int) -> bool:
        return any(at < len(cells) and cells[at] for _, cells in self.sheet.rows)

    def _names(self, top: CellRef, entities: Entities) -> Iterator[ValidationResult]:
        proposals = [thing for thing in entities.things.values() if thing.proposal is not None]
        for kind, (english, russian) in _KINDS.items():
            new = sum(thing.kind == kind for thing in entities.things.values())
            likely = sum(thing.kind == kind for thing in proposals)
            known = sum(entities.kind_of_known(iri) == kind for iri in entities.taken)
            if new or known:
                words = {"kind": english, "kind_ru": russian, "known": known, "new": new, "likely": likely}
                yield fault("names-counted", top, severity=Severity.INFO, words=words)
        for thing in proposals[:_MOST_PROPOSALS]:
            assert thing.proposal is not None
            best = thing.proposal.candidates[0]
            ref = CellRef(self.sheet.file, self.sheet.name, thing.row, self._heading(_MEANINGS[thing.kind]))
            words = {"near": best.label, "why": best.why["en"], "why_ru": best.why["ru"]}
            yield fault(
                "perhaps-known",
                ref,
                value=thing.proposal.text,
                nearest=best.label,
                focus=thing.iri,
                severity=Severity.INFO,
                words=words,
            )


_MEANINGS = {
    "organisation": "#org+impl+name",
    "theme": "#sector+name",
    "region": "#region+name",
    "part": "#adm1+name",
}
