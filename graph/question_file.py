"""Reading ``.rq`` files: header lines and a SELECT. The format is described in ``docs/architecture.md``.

A question is a query that runs unmodified in any SPARQL tool; the header says in two languages what it
answers, which parameters it takes and what its columns are called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from graph.errors import BadParameter, GraphError
from graph.kinds import KINDS
from graph.model import Parameter, Question

#: Every text of a header is given in these languages.
LANGUAGES = ("en", "ru")

_HEADER = re.compile(r"#\+ (?P<key>[a-z_]+)(?:@(?P<lang>[a-z]{2}))?(?::(?P<colon>.*)| (?P<rest>.*))?$")
_PARAM = re.compile(r"(?P<name>[a-z_]+) (?P<kind>[a-z|]+) (?P<need>required|optional)(?= @)")
_COLUMN = re.compile(r"(?P<name>[a-z_]+)(?: (?P<type>thing|list|value))?(?= @)")
_TEXTS = re.compile(r" @([a-z]{2}): ")
_VALUES = re.compile(r"^(?P<indent>[ \t]*)VALUES \((?P<names>[^)]*)\) \{ \((?:UNDEF ?)*\) \}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Header:
    """One ``#+`` line: ``#+ key@lang: text`` or ``#+ key text``. ``line`` is 1-based."""

    line: int
    key: str
    lang: str
    text: str


def fault(path: Path, line: int, problem: str) -> GraphError:
    """The error for a file that breaks the format: a fault of ours or of an extender, not in data."""
    return GraphError(
        "bad-question-file",
        f"{path.name}, line {line}: {problem}",
        "The format is described under 'Questions' in docs/architecture.md.",
    )


def split(path: Path) -> tuple[tuple[Header, ...], str]:
    """A file's header lines, and the query without them."""
    headers: list[Header] = []
    body: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.startswith("#+"):
            body.append(line)
            continue
        match = _HEADER.match(line)
        if match is None:
            raise fault(path, number, f"{line!r} is not '#+ key@en: text' or '#+ key ...'.")
        text = match["colon"] if match["colon"] is not None else match["rest"] or ""
        headers.append(Header(number, match["key"], match["lang"] or "", text.strip()))
    return tuple(headers), "\n".join(body).strip() + "\n"


def read_question(path: Path, also: frozenset[str] = frozenset()) -> Question:
    """Read and check one file. Header keys in ``also`` are left to the caller (see ``split``).

    Raises GraphError (``bad-question-file``), naming file and line, where the file breaks the format.
    """
    headers, query = split(path)
    texts: dict[str, dict[str, str]] = {"title": {}, "about": {}}
    parameters: list[Parameter] = []
    columns: dict[str, Mapping[str, str]] = {}
    types: dict[str, str] = {}
    evidence = ""
    for header in headers:
        if header.key in texts:
            if header.lang not in LANGUAGES or not header.text:
                raise fault(path, header.line, f"'{header.key}' needs a language ({_either()}) and a text.")
            texts[header.key][header.lang] = header.text
        elif header.key == "param":
            parameters.append(_parameter(path, header))
        elif header.key == "column":
            match = _COLUMN.match(header.text)
            if match is None:
                raise fault(
                    path, header.line, "expected '#+ column name [thing|list|value] @en: Heading @ru: Heading'."
                )
            types[match["name"]] = match["type"] or "thing"
            columns[match["name"]] = _texts(path, header, header.text[match.end() :])
            _projected(path, header, match["name"], query)
        elif header.key == "evidence":
            evidence = header.text
            _projected(path, header, evidence, query)
        elif header.key not in also:
            known = ", ".join(["title", "about", "param", "column", "evidence", *sorted(also)])
            raise fault(path, header.line, f"'{header.key}' is no header; there are {known}.")
    for key, by_language in texts.items():
        missing = [lang for lang in LANGUAGES if lang not in by_language]
        if missing:
            raise fault(path, 1, f"there is no '#+ {key}@{missing[0]}:' line.")
    if not columns:
        raise fault(path, 1, "there is no '#+ column' line.")
    _check_values_lines(path, query, [p.name for p in parameters])
    return Question(
        name=path.stem,
        title=texts["title"],
        about=texts["about"],
        parameters=tuple(parameters),
        columns=columns,
        query=query,
        evidence=evidence,
        column_types=types,
    )


