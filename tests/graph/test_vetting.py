"""What a text may not contain, and the dataset of an update. The engine reads keywords without word boundaries, so the
attacks are odd."""

import pyoxigraph as ox
import pytest

from graph.errors import QueryError
from graph.store.probe import update_complaint
from graph.store.vetting import vet_query, vet_update

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


LOAD = [
    "LOAD <http://127.0.0.1:1/>",
    "load silent<http://127.0.0.1:1/>into graph<urn:g>",
    "LOAD#x\n<http://127.0.0.1:1/>",
    "PREFIX : <http://127.0.0.1:1/> LOAD :x",
    "BASE <http://127.0.0.1:1/> LOAD <x>",
    "INSERT DATA {} ; LOAD SILENT <http://127.0.0.1:1/> ;",
    "LOAD <file:///etc/passwd>",
]
G, H = "https://example.org/g", "https://example.org/h"


@pytest.mark.parametrize("query", SERVICE)
def test_the_service_clause_is_refused(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        vet_query(query)
    assert caught.value.code == "service-refused"


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_elsewhere_is_no_clause(query: str) -> None:
    vet_query(query)


@pytest.mark.parametrize("query", ["SELECT * {\n ?s ?p 'service' ", "SELECT * { ?s ?p 'support services' FILTER( }"])
def test_a_broken_query_with_the_word_is_said_to_be_broken(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        vet_query(query)
    assert caught.value.code == "syntax"
    assert "error at" in caught.value.message


@pytest.mark.parametrize("update", LOAD)
def test_load_is_refused(update: str) -> None:
    with pytest.raises(QueryError) as caught:
        vet_update(update)
    assert caught.value.code == "load-refused"


def test_service_in_an_update_is_refused() -> None:
    with pytest.raises(QueryError) as caught:
        vet_update("INSERT { ?s ?p ?o } WHERE { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }")
    assert caught.value.code == "service-refused"


@pytest.mark.parametrize(
    "update",
    [
        "",
        "# nothing\n",
        "PREFIX load: <urn:> ",
        "INSERT DATA { <load> <urn:p> 'load <x> where { service' } ;",
        "CLEAR ALL ; CREATE GRAPH <urn:g>",
        "DELETE WHERE { ?load ?p ?o }",
    ],
)
def test_a_harmless_update_is_left_as_it_is(update: str) -> None:
    assert vet_update(update) == update


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <b:b> <c:c>",
        "INSERT DATA { <a:a> <b:b> '''",
        "WITH <a:b>",
        "DELETE",
        "CLEAR DEFAULT @",
        "CLEAR DEFAULT ;;",
        "INSERT DATA { ?s ?p ?o }",
    ],
)
def test_what_is_no_whole_update_is_complained_about(update: str) -> None:
    assert update_complaint(update)
    with pytest.raises(QueryError) as caught:
        vet_update(update)
    assert caught.value.code == "syntax"


def found(update: str) -> set[str]:
    """What an update that copies what it finds into <urn:out> finds in a store of four triples."""
    store = ox.Store()
    p = ox.NamedNode("urn:p")
    for name in ("d", "g", "h", "i"):
        graph = ox.DefaultGraph() if name == "d" else ox.NamedNode(f"https://example.org/{name}")
        store.add(ox.Quad(ox.NamedNode(f"urn:{name}"), p, ox.Literal(name), graph))
    store.update(update)
    return {str(quad.object.value) for quad in store.quads_for_pattern(None, None, None, ox.NamedNode("urn:out"))}


PLAIN = "INSERT { GRAPH <urn:out> { ?s ?p ?o } } WHERE { ?s ?p ?o }"
NAMED = "INSERT { GRAPH <urn:out> { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }"
TRICKY = """PREFIX where: <urn:> # where
INSERT { GRAPH <urn:out> { ?where where:p ?o } } #WHERE {
WHERE{ { SELECT ?where ?o WHERE { ?where ?p ?o FILTER(?o != 'WHERE {' && STR(?o)<'x') } } } ; CLEAR DEFAULT"""


