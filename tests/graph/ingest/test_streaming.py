"""A file is read piece by piece: how far that is can be told, and no second copy of it is made. All data are
invented."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import PurePath

import pytest
from openpyxl.workbook import Workbook

from graph.ingest.arrivals import read
from graph.ingest.originals import Original
from graph.ingest.readers import Reading, reader_for
from graph.ingest.readers._text import _lines, encoding_of
from tests.graph.ingest.odd_files import ods, xlsx

ROWS = 12_000
WORDS = ("Голубой дом", "Red House", "Зелёный дом")
GRID = [
    ("id", "name", "note"),
    *((f"house-{n}", WORDS[n % 3], f"remark number {n}") for n in range(ROWS)),
]
TABLE = "".join(",".join(row) + "\n" for row in GRID)
IATI = "".join(
    f"<iati-activity><iati-identifier>XX-{n}</iati-identifier><title>{WORDS[n % 3]} {n}</title>"
    f"<description>{300 * 'a'}</description></iati-activity>"
    for n in range(ROWS // 4)
)


def more(book: Workbook) -> None:
    page = book.create_sheet("more")
    for row in GRID[: ROWS // 3]:
        page.append(row)


FILES: dict[str, Callable[[], bytes]] = {
    "houses.csv": TABLE.encode,
    "old.csv": lambda: TABLE.replace(",", ";").encode("cp1251"),
    "wide.csv": lambda: TABLE.encode("utf-16"),
    "houses.csv.gz": lambda: gzip.compress(TABLE.encode(), 1),
    "houses.xlsx": lambda: xlsx(GRID, more),
    "houses.ods": lambda: ods(GRID),
    "houses.xml": lambda: f'<iati-activities version="1.04">{IATI}</iati-activities>'.encode(),
    "houses.nt": lambda: b"".join(
        f'<https://example.org/{n}> <http://www.w3.org/2004/02/skos/core#prefLabel> "House {n}"@en .\n'.encode()
        for n in range(ROWS)
    ),
}


MADE = {name: cache(make) for name, make in FILES.items()}


def read_alone(name: str, data: bytes, tell: Callable[[int, int], None] = lambda *_: None) -> Reading:
    reader = reader_for(PurePath(name).suffix, data)
    assert reader is not None
    return reader.read(name, data, tell)


@pytest.mark.parametrize("name", FILES)
def test_a_reader_tells_how_far_it_is(name: str) -> None:
    told: list[tuple[int, int]] = []
    reading = read_alone(name, MADE[name](), lambda *step: told.append(step))
    assert reading.sheets or reading.statements
    shares = [done / total for done, total in told if total]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    between = [share for share in shares if 0 < share < 1]
    # Neither only at the beginning nor only at the end.
    assert len(set(between)) >= 2
    assert between[0] < 0.7
    assert between[-1] > 0.5


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith((".nt", ".gz"))])
def test_no_second_copy_is_made(name: str) -> None:
    """Of what Python holds while it reads (a library's own memory is not counted), little goes when it is done."""
    data = MADE[name]()
    read_alone(name, data)
    tracemalloc.start()
    reading = read_alone(name, data)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reading.sheets
    # What is remembered to make one object of equal texts, and a piece or two.
    assert most < 1.3 * kept + 500_000


def test_progress_counts_the_bytes_of_all_files() -> None:
    files = tuple(Original(name, MADE[name](), name) for name in ("houses.csv", "houses.xml", "old.csv"))
    empty = Original("z.csv", b"", "z")
    told: list[tuple[str, int, int]] = []
    read((*files, empty), lambda *step: told.append(step))
    total = sum(len(original.data) for original in files)
    assert told[0] == ("read", 0, total)
    assert told[-1] == ("read", total, total)
    done = [one[1] for one in told]
    assert done == sorted(done)
    assert done.count(0) == done.count(total) == 1
    assert {one[2] for one in told} == {total}
    ends = [sum(len(original.data) for original in files[:at]) for at in range(4)]
    for begin, end in pairwise(ends):
        assert any(begin < at < end for at in done)


def test_a_text_whose_end_is_in_another_encoding_than_its_beginning_is_seen_to_the_end() -> None:
    piece = "Голубой дом\n" * 200_000
    assert encoding_of(piece.encode()).name == "utf-8"
    found = encoding_of(piece.encode() + "Красный".encode("cp1251"))
    assert (found.rule, found.row) == ("mixed-encodings", 200_001)


@pytest.mark.parametrize("data", [b"", b"a", b"a\nb", b"a\r\nb\rc\n\n", b"\r\n\r", b"a\x1c\x0bb\n"])
def test_lines_are_those_of_python(data: bytes) -> None:
    found = list(_lines(data))
    # The end of the data may count as an empty line of its own.
    assert found[: len(data.splitlines())] == data.splitlines()
    assert not any(found[len(data.splitlines()) :])
