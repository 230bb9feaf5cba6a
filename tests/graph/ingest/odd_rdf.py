"""RDF as it arrives: every syntax, odd and hostile files. What is in them is invented."""

from __future__ import annotations

import gzip
from collections.abc import Callable

TURTLE = """@prefix : <http://blue.example/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:blue a org:FormalOrganization ;
  skos:prefLabel "Синий дом"@ru .
:red a org:FormalOrganization ; skos:prefLabel "Red House"@en .
"""
RDF_XML = """<?xml version="1.0" encoding="{}"?>
{}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://www.w3.org/2004/02/skos/core#">
<rdf:Description rdf:about="http://blue.example/blue"><s:prefLabel xml:lang="ru">{}</s:prefLabel></rdf:Description>
</rdf:RDF>"""
JSON_LD = '{"@context": %s, "@id": "http://blue.example/blue", "http://www.w3.org/2004/02/skos/core#note": %s}'
_BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))
_CHAIN = "".join(f"_:n{n} <http://blue.example/next> _:n{n + 1} .\n" for n in range(100_000))
_RING = "".join(f"_:n{n} <http://blue.example/next> _:n{(n + 1) % 1000} .\n" for n in range(1000))


def xml(text: str = "Синий дом", encoding: str = "utf-8", head: str = "") -> bytes:
    return RDF_XML.format(encoding, head, text).encode(encoding)


#: Name of the case -> (file name, bytes). What is said of each is in odd_files.csv.
RDF_FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "Turtle": ("a.ttl", TURTLE.encode),
    "Turtle in UTF-16": ("a.ttl", lambda: TURTLE.encode("utf-16")),
    "Turtle in windows-1251": ("a.ttl", lambda: TURTLE.encode("cp1251")),
    "Turtle called a table": ("a.csv", TURTLE.encode),
    "Turtle called JSON-LD": ("a.jsonld", TURTLE.encode),
    "TriG called Turtle": ("a.ttl", lambda: b"@prefix : <http://blue.example/> .\n:g { :a :p :b . }\n"),
    "N-Quads called text": ("a.txt", lambda: b"<http://a.example/a> <http://a.example/p> <http://a.example/b> _:g .\n"),
    "RDF in gzip": ("a.ttl.gz", lambda: gzip.compress(TURTLE.encode())),
    "RDF/XML in windows-1251": ("a.rdf", lambda: xml(encoding="windows-1251")),
    "RDF/XML called XML": ("a.xml", xml),
    "RDF/XML with a short address": ("a.owl", lambda: xml("&e;", head='<!DOCTYPE r [<!ENTITY e "Blue House">]>')),
    "JSON-LD": ("a.jsonld", lambda: (JSON_LD % ("{}", '"x"')).encode()),
    "JSON-LD called JSON": ("a.json", lambda: (JSON_LD % ('"https://schema.org/"', '"x"')).encode()),
    "JSON-LD with a context from elsewhere": (
        "a.jsonld",
        lambda: (JSON_LD % ('["https://evil.example/context.jsonld"]', '"x"')).encode(),
    ),
    "JSON-LD that imports a context": (
        "a.jsonld",
        lambda: (JSON_LD % ('{"@import": "https://evil.example/c"}', '"x"')).encode(),
    ),
    "broken JSON-LD": ("a.jsonld", lambda: b'{"@id": "a",\n "@type": }'),
    "N3 with a rule": (
        "a.n3",
        lambda: b"@prefix : <http://e.example/> .\n{ :a :p :b } => { :b :p :a } .\n:a :p :b .\n",
    ),
    "RDF 1.2": ("a.nt", lambda: b"<a:a> <a:p> <<( <a:a> <a:b> <a:c> )>> .\n<a:a> <a:p> <a:b> .\n"),
    "no RDF": ("a.ttl", lambda: b"id,name\nanna,Anna\n"),
    "nothing in RDF": ("a.nt", lambda: b"\n"),
    "comments only": ("a.nt", lambda: b"# nothing\n"),
    "several faults": (
        "a.ttl",
        lambda: b"@prefix : <http://e.example/> .\n:a :p <http://a b> .\n:b :p ex:c .\n:c :p :d .\n:d :p nonsense .\n",
    ),
    "a bomb in RDF/XML": ("a.rdf", lambda: xml("&a9;", head=f"<!DOCTYPE r [{_BOMB}]>")),
    "a slow bomb in RDF/XML": (
        "a.rdf",
        lambda: xml("&e;" * 1_000_000, head=f'<!DOCTYPE r [<!ENTITY e "{"lol" * 90}">]>'),
    ),
    "RDF/XML that reads a file": ("a.rdf", lambda: xml("&e;", head='<!DOCTYPE r [<!ENTITY e SYSTEM "/etc/passwd">]>')),
    "RDF/XML as deep as a well": ("a.rdf", lambda: xml("<a>" * 100_000 + "</a>" * 100_000)),
    "JSON-LD as deep as a well": (
        "a.jsonld",
        lambda: ('{"@id": "http://a.example/", "http://a.example/p": ' * 5_000 + "1" + "}" * 5_000).encode(),
    ),
    "quoted triples as deep as a well": (
        "a.ttl",
        lambda: b"<a:a> <a:p> " + b"<<( <a:b> <a:p> " * 100_000 + b"1" + b" )>>" * 100_000 + b" .",
    ),
    "a chain of blank nodes": ("a.nt", _CHAIN.encode),
    "a nest of blank nodes": (
        "a.ttl",
        lambda: b"<a:a> <a:p> " + b"[ <a:p> " * 100_000 + b"1" + b" ]" * 100_000 + b" .",
    ),
    "a ring of blank nodes": ("a.nt", _RING.encode),
    "two alike in a ring": ("a.nt", lambda: b"_:a <a:p> _:b .\n_:b <a:p> _:a .\n"),
    "a ring that is told apart": ("a.nt", lambda: b'_:a <a:p> _:b .\n_:b <a:p> _:a .\n_:b <a:q> "x" .\n'),
}
