"""The tables follow their layouts, refer to what exists, and are as many as the document has."""

import re
from collections import Counter

import pytest
from pyoxigraph import RdfFormat, parse

from tests.data import dataset

CONCEPT = "http://www.w3.org/2004/02/skos/core#Concept"
BASES = {"stated", "inferred-name", "inferred-seat", "inferred-session", "inferred-project", "proposed"}
#: Tables without the evidence columns: a document is what evidence is in, further evidence has a basis elsewhere.
WITHOUT_BASIS = {"documents", "evidence"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def concepts(file: str) -> set[str]:
    """The codes (last segments) of the concepts that a file of the ontology defines."""
    path = dataset.ROOT / "ontology" / file
    return {
        quad.subject.value.rpartition("/")[2]
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
        if quad.object.value == CONCEPT
    }


def known(kind: str) -> set[str]:
    """Everything that a reference of this kind may name."""
    if kind == "theme":
        return concepts("themes.ttl")
    if kind == "place":
        return concepts("places.ttl")
    if kind.startswith("code:"):
        return concepts(f"codelists/{kind.removeprefix('code:')}.ttl")
    table = {"person": "people"}.get(kind, f"{kind}s")
    return {row["id"] for row in dataset.rows(table)}


@pytest.mark.parametrize("table", dataset.names())
def test_headers_conform_to_the_layout(table: str) -> None:
    header = list(dataset.rows(table)[0])
    allowed = dataset.columns(table)
    required = {name for name, column in allowed.items() if column.get("required")}
    assert set(header) <= set(allowed)
    assert required <= set(header)
    assert len(header) == len(set(header))
    assert all(row[name] for row in dataset.rows(table) for name in required)


@pytest.mark.parametrize("table", dataset.names())
def test_files_are_plain(table: str) -> None:
    content = (dataset.FOLDER / f"{table}.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    cells = [cell for row in dataset.rows(table) for cell in row.values()]
    assert None not in cells
    assert [cell for cell in cells if cell != cell.strip()] == []


@pytest.mark.parametrize("table", [name for name in dataset.names() if name != "evidence"])
def test_ids_are_unique(table: str) -> None:
    rows = dataset.rows(table)
    if "id" in rows[0]:
        keys = [row["id"] for row in rows]
        assert [key for key in keys if not SLUG.fullmatch(key)] == []
    else:
        own = [name for name in dataset.columns(table) if name in rows[0]][:2]
        keys = ["/".join(row[name] for name in own) for row in rows]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


@pytest.mark.parametrize("table", dataset.names())
def test_references_resolve(table: str) -> None:
    lost = []
    for name, column in dataset.columns(table).items():
        kind = column.get("cg:refersTo")
        if not isinstance(kind, str) or name not in dataset.rows(table)[0]:
            continue
        for row in dataset.rows(table):
            cells = dataset.items(row[name]) if "separator" in column else [row[name]] if row[name] else []
            lost += [(name, cell) for cell in cells if cell not in known(kind)]
            assert len(cells) == len(set(cells)), (name, row[name])
    assert lost == []


@pytest.mark.parametrize("table", dataset.names())
def test_kinds_are_those_of_the_layout(table: str) -> None:
    for name, column in dataset.columns(table).items():
        values = column.get("cg:values")
        if isinstance(values, dict):
            assert {row[name] for row in dataset.rows(table)} <= set(values)


@pytest.mark.parametrize("table", [name for name in dataset.names() if name not in WITHOUT_BASIS])
def test_every_row_says_on_what_it_rests(table: str) -> None:
    for row in dataset.rows(table):
        assert row["basis"] in BASES
        assert row["basis"] == "stated" or row["basis_note"], "what is inferred or proposed says why"
        assert row["as_of"] == "2010-05-12"
        assert row["document"] == "roundtable-2010"
        assert row["quote"]


def test_further_evidence_is_about_records_that_exist() -> None:
    source = "roundtable-2010"
    records = {f"{kind}/{row['id']}" for kind in ("talk", "event", "resource", "organisation") for row in all_of(kind)}
    records |= {f"{kind}/{source}/{row['id']}" for kind in ("engagement", "collaboration") for row in all_of(kind)}
    records |= {f"statement/{source}/{row['id']}" for row in all_of("statement")}
    records |= {f"appearance/{row['talk']}/{row['person']}" for row in dataset.rows("appearances")}
    records |= {f"relation/{source}/unit-{row['unit']}-{row['parent']}" for row in dataset.rows("units")}
    records |= {f"relation/{source}/link-{row['organisation']}-{row['linked_to']}" for row in dataset.rows("links")}
    pairs = [(row["record"], row["quote_start"], row["quote_end"]) for row in dataset.rows("evidence")]
    assert [record for record, _, _ in pairs if record not in records] == []
    assert len(pairs) == len(set(pairs))


def all_of(kind: str) -> list[dataset.Row]:
    return dataset.rows(f"{kind}s")


def test_labels_of_one_thing_differ() -> None:
    """SKOS: a label is preferred, alternative or hidden, never two of them."""
    for table in ("organisations", "talks", "resources"):
        for row in dataset.rows(table):
            labels = [row["name"], *dataset.items(row.get("also_known_as")), *dataset.items(row.get("as_written"))]
            assert len(labels) == len(set(labels)), labels


def test_counts_are_those_of_the_document() -> None:
    events = Counter(row["kind"] for row in dataset.rows("events"))
    assert events == {"meeting": 1, "session": 7}
    assert [row["number"] for row in dataset.rows("events") if row["kind"] == "session"] == list("1234567")
    talks = dataset.rows("talks")
    assert len(talks) == 14
    assert Counter(row["session"][-1] for row in talks) == {"1": 1, "2": 4, "3": 2, "4": 2, "5": 4, "6": 1}
    assert len({row["organisations"] for row in talks}) == 14
    assert len(dataset.rows("people")) == 19
    assert len(dataset.rows("appearances")) == 19
    assert len({row["person"] for row in dataset.rows("appearances")}) == 19
    assert len(dataset.rows("units")) == 9
    assert len(dataset.rows("seats")) == 4
    assert len(dataset.rows("collaborations")) == 5
    assert len(dataset.rows("resources")) == 5
    kinds = Counter(row["kind"] for row in dataset.rows("statements"))
    assert kinds == {"challenge": 10, "claim": 6, "goal": 5, "priority": 5, "recommendation": 3, "next-step": 2}


def test_every_statement_is_in_both_languages() -> None:
    for row in dataset.rows("statements"):
        assert row["text"]
        assert re.search("[а-я]", row["text_ru"])


def test_people_come_without_contact_details() -> None:
    assert set(dataset.rows("people")[0]) == {
        "id", "name", "basis", "basis_note", "as_of", "document", "quote", "quote_start", "quote_end"
    }  # fmt: skip
