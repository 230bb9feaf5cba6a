"""``/id/...``: a page for every thing in the graph, and its triples for programs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from graph.ask import ask, questions
from graph.coverage import coverage
from graph.errors import GraphError
from graph.gaps import find_gaps
from graph.kinds import KINDS
from graph.model import Answer, Cell, Gap, Question, Thing
from graph.steady import steady
from graph.terms import expand
from service import describe
from service.contract import TEXT, responses
from service.describe_data import FORMAT_NAMES, FORMATS, data_of, document_of, exists, serialise
from service.describe_published import published_of
from service.describe_response import PAGE, alternates, content_type, page, sent, suffix_for
from service.negotiation import HTML
from service.parameters import LANG_PARAMETER, language
from service.routes.ask import by_grade
from service.routes.graph_store import graph_at
from service.site import Site, site_of
from service.wording import STATES

router = APIRouter()

#: More rows than these are behind the link to the whole answer.
ROWS_SHOWN = 25
GAPS_SHOWN = 5
#: The question that tells who said what and when, of anything that a source speaks of.
HISTORY = "history-of"
_MEDIA = {HTML: TEXT} | {media: TEXT if media.startswith("text/") else {} for media, _ in FORMATS.values()}
RESPONSES = responses(_MEDIA, 404, 406, 422) | {
    308: {"description": "It was judged to be the same as another thing, whose address this is"},
    303: {"description": "Where the page or the data of the thing are, as the Accept header asks"},
    304: {"description": "The client has it already"},
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
    responses=RESPONSES,
    response_class=Response,
    openapi_extra={"parameters": [LANG_PARAMETER]},
    name="thing",
)
def thing(request: Request, path: str) -> Response:
    """What the graph says of a thing. A thing itself cannot be sent: its address leads to its page or, as the Accept
    header asks, to its data; those have the address with ``.html``, ``.ttl``, ``.jsonld``, ``.rdf``, ``.nt`` or
    ``.json``."""
    site = site_of(request)
    if (merged := _merged_into(site, path)) is not None:
        # Not for ever: the merge can be taken back.
        headers = {"cache-control": "no-cache", "location": merged}
        return Response(status_code=308, headers=headers)
    iri = _iri(site, path)
    if iri is not None:
        suffix = suffix_for(request)
        if suffix != PAGE and (graph := graph_at(request, path)) is not None:
            return graph
        return see_other(request, path, suffix)
    if (graph := graph_at(request, path)) is not None:
        return graph
    stem, _, suffix = path.rpartition(".")
    if (suffix in FORMATS or suffix == PAGE) and (iri := _iri(site, stem)) is not None:
        return (
            page(request, site.store.generation, lambda: _page(request, site, iri, stem))
            if suffix == PAGE
            else _data(request, site, iri, stem, suffix)
        )
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
        if exists(site.store, iri):
            return iri
    return None


def _merged_into(site: Site, path: str) -> str | None:
    """The address of what a thing was merged into, in the same form."""
    stem, dot, suffix = path.rpartition(".")
    judgements = site.judgements
    tries = [(path, "")] + ([(stem, dot + suffix)] if suffix in FORMATS or suffix == PAGE else [])
    for name, ending in tries:
        for iri in site.iris_of(name):
            to = judgements.standing(iri)
            address = site.path_of(to) if to != iri else None
            if address:
                return f"{address}{ending}"
    return None


def see_other(request: Request, path: str, suffix: str) -> Response:
    """Always a path of this host, whatever base the thing's IRI has."""
    query = f"?{request.url.query}" if request.url.query else ""
    address = f"/id/{quote(path, safe='/')}.{suffix}{query}"
    links = ", ".join(alternates(f"/id/{path}"))
    return Response(status_code=303, headers={"location": address, "vary": "Accept", "link": links})


def _data(request: Request, site: Site, iri: str, path: str, suffix: str) -> Response:
    url = site.settings.url
    data, generation, _ = steady(site.store, lambda: data_of(site.store, iri))
    document = f"{url}/id/{quote(path, safe='/')}.{suffix}"
    triples = document_of(document, iri, data, generation, f"{url}/dataset#dataset")
    body = serialise(triples, suffix, published_of(request).context, f"{url}/ns/context.jsonld")
    links = [f'<{_ascii(iri)}>; rel="describes"', *alternates(f"/id/{path}")]
    return sent(request, body, content_type(suffix), generation, links)


def _ascii(iri: str) -> str:
    """An IRI as a header can carry it (RFC 3987, section 3.1)."""
    return quote(iri, safe="%/:?#[]@!$&'()*+,;=-._~")


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
        format_names=FORMAT_NAMES,
        record=record,
        asked=asked,
        kind=KINDS.get(record.thing.kind),
        sections=sections,
        groups=describe.groups(site.store, names, iri, lang, _told(sections)),
        cells=_cells(site, asked, lang),
        gaps=_gaps(site, asked, lang),
        shown=ROWS_SHOWN,
        history=HISTORY,
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
        answer = ask(
            site.store, question.name, {parameter: thing.iri}, lang=lang, names=site.names, projection=site.projection
        )
        if question.name == HISTORY:
            # What is said now is on the page already.
            answer = replace(answer, rows=tuple(row for row in answer.rows if row.values["until"]))
        found.append(Section(question, parameter, answer, by_grade(answer)))
    return tuple(sorted(found, key=lambda section: section.question.name == HISTORY))


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
    found = coverage(site.store, theme=theme, place=place, lang=lang, names=site.names, projection=site.projection)
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
    return find_gaps(
        site.store,
        None,
        {thing.kind: thing.iri},
        lang=lang,
        names=site.names,
        limit=GAPS_SHOWN,
        projection=site.projection,
    ).gaps
