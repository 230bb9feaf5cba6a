"""Every quotation is short, and stands where its row says it stands.

The document is no part of the project. Where it is at hand the quotations are compared with it; everywhere they are
compared with stored hashes, and with one another where they overlap.
"""

import re
from itertools import pairwise

import pytest

from tests.data import dataset

MOST_WORDS = 13
MOST_CHARACTERS = 90


@pytest.fixture(scope="module")
def document() -> str:
    path = dataset.document_path()
    if not path.is_file():
        pytest.skip(f"the source document is not at {path}; set COMMONGROUND_SHARED to the folder that holds it")
    content = path.read_bytes()
    assert dataset.sha256(content) == dataset.document_sha256(), "another version of the document: positions differ"
    return content.decode("utf-8")


def place(table: str, number: int) -> str:
    return f"{table}.csv row {number}"


def test_quotations_stand_at_their_positions(document: str) -> None:
    assert dataset.misplaced(document) == []


def test_quotations_have_their_stored_hashes() -> None:
    assert dataset.read_csv(dataset.QUOTATIONS) == dataset.quotation_hashes(), (
        "the quotations changed: check them against the document, then run: python -m tests.data.dataset"
    )


def test_quotations_are_as_long_as_their_span() -> None:
    wrong = [
        place(table, number)
        for table, number, row in dataset.quoted()
        if int(row["quote_end"]) - int(row["quote_start"]) != len(row["quote"])
    ]
    assert not wrong


def test_overlapping_quotations_agree() -> None:
    """Two quotations of the same characters are the same characters: found without the document."""
    letters: dict[int, str] = {}
    wrong = []
    for table, number, row in dataset.quoted():
        for position, letter in enumerate(row["quote"], start=int(row["quote_start"])):
            if letters.setdefault(position, letter) != letter:
                wrong.append((place(table, number), position))
    assert not wrong


def test_quotations_are_phrases() -> None:
    """A phrase each: short, on one line, not beginning or ending with a blank of any kind."""
    wrong = [
        place(table, number)
        for table, number, row in dataset.quoted()
        if len(row["quote"].split()) > MOST_WORDS
        or len(row["quote"]) > MOST_CHARACTERS
        or row["quote"] != row["quote"].strip()
        or "\n" in row["quote"]
    ]
    assert not wrong


def test_no_break_spaces_of_the_document_are_kept() -> None:
    assert any("\N{NO-BREAK SPACE}" in row["quote"] for _, _, row in dataset.quoted())


def test_what_is_not_quoted_is_in_our_own_words(document: str) -> None:
    """Statements, descriptions and notes share no run of seven words with the document."""
    run = 7

    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[start : start + run]) for start in range(len(words) - run + 1)}

    taken = runs(document)
    copied = [
        (place(table, number), column)
        for table in dataset.names()
        for number, row in enumerate(dataset.rows(table), start=2)
        for column in ("text", "description", "basis_note", "note")
        if runs(row.get(column) or "") & taken
    ]
    readme = runs((dataset.DATA / "README.md").read_text(encoding="utf-8")) & taken
    assert not copied
    assert not readme


def test_no_paragraph_is_quoted_whole(document: str) -> None:
    """The phrases of a long paragraph, put together, leave a good part of it unsaid."""
    spans = {(int(row["quote_start"]), int(row["quote_end"])) for _, _, row in dataset.quoted()}
    covered = {position for start, end in spans for position in range(start, end)}
    breaks = [-1, *(match.start() for match in re.finditer("\n", document)), len(document)]
    shares = {
        document[before + 1 : before + 30]: sum(p in covered for p in range(before + 1, after)) / (after - before - 1)
        for before, after in pairwise(breaks)
        if after - before > 200
    }
    assert shares
    assert {start: share for start, share in shares.items() if share > 0.7} == {}
