"""Reading and binding of ``.rq`` files: what breaks the format is named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from graph.errors import BadParameter, GraphError
from graph.question_file import bind, bind_each, read_question

GOOD = """#+ title@en: Title
#+ title@ru: Заголовок
#+ about@en: About: with a colon
#+ about@ru: О чём
#+ param theme theme required @en: The theme @ru: Тема
#+ param of document|source optional @en: The source @ru: Источник
#+ column thing @en: Thing @ru: Вещь
#+ column talks list @en: Talks @ru: Выступления
#+ column note value @en: Note @ru: Примечание
#+ evidence evidence
SELECT ?thing ?talks ?note ?evidence ?theme ?of WHERE {
  VALUES (?theme ?of) { (UNDEF UNDEF) }
}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "a-question.rq"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_header_is_read_whole(tmp_path: Path) -> None:
    question = read_question(write(tmp_path, GOOD))
    assert question.name == "a-question"
    assert question.title == {"en": "Title", "ru": "Заголовок"}
    assert question.about["en"] == "About: with a colon"
    assert [(p.name, p.kind, p.required) for p in question.parameters] == [
        ("theme", "theme", True),
        ("of", "document|source", False),
    ]
    assert question.parameters[1].about == {"en": "The source", "ru": "Источник"}
    assert question.columns == {
        "thing": {"en": "Thing", "ru": "Вещь"},
        "talks": {"en": "Talks", "ru": "Выступления"},
        "note": {"en": "Note", "ru": "Примечание"},
    }
    assert question.column_types == {"thing": "thing", "talks": "list", "note": "value"}
    assert question.evidence == "evidence"
    assert question.query.startswith("SELECT")


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("#+ title@ru: Заголовок\n", "", 1, "no '#+ title@ru:' line"),
        ("#+ title@en: Title", "#+ title: Title", 1, "'title' needs a language"),
        ("#+ title@en: Title", "#+title@en: Title", 1, "is not '#+ key@en: text'"),
        ("#+ about@en:", "#+ abuot@en:", 3, "'abuot' is no header"),
        ("theme theme required", "theme thema required", 5, "'thema' is no kind of parameter"),
        ("theme theme required", "theme theme", 5, "required|optional"),
        ("@en: The theme @ru: Тема", "@en: The theme", 5, "expected '@en: text @ru: text'"),
        ("column thing @en", "column thnig @en", 7, "no variable '?thnig'"),
        ("column thing @en", "column thing things @en", 7, "expected '#+ column"),
        ("#+ evidence evidence", "#+ evidence records", 10, "no variable '?records'"),
        ("VALUES (?theme ?of)", "VALUES (?of ?theme)", 1, "VALUES (?theme ?of) { (UNDEF UNDEF) }"),
        ("  VALUES (?theme ?of) { (UNDEF UNDEF) }\n", "", 1, "there is no line 'VALUES (?theme ?of)"),
        ("?theme ?of) { (UNDEF UNDEF)", "?theme ?of) { (UNDEF)", 1, "VALUES (?theme ?of) { (UNDEF UNDEF) }"),
        ("(?theme ?of) { (UNDEF UNDEF) }", "(?theme) { (UNDEF) }", 1, "there is no line 'VALUES (?theme ?of)"),
        ("(UNDEF UNDEF) }\n", "(UNDEF UNDEF) }\n VALUES (?place) { (UNDEF) }\n", 1, "must name parameters"),
        ("(UNDEF UNDEF) }\n", "(UNDEF UNDEF) }\n VALUES (?of ?theme) { (UNDEF UNDEF) }\n", 1, "in the order"),
        ("(UNDEF UNDEF) }\n", "(UNDEF UNDEF) }\n { VALUES (?of) { (UNDEF) } }\n", 1, "on a line of its own"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, old: str, new: str, line: int, problem: str) -> None:
    assert old in GOOD
    with pytest.raises(GraphError) as caught:
        read_question(write(tmp_path, GOOD.replace(old, new)))
    assert caught.value.code == "bad-question-file"
    assert caught.value.message.startswith(f"a-question.rq, line {line}: ")
    assert problem in caught.value.message
    assert "docs/architecture.md" in caught.value.hint


def test_headers_of_others_can_be_left_to_them(tmp_path: Path) -> None:
    path = write(tmp_path, "#+ remedy@en: Do it\n" + GOOD)
    assert read_question(path, also=frozenset({"remedy"})).title["en"] == "Title"
    with pytest.raises(GraphError, match="'remedy' is no header"):
        read_question(path)


def test_binding_changes_the_one_line_and_nothing_else(tmp_path: Path) -> None:
    question = read_question(write(tmp_path, GOOD))
    bound = bind(question, {"of": NamedNode("https://example.org/a")})
    assert bound == question.query.replace("(UNDEF UNDEF)", "(UNDEF <https://example.org/a>)")
    assert bind(question, {}) == question.query
    with pytest.raises(BadParameter, match="no parameter 'place'"):
        bind(question, {"place": NamedNode("https://example.org/a")})


REPEATED = """  { SELECT ?theme (COUNT(*) AS ?rows) WHERE {
      VALUES (?theme) { (UNDEF) }
    } GROUP BY ?theme }
  VALUES (?theme ?of) { (UNDEF UNDEF) }
"""


def test_parameters_that_are_repeated_are_bound_alike(tmp_path: Path) -> None:
    text = GOOD.replace("  VALUES (?theme ?of) { (UNDEF UNDEF) }\n", REPEATED)
    question = read_question(write(tmp_path, text.replace("?of WHERE", "?of ?rows WHERE")))
    assert bind(question, {}) == question.query
    one, other, of = (NamedNode(f"https://example.org/{name}") for name in "abo")
    bound = bind(question, {"theme": one})
    assert "VALUES (?theme) { (<https://example.org/a>) }" in bound
    assert "VALUES (?theme ?of) { (<https://example.org/a> UNDEF) }" in bound
    # Two rows with one theme: in a line that has only the theme it counts once.
    several = bind_each(question, [{"theme": one, "of": one}, {"theme": one, "of": of}, {"theme": other, "of": of}])
    found = [(row["theme"], row["of"], row["rows"]) for row in Store().query(several)]
    assert found == [(one, one, Literal(1)), (one, of, Literal(1)), (other, of, Literal(1))]
    assert not list(Store().query(bind_each(question, [])))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_text_can_become_syntax(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    question = read_question(write(tmp_path_factory.mktemp("question"), GOOD))
    (row,) = Store().query(bind(question, {"theme": Literal(text)}))
    assert row["theme"] == Literal(text)
    assert row["of"] is None
