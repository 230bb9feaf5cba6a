"""What other sites' pages may do here (CORS, fetch.spec.whatwg.org): ask and read, as anybody may.

No credentials: a token is sent in a header that is not among those allowed.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import Response

_READ: Mapping[str, str] = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link, Location, Retry-After, Common-Ground-Generation",
    "cross-origin-resource-policy": "cross-origin",
}
#: Path -> what a program may do there, and, of that, what another site's page may.
_METHODS: Mapping[str, tuple[str, str]] = {
    "/sparql": ("GET, HEAD, POST, OPTIONS", "GET, HEAD, POST"),
    "/rdf-graph-store": ("GET, HEAD, PUT, POST, DELETE, OPTIONS", "GET, HEAD"),
}


#: What other sites' pages may show in a frame.
FRAMED = ("/reconcile/preview",)


def headers_for(path: str) -> Mapping[str, str]:
    """The headers of every response at a path, errors included."""
    return _READ if path in _METHODS or path.startswith(("/rdf-graph-store/", "/reconcile")) else {}


def options(path: str) -> Response:
    """The answer to OPTIONS, which a browser asks for first where a request is not a plain one."""
    allowed, others = _METHODS[path]
    return Response(
        status_code=204,
        headers={
            "allow": allowed,
            "access-control-allow-methods": others,
            "access-control-allow-headers": "Accept, Content-Type, If-None-Match",
            "access-control-max-age": "86400",
        },
    )
