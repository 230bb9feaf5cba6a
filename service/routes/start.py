"""The first page: the one box, what is in here, and the ways in. And the page on how to read answers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from graph.ask import newest_statement_date, questions
from graph.gaps import kinds as gap_kinds
from graph.kinds import KINDS
from graph.store import Store
from service.parameters import language
from service.routes.ask import choices
from service.site import site_of
from service.wording import GRADES, STATES

router = APIRouter()

#: Kinds that the first page counts, and the lists offer.
COUNTED = ("organisation", "theme", "place", "person", "event", "talk", "resource", "collaboration", "statement")
ALSO = ("engagement", "project", "document", "source")

#: How often a place of the data is worked in, so that examples show something.
_EXAMPLES = """PREFIX cg: <https://w3id.org/commonground/ns#>
SELECT ?theme ?place (COUNT(DISTINCT ?e) AS ?n) WHERE {
  VALUES ?class { cg:Engagement cg:Collaboration }
  ?e a ?class ; cg:theme ?theme ; cg:place ?place
} GROUP BY ?theme ?place ORDER BY DESC(?n) ?theme ?place LIMIT 40"""


@router.get("/", include_in_schema=False)
def start(request: Request) -> Response:
    site = site_of(request)
    lang = language(request)
    counts = counts_of(site.store)
    return site.render(
        request,
        "start.html",
        lang=lang,
        choices=choices(site, request),
        counts=[(KINDS[name], counts[name]) for name in (*COUNTED, "engagement", "source") if counts[name]],
        questions=questions(),
        gap_kinds=gap_kinds(),
        examples=_examples(request, lang),
        as_of=newest_statement_date(site.store),
        generation=site.store.generation,
    )


@router.get("/about", include_in_schema=False)
def about(request: Request) -> Response:
    return site_of(request).render(request, "about.html", lang=language(request), grades=GRADES, states=STATES)


@router.get("/favicon.ico", include_in_schema=False)
def favicon() -> Response:
    # Browsers ask for it unasked; without it every visit would log an error.
    return RedirectResponse("/static/icon.svg", 308)


@router.get("/robots.txt", include_in_schema=False)
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /sparql\n", media_type="text/plain")


def counts_of(store: Store) -> dict[str, int]:
    """How many things of each kind the graph holds. A thing of two kinds counts for the first (``KINDS``)."""
    counts = {}
    for kind in KINDS.values():
        classes = " ".join(f"<{iri}>" for iri in kind.classes)
        query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ VALUES ?c {{ {classes} }} ?s a ?c {_but(kind.name)} }}"
        counts[kind.name] = int(next(iter(store.select(query)))["n"].value)
    return counts


def _but(kind: str) -> str:
    """Themes share their class with places and codes; only those in the scheme of themes are themes."""
    if kind != "theme":
        return ""
    return 'FILTER(STRSTARTS(STR(?s), "https://w3id.org/commonground/id/theme/"))'


def _examples(request: Request, lang: str) -> list[tuple[str, str]]:
    """A few pairs of theme and place of which the data say something, each theme and place once."""
    site = site_of(request)
    found: list[tuple[str, str]] = []
    for row in site.store.select(_EXAMPLES):
        pair = (site.names.thing(row["theme"].value, lang).label, site.names.thing(row["place"].value, lang).label)
        if not any(pair[0] == theme or pair[1] == place for theme, place in found):
            found.append(pair)
    return found[:4]
