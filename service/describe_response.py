"""How documents of data are sent: which format a client gets, and the headers that say what it got."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from graph.errors import NotAcceptable
from service.describe_data import FORMATS, SUFFIX_BY_MEDIA_TYPE
from service.describe_published import published_of
from service.negotiation import HTML, choose

PAGE = "html"
#: Whether a document is asked for by a program of another site is nobody's secret: all of it is public.
_OPEN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link, Common-Ground-Generation",
    "cross-origin-resource-policy": "cross-origin",
}


def suffix_for(request: Request, more: Mapping[str, str] | None = None) -> str:
    """The suffix of the format that the client wants most: ``html`` for the page, or one of ``FORMATS``.

    Raises NotAcceptable (406).
    """
    offers = {HTML: PAGE, **SUFFIX_BY_MEDIA_TYPE, **(more or {})}
    chosen = choose(request.headers.get("accept"), list(offers))
    if chosen is None:
        raise NotAcceptable(
            "not-acceptable",
            f"This can be had as {', '.join(dict.fromkeys(offers))}.",
            "Name one of these in the Accept header, or add a suffix to the address.",
        )
    return offers[chosen]


def content_type(suffix: str) -> str:
    media_type, _ = FORMATS[suffix]
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def alternates(path: str, suffixes: Sequence[str] = (PAGE, *FORMATS)) -> list[str]:
    """Values of Link headers (RFC 8288) to the formats of the document at ``path``."""
    types = {suffix: FORMATS[suffix][0] if suffix in FORMATS else HTML for suffix in suffixes}
    return [f'<{quote(path)}.{suffix}>; rel="alternate"; type="{types[suffix]}"' for suffix in suffixes]


def tag(generation: int, body: bytes) -> str:
    """The ETag of something made from a generation. Weak: what packs it on the way may change its bytes."""
    return f'W/"g{generation}-{hashlib.sha256(body).hexdigest()[:16]}"'


def tag_of_page(request: Request, generation: int | None) -> str:
    """The ETag of a page. What it shows follows from its address, the data and this program's start."""
    address = f"{published_of(request).started}{request.url.path}?{request.url.query}"
    return f'W/"g{generation or 0}-{hashlib.sha256(address.encode()).hexdigest()[:16]}"'


def page(request: Request, generation: int | None, render: Callable[[], Response]) -> Response:
    """A page with the generation that it shows, or 304 without the work of making it."""
    found = {"etag": tag_of_page(request, generation), "cache-control": "no-cache"}
    if generation is not None:
        found["common-ground-generation"] = str(generation)
    if has(request, found["etag"]):
        return Response(status_code=304, headers=found)
    response = render()
    response.headers.update(found)
    return response


def page_as_it_is(request: Request, generation: int, rendered: Response) -> Response:
    """A page that may change within a generation, told apart by its bytes."""
    found = {
        "etag": tag(generation, bytes(rendered.body)),
        "vary": "Accept",
        "cache-control": "no-cache",
        "common-ground-generation": str(generation),
    }
    if has(request, found["etag"]):
        return Response(status_code=304, headers=found)
    rendered.headers.update(found)
    return rendered


def sent(
    request: Request,
    body: bytes,
    kind: str,
    generation: int | None,
    links: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The document, or 304 where the client has it. ``generation`` None: it changes with the program, not the data."""
    found = dict(_OPEN)
    found["etag"] = tag(generation, body) if generation is not None else f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    found["cache-control"] = "no-cache"
    if generation is not None:
        found["common-ground-generation"] = str(generation)
    if links:
        found["link"] = ", ".join(links)
    found |= headers or {}
    if has(request, found["etag"]):
        return Response(status_code=304, headers=found)
    return Response(body, headers={**found, "content-type": kind})


def has(request: Request, etag: str) -> bool:
    """Whether If-None-Match names the tag; weak comparison (RFC 9110, section 13.1.2)."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or etag.removeprefix("W/") in {
        one.strip().removeprefix("W/") for one in given.split(",")
    }
