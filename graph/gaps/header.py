"""Reading the ``.rq`` file of a kind of gap: a question's header, and what only gaps have.

```
#+ subject theme place                        columns that a gap is about; parameters as well, in the order of its IRI
#+ filter theme theme within @en: ... @ru: ...     kind, column(s) it applies to, within or touching
#+ reason unknown @en: ... @ru: ...           one sentence a case, {column} for what stands in a column
#+ remedy unknown @en: ... @ru: ...           what to do about it, likewise
#+ severity absence 0.7 @en: ... @ru: ...     term and its share; the query has its value (0 .. 1) as ?severity_absence
```

The query names the case of each row as ``?case``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from graph.kinds import KINDS
from graph.model import GapKind, Parameter, Question, SeverityTerm
from graph.question_file import LANGUAGES, Header, fault, read_question, split

_OWN = frozenset({"subject", "filter", "reason", "remedy", "severity"})
_TEXTS = re.compile(r" @([a-z]{2}): ")
_FILTER = re.compile(r"(?P<kind>[a-z]+) (?P<columns>[a-z_,]+) (?P<mode>within|touching)")
_SEVERITY = re.compile(r"(?P<name>[a-z]+) (?P<weight>[01](?:\.\d+)?)")
_CASE = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Filter:
    """What rows a parameter keeps. ``within``: a column has the thing or something in it (a narrower theme, a place it
    contains, a unit). ``touching``: also something it is in, or nothing at all."""

    kind: str
    columns: tuple[str, ...]
    touching: bool


def read_kind(path: Path) -> tuple[GapKind, Mapping[str, Filter]]:
    """One kind of gap and its filters by parameter. Raises GraphError (``bad-question-file``) naming file and line."""
    question = read_question(path, also=_OWN)
    reasons: dict[str, Mapping[str, str]] = {}
    remedies: dict[str, Mapping[str, str]] = {}
    terms: list[SeverityTerm] = []
    filters: dict[str, Filter] = {}
    parameters: list[Parameter] = []
    subject: tuple[str, ...] = ()
    for header in split(path)[0]:
        if header.key == "subject":
            subject = tuple(header.text.split())
        elif header.key in ("reason", "remedy"):
            case, texts = _worded(path, header, _CASE)
            _check_placeholders(path, header, question, texts)
            (reasons if header.key == "reason" else remedies)[case[0]] = texts
        elif header.key == "severity":
            match, texts = _worded(path, header, _SEVERITY)
            terms.append(SeverityTerm(match["name"], float(match["weight"]), texts))
        elif header.key == "filter":
            match, texts = _worded(path, header, _FILTER)
            columns = tuple(match["columns"].split(","))
            if match["kind"] not in KINDS or not set(columns) <= question.columns.keys():
                raise fault(path, header.line, "expected a kind of thing, and columns of the query.")
            filters[match["kind"]] = Filter(match["kind"], columns, match["mode"] == "touching")
            parameters.append(Parameter(match["kind"], match["kind"], False, texts))
    _check_whole(path, question, subject, reasons, remedies, terms)
    kind = GapKind(
        name=path.stem,
        title=question.title,
        about=question.about,
        parameters=tuple(parameters),
        subject=subject,
        reasons=reasons,
        remedies=remedies,
        severity=tuple(terms),
        question=question,
    )
    return kind, filters


def _worded(path: Path, header: Header, pattern: re.Pattern[str]) -> tuple[re.Match[str], Mapping[str, str]]:
    head, *rest = _TEXTS.split(header.text)
    match = pattern.fullmatch(head.strip())
    texts = {lang: words.strip() for lang, words in zip(rest[::2], rest[1::2], strict=True)}
    if match is None or any(not texts.get(lang) for lang in LANGUAGES):
        raise fault(path, header.line, f"'{header.text}' cannot be read as '{header.key} ... @en: text @ru: text'.")
    return match, texts


def _check_placeholders(path: Path, header: Header, question: Question, texts: Mapping[str, str]) -> None:
    for text in texts.values():
        for _, name, _, _ in Formatter().parse(text):
            if name is not None and name not in question.columns:
                raise fault(path, header.line, f"there is no column '{name}' for {{{name}}}.")


def _check_whole(
    path: Path,
    question: Question,
    subject: tuple[str, ...],
    reasons: Mapping[str, object],
    remedies: Mapping[str, object],
    terms: list[SeverityTerm],
) -> None:
    known = {p.name for p in question.parameters} & question.columns.keys()
    if not subject or not set(subject) <= known:
        raise fault(path, 1, "'#+ subject' must name columns that are parameters as well.")
    if not reasons or reasons.keys() != remedies.keys():
        raise fault(path, 1, "every '#+ reason' needs a '#+ remedy' for the same case, and there must be one.")
    if abs(sum(term.weight for term in terms) - 1) > 1e-9:
        raise fault(path, 1, "the shares of the '#+ severity' lines do not add up to 1.")
    for name in ("case", *(f"severity_{term.name}" for term in terms)):
        if not re.search(rf"\?{name}\b", question.query):
            raise fault(path, 1, f"the query has no variable '?{name}'.")
