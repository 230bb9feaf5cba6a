"""Cell texts become terms that every store keeps as they are."""

from __future__ import annotations

import doctest

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ingest import layout, tables, values
from graph.ingest.values import Bad, before, parse
from graph.terms import node

TYPES = sorted(values._TYPES)


@pytest.mark.parametrize(
    ("text", "value", "datatype"),
    [
        ("2010", "2010", "xsd:gYear"),
        ("2010-05", "2010-05", "xsd:gYearMonth"),
        ("2010-05-11", "2010-05-11", "xsd:date"),
        ("11.05.2010", "2010-05-11", "xsd:date"),
        ("1.5.2010", "2010-05-01", "xsd:date"),
        ("25/12/2010", "2010-12-25", "xsd:date"),
        ("12/25/2010", "2010-12-25", "xsd:date"),
        ("05/05/2010", "2010-05-05", "xsd:date"),
        ("29.02.2012", "2012-02-29", "xsd:date"),
    ],
)
def test_dates_stay_as_partial_as_written(text: str, value: str, datatype: str) -> None:
    assert parse("cg:PartialDate", "", text) == ox.Literal(value, datatype=node(datatype))


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("32.13.2010", "2010-12-31"),
        ("29.02.2010", "2010-02-28"),
        ("2010-13", "2010-12"),
        ("2010-02-30", "2010-02-28"),
        ("2010/05/11", "2010-05-11"),
        ("2010.5", "2010-05"),
        ("May 2010", "2010"),
        ("40/40/2010", "2010-12-31"),
        ("0000", "1000"),
        ("yesterday", ""),
        ("2009-2010", ""),
    ],
)
def test_what_is_no_date_gets_the_nearest_one(text: str, nearest: str) -> None:
    assert parse("cg:PartialDate", "", text) == Bad("bad-date", nearest)


@pytest.mark.parametrize(
    ("datatype", "text", "value"),
    [
        ("nonNegativeInteger", "007", "7"),
        ("decimal", "+012.50", "12.5"),
        ("decimal", "-0.0", "0"),
        ("decimal", ".5", "0.5"),
        ("decimal", "12.", "12"),
        ("boolean", "Да", "true"),
        ("boolean", "FALSE", "false"),
        ("cg:Sha256", "AB" * 32, "ab" * 32),
        ("anyURI", "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("language", "sr-Latn", "sr-Latn"),
        ("cg:Slug", "blue-house-2", "blue-house-2"),
    ],
)
def test_values_are_written_canonically(datatype: str, text: str, value: str) -> None:
    term = parse(datatype, "", text)
    assert not isinstance(term, Bad)
    assert term.value == value


@pytest.mark.parametrize(
    ("datatype", "text", "nearest"),
    [
        ("nonNegativeInteger", "-1", ""),
        ("nonNegativeInteger", "1 200", "1200"),
        ("nonNegativeInteger", "9" * 19, ""),
        ("decimal", "1e3", ""),
        ("decimal", "1 200,5", "1200.5"),
        ("boolean", "ture", "true"),
        ("boolean", "maybe", ""),
        ("anyURI", "ftp://example.org/", ""),
        ("anyURI", "https://example.org/a b", ""),
        ("anyURI", "javascript:alert(1)", ""),
        ("anyURI", "https://exa<mple.org/", ""),
        ("cg:Slug", "Ёлка", ""),
        ("cg:Slug", "a--b", "a-b"),
    ],
)
def test_what_is_no_value_of_its_type(datatype: str, text: str, nearest: str) -> None:
    value = parse(datatype, "", text)
    assert isinstance(value, Bad)
    assert value.nearest == nearest


ANY = st.one_of(st.text(), st.from_regex(r"[-+]?[0-9]{0,20}[.,/-]?[0-9]{0,20}[./-]?[0-9]{0,4}"), st.dates().map(str))


@given(st.sampled_from(["", *TYPES]), ANY)
def test_what_is_made_survives_a_store(datatype: str, text: str) -> None:
    term = parse(datatype, "en" if not datatype else "", text)
    if not isinstance(term, Bad):
        quad = ox.Quad(node("cg:s"), node("cg:p"), term)
        store = ox.Store()
        store.update(f"INSERT DATA {{ {quad.triple} }}")
        assert list(store) == [quad]


@given(st.sampled_from(TYPES), ANY)
def test_the_nearest_value_is_valid(datatype: str, text: str) -> None:
    value = parse(datatype, "", text)
    if isinstance(value, Bad) and value.nearest:
        assert not isinstance(parse(datatype, "", value.nearest), Bad)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2009", "2010", True),
        ("2010", "2010-05", False),
        ("2010-04", "2010-05-01", True),
        ("2010-05", "2010-05-11", False),
        ("99", "1000", True),
        ("1000", "99", False),
    ],
)
def test_before_only_where_it_is_sure(one: str, other: str, expected: bool) -> None:
    assert before(one, other) is expected


@pytest.mark.parametrize("module", [values, layout, tables], ids=lambda m: m.__name__)
def test_examples_in_the_code_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted
    assert not result.failed
