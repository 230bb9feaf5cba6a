"""Refuses XML that is nested deeper than any honest file, for which the engine's parser takes time without end."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

#: RDF/XML made by programs is a few levels deep.
DEEPEST = 1000


def refuse_depth(path: Path, deepest: int = DEEPEST) -> None:
    """Raises SyntaxError with line and column of the first element that is nested too deep. Other faults are left to
    whoever reads the file next."""
    depth = 0

    def start(_name: str, _attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > deepest:
            raise SyntaxError(
                f"elements are nested more than {deepest} deep",
                (None, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, None),
            )

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def external(_context: str, _base: str | None, _system: str | None, _public: str | None) -> int:
        return 1  # Passed over: nothing is fetched.

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.ExternalEntityRefHandler = external
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except (expat.ExpatError, ValueError):
        pass
