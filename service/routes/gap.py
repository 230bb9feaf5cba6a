"""``/id/gap/<kind>/<segment>``: one gap - open or closed, why, how badly, what would close it, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from graph.coverage.asof import newest_statement
from graph.errors import GraphError
from graph.gaps import find_gap, kinds, rows_of
from graph.gaps.addresses import iri_of, subjects_of
from graph.gaps.book import Event
from graph.gaps.chronicle import open_since
from graph.model import Gap, Thing
from service.describe_data import FORMAT_NAMES, FORMATS, document_of, serialise
from service.describe_gap import gap_data
from service.describe_published import published_of
from service.describe_response import PAGE, alternates, content_type, page_as_it_is, sent, suffix_for
from service.parameters import LANG_PARAMETER, language
from service.routes.gaps import following_of
from service.routes.things import RESPONSES, see_other
from service.site import LANGUAGES, Site, site_of

router = APIRouter()


@dataclass(frozen=True, slots=True)
class _Found:
    iri: str
    kind: str
    subjects: tuple[str, ...]
    gap: Gap | None
    history: tuple[Event, ...]


@router.get(
    "/id/gap/{kind}/{segment}",
    responses=RESPONSES,
    response_class=Response,
    openapi_extra={"parameters": [LANG_PARAMETER]},
    name="gap",
)
def gap(request: Request, kind: str, segment: str) -> Response:
    """One gap: whether it is open now, why, its severity with the terms, what would close it, what that rests on, the
    query, and what became of it since its history is kept. Its address leads to its page or, as the Accept header asks,
    to its data; those have the address with ``.html``, ``.ttl``, ``.jsonld``, ``.rdf``, ``.nt`` or ``.json``."""
    lang = language(request)
    stem, _, suffix = segment.rpartition(".")
    if (suffix in FORMATS or suffix == PAGE) and (found := _find(request, kind, stem, lang)) is not None:
        return _page(request, found, lang) if suffix == PAGE else _data(request, found, suffix)
    if _find(request, kind, segment, lang) is not None:
        return see_other(request, f"gap/{kind}/{segment}", suffix_for(request))
    raise GraphError(
        "not-found",
        f"There is no gap '{segment[:200]}' of the kind '{kind[:100]}', and none is known to have been there.",
        "The gaps there are can be found at /gaps.",
    )


def _find(request: Request, kind: str, segment: str, lang: str) -> _Found | None:
    site = site_of(request)
    base = site.store.base
    if kind not in kinds():
        return None
    iri = f"{base}gap/{kind}/{segment}"
    history = following_of(request).chronicle.history(iri)
    if history:
        tries: tuple[tuple[str, ...], ...] = (history[-1].subjects,)
    elif not (tries := subjects_of(base, kinds()[kind], segment)):
        # Not all of its subjects are ours, so that only a search tells what it is about.
        day = newest_statement(site.store, projection=site.projection)
        rows = rows_of(site.store, kinds()[kind], site.names, day, projection=site.projection)
        tries = tuple(row.subjects for row in rows if iri_of(base, kind, row.subjects) == iri)
    for subjects in tries:
        try:
            found = find_gap(site.store, kind, subjects, lang=lang, names=site.names, projection=site.projection)
        except ValueError:
            continue  # What stands there is no part of an IRI.
        if found is not None:
            return _Found(iri, kind, subjects, found, history)
    return _Found(iri, kind, history[-1].subjects, None, history) if history else None


def _page(request: Request, found: _Found, lang: str) -> Response:
    site = site_of(request)
    begins = following_of(request).chronicle.begins
    rendered = site.render(
        request,
        "gap.html",
        lang=lang,
        found=found,
        gap=found.gap,
        gap_kind=kinds()[found.kind],
        weights={found.kind: {term.name: term.weight for term in kinds()[found.kind].severity}},
        subjects=_subjects(site, found, lang),
        since=open_since(found.history),
        begins=begins,
        data_path=f"/id/gap/{found.kind}/{found.iri.rpartition('/')[2]}",
        formats=FORMATS,
        format_names=FORMAT_NAMES,
    )
    return page_as_it_is(request, site.store.generation, rendered)


def _subjects(site: Site, found: _Found, lang: str) -> tuple[Thing, ...]:
    return tuple(site.names.thing(iri, lang) for iri in found.subjects)


def _data(request: Request, found: _Found, suffix: str) -> Response:
    site = site_of(request)
    url, generation = site.settings.url, site.store.generation
    path = f"gap/{found.kind}/{found.iri.rpartition('/')[2]}"
    told = {
        lang: gap
        for lang in LANGUAGES
        if found.gap is not None
        and (
            gap := find_gap(
                site.store, found.kind, found.subjects, lang=lang, names=site.names, projection=site.projection
            )
        )
        is not None
    }
    data = gap_data(found.iri, kinds()[found.kind], told, found.history)
    document = f"{url}/id/{quote(path, safe='/')}.{suffix}"
    triples = document_of(document, found.iri, data, generation, f"{url}/dataset#dataset")
    body = serialise(triples, suffix, published_of(request).context, f"{url}/ns/context.jsonld")
    links = [f'<{found.iri}>; rel="describes"', *alternates(f"/id/{path}")]
    return sent(request, body, content_type(suffix), generation, links)
