"""The roundtable tables as plain rows, read without the ingestion that they are meant to test."""

import csv
import hashlib
import json
from pathlib import Path

from tests.material import folder

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
FOLDER = DATA / "roundtable-2010"
LAYOUTS = ROOT / "ontology" / "tables"
MANIFEST = DATA / "MANIFEST.csv"
QUOTATIONS = Path(__file__).with_name("quotations.csv")

Row = dict[str, str]


def names() -> list[str]:
    """The tables that the dataset fills, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.csv"))


def read_csv(path: Path) -> list[Row]:
    """Rows of a CSV file; ``newline=""`` keeps every character of a cell."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def rows(table: str) -> list[Row]:
    """Rows of one table of the dataset."""
    return read_csv(FOLDER / f"{table}.csv")


def columns(table: str) -> dict[str, dict[str, object]]:
    """Column name -> its description in the layout, those of the groups included."""
    layout = json.loads((LAYOUTS / f"{table}.json").read_text(encoding="utf-8"))
    found = layout["columns"]
    for group in layout.get("cg:use", []):
        found = found + json.loads((LAYOUTS / "groups" / f"{group}.json").read_text(encoding="utf-8"))["columns"]
    return {column["name"]: column for column in found if "name" in column}


def items(cell: str | None) -> list[str]:
    """The entries of a list cell."""
    return cell.split(";") if cell else []


def quoted() -> list[tuple[str, int, Row]]:
    """Every row that carries a quotation, as (table, row number with the header as 1, row)."""
    return [
        (table, number, row) for table in names() for number, row in enumerate(rows(table), start=2) if row.get("quote")
    ]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def document_sha256() -> str:
    """The hash of the document that the positions are counted in, as the table of documents gives it."""
    (document,) = rows("documents")
    return document["sha256"]


def document_path() -> Path:
    """Where the source document is expected: it is no part of the project."""
    return folder("source", "roundtable-2010.txt")


def manifest() -> list[Row]:
    """What ``data/MANIFEST.csv`` has to say, computed from the files."""
    return [
        {
            "file": path.relative_to(DATA).as_posix(),
            "rows": str(len(read_csv(path))),
            "sha256": sha256(path.read_bytes()),
        }
        for path in sorted(FOLDER.glob("*.csv"))
    ]


def quotation_hashes() -> list[Row]:
    """One line for each quoted span, with the hash of its text in UTF-8."""
    spans = {
        (row["document"], int(row["quote_start"]), int(row["quote_end"]), sha256(row["quote"].encode()))
        for _, _, row in quoted()
    }
    return [
        {"document": document, "start": str(start), "end": str(end), "sha256": digest}
        for document, start, end, digest in sorted(spans)
    ]


def misplaced(document: str) -> list[str]:
    """The rows whose quotation is not what the document has at its position."""
    return [
        f"{table}.csv row {number}"
        for table, number, row in quoted()
        if document[int(row["quote_start"]) : int(row["quote_end"])] != row["quote"]
    ]


def write_hashes() -> None:
    """Store the hashes anew, after the tables were changed on purpose.

    Only beside the document: a hash of a quotation that was never compared with it would vouch for nothing.
    """
    content = document_path().read_bytes()
    if sha256(content) != document_sha256():
        raise SystemExit(f"{document_path()} is another version of the document: nothing written")
    if wrong := misplaced(content.decode("utf-8")):
        raise SystemExit(f"not in the document at their positions, nothing written: {', '.join(wrong)}")
    for path, lines in ((MANIFEST, manifest()), (QUOTATIONS, quotation_hashes())):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, lines[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)


if __name__ == "__main__":
    write_hashes()
