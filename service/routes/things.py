"""``/id/...``: a page for every thing in the graph, and its triples for programs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from graph.ask import ask, questions
from graph.coverage import coverage
from graph.errors import GraphError
from graph.gaps import find_gaps
from graph.kinds import KINDS
from graph.model import Answer, Cell, Gap, Question, Thing
from graph.terms import PREFIXES, expand
from service import describe
from service.contract import TEXT, responses
from service.negotiation import HTML, choose
from service.parameters import LANG_PARAMETER, language
from service.routes.ask import by_grade
from service.site import Site, site_of
from service.wording import STATES

router = APIRouter()

#: Formats of the data about a thing, by the suffix of the address.
FORMATS: dict[str, tuple[str, ox.RdfFormat]] = {
    "ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    "json": ("application/ld+json", ox.RdfFormat.JSON_LD),
    "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
}
_BY_MEDIA_TYPE = {media: (media, form) for media, form in FORMATS.values()} | {"application/json": FORMATS["json"]}

#: More rows than these are behind the link to the whole answer.
ROWS_SHOWN = 25
GAPS_SHOWN = 5
_MEDIA = {HTML: TEXT, "text/turtle": TEXT, "application/ld+json": {}, "application/n-triples": TEXT} | {
    "application/rdf+xml": TEXT
}


@dataclass(frozen=True, slots=True)
class Section:
    """One question's answer about the thing, as a part of its page."""

    question: Question
    parameter: str
    answer: Answer
    groups: tuple[tuple[str, tuple[object, ...]], ...]


@router.get(
    "/id/{path:path}",
    responses=responses(_MEDIA, 404, 406, 422),
    response_class=Response,
    openapi_extra={"parameters": [LANG_PARAMETER]},
    name="thing",
)
def thing(request: Request, path: str) -> Response:
    """What the graph says of a thing: a page, or its triples as Turtle, JSON-LD, N-Triples or RDF/XML."""
    site = site_of(request)
    iri = _iri(site, path)
    if iri is not None:
        media_type = choose(request.headers.get("accept"), [HTML, *_BY_MEDIA_TYPE])
        if media_type is None:
            raise GraphError(
                "not-acceptable", f"This thing can be had as {HTML}, {', '.join(m for m, _ in FORMATS.values())}."
            )
        if media_type != HTML:
            return _data(site, iri, *_BY_MEDIA_TYPE[media_type])
        response = _page(request, site, iri, path)
        response.headers["vary"] = "Accept"
        return response
    stem, _, suffix = path.rpartition(".")
    if suffix in FORMATS and (iri := _iri(site, stem)) is not None:
        return _data(site, iri, *FORMATS[suffix])
    if path.rstrip("/") in KINDS:
        return RedirectResponse(f"/browse/{path.rstrip('/')}", 307)
    raise GraphError(
        "not-found",
        f"Nothing here is called '{path[:200]}'.",
        "Its name may have changed: look for it in the lists of things.",
    )


def _iri(site: Site, path: str) -> str | None:
    """The IRI that a path stands for, if the graph says anything of it."""
    for iri in site.iris_of(path):
        try:
            ox.NamedNode(iri)
        except ValueError:
            continue
        if describe.exists(site.store, iri):
            return iri
    return None


def _data(site: Site, iri: str, media_type: str, form: ox.RdfFormat) -> Response:
    body = ox.serialize(describe.triples(site.store, iri), format=form, prefixes=PREFIXES)
    kind = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
    return Response(body, headers={"content-type": kind, "vary": "Accept"})


def _page(request: Request, site: Site, iri: str, path: str) -> Response:
    lang = language(request)
    names = site.names
    record = describe.record(site.store, names, iri, lang)
    # Only what has a name can be asked about; a bibliographic note beside a theme is not a theme.
    asked = record.thing if names.labels(iri) else replace(record.thing, kind="")
    sections = _sections(site, asked, lang)
    return site.render(
        request,
        "thing.html",
        lang=lang,
        iri=iri,
        data_path="/id/" + path,
        record=record,
        kind=KINDS.get(record.thing.kind),
        sections=sections,
        groups=describe.groups(site.store, names, iri, lang, _told(sections)),
        cells=_cells(site, asked, lang),
        gaps=_gaps(site, asked, lang),
        shown=ROWS_SHOWN,
        formats=FORMATS,
    )


def _sections(site: Site, thing: Thing, lang: str) -> tuple[Section, ...]:
    """Every question that this thing alone can answer, so that a new question shows up on pages by itself."""
    found = []
    for question in questions().values():
        fitting = [p for p in question.parameters if thing.kind and thing.kind in p.kind.split("|")]
        if not fitting or any(p.required and p is not fitting[0] for p in question.parameters):
            continue
        parameter = fitting[0].name
        answer = ask(site.store, question.name, {parameter: thing.iri}, lang=lang, names=site.names)
        found.append(Section(question, parameter, answer, by_grade(answer)))
    return tuple(found)


def _told(sections: tuple[Section, ...]) -> frozenset[str]:
    """The classes of records that the answers on a page are made of."""
    told = {
        "what-does": ("cg:Engagement", "cg:Collaboration"),
        "who-works-on": ("cg:Engagement", "cg:Collaboration"),
        "who-presented": ("cg:Talk", "cg:Appearance"),
        "who-collaborates": ("cg:Collaboration",),
        "resources-on": ("schema:CreativeWork",),
        "said-at": ("cg:MeetingStatement",),
    }
    return frozenset(expand(curie) for s in sections if s.answer.rows for curie in told.get(s.question.name, ()))


def _cells(site: Site, thing: Thing, lang: str) -> tuple[tuple[tuple[str, str, str], tuple[Cell, ...]], ...]:
    """For a theme or place: its cells of which something is known, those of one state and reason together."""
    if thing.kind not in ("theme", "place"):
        return ()
    theme, place = (thing.iri if thing.kind == kind else None for kind in ("theme", "place"))
    found = coverage(site.store, theme=theme, place=place, lang=lang, names=site.names)
    own = found.cells if thing.kind == "place" else tuple(c for c in found.cells if c.theme.iri == thing.iri)
    alike: dict[tuple[str, str, str], list[Cell]] = {}
    for c in own:
        if c.state != "unknown":
            alike.setdefault((c.state, c.label, c.reason), []).append(c)
    order = [*STATES]
    return tuple((key, tuple(alike[key])) for key in sorted(alike, key=lambda key: (order.index(key[0]), key[2])))


def _gaps(site: Site, thing: Thing, lang: str) -> tuple[Gap, ...]:
    """For a theme or place: its worst gaps."""
    if thing.kind not in ("theme", "place"):
        return ()
    return find_gaps(site.store, None, {thing.kind: thing.iri}, lang=lang, names=site.names)[:GAPS_SHOWN]
