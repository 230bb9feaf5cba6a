"""Puts the service together: ``create_app(settings, store)``. No state outside of the app it returns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from graph.batches.desk import Desk
from graph.batches.folder import Folders
from graph.batches.recall import Recall
from graph.direct.gate import Gate
from graph.errors import GraphError
from graph.gaps.following import Following
from graph.store import Store
from graph.store.embedded import EmbeddedStore
from graph.store.engine import Engine
from graph.store.inprocess import InProcessEngine
from service import refusals, trying
from service.access import Access
from service.describe_published import Published
from service.logs import Log, note
from service.metrics import DiskUse, Metrics
from service.middleware import Edge
from service.negotiation import PROBLEM, wants_page
from service.problems import Problem, Refusal, problem_of
from service.reconciliation import Reconciler
from service.representation import Representation
from service.routes import (
    ask,
    batches,
    batches_deciding,
    batches_telling,
    browse,
    coverage,
    dataset,
    docs,
    export,
    files,
    gap,
    gap_feeds,
    gaps,
    gaps_between,
    graph_store,
    health,
    judgements,
    metrics,
    recipes,
    reconcile,
    signing,
    sparql,
    start,
    statements,
    template,
    things,
    vocabulary,
    what_if,
)
from service.searches import Searches
from service.settings import Settings
from service.site import HERE, Site, site_of
from service.tokens import TokenBook
from service.workspace import Workspace, now

ROUTERS = (
    start,
    ask,
    batches,
    batches_telling,
    batches_deciding,
    recipes,
    judgements,
    statements,
    reconcile,
    template,
    files,
    signing,
    coverage,
    gaps,
    gaps_between,
    gap_feeds,
    gap,
    what_if,
    export,
    sparql,
    graph_store,
    browse,
    things,
    vocabulary,
    dataset,
    docs,
    health,
    metrics,
)

ABOUT = (
    "Who works on what, where, with whom, and where collaboration is missing. "
    "Every answer carries its grade, its source and the query that reproduces it."
)


def create_app(settings: Settings, store: Store) -> FastAPI:
    """The service over one store. An engine (``IsolatedStore``) lives as long as the app's lifespan; the caller opens
    and closes any other store, which is then asked in this process, without guards."""
    engine = engine_of(store)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await engine.start()
        app.state.published.downloads.start()
        try:
            await app.state.desk.start()
            app.state.following.start()
            yield
        finally:
            await app.state.following.stop()
            await app.state.desk.stop()
            await app.state.gate.stop()
            await engine.stop()

    app = FastAPI(
        title="Common Ground",
        description=ABOUT,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=lifespan,
        # Such a redirect would be made from the Host header, and without knowing of a proxy's HTTPS.
        redirect_slashes=False,
        servers=[{"url": settings.public_url}] if settings.public_url else None,
    )
    app.state.site = Site(settings, store, engine)
    app.state.published = Published(store, engine, settings.data_dir)
    workspace = Workspace(settings.data_dir)
    app.state.desk = Desk(engine, store.base, Folders(workspace.batches, now), workspace.files)
    app.state.following = Following(engine, store.base, settings.data_dir)
    app.state.recall = Recall(engine, store.base, workspace.batches)
    app.state.gate = Gate(engine, store.base)
    app.state.reconciler = Reconciler(lambda: store.generation, store.quads)
    app.state.searches = Searches()
    app.state.access = Access(TokenBook(settings.data_dir / "tokens.json"))
    for module in ROUTERS:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for kind in (GraphError, Refusal, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _handle)
    app.state.what_ifs = asyncio.Semaphore(trying.AT_ONCE)
    app.state.metrics = Metrics()
    app.state.disk_use = DiskUse(settings.data_dir / "store")
    app.state.log = Log(settings.log) if settings.log else None
    app.add_middleware(Representation, engine=engine)
    # Around it, as what is added later is.
    app.add_middleware(
        Edge,
        settings=settings,
        respond=respond,
        access=app.state.access,
        metrics=app.state.metrics,
        log=app.state.log,
    )
    return app


def engine_of(store: Store) -> Engine:
    """The engine for a store: itself where it is one."""
    if isinstance(store, Engine):
        return store
    if isinstance(store, EmbeddedStore):
        return InProcessEngine(store)
    raise GraphError("no-engine", f"A {type(store).__name__} cannot be served.")


def _handle(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    note(request, outcome=problem.code)
    return respond(request, problem)


def respond(request: Request, problem: Problem) -> Response:
    """The problem as a page for people and as problem+json for programs.

    An address that ends in a data format is always a program's, whatever its browser-like client accepts.
    """
    if problem.report is not None:
        return refusals.response(request, problem, problem.report)
    if wants_page(request.headers.get("accept")) and not request.url.path.endswith((".json", ".csv", ".ttl")):
        page = site_of(request).render(request, "problem.html", problem.status, problem=problem)
        page.headers.update(problem.headers)
        return page
    return JSONResponse(
        problem.as_json(), status_code=problem.status, media_type=PROBLEM, headers=dict(problem.headers)
    )
