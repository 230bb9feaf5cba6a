"""``/files/<sha256>``: the original files of what was taken in."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from pyoxigraph import Literal

from graph.errors import GraphError
from service.access import Access
from service.contract import responses
from service.site import site_of
from service.tokens import Role
from service.workspace import Workspace

router = APIRouter()

_NAME = "PREFIX cg: <https://w3id.org/commonground/ns#> SELECT ?name WHERE { <%sfile/%s> cg:fileName ?name } LIMIT 1"


@router.get(
    "/files/{sha256}",
    responses=responses({"application/octet-stream": {}}, 403, 404, 422),
    response_class=Response,
)
def original(request: Request, sha256: str) -> Response:
    """An original file by its SHA-256, as it came; always a download. It may hold what its rows did not say in public,
    so it needs a token of the role contribute."""
    access: Access = request.app.state.access
    access.require(request, Role.CONTRIBUTE)
    site = site_of(request)
    path = Workspace(site.settings.data_dir).files / sha256
    if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not path.is_file():
        raise GraphError("not-found", "No file with this hash is kept here.")
    name = next((row["name"] for row in site.store.select(_NAME % (site.store.base, sha256))), None)
    shown = name.value if isinstance(name, Literal) else f"{sha256[:16]}.bin"
    # Starlette writes the name so that it can hold any character and break no header.
    return FileResponse(
        path, media_type="application/octet-stream", filename=shown, headers={"cache-control": "private, no-cache"}
    )
