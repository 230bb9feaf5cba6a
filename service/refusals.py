"""How a refused write is told: as a problem with its results, as a page, or as a SHACL report in RDF."""

from __future__ import annotations

import io
from typing import Any

import pyoxigraph as ox
from fastapi import Request
from fastapi.responses import JSONResponse, Response

from graph.batches.report import explanation
from graph.ingest.validation import load_shapes
from graph.model import ValidationReport
from graph.shacl.report import REPORT_PREFIXES, Locate, component_of, to_triples
from service.formats import content_type
from service.negotiation import JSON, PROBLEM, choose, preferred_language, wants_page
from service.problems import Problem
from service.site import LANGUAGES, site_of

#: Media types in which a report is given as RDF.
REPORTS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


def as_rdf(report: ValidationReport, media_type: str, locate: Locate | None = None) -> bytes:
    """A report in one of ``REPORTS``."""
    target = io.BytesIO()
    triples = to_triples(report, load_shapes().shapes, locate)
    ox.serialize(triples, target, format=REPORTS[media_type], prefixes=REPORT_PREFIXES)
    return target.getvalue()


def reader_language(request: Request) -> str:
    """``lang`` of the address where that is a language of ours, else what the browser asks for, else English."""
    lang = request.query_params.get("lang", "").strip()
    return lang if lang in LANGUAGES else preferred_language(request.headers.get("accept-language"), list(LANGUAGES))


def results(report: ValidationReport, lang: str) -> list[dict[str, Any]]:
    """The results as JSON has them: ``message`` in the reader's language, ``messages`` in all."""
    return [
        {
            "severity": one.severity.value,
            "focusNode": one.focus,
            "resultPath": one.path,
            "value": one.value,
            "sourceShape": one.rule,
            "sourceConstraintComponent": component_of(one),
            "message": one.message.get(lang) or one.message["en"],
            "messages": dict(one.message),
            "explained": explanation(one.rule),
        }
        for one in report.results
    ]


def response(request: Request, problem: Problem, report: ValidationReport) -> Response:
    """The problem of a refused write, as its sender wants it."""
    lang = reader_language(request)
    accept = request.headers.get("accept")
    told = results(report, lang)
    headers = {**problem.headers, "content-language": lang, "vary": "Accept, Accept-Language"}
    if wants_page(accept):
        page = site_of(request).render(request, "refused.html", problem.status, lang, problem=problem, results=told)
        page.headers.update(headers)
        return page
    chosen = choose(accept, [PROBLEM, JSON, *REPORTS])
    if chosen in REPORTS:
        # In both languages at once.
        headers.pop("content-language")
        return Response(as_rdf(report, chosen), problem.status, headers, media_type=content_type(chosen))
    body = {**problem.as_json(), "conforms": False, "results": told}
    return JSONResponse(body, problem.status, headers, media_type=PROBLEM)
