"""Comments beside cells: their text (``comments.xml``), and the boxes in which Excel shows them (VML)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from graph.workbooks.marking.package import Package
from graph.workbooks.marking.xml import Unmarkable, append, elements, escaped, prefix, splice

_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHAPE_ID = re.compile(r"_x0000_s(\d+)")
#: Characters of one comment.
_LONGEST = 8_000
_VML = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_LAYOUT = '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
_BOX = (
    f'<v:shapetype {_VML} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


@dataclass(slots=True)
class Mark:
    """What is wrong with a cell: the worst severity, and sentences."""

    severity: str
    sentences: list[str] = field(default_factory=list)


Place = tuple[int, int]
#: Row and column, from 1 -> what is wrong there.
Marks = Mapping[Place, Mark]


def legacy_drawing(data: bytes) -> str:
    """The relation to the drawing of a sheet's comments, or nothing."""
    found = elements(data, lambda name, depth, _: depth == 1 and name == "legacyDrawing")
    return next((v for one in found for k, v in one.attributes.items() if k.rpartition(":")[2] == "id"), "")


def annotate(package: Package, path: str, marks: Marks, author: str, mended: str) -> str | None:
    """Put comments beside marked cells. A comment that is there already stays, with ours below it; an earlier one of
    ours is replaced, by ``mended`` where nothing is wrong any more. Returns the id of a relation to a new drawing,
    which the sheet has to name, or None where it names one already. Raises Unmarkable."""
    relations = package.relations(path)
    texts = {f"{get_column_letter(column)}{row}": mark for (row, column), mark in sorted(marks.items())}
    comments = next((one.target for one in relations if one.kind == "comments"), None)
    if comments is None:
        comments = package.new_path("xl/commentsMarked{}.xml")
        head = f'<comments xmlns="{_MAIN}"><authors></authors><commentList></commentList></comments>'
        package.write(comments, b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + head.encode())
        package.relate(path, "comments", comments)
        package.declare(comments, _COMMENTS)
    new = _write(package, comments, {cell: "\n".join(mark.sentences) for cell, mark in texts.items()}, author, mended)
    boxes = [(row, column) for row, column in sorted(marks) if f"{get_column_letter(column)}{row}" in new]
    known = legacy_drawing(package.read(path))
    drawing = next((one.target for one in relations if known and one.id == known), None)
    if drawing is not None:
        package.write(drawing, _boxes(package.read(drawing), boxes))
        return None
    if known:
        raise Unmarkable("damaged")
    drawing = package.new_path("xl/drawings/vmlDrawingMarked{}.vml")
    package.write(drawing, _boxes(f"<xml {_VML}>{_LAYOUT}</xml>".encode(), boxes))
    package.declare_vml()
    return package.relate(path, "vmlDrawing", drawing)


def _write(package: Package, path: str, texts: Mapping[str, str], author: str, mended: str) -> set[str]:
    """Write the comments; returns the cells that had none."""
    data = package.read(path)
    found = elements(data, lambda name, *_: name in ("comments", "authors", "author", "commentList", "comment", "text"))
    by_name = {one.name: one for one in found}
    if not by_name.keys() >= {"comments", "authors", "commentList"}:
        raise Unmarkable("damaged")
    p = prefix(data, by_name["comments"])
    authors = [data[one.inside : one.until].decode("utf-8", "replace") for one in found if one.name == "author"]
    edits = []
    if escaped(author) in authors:
        own = authors.index(escaped(author))
    else:
        own = len(authors)
        line = f"<{p}author>{escaped(author)}</{p}author>".encode()
        edits.append(append(data, by_name["authors"], line))
    there: set[str] = set()
    texts_of = [one for one in found if one.name == "text"]
    for comment in (one for one in found if one.name == "comment"):
        cell = comment.attributes.get("ref", "").upper()
        there.add(cell)
        number = comment.attributes.get("authorId", "")
        whose = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
        body = next((one for one in texts_of if comment.start < one.start < comment.end), None)
        # What begins so is only shown by programs that know no threads; the thread is elsewhere.
        if body is None or body.empty or whose.startswith("tc="):
            continue
        if whose == escaped(author):
            edits.append((body.inside, body.until, _run(p, texts.get(cell) or mended)))
        elif cell in texts:
            edits.append((body.until, body.until, _run(p, f"\n{author}: {texts[cell]}")))
    new = [cell for cell in texts if cell not in there]
    made = b"".join(
        f'<{p}comment ref="{cell}" authorId="{own}"><{p}text>'.encode()
        + _run(p, texts[cell])
        + f"</{p}text></{p}comment>".encode()
        for cell in new
    )
    if made:
        edits.append(append(data, by_name["commentList"], made))
    package.write(path, splice(data, edits))
    return set(new)


def _run(p: str, text: str) -> bytes:
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f'<{p}r><{p}t xml:space="preserve">{escaped(cut)}</{p}t></{p}r>'.encode()


def _boxes(data: bytes, places: list[tuple[int, int]]) -> bytes:
    """A drawing with a box for each of the cells. (It need not be well-formed XML, so it is not parsed.)"""
    end = data.rfind(b"</xml>")
    if end < 0:
        raise Unmarkable("damaged")
    text = data.decode("utf-8", "replace")
    number = max((int(n) for n in _SHAPE_ID.findall(text) if len(n) < 9), default=1024)
    new = "" if "_x0000_t202" in text else _BOX
    for at, (row, column) in enumerate(places, start=1):
        anchor = f"{column}, 15, {max(0, row - 1)}, 2, {column + 4}, 15, {row + 5}, 4"
        new += (
            f'<v:shape {_VML} id="_x0000_s{number + at}" type="#_x0000_t202" style="position:absolute;width:260pt;'
            f'height:90pt;z-index:{at};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
            '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
            '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
            '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
            f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row>"
            f"<x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
        )
    return data[:end] + new.encode() + data[end:]
