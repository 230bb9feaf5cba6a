"""``/ns``: what the terms mean and which rules data keep, for people and for programs.

The terms' IRIs are those of ``https://w3id.org/commonground/ns#`` in every installation; this is where that address
can lead. It is a document about them, so it is sent at once and not by a 303.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pyoxigraph import Triple

from graph.errors import GraphError
from graph.ingest.messages import SENTENCES
from graph.ingest.rules import describe_rules
from graph.terms import NS, PREFIXES, RULES
from service.contract import OBJECT, TEXT, responses
from service.describe_data import FORMAT_NAMES, FORMATS, JSON_LD, serialise
from service.describe_published import published_of
from service.describe_response import PAGE, alternates, content_type, page, sent, suffix_for
from service.describe_vocabulary import SHAPE_PREFIXES, SHAPES, Term, Texts, Vocabulary, curie
from service.negotiation import HTML
from service.parameters import LANG_PARAMETER, language
from service.site import site_of

router = APIRouter()

_MEDIA: dict[str, Any] = {HTML: TEXT} | {m: TEXT if m.startswith("text/") else {} for m, _ in FORMATS.values()}
_GIVES = responses(_MEDIA, 404, 406, 422) | {304: {"description": "The client has it already"}}
_EXTRA = {"parameters": [LANG_PARAMETER]}


@router.get("/ns", responses=_GIVES, response_class=Response, openapi_extra=_EXTRA)
def vocabulary(request: Request) -> Response:
    """The vocabulary: every class and property, ours and reused, as a page or as RDF, as the Accept header asks."""
    return _negotiated(request, suffix_for(request), _vocabulary)


@router.get("/ns.{suffix}", responses=_GIVES, response_class=Response, openapi_extra=_EXTRA)
def vocabulary_as(request: Request, suffix: str) -> Response:
    """The vocabulary in one format: html, ttl, jsonld, rdf, nt or json."""
    return _vocabulary(request, suffix)


@router.get(
    "/ns/context.jsonld",
    responses=responses({JSON_LD: OBJECT}) | {304: {"description": "The client has it already"}},
    response_class=Response,
)
def context(request: Request) -> Response:
    """The JSON-LD context that our JSON-LD names."""
    return sent(request, published_of(request).context_text, JSON_LD, None)


@router.get("/ns/shapes", responses=_GIVES, response_class=Response, openapi_extra=_EXTRA)
def shapes(request: Request) -> Response:
    """The SHACL shapes that data must keep, as a page or as RDF, as the Accept header asks."""
    return _negotiated(request, suffix_for(request), _shapes)


@router.get("/ns/shapes.{suffix}", responses=_GIVES, response_class=Response, openapi_extra=_EXTRA)
def shapes_as(request: Request, suffix: str) -> Response:
    """The SHACL shapes in one format: html, ttl, jsonld, rdf, nt or json."""
    return _shapes(request, suffix)


@router.get("/ns/rules", responses=_GIVES, response_class=Response, openapi_extra=_EXTRA)
def rules(request: Request) -> Response:
    """The rules of the table layouts, which reports name beside the shapes: what each says, as a page or as RDF."""
    return _negotiated(request, suffix_for(request), _rules)


@router.get("/ns/rules.{suffix}", responses=_GIVES, response_class=Response, openapi_extra=_EXTRA)
def rules_as(request: Request, suffix: str) -> Response:
    """The rules of the table layouts in one format: html, ttl, jsonld, rdf, nt or json."""
    return _rules(request, suffix)


@router.get("/ns/{name}", responses=_GIVES, response_class=Response, openapi_extra=_EXTRA)
def term(request: Request, name: str) -> Response:
    """One term: what it means, how it is used, which rules apply to it. The name is that of a term of ours
    (Engagement) or a prefixed one of others (org:Organization); with a suffix in one format."""
    terms = published_of(request).vocabulary.terms
    if name in terms:
        return _negotiated(request, suffix_for(request), lambda request, suffix: _term(request, terms[name], suffix))
    stem, _, suffix = name.rpartition(".")
    if stem in terms and (suffix in FORMATS or suffix == PAGE):
        return _term(request, terms[stem], suffix)
    raise GraphError("not-found", f"The vocabulary has no term '{name[:200]}'.", "The terms are listed at /ns.")


@router.get("/ns/", include_in_schema=False)
def vocabulary_folder() -> Response:
    return RedirectResponse("/ns", 308)


def _negotiated(request: Request, suffix: str, make: Callable[[Request, str], Response]) -> Response:
    response = make(request, suffix)
    response.headers["vary"] = "Accept"
    response.headers["content-location"] = f"{quote(request.url.path)}.{suffix}"
    return response


def _vocabulary(request: Request, suffix: str) -> Response:
    found = published_of(request).vocabulary
    if suffix == PAGE:
        headings: dict[str, list[Term]] = {}
        for one in found.terms.values():
            headings.setdefault(one.heading, []).append(one)
        return _page(request, "vocabulary.html", "/ns", iri=NS.removesuffix("#"), found=found, headings=headings)
    return _data(request, "/ns", found.triples, suffix, found.text if suffix == "ttl" else None)


def _shapes(request: Request, suffix: str) -> Response:
    found = published_of(request).vocabulary
    if suffix == PAGE:
        # A rule that several shapes share is where its IRI leads only once.
        seen: set[str] = set()
        anchors: dict[str, list[str]] = {}
        for shape in found.shapes.values():
            anchors[shape.name] = [rule.name for rule in shape.rules if rule.name not in seen]
            seen |= {*anchors[shape.name]}
        iri = SHAPES.removesuffix("#")
        return _page(request, "shapes.html", "/ns/shapes", iri=iri, shapes=found.shapes, anchors=anchors)
    return _data(request, "/ns/shapes", found.shape_triples, suffix)


def _rules(request: Request, suffix: str) -> Response:
    if suffix == PAGE:
        said = {rule: dict(zip(("en", "ru"), pair, strict=True)) for rule, pair in sorted(SENTENCES.items())}
        return _page(request, "layout_rules.html", "/ns/rules", iri=RULES.removesuffix("#"), rules=said)
    return _data(request, "/ns/rules", tuple(describe_rules()), suffix)


def _term(request: Request, one: Term, suffix: str) -> Response:
    published = published_of(request)
    found, path = published.vocabulary, f"/ns/{one.name}"
    if suffix != PAGE:
        return _data(request, path, found.triples_of(one), suffix)
    counted = published.statistics()
    return _page(
        request,
        "term.html",
        path,
        counted.generation,
        iri=one.iri,
        term=one,
        rules=found.rules_on(one),
        used=counted.used(one.iri),
        generation=counted.generation,
    )


def _page(request: Request, template: str, path: str, of: int | None = None, **context: Any) -> Response:
    """``of`` is the generation that the page tells of; None where it is of the program only."""
    lang = language(request)
    vocabulary = published_of(request).vocabulary

    def words(texts: Texts) -> str:
        return texts.get(lang) or texts.get("en") or next(iter(texts.values()), "")

    return page(
        request,
        of,
        lambda: site_of(request).render(
            request,
            template,
            lang=lang,
            data_path=path,
            formats=FORMATS,
            format_names=FORMAT_NAMES,
            curie=curie,
            words=words,
            term_path=lambda iri: term_path(vocabulary, iri),
            **context,
        ),
    )


def term_path(vocabulary: Vocabulary, iri: str) -> str | None:
    """Where a term has its page; None for what the vocabulary does not have."""
    found = vocabulary.by_iri.get(iri)
    return None if found is None else "/ns/" + quote(found.name, safe=":")


def _data(request: Request, path: str, triples: tuple[Triple, ...], suffix: str, body: bytes | None = None) -> Response:
    if suffix not in FORMATS:
        raise GraphError("not-found", f"This has no format '{suffix[:50]}'.", f"It has {', '.join([PAGE, *FORMATS])}.")
    if body is None:
        url, prefixes = site_of(request).settings.url, SHAPE_PREFIXES if path == "/ns/shapes" else PREFIXES
        context = published_of(request).context
        body = serialise(triples, suffix, context, f"{url}/ns/context.jsonld", prefixes)
    return sent(request, body, content_type(suffix), None, alternates(path))