@pytest.mark.parametrize(
    ("update", "using", "using_named", "wanted"),
    [
        (PLAIN, [], [], {"d"}),
        (PLAIN, [G], [], {"g"}),
        (PLAIN, [G, H], [], {"g", "h"}),
        (PLAIN, [], [G], set()),
        (NAMED, [], [], {"g", "h", "i"}),
        (NAMED, [], [G, H], {"g", "h"}),
        (NAMED, [G], [], set()),
        (TRICKY, [G], [H], {"g"}),
        (f"CLEAR GRAPH <{G}> ; {PLAIN} ; {NAMED} ;", [G], [H], {"h"}),
    ],
)
def test_the_dataset_of_a_request_is_that_of_each_where(
    update: str, using: list[str], using_named: list[str], wanted: set[str]
) -> None:
    assert found(vet_update(update, using, using_named)) == wanted


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "dataset-conflict"),
        ("DELETE { ?s ?p ?o } USING <urn:g> WHERE { ?s ?p ?o }", "dataset-conflict"),
        ("DELETE { ?s ?p ?o }using named<urn:g>WHERE { ?s ?p ?o }", "dataset-conflict"),
        ("DELETE WHERE { ?s ?p ?o }", "dataset-unsupported"),
        ("DELETE # x\nWHERE { ?s ?p ?o }", "dataset-unsupported"),
        ("INSERT { ?s ?p '\\u0041' } WHERE { ?s ?p ?o }", "dataset-unsupported"),
        (f"{PLAIN} ;" * 120, "dataset-unsupported"),
    ],
)
def test_a_dataset_that_cannot_be_applied_is_refused(update: str, code: str) -> None:
    with pytest.raises(QueryError) as caught:
        vet_update(update, [G])
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    ("update", "read"),
    [
        ("CLEAR DEFAULT ; PREFIX b: <urn:b:> INSERT DATA { b:x b:y b:z }", {"urn:b:x"}),
        ("PREFIX a: <urn:a:> INSERT DATA { a:x a:y a:z } ; PREFIX b: <urn:b:> INSERT DATA { b:x a:y b:z } ;", None),
        ("PREFIX a: <urn:a:>\nINSERT DATA { a:x a:y a:z };\n\tprefix a: <urn:a:> INSERT DATA { a:w a:y a:z }", None),
        ("INSERT DATA { <urn:x> <urn:y> '; PREFIX a: <urn:a:> ' } ;#;\n# PREFIX\nPREFIX a:#\n<urn:a:>", {"urn:x"}),
        ("BASE <urn:b> INSERT DATA { <#x> <#y> <#z> } ; BASE <urn:b> PREFIX : <#> INSERT DATA { :w :y :z }", None),
    ],
)
def test_declarations_in_the_middle_are_read(update: str, read: set[str] | None) -> None:
    store = ox.Store()
    store.update(vet_update(update))
    subjects = {quad.subject.value for quad in store}
    assert subjects == read if read else len(subjects) == 2


@pytest.mark.parametrize(
    "update",
    [
        "PREFIX a: <urn:a:> INSERT DATA { a:x a:y a:z } ; PREFIX a: <urn:b:> INSERT DATA { a:x a:y a:z }",
        "INSERT DATA { <x> <y> <z> } ; BASE <urn:b> INSERT DATA { <x> <y> <z> }",
    ],
)
def test_a_declaration_that_would_change_what_came_before_is_refused(update: str) -> None:
    with pytest.raises(QueryError) as raised:
        vet_update(update)
    assert raised.value.code == "declared-twice"


def test_a_fault_after_a_declaration_in_the_middle_keeps_its_line() -> None:
    with pytest.raises(QueryError, match="at 3:"):
        vet_update("CLEAR DEFAULT ;\nPREFIX a: <urn:a:>\nINSERT DATUM { a:x a:y a:z }")
