"""Somebody else's sheets: read as was approved, to the row; recipes kept, corrected and found again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadParameter, GraphError
from graph.ingest.pipeline import stage
from graph.ingest.readers import Sheet
from graph.ingest.recipes import Recipe, Shelf, Use, from_csvw, to_csvw
from graph.ingest.recipes.guess import headings
from graph.ingest.recipes.meanings import MEANINGS
from graph.ingest.recipes.recipe import DATE_FORMATS
from graph.model import Severity
from tests.graph.ingest.recipes.approve import HERE, SHEETS, found, staged, store


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_read_as_was_approved(name: str) -> None:
    for file, text in found(name).items():
        assert text == (HERE / name / file).read_text(encoding="utf-8"), file


@pytest.mark.parametrize("name", SHEETS)
def test_every_row_is_stated_or_told(name: str) -> None:
    """Rows in = rows that a statement rests on + rows with a fault + rows that are told of otherwise."""
    made = staged(name)
    stated = {
        int(q.object.value.rpartition("#row=")[2])  # type: ignore[union-attr]
        for q in made.quads
        if q.predicate.value.endswith("wasDerivedFrom")
    }
    told = {r.ref.row for r in made.report.results if r.ref and r.severity is not Severity.INFO}
    (rows,) = made.rows.values()
    assert len(stated | told) >= rows
    rejected = {r.ref.row for r in made.report.results if r.ref and r.severity is Severity.VIOLATION}
    engaged = {
        int(q.object.value.rpartition("#row=")[2])  # type: ignore[union-attr]
        for q in made.quads
        if q.predicate.value.endswith("wasDerivedFrom") and "/engagement/" in q.subject.value  # type: ignore[union-attr]
    }
    assert not rejected & engaged


def test_the_order_of_columns_and_rows_does_not_matter(tmp_path: Path) -> None:
    path = HERE / "spanish" / "hoja.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8")), delimiter=";"))
    turned = [list(reversed(row)) for row in [rows[0], *reversed(rows[1:])]]
    with (tmp_path / path.name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(turned)

    def said(quads: frozenset[object]) -> set[str]:
        return {str(q) for q in quads if "wasDerivedFrom" not in str(q)}

    assert said(stage(store(), tmp_path, source="test").quads) == said(staged("spanish").quads)


def test_the_same_file_says_the_same_again() -> None:
    files = [HERE / "iati" / "activities.csv"]
    assert stage(store(), files, source="test").quads == stage(store(), files, source="test").quads


def test_what_is_not_ours_and_says_nothing_of_work_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shopping.csv").write_text("item,price\nbread,2\nmilk,1\n")
    (result,) = stage(store(), tmp_path, source="test").report.results
    assert (result.rule, result.severity) == ("unknown-table", Severity.VIOLATION)


# --- recipes as data


def uses() -> st.SearchStrategy[Use]:
    text = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8)
    return st.builds(
        Use,
        heading=text,
        meaning=st.sampled_from(["", *MEANINGS]),
        separator=st.sampled_from(["", ";", "\n"]),
        lang=st.sampled_from(["", "es"]),
        dates=st.sampled_from(sorted(DATE_FORMATS)),
        values=st.dictionaries(text, text, max_size=3),
        why=st.just("chosen"),
    )


@given(st.builds(Recipe, st.lists(uses(), max_size=4).map(tuple), name=st.just("x"), lang=st.just("ru")))
def test_a_recipe_is_what_its_csvw_says(recipe: Recipe) -> None:
    assert from_csvw(json.loads(json.dumps(to_csvw(recipe)))) == recipe


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "no object"),
        ({"tableSchema": {}}, "no list of columns"),
        ({"tableSchema": {"columns": [1]}}, "a column is no object"),
        ({"tableSchema": {"columns": [{"titles": "a", "cg:tag": "#sectr"}]}}, "no meaning"),
        ({"tableSchema": {"columns": [{"titles": 5}]}}, "'titles' is no text"),
        ({"tableSchema": {"columns": [{"titles": "a", "datatype": {"format": "yy"}}]}}, "no format of dates"),
        ({"tableSchema": {"columns": [{"titles": "a", "cg:values": {"a": 1}}]}}, "cg:values"),
    ],
)
def test_what_is_no_recipe_says_what_is_wrong(data: object, words: str) -> None:
    with pytest.raises(BadParameter, match="no recipe") as error:
        from_csvw(data)
    assert words in error.value.message


def test_a_saved_recipe_is_found_by_the_shape_of_the_file(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "recipes")
    assert shelf.find(("Wer", "Was")) is None
    small = Recipe((Use("Wer", "#org+impl+name"), Use("Was", "#sector+name")))
    large = Recipe((*small.uses, Use("Wo", "#country+name"), Use("Notiz")))
    assert shelf.save(small, "Small One").name == "small-one"
    shelf.save(large, "large")
    assert [recipe.name for recipe in shelf.all()] == ["large", "small-one"]
    assert shelf.find(("was", "WER", "neu")) == shelf.load("small-one")
    assert shelf.find(("Was", "Wer", "Wo")) == shelf.load("large")
    assert shelf.find(("Was", "Wo")) is None
    shelf.remove("large")
    with pytest.raises(GraphError, match="no recipe 'large'"):
        shelf.load("large")
    with pytest.raises(GraphError, match="no recipe"):
        shelf.load("../large")
    (tmp_path / "recipes" / "broken.json").write_text("{")
    assert [recipe.name for recipe in shelf.all()] == ["small-one"]
    with pytest.raises(BadParameter, match="cannot be read"):
        shelf.load("broken")


def test_every_heading_of_the_list_leads_to_a_meaning() -> None:
    assert {meaning for pairs in headings().values() for meaning, _ in pairs} <= MEANINGS.keys()
    assert len(headings()) > 300


def test_a_sheet_without_rows_is_no_reason_to_fail() -> None:
    from graph.ingest.recipes import Known, guess

    known = Known.from_quads(list(store().quads()))
    assert not guess(Sheet("a.csv", "", 1, ("Who", "What"), ()), known).usable
