"""``/template.xlsx``: the workbook to fill in."""

from __future__ import annotations

import functools

from fastapi import APIRouter, Request
from fastapi.responses import Response

from graph.workbooks.sheets import template
from service.contract import responses
from service.describe_downloads import MEDIA, WORKBOOK
from service.describe_response import sent
from service.parameters import LANG_PARAMETER, given, language

router = APIRouter()

_NAMES = {"en": "commonground-template", "ru": "commonground-shablon"}


@functools.cache
def _made(lang: str) -> bytes:
    # It follows from the package alone.
    return template(lang)


@router.get(
    "/template.xlsx",
    responses=responses({MEDIA[WORKBOOK]: {}}, 422) | {304: {"description": "The client has it already"}},
    response_class=Response,
    openapi_extra={"parameters": [LANG_PARAMETER]},
)
def template_xlsx(request: Request) -> Response:
    """An empty workbook to fill in and bring: a sheet for each table, with notes, lists to choose from and examples, in
    English or Russian."""
    given(request, [])
    lang = language(request)
    headers = {"content-disposition": f'attachment; filename="{_NAMES[lang]}.xlsx"'}
    return sent(request, _made(lang), MEDIA[WORKBOOK], None, headers=headers)
