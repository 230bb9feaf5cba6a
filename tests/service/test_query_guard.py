"""What may not reach the engine. The engine reads keywords without word boundaries, so the attacks are odd."""

import pytest

from graph.errors import QueryError
from service.query_guard import DEEPEST, refuse_depth, refuse_service

SERVICE = [
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { service SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { SERVICEsilent<http://127.0.0.1:1/>{} }",
    "SELECT * { ?s ?p true SERVICE<http://127.0.0.1:1/>{} }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:1/>{} }",
    "SELECT * { BIND(<http://127.0.0.1:1/> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:1/> SELECT * { SERVICE:x {?s ?p ?o} }",
    "PREFIX trueservixe: <http://127.0.0.1:1/> PREFIX : <http://127.0.0.1:1/> SELECT * { ?s ?p trueSERVICE:x {} }",
    "SELECT * { { SELECT * { SERVICE # <no>\n <http://127.0.0.1:1/> { ?s ?p ?o } } } }",
    # A '<' that the grammar could read as the start of an IRI, and a comment that hides quotation marks.
    "SELECT * { FILTER(1<2#>'''\n)SERVICE<http://127.0.0.1:1/>{?a ?b ?c}#'''\n }",
    "SELECT * { FILTER(?a<?b)SERVICE#>\n<http://127.0.0.1:1/>{?a ?b ?c} }",
    r"SELECT * { \u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    r"SELECT * { \U00000073ervic\u0065 <http://127.0.0.1:1/> { ?s ?p ?o } }",
]

HARMLESS = [
    "SELECT * { ?s ?p 'SERVICE <http://127.0.0.1:1/> { ?s ?p ?o }' }",
    'SELECT * { ?s ?p """a service\n SERVICE <x:y> {}""" }',
    "SELECT * { ?s ?p ?o } # SERVICE <http://127.0.0.1:1/> { ?s ?p ?o }",
    "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> SELECT ?service { ?service a sd:Service }",
    "SELECT * { ?s <https://example.org/SERVICE> ?o }",
    "SELECT * { ?s ?p 'service'@en . ?s ?p 'Dienst' }",
    "PREFIX service: <https://example.org/> SELECT * { service:a service:b service:c }",
    "SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'support services')) }",
    "ASK { ?s ?p ?o }",
]


@pytest.mark.parametrize("query", SERVICE)
def test_the_service_clause_is_refused(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        refuse_service(query)
    assert caught.value.code == "service-refused"


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_elsewhere_is_no_clause(query: str) -> None:
    refuse_service(query)


def test_a_broken_query_with_the_word_is_reported_as_broken() -> None:
    with pytest.raises(QueryError) as caught:
        refuse_service("SELECT * {\n ?s ?p 'service' ")
    assert caught.value.code == "bad-query"
    assert getattr(caught.value, "line", None) == 2


def test_deep_nesting_is_refused_before_the_engine_sees_it() -> None:
    refuse_depth("(" * DEEPEST + ")" * DEEPEST)
    with pytest.raises(QueryError) as caught:
        refuse_depth("(" * (DEEPEST + 1))
    assert caught.value.code == "query-too-deep"


def test_a_broken_query_about_services_is_reported_as_broken() -> None:
    with pytest.raises(QueryError) as caught:
        refuse_service("SELECT * { ?s ?p 'support services' FILTER( }")
    assert caught.value.code == "bad-query"
