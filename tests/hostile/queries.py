"""Queries that no engine survives, and small ones that must be answered beside them."""

from __future__ import annotations

_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"

HOSTILE: dict[str, str] = {
    "counting a cross product": f"SELECT (COUNT(*) AS ?n) {{ {_CROSS} }}",
    "sorting a cross product": f"SELECT * {{ {_CROSS} }} ORDER BY ?c ?f ?i",
    "an endless path": "SELECT (COUNT(*) AS ?n) "
    "{ ?a (!<x:x>|^!<x:x>)* ?b . ?c (!<x:x>|^!<x:x>)* ?d . ?e (!<x:x>)* ?f }",
    "20,000 nested parentheses": "SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
    "20,000 nested groups": "SELECT * " + "{" * 20_000 + " ?s ?p ?o " + "}" * 20_000,
    "20,000 negations": "SELECT * { FILTER(" + "!" * 20_000 + "true) }",
    "500 disconnected patterns": "SELECT * {" + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(500)) + "} ORDER BY ?a1",
    "doubling a string": "SELECT ?z { BIND('aaaaaaaaaaaaaaaa' AS ?s0) "
    + " ".join(f"BIND(CONCAT(?s{i}, ?s{i}) AS ?s{i + 1})" for i in range(40))
    + " BIND(STRLEN(?s40) AS ?z) }",
    "gigabytes of result": f"SELECT * {{ {_CROSS} }}",
    "gigabytes of graph": f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {_CROSS} }}",
    "grouping a cross product": f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {_CROSS} }} GROUP BY ?a ?d ?g",
    "distinct strings of a cross product": f"SELECT DISTINCT (CONCAT(STR(?a), STR(?d), STR(?g)) AS ?x) {{ {_CROSS} }}",
    "values by the thousand": "SELECT (COUNT(*) AS ?n) {"
    + "".join(f" VALUES ?v{i} {{ {' '.join(str(n) for n in range(100))} }}" for i in range(12))
    + " }",
}
#: Of these a client asks and does not read what comes.
UNREAD = ("gigabytes of result", "gigabytes of graph")


def small(number: int) -> str:
    """A lookup that differs from all others, so that no cache can answer it."""
    return (
        "SELECT ?s ?label { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?label "
        f"FILTER(LANG(?label) = 'en') }} ORDER BY ?s LIMIT 5 OFFSET {number % 97} # {number}"
    )
