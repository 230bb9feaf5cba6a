"""What is refused before the engine sees it, and the engine's complaints in words."""

import pyoxigraph as ox
import pytest

from graph.errors import QueryError
from graph.store.update_text import syntax_error
from service.query_guard import DEEPEST, QueryFault, located, refuse_depth


def test_deep_nesting_is_refused_before_the_engine_sees_it() -> None:
    refuse_depth("(" * DEEPEST + ")" * DEEPEST)
    refuse_depth("()" * 10 * DEEPEST)
    for text in ("(" * (DEEPEST + 1), "[{(" * DEEPEST, "!" * (10 * DEEPEST + 1)):
        with pytest.raises(QueryError) as caught:
            refuse_depth(text)
        assert caught.value.code == "query-too-deep"


def complaint(text: str, update: bool = False) -> QueryError:
    run = ox.Store().update if update else ox.Store().query
    with pytest.raises(SyntaxError) as caught:
        run(text)
    return syntax_error("text", caught.value)


def test_a_complaint_names_the_place_and_what_stands_there() -> None:
    text = "SELECT * {\n ?s ?p @@ }"
    fault = located(complaint(text), text)
    assert isinstance(fault, QueryFault)
    assert (fault.code, fault.line) == ("bad-query", 2)
    assert "line 2" in fault.message
    assert "at '}'" in fault.message
    assert "expected" not in fault.message


def test_a_text_that_ends_too_early_is_at_fault_where_it_ends() -> None:
    text = "SELECT * {"
    fault = located(complaint(text), text)
    assert (fault.line, fault.column) == (1, 11)
    assert "where it ends" in fault.message


def test_an_update_sent_as_a_query_is_said_to_be_one() -> None:
    text = "PREFIX x: <a:b> # hm\nDROP ALL"
    assert "update" in located(complaint(text), text).message


def test_a_complaint_about_the_whole_has_a_place_too() -> None:
    text = "INSERT DATA { <a:a> <b:b> _:x } ;\nINSERT DATA { <a:a> <b:b> _:x }"
    fault = located(complaint(text, update=True), text, "update")
    assert (fault.line, fault.column) == (2, 27)


def test_other_errors_stay_as_they_are() -> None:
    error = QueryError("evaluation", "error at 1:1: no")
    assert located(error, "ASK {}") is error