def bind(question: Question, values: Mapping[str, NamedNode | Literal]) -> str:
    """The question's query with its VALUES lines carrying the given terms, UNDEF for the others.

    Terms are written by the engine's own serialiser, so no value can become syntax. Raises BadParameter for a
    name that the question does not have.
    """
    return bind_each(question, [values])


def bind_each(question: Question, rows: Sequence[Mapping[str, NamedNode | Literal]]) -> str:
    """The same for all of ``rows`` at once, which give terms for the same parameters.

    A line over some of the parameters has each combination once: what is there twice would be counted twice.
    """
    names = [p.name for p in question.parameters]
    for name in dict.fromkeys(name for row in rows for name in row):
        if name not in names:
            raise BadParameter(
                "unknown-parameter",
                f"The question '{question.name}' has no parameter '{name}'.",
                "",
                tuple(names),
            )

    # A function, because a replacement *string* would have its backslashes interpreted.
    def filled(line: re.Match[str]) -> str:
        of_line = _variables(line)
        combinations = dict.fromkeys(" ".join(str(row.get(name, "UNDEF")) for name in of_line) for row in rows)
        variables = " ".join(f"?{name}" for name in of_line)
        return f"{line['indent']}VALUES ({variables}) {{ {' '.join(f'({one})' for one in combinations)} }}"

    return _VALUES.sub(filled, question.query)


def _variables(line: re.Match[str]) -> list[str]:
    return line["names"].replace("?", "").split()


def _either() -> str:
    return " or ".join(f"@{lang}" for lang in LANGUAGES)


def _parameter(path: Path, header: Header) -> Parameter:
    match = _PARAM.match(header.text)
    if match is None:
        raise fault(path, header.line, "expected '#+ param name kind required|optional @en: text @ru: text'.")
    for kind in match["kind"].split("|"):
        if kind not in KINDS and kind not in ("date", "text"):
            known = ", ".join([*KINDS, "date", "text"])
            raise fault(path, header.line, f"'{kind}' is no kind of parameter; there are {known}.")
    return Parameter(
        name=match["name"],
        kind=match["kind"],
        required=match["need"] == "required",
        about=_texts(path, header, header.text[match.end() :]),
    )


def _texts(path: Path, header: Header, text: str) -> Mapping[str, str]:
    parts = _TEXTS.split(text)
    found = {lang: words.strip() for lang, words in zip(parts[1::2], parts[2::2], strict=True)}
    if parts[0].strip() or any(not found.get(lang) for lang in LANGUAGES):
        raise fault(path, header.line, "expected '@en: text @ru: text' at the end.")
    return found


def _projected(path: Path, header: Header, name: str, query: str) -> None:
    if not re.fullmatch(r"[a-z_]+", name) or not re.search(rf"\?{name}\b", query):
        raise fault(path, header.line, f"the query has no variable '?{name}'.")


def _check_values_lines(path: Path, query: str, names: list[str]) -> None:
    """Binding fills lines that look so; were one missing or different, a value would silently not be applied."""
    lines = list(_VALUES.finditer(query))
    if not names:
        if lines:
            raise fault(path, 1, "there is a VALUES line for parameters, but no '#+ param' line.")
        return
    for line in lines:
        of_line = [name for name in names if name in _variables(line)]
        if line[0].strip() != _unbound(of_line):
            raise fault(
                path,
                1,
                f"'{line[0].strip()}' must name parameters in the order of the header: '{_unbound(of_line)}'.",
            )
    if _unbound(names) not in [line[0].strip() for line in lines]:
        raise fault(path, 1, f"there is no line '{_unbound(names)}'.")
    if "UNDEF" in _VALUES.sub("", query):
        raise fault(
            path, 1, f"UNDEF stands for parameters, each such VALUES on a line of its own: '{_unbound(names)}'."
        )


def _unbound(names: list[str]) -> str:
    variables, undefined = " ".join(f"?{name}" for name in names), " ".join("UNDEF" for _ in names)
    return f"VALUES ({variables}) {{ ({undefined}) }}"
