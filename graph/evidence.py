"""What records rest on: the quoted words in a document, the table rows that carried them, and who says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from pyoxigraph import Literal, NamedNode, QuerySolution

from graph.model import Evidence
from graph.names import Names
from graph.store import Store

_QUOTATIONS = """PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT DISTINCT ?record ?words ?document ?quote ?start ?end WHERE {
  VALUES ?record { %s }
  ?record prov:hadPrimarySource ?words .
  OPTIONAL { ?words oa:hasSource ?document }
  OPTIONAL { ?words oa:hasSelector ?quoted . ?quoted oa:exact ?quote }
  OPTIONAL { ?words oa:hasSelector ?placed . ?placed oa:start ?start ; oa:end ?end }
}"""
_ROWS = """PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT DISTINCT ?record ?row WHERE { VALUES ?record { %s } ?record prov:wasDerivedFrom ?row }"""
#: Who makes a statement, or confirms an engagement.
_SAID = """PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?record ?words ?who ?said_on ?document ?note WHERE {
  VALUES ?record { %s }
  {
    VALUES ?class { cg:AbsenceStatement cg:CompletenessStatement cg:Confirmation }
    ?record a ?class .
    BIND(?record AS ?words)
  }
  UNION
  { ?words cg:confirms ?record }
  ?words dcterms:creator ?who ; cg:statedOn ?said_on .
  OPTIONAL { ?words dcterms:source ?document }
  OPTIONAL { ?words cg:basisNote ?note }
}"""
#: Records asked about in one query; keeps the text of a query for a long answer readable by any engine.
_BATCH = 500


def evidence_of(
    store: Store, names: Names, record_iris: Collection[str], lang: str = "en"
) -> dict[str, tuple[Evidence, ...]]:
    """The evidence of each record, by document and position, who says so last; records that rest on nothing are left
    out.

    A record that quotes nothing but came from a table has one Evidence with its row only. Where several rows carried
    a record (the same fact twice), ``row`` has all of them, separated by blanks.
    """
    found: dict[str, tuple[Evidence, ...]] = {}
    ordered = sorted(set(record_iris))
    for start in range(0, len(ordered), _BATCH):
        batch = ordered[start : start + _BATCH]
        values = " ".join(str(NamedNode(iri)) for iri in batch)
        rows: dict[str, set[str]] = defaultdict(set)
        for solution in store.select(_ROWS % values):
            rows[_text(solution, "record")].add(_text(solution, "row"))
        quoted: dict[str, dict[str, Evidence]] = defaultdict(dict)
        for solution in store.select(_QUOTATIONS % values):
            record = _text(solution, "record")
            one = _evidence(solution, " ".join(sorted(rows[record])), names, lang)
            quoted[record].setdefault(one.iri, one)
        said: dict[str, dict[str, Evidence]] = defaultdict(dict)
        for solution in store.select(_SAID % values):
            record = _text(solution, "record")
            row = " ".join(sorted(rows[record])) if record == _text(solution, "words") else ""
            one = _evidence(solution, row, names, lang)
            said[record].setdefault(one.iri, one)
        for record in batch:
            resting = [*sorted(quoted[record].values(), key=_place), *sorted(said[record].values(), key=_day)]
            if not any(one.row for one in resting) and rows[record]:
                resting.insert(0, Evidence(record, "", None, None, None, " ".join(sorted(rows[record]))))
            if resting:
                found[record] = tuple(resting)
    return found


def _evidence(solution: QuerySolution, row: str, names: Names, lang: str) -> Evidence:
    document = _text(solution, "document")
    return Evidence(
        iri=_text(solution, "words"),
        quote=_text(solution, "quote"),
        start=_number(solution, "start"),
        end=_number(solution, "end"),
        document=names.thing(document, lang) if document else None,
        row=row,
        who=_text(solution, "who"),
        said_on=_text(solution, "said_on"),
        note=_text(solution, "note"),
    )


def _day(evidence: Evidence) -> tuple[str, str]:
    return evidence.said_on, evidence.iri


def _place(evidence: Evidence) -> tuple[str, int, str]:
    document = evidence.document.iri if evidence.document else ""
    return document, -1 if evidence.start is None else evidence.start, evidence.iri


def _text(solution: QuerySolution, name: str) -> str:
    term = solution[name]
    return term.value if isinstance(term, NamedNode | Literal) else ""


def _number(solution: QuerySolution, name: str) -> int | None:
    text = _text(solution, name)
    return int(text) if text else None
