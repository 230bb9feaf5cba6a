"""Marks in one sheet: the cells' format, and a comment beside each."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping

from openpyxl.utils import column_index_from_string, get_column_letter

from graph.workbooks.marking.notes import Mark, Marks, Place, annotate
from graph.workbooks.marking.package import RELATIONS, Package
from graph.workbooks.marking.xml import Element, append, elements, escaped, prefix, splice, with_attributes

_A1 = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
#: What stands after ``legacyDrawing`` in a sheet (ECMA-376, part 1, CT_Worksheet).
_AFTER = frozenset(
    (
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    )
)


def mark_sheet(
    package: Package, path: str, marks: Marks, style: Callable[[int, str], int], author: str, mended: str
) -> None:
    """Mark cells of the sheet at ``path``; of a merged range its first one. Raises Unmarkable."""
    data = package.read(path)
    frame = elements(data, lambda name, depth, _: depth < 2 or name == "mergeCell")
    root = next(one for one in frame if one.depth == 0)
    marks = _at_first_cells(marks, [one.attributes.get("ref", "") for one in frame if one.name == "mergeCell"])
    edits = _styled(data, marks, style, prefix(data, root))
    if (drawing := annotate(package, path, marks, author, mended)) is not None:
        last = next((one for one in frame if one.depth == 1 and one.name in _AFTER and _is_last(one, frame)), None)
        tag = f'<{prefix(data, root)}legacyDrawing xmlns:r="{RELATIONS}" r:id="{escaped(drawing)}"/>'.encode()
        edits.append((last.start, last.start, tag) if last else append(data, root, tag))
    package.write(path, splice(data, edits))


def _is_last(element: Element, found: list[Element]) -> bool:
    """Whether it stands where the drawings do: alternatives may stand for anything earlier, too."""
    table = next((one for one in found if one.name == "sheetData"), None)
    return table is None or element.start > table.end


def _at_first_cells(marks: Marks, merged: list[str]) -> Marks:
    areas = [found for text in merged if (found := _AREA.fullmatch(text))]
    corners = [(int(a[2]), column_index_from_string(a[1]), int(a[4]), column_index_from_string(a[3])) for a in areas]
    moved: dict[Place, Mark] = {}
    for (row, column), mark in marks.items():
        first = next(
            ((top, left) for top, left, bottom, right in corners if top <= row <= bottom and left <= column <= right),
            (row, column),
        )
        known = moved.setdefault(first, Mark(mark.severity))
        known.severity = min(known.severity, mark.severity, key=["violation", "warning"].index)
        known.sentences += [sentence for sentence in mark.sentences if sentence not in known.sentences]
    return moved


def _styled(data: bytes, marks: Marks, style: Callable[[int, str], int], p: str) -> list[tuple[int, int, bytes]]:
    """The edits that give each marked cell its format; a cell that the file does not have is put in."""
    wanted: dict[int, list[int]] = {}
    for row, column in sorted(marks):
        wanted.setdefault(row, []).append(column)
    edits: list[tuple[int, int, bytes]] = []
    cells: list[Element] = []
    for one, row in _rows(data, wanted):
        if one.name == "c":  # A cell ends before its row does.
            cells.append(one)
            continue
        missing, column = list(wanted[row]), 0
        for cell in cells:
            at = _A1.fullmatch(cell.attributes.get("r", ""))
            column = column_index_from_string(at[1]) if at else column + 1
            while missing and missing[0] < column:
                edits.append((cell.start, cell.start, _cell(p, row, missing.pop(0), marks, style)))
            if missing and missing[0] == column:
                missing.pop(0)
                had = cell.attributes.get("s", "0")
                new = style(int(had) if had.isdigit() and len(had) < 6 else 0, marks[row, column].severity)
                tag = with_attributes(data[cell.start : cell.inside], {"s": str(new)})
                edits.append((cell.start, cell.inside, tag))
        if missing:
            edits.append(append(data, one, b"".join(_cell(p, row, c, marks, style) for c in missing)))
        cells = []
    return edits


def _rows(data: bytes, wanted: Container[int]) -> Iterator[tuple[Element, int]]:
    """The cells of wanted rows, then the row, each with the row's number: a sheet may have millions of others."""
    number, numbers = 0, list[int]()

    def in_wanted(name: str, depth: int, attributes: Mapping[str, str]) -> bool:
        nonlocal number
        if name == "row" and depth == 2:
            given = attributes.get("r", "")
            number = int(given) if given.isdigit() and len(given) < 8 else number + 1
            if number in wanted:
                numbers.append(number)
        return depth == (2 if name == "row" else 3 if name == "c" else -1) and number in wanted

    at = 0
    for one in elements(data, in_wanted):
        yield one, numbers[at]
        at += one.name == "row"


def _cell(p: str, row: int, column: int, marks: Marks, style: Callable[[int, str], int]) -> bytes:
    number = style(0, marks[row, column].severity)
    return f'<{p}c r="{get_column_letter(column)}{row}" s="{number}"/>'.encode()
