"""``GET /metrics``: figures about the service for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.access import Access
from service.clients import Client
from service.contract import TEXT, responses
from service.metrics import MEDIA_TYPE, DiskUse, Family, Metrics, engine_families
from service.site import site_of
from service.tokens import Role

router = APIRouter()


@router.get("/metrics", responses=responses({"text/plain": TEXT}, 401, 403), response_class=Response)
def metrics(request: Request) -> Response:
    """How much is asked, how long it takes, what was ended, how large the data are.

    For programs on this machine and tokens of the role admin, unless the service was started with --open-metrics.
    """
    site = site_of(request)
    state = request.app.state
    client: Client = request.scope["commonground.client"]
    if not (site.settings.open_metrics or client.local):
        access: Access = state.access
        access.require(request, Role.ADMIN)
    counted: Metrics = state.metrics
    disk: DiskUse = state.disk_use
    families = [
        *engine_families(site.engine),
        Family.one("commonground_store_bytes", "gauge", "Bytes that the database takes on disk.", disk.bytes()),
    ]
    if state.log is not None:
        lost = Family.one(
            "commonground_log_lines_lost_total", "counter", "Lines of log that could not be written.", state.log.lost
        )
        families.append(lost)
    return Response(counted.text(families), headers={"content-type": MEDIA_TYPE, "cache-control": "no-store"})
