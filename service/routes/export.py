"""``/export``: network maps as files for Gephi, Cytoscape, Kumu or a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from graph.errors import GraphError
from graph.exports import formats
from graph.maps import build, maps
from service.contract import responses
from service.parameters import LANG_PARAMETER, given, language
from service.site import site_of

router = APIRouter()


def _route(name: str, form: str) -> Callable[[Request], Response]:
    def export_map(request: Request) -> Response:
        site = site_of(request)
        given(request, ())
        network = build(site.store, name, lang=language(request), names=site.names)
        chosen = formats()[form]
        return Response(
            chosen.write(network),
            headers={
                "content-type": chosen.media_type,
                "content-disposition": f'attachment; filename="{name}{chosen.suffix}"',
            },
        )

    return export_map


for _map in sorted(maps()):
    for _form, _format in sorted(formats().items()):
        router.add_api_route(
            f"/export/{_map}.{_form}",
            _route(_map, _form),
            methods=["GET"],
            name=f"export-{_map}-{_form}",
            operation_id=f"export-{_map}-{_form}",
            summary=f"{maps()[_map].title['en']} ({_format.title})",
            description=maps()[_map].about["en"],
            responses=responses({_format.media_type.partition(";")[0]: {}}, 422),
            response_class=Response,
            openapi_extra={"parameters": [LANG_PARAMETER]},
        )


@router.get("/export", include_in_schema=False)
def export_page(request: Request) -> Response:
    return site_of(request).render(request, "export.html", lang=language(request), maps=maps(), formats=formats())


@router.get("/export/{name}", include_in_schema=False)
def unknown_export(name: str) -> Response:
    stem, _, form = name.rpartition(".")
    if stem in maps():
        raise GraphError(
            "unknown-format",
            f"There is no format '{form[:100]}'.",
            f"The formats are {', '.join(sorted(formats()))}.",
            tuple(sorted(formats())),
        )
    raise GraphError(
        "unknown-map",
        f"There is no network map '{(stem or name)[:100]}'.",
        f"The maps are {', '.join(sorted(maps()))}.",
    )
