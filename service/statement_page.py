"""The page of statements: the form, what is about to lapse where that is asked for, and what was stated."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pyoxigraph import Literal

from graph.coverage.asof import last_day
from graph.errors import BadParameter, GraphError
from graph.ingest.values import partial_date
from graph.model import Parameter
from graph.statements import KINDS, Book, Engagement, Recorded, Remark, due
from service.access import Access
from service.batch_access import desk_of, unstored
from service.parameters import language
from service.problems import Problem, problem_of
from service.routes.ask import choices, corrections
from service.site import Site, site_of
from service.statement_view import WORDS, as_json, engagements_of
from service.tokens import Role
from service.workspace import now

_NAMED = tuple(Parameter(name, name, False, {}) for name in ("theme", "place", "organisation"))
#: Statements and engagements on one page.
_SHOWN, _BOXES = 200, 500


async def listed(request: Request, values: Mapping[str, str], lang: str) -> list[dict[str, Any]]:
    """The statements that filters keep. Raises UnknownName, BadParameter."""
    if values.get("say", KINDS[0]) not in KINDS:
        raise BadParameter("bad-value", f"'{values['say'][:40]}' is not one of {', '.join(KINDS)}.", "", KINDS)
    book: Book = await desk_of(request).look(Book.of_store)

    def told() -> list[dict[str, Any]]:
        site = site_of(request)
        names = site.names
        wanted = {kind: names.resolve(kind, values[kind], lang).iri for kind in ("theme", "place") if kind in values}
        engagements = engagements_of(site.store, book.all)
        return [
            as_json(one, names, engagements, lang)
            for one in book.all
            if _kept(one, values.get("say", ""), wanted, engagements)
        ]

    return await run_in_threadpool(told)


def _kept(one: Recorded, say: str, wanted: Mapping[str, str], engagements: Mapping[str, Engagement]) -> bool:
    """A confirmation names the themes and places of what it confirms."""
    confirmed = [engagements[iri] for iri in one.said.engagements if iri in engagements]
    named = {
        "theme": {*one.said.themes, *(iri for each in confirmed for iri in each.themes)},
        "place": {*one.said.places, *(iri for each in confirmed for iri in each.places)},
    }
    return say in ("", one.said.say) and all(iri in named[kind] for kind, iri in wanted.items())


async def page_of(
    request: Request,
    asked: Mapping[str, list[str]],
    faults: tuple[Remark, ...] = (),
    careful: tuple[Remark, ...] = (),
) -> Response:
    """The form as it was filled in, what is about to lapse where that is asked for, and what was stated before."""
    site, lang = site_of(request), language(request)
    access: Access = request.app.state.access
    values = {name: "; ".join(texts) for name, texts in asked.items() if name != "engagement"}
    say = values["say"] if values.get("say") in KINDS else KINDS[0]
    problem: Problem | None = None
    suggested: tuple[tuple[str, dict[str, str]], ...] = ()
    told: list[dict[str, Any]] = []
    boxes: list[tuple[str, str, str, bool]] = []
    try:
        if say == "confirm":
            boxes = await run_in_threadpool(_boxes, site, values, asked.get("engagement", ()), lang)
        filters = {name: text for name, text in values.items() if name in ("theme", "place") and not faults}
        told = await listed(request, filters, lang)
    except GraphError as error:
        problem, suggested = problem_of(error), corrections(_NAMED, values, error)
    status = 422 if faults else problem.status if problem else 200
    return unstored(
        site.render(
            request,
            "statements.html",
            status,
            lang,
            say=say,
            words=WORDS,
            values=await run_in_threadpool(_shown, site, values, lang),
            faults=[(one.field, one.message[lang], one.suggestions) for one in faults],
            cautions=[one.message[lang] for one in careful],
            lapsing=boxes,
            statements=told[:_SHOWN],
            total=len(told),
            choices=choices(site, request),
            curates=access.who(request).may(Role.CURATE),
            problem=problem,
            suggested=suggested,
        )
    )


def _shown(site: Site, values: Mapping[str, str], lang: str) -> dict[str, str]:
    """What was filled in, said back as labels where they mean the same."""
    shown = dict(values)
    for kind in ("theme", "place", "organisation"):
        with contextlib.suppress(GraphError):
            thing = site.names.resolve(kind, values.get(kind, ""), lang)
            if site.names.resolve(kind, thing.label, lang) == thing:
                shown[kind] = thing.label
    return shown


def _boxes(site: Site, values: Mapping[str, str], ticked: Sequence[str], lang: str) -> list[tuple[str, str, str, bool]]:
    """What is about to lapse of what the form names: IRI, label, when it was last stated, whether it is ticked."""
    names = site.names
    chosen = {
        kind: names.resolve(kind, values[kind], lang).iri
        for kind in ("organisation", "theme", "place")
        if values.get(kind)
    }
    if not chosen:
        return []
    found = partial_date(values.get("day", ""))
    try:
        day = last_day(found.value) if isinstance(found, Literal) else today()
    except (ValueError, OverflowError):
        day = today()
    lapsing = due(site.store, site.projection, day, **chosen)[:_BOXES]
    return [(one.iri, one.label(names, lang), one.said, not ticked or one.iri in ticked) for one in lapsing]


def today() -> date:
    """The last day that has begun anywhere on Earth: who is east of us speaks of a day that we do not have yet."""
    return (now() + timedelta(hours=14)).date()
