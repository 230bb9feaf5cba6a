"""What a workbook's XML says that the library which reads its values does not: what is hidden, which cells hold an
error or a formula without a value; and how large it is, before anything of that size is made.

Streamed through expat, with no entity of any kind (ECMA-376 and OpenDocument files have none).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from graph.ingest.readers import Tell

#: A part of a workbook, unpacked; all of them together; and what one may be of its packed size, beyond a first MB.
LARGEST_PART, LARGEST = 512 * 1024 * 1024, 1024 * 1024 * 1024
RATIO = 500
#: Cells of the rectangle from the first to the last filled one: what the library makes room for.
MOST_CELLS = 20_000_000
_PIECE = 256 * 1024
#: Places of a kind that are named one by one.
_NAMED = 1000
_A1 = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Refused(Exception):
    """A workbook that is not read: ``rule`` of ``messages``, with its words."""

    def __init__(self, rule: str, **words: object) -> None:
        super().__init__(rule)
        self.rule, self.words = rule, words


@dataclass(slots=True)
class Facts:
    """Of one sheet. Places are (row from 1, column from 1); ``errors`` with the word that the cell shows."""

    rows: int = 0
    columns: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    unsaved_formulas: list[tuple[int, int]] = field(default_factory=list)

    def fill(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        if self.rows * self.columns > MOST_CELLS:
            raise Refused("sheet-too-large", cells=f"{MOST_CELLS:,}", rows=self.rows, columns=self.columns)


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Raises Refused where it is damaged, or would unpack to more than anybody means."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Refused("damaged-workbook") from None
    total = 0
    for part in archive.infolist():
        total += part.file_size
        bomb = part.file_size > 1024 * 1024 + RATIO * part.compress_size
        if part.file_size > LARGEST_PART or total > LARGEST or bomb:
            raise Refused("packed-too-much", limit=LARGEST // 1024**2)
    return archive


def sheets_of_xlsx(archive: zipfile.ZipFile, tell: Tell) -> dict[str, Facts]:
    """Facts by the name of the sheet, for ``.xlsx`` and ``.xlsm``."""
    paths: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            paths[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    sheets: dict[str, str] = {}

    def named(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            path = paths.get(next((v for k, v in attributes.items() if k.endswith(":id")), ""), "")
            if path in archive.namelist():
                sheets[attributes.get("name", "")] = path

    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    _parse(archive, "xl/workbook.xml", named)
    sizes = {path: archive.getinfo(path).file_size for path in sheets.values()}
    done, total = 0, sum(sizes.values())
    found: dict[str, Facts] = {}
    for sheet, path in sheets.items():
        found[sheet] = _xlsx_sheet(archive, path, lambda read, before=done: tell(before + read, total))  # type: ignore[misc]
        done += sizes[path]
    return found


def _xlsx_sheet(archive: zipfile.ZipFile, path: str, tell: Callable[[int], None]) -> Facts:
    facts = Facts()
    row = column = 0
    kind = formula = value = ""
    inside = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind, formula, value, inside
        if name == "c":
            found = _A1.fullmatch(attributes.get("r", ""))
            column = _number(found[1]) if found else column + 1
            kind, formula, value = attributes.get("t", "n"), "", ""
        elif name in ("v", "f", "is"):
            inside = name
            if name == "f":
                formula = "yes"
        elif name == "row":
            given = attributes.get("r", "")
            row, column = int(given) if given.isdigit() else row + 1, 0
            if attributes.get("hidden") in ("1", "true") and len(facts.hidden_rows) < _NAMED:
                facts.hidden_rows.append(row)
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            facts.hidden_columns += range(first, min(last, first + _NAMED - 1) + 1)

    def text(piece: str) -> None:
        nonlocal value
        if inside in ("v", "is") and len(value) < 40:
            value += piece

    def end(name: str) -> None:
        nonlocal inside
        if name == inside:
            inside = ""
        elif name == "c":
            if value or formula:
                facts.fill(row, column)
            if kind == "e" and len(facts.errors) < _NAMED:
                facts.errors.append((row, column, value))
            elif formula and not value and kind != "str" and len(facts.unsaved_formulas) < _NAMED:
                facts.unsaved_formulas.append((row, column))

    _parse(archive, path, start, end, text, tell)
    return facts


def sheets_of_ods(archive: zipfile.ZipFile, tell: Tell) -> dict[str, Facts]:
    """Facts by the name of the sheet, for ``.ods``. Repeated rows and cells count as often as they are repeated."""
    found: dict[str, Facts] = {}
    facts = Facts()
    row = column = repeated_rows = repeated = 0
    filled = False
    in_cell = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal facts, row, column, repeated_rows, repeated, filled, in_cell
        if name == "table":
            facts = found[attributes.get("table:name", "")] = Facts()
            row = 0
        elif name == "table-row":
            repeated_rows = _repeat(attributes, "table:number-rows-repeated")
            row, column = row + 1, 0
            if attributes.get("table:visibility") in ("collapse", "filter") and repeated_rows < _NAMED:
                facts.hidden_rows += range(row, row + repeated_rows)
        elif name == "table-column" and attributes.get("table:visibility") in ("collapse", "filter"):
            facts.hidden_columns.append(1)
        elif name in ("table-cell", "covered-table-cell"):
            repeated = _repeat(attributes, "table:number-columns-repeated")
            filled = "office:value-type" in attributes or "table:formula" in attributes
            in_cell = True

    def text(piece: str) -> None:
        nonlocal filled
        filled = filled or (in_cell and bool(piece.strip()))

    def end(name: str) -> None:
        nonlocal row, column, in_cell
        if name in ("table-cell", "covered-table-cell"):
            column += repeated
            in_cell = False
            if filled:
                facts.fill(row + repeated_rows - 1, column)
        elif name == "table-row":
            row += repeated_rows - 1

    total = archive.getinfo("content.xml").file_size
    _parse(archive, "content.xml", start, end, text, lambda done: tell(done, total))
    return found


def _repeat(attributes: dict[str, str], name: str) -> int:
    given = attributes.get(name, "1")
    return int(given) if given.isdigit() and len(given) < 10 else 1


def _number(letters: str) -> int:
    """The number of a column from its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _parse(
    archive: zipfile.ZipFile,
    path: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    tell: Callable[[int], None] | None = None,
) -> None:
    """Stream a part; element names come without their prefix; ``tell`` is called with how many bytes of it were read.
    Raises Refused."""

    def entity(*_: object) -> None:
        raise Refused("entities-in-workbook")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    parser.EntityDeclHandler = entity
    parser.StartDoctypeDeclHandler = entity
    try:
        with archive.open(path) as part:
            while piece := part.read(_PIECE):
                parser.Parse(piece, False)
                if tell is not None:
                    tell(part.tell())
            parser.Parse(b"", True)
    except KeyError:
        raise Refused("damaged-workbook") from None
    except (expat.ExpatError, zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OSError):
        raise Refused("damaged-workbook") from None
