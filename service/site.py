"""What every page needs: the store, the names of its present state, addresses of things, and the templates."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import cast
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from graph.judgements import Judgements
from graph.kinds import KINDS
from graph.model import Thing, Value
from graph.names import Names
from graph.projection import Projection, projection_of
from graph.projection.kept import KeptProjection
from graph.projection.reading import read_engine
from graph.store import Store
from graph.store.engine import Engine
from graph.store.isolated import IsolatedStore
from graph.terms import CODE, NS, REFERENCE_BASE
from service.settings import Settings
from service.wording import GRADES, STATES

HERE = Path(__file__).parent
#: Languages in which things have labels; the words of the pages themselves are English.
LANGUAGES: Mapping[str, str] = {"en": "English", "ru": "Русский"}


class Site:
    """One running service: made by ``create_app``, reached through ``site_of(request)``."""

    def __init__(self, settings: Settings, store: Store, engine: Engine) -> None:
        self.settings = settings
        #: For pages, in threads: asked with queries of ours.
        self.store = store
        #: The same data for what others ask and write, in the event loop.
        self.engine = engine
        self._lock = threading.Lock()
        self._names: tuple[int, Names] | None = None
        self._judgements: tuple[int, Judgements] | None = None
        self._projection = KeptProjection(self._read_projection, engine.recent)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            kinds=KINDS,
            languages=LANGUAGES,
            style_version=_hash(HERE / "static" / "style.css"),
            grade_words=GRADES,
            state_words=STATES,
        )
        self._templates.filters.update(number=_number, code=_code, segment=_segment, bare=_bare)
        self._templates.tests.update(thing=_is_thing, things=_is_things, web_address=is_web_address)

    @property
    def names(self) -> Names:
        """The names of the generation that is published now; read anew when it changes."""
        generation = self.store.generation
        with self._lock:
            if self._names is None or self._names[0] != generation:
                self._names = self._read_names(generation)
            return self._names[1]

    def _read_names(self, generation: int) -> tuple[int, Names]:
        # Beside a worker's limits of time and size: these queries are ours, and everything needs names.
        if isinstance(self.store, IsolatedStore):
            return self.store.look(lambda snapshot: (snapshot.generation, Names.of(snapshot)))
        return generation, Names.of(self.store)

    @property
    def projection(self) -> Projection:
        """The engagements as columns, of the generation that is published now."""
        return self._projection.at(self.store.generation)

    def _read_projection(self) -> tuple[int, Projection]:
        if isinstance(self.store, IsolatedStore):
            return self.store.look(lambda snapshot: (snapshot.generation, Projection(read_engine(snapshot.engine))))
        while True:
            generation = self.store.generation
            found = projection_of(self.store)
            if self.store.generation == generation:
                return generation, found

    @property
    def judgements(self) -> Judgements:
        """What people have judged to be the same, of the generation that is published now."""
        generation = self.store.generation
        with self._lock:
            if self._judgements is None or self._judgements[0] != generation:
                self._judgements = (generation, Judgements.of_store(self.store))
            return self._judgements[1]

    @property
    def books(self) -> tuple[str, ...]:
        """Graphs that the service keeps for itself: nobody else writes them."""
        return (f"{self.store.base}graph/state", f"{self.store.base}graph/provenance")

    def path_of(self, iri: str) -> str | None:
        """The address of a thing's or term's page here, or None for what is not ours."""
        vocabulary = NS.removesuffix("#")
        if iri.startswith(NS) and (name := iri.removeprefix(NS)):
            return "/ns/" + quote(name, safe="")
        if iri == vocabulary or iri.startswith(f"{vocabulary}/shapes"):
            return "/ns" + quote(iri.removeprefix(vocabulary), safe="/#")
        for base in (self.store.base, REFERENCE_BASE):
            if iri.startswith(base) and len(iri) > len(base):
                path, mark, fragment = iri[len(base) :].partition("#")
                return "/id/" + quote(path, safe="/") + (mark + quote(fragment, safe="=") if mark else "")
        return None

    def iris_of(self, path: str) -> tuple[str, ...]:
        """The IRIs that a path under ``/id/`` can stand for: of this installation, then of the reference data."""
        return tuple(dict.fromkeys((self.store.base + path, REFERENCE_BASE + path)))

    def render(
        self, request: Request, template: str, status: int = 200, lang: str = "en", **context: object
    ) -> HTMLResponse:
        """A page. Links to things keep the reader's language."""

        def href(iri: str) -> str | None:
            path = self.path_of(iri)
            if path is None or lang == "en":
                return path
            before, mark, fragment = path.partition("#")
            return f"{before}?lang={lang}{mark}{fragment}"

        def url(path: str, **parameters: object) -> str:
            given = {k: str(v) for k, v in parameters.items() if v not in (None, "")}
            if lang != "en":
                given.setdefault("lang", lang)
            return f"{path}?{urlencode(given)}" if given else path

        def code_label(scheme: str, code: str) -> str:
            labels = self.names.labels(f"{CODE}{scheme}/{code}")
            return labels.get(lang) or labels.get("en", "")

        text = self._templates.get_template(template).render(
            request=request,
            path=request.url.path,
            lang=lang,
            href=href,
            code_label=code_label,
            url=url,
            switch=lambda to: _switch(request, to),
            public_url=self.settings.url,
            **context,
        )
        return HTMLResponse(text, status_code=status)


def site_of(request: Request) -> Site:
    return cast(Site, request.app.state.site)


def is_web_address(text: str) -> bool:
    """Whether a value may become a link: http and https only, so never ``javascript:``."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _switch(request: Request, lang: str) -> str:
    """This page in another language."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    pairs += [("lang", lang)] if lang != "en" else []
    return f"{quote(request.url.path)}?{urlencode(pairs)}" if pairs else quote(request.url.path)


def _code(iri: str, scheme: str) -> str:
    """``stated`` of ``.../code/grade/stated``; empty where the IRI is no code of that list."""
    prefix = f"{CODE}{scheme}/"
    return iri.removeprefix(prefix) if iri.startswith(prefix) else ""


def _segment(iri: str) -> str:
    """The last part of an IRI: the code that stands for a theme or place in an address."""
    return iri.rstrip("/").rpartition("/")[2]


def _bare(iri: str) -> str:
    """An address as people write it, for what has no label."""
    return iri.partition("://")[2] or iri


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _is_thing(value: Value) -> bool:
    return isinstance(value, Thing)


def _is_things(value: Value) -> bool:
    return isinstance(value, tuple)
