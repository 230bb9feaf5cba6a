"""``/browse``: every thing of a kind by name, themes as the tree they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from graph.errors import GraphError
from graph.kinds import KINDS
from graph.model import Thing
from graph.names import Names
from graph.store import Store
from graph.terms import THEME
from service.parameters import given, language
from service.routes.start import ALSO, COUNTED, counts_of
from service.site import site_of

router = APIRouter()

_UNLABELLED = """SELECT DISTINCT ?s WHERE { VALUES ?c { %s } ?s a ?c } ORDER BY ?s"""
_BROADER = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?narrow ?broad WHERE { ?narrow skos:broader ?broad FILTER(STRSTARTS(STR(?narrow), "%s")) }"""

#: Above this a list gets a box to search in it.
LONG = 30


@router.get("/browse", include_in_schema=False)
def browse(request: Request) -> Response:
    site = site_of(request)
    counts = counts_of(site.store)
    listed = [(KINDS[name], counts[name]) for name in (*COUNTED, *ALSO)]
    return site.render(request, "browse.html", lang=language(request), listed=listed)


@router.get("/browse/{kind}", include_in_schema=False)
def browse_kind(request: Request, kind: str) -> Response:
    if kind not in KINDS:
        raise GraphError("not-found", f"There is no kind of thing called '{kind[:100]}'.", "The kinds are at /browse.")
    site = site_of(request)
    lang = language(request)
    wanted = given(request, ["q"]).get("q", "")
    things = _all(site.store, site.names, kind, lang)
    if wanted:
        near = {t.iri for t in site.names.suggest(kind, wanted, 40, lang)}
        things = [t for t in things if wanted.casefold() in t.label.casefold() or t.iri in near]
    tree = _tree(site.store, things) if kind == "theme" and not wanted else ()
    return site.render(
        request,
        "browse_kind.html",
        lang=lang,
        kind=KINDS[kind],
        things=things,
        tree=tree,
        wanted=wanted,
        search=len(things) > LONG or bool(wanted),
    )


def _all(store: Store, names: Names, kind: str, lang: str) -> list[Thing]:
    named = list(names.all(kind, lang))
    seen = {t.iri for t in named}
    if kind == "theme":
        return [t for t in named if t.iri.startswith(THEME)]
    classes = " ".join(f"<{iri}>" for iri in KINDS[kind].classes)
    for row in store.select(_UNLABELLED % classes):
        iri = row["s"].value
        # A thing of two kinds is listed with the first, which is the one that names know.
        if iri not in seen and not names.labels(iri):
            named.append(names.thing(iri, lang))
    return named


def _tree(store: Store, things: list[Thing]) -> list[tuple[int, Thing]]:
    """Themes with their depth, each after its wider one; a theme with two wider ones comes twice."""
    narrower: Mapping[str, list[Thing]] = defaultdict(list)
    below = set()
    by_iri = {t.iri: t for t in things}
    pairs = sorted({(row["broad"].value, row["narrow"].value) for row in store.select(_BROADER % THEME)})
    for broad, narrow in pairs:
        if narrow in by_iri and broad in by_iri:
            narrower[broad].append(by_iri[narrow])
            below.add(narrow)
    lines: list[tuple[int, Thing]] = []

    def add(thing: Thing, depth: int) -> None:
        lines.append((depth, thing))
        if depth < 6:  # A ring in somebody's data must not end the process.
            for child in sorted(narrower[thing.iri], key=lambda t: t.label.casefold()):
                add(child, depth + 1)

    for thing in things:
        if thing.iri not in below:
            add(thing, 0)
    return lines
