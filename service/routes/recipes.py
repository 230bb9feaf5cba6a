"""``/recipes`` and ``/batches/<id>/recipe``: how others' sheets are read; shown, corrected, saved by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from graph.batches import folder as places
from graph.batches.reading import choose, shelf_of, used_recipe
from graph.batches.states import State
from graph.errors import BadParameter, GraphError
from graph.ingest.recipes import Recipe, from_csvw, to_csvw
from service.batch_access import QUICK, decided, desk_of, mine, unstored, who
from service.contract import OBJECT, responses
from service.forms import form_fields, from_json, is_form
from service.recipe_form import recipe_of
from service.tokens import Role

router = APIRouter()

#: Fields of the form of a sheet with very many columns, and bytes of a recipe sent as JSON.
_MOST_FIELDS, _LONGEST = 5_000, 4_000_000
_JSON = {"application/json": OBJECT}
_READ = responses(_JSON, 403, 404, 422)
_DONE = responses(_JSON, 400, 403, 404, 409, 413, 415, 422, 503, 507) | {
    303: {"description": "A browser is led to the batch's page"}
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.get("/recipes.json", responses=_READ, response_class=Response)
def recipes(request: Request) -> Response:
    """The saved recipes, each as a CSVW table schema. Needs a token of the role contribute."""
    who(request)
    shelf = shelf_of(desk_of(request).folders.root)
    return unstored(JSONResponse({"recipes": [to_csvw(recipe) for recipe in shelf.all()]}))


@router.get("/recipes/{name}.json", responses=_READ, response_class=Response)
def recipe(request: Request, name: str) -> Response:
    """One saved recipe. Needs a token of the role contribute."""
    who(request)
    return unstored(JSONResponse(to_csvw(shelf_of(desk_of(request).folders.root).load(name))))


@router.put("/recipes/{name}.json", responses=_DONE, response_class=Response, openapi_extra=_BODY)
async def save(request: Request, name: str) -> Response:
    """Keep a recipe under a name. Needs a token of the role curate."""
    who(request, Role.CURATE)
    made = from_csvw(await _json(request))
    shelf = shelf_of(desk_of(request).folders.root)
    return unstored(JSONResponse(to_csvw(await run_in_threadpool(shelf.save, made, name))))


@router.delete("/recipes/{name}.json", responses=_DONE | {204: {"description": "It is gone"}}, response_class=Response)
def forget(request: Request, name: str) -> Response:
    """Forget a recipe. Needs a token of the role curate."""
    who(request, Role.CURATE)
    shelf_of(desk_of(request).folders.root).remove(name)
    return unstored(Response(status_code=204))


@router.get("/batches/{batch}/recipes.json", responses=_READ, response_class=Response)
def used(request: Request, batch: str) -> Response:
    """How the sheets of a batch were read that are none of our tables: of each its file, its sheet, its recipe and some
    values of every column."""
    _, record = mine(request, batch)
    found = desk_of(request).folders.read(record.id, places.RECIPES) or []
    return unstored(JSONResponse({"sheets": found}))


@router.post(
    "/batches/{batch}/recipe",
    responses=_DONE,
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["recipe"],
                        "properties": {
                            "sheet": {"type": "integer", "minimum": 0, "description": "Which of recipes.json"},
                            "recipe": {"type": "object", "description": "A CSVW table schema"},
                            "save": {"type": "string", "description": "Keep it under this name"},
                        },
                    }
                },
                "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
            },
        }
    },
)
async def correct(request: Request, batch: str) -> Response:
    """Have a sheet of a batch read by a corrected recipe, and look into the batch again. Saving it by name needs the
    role curate."""
    caller, record = mine(request, batch)
    if record.state not in (State.PREVIEWED, State.WAITING, State.REJECTED, State.FAILED):
        raise GraphError("wrong-state", f"This batch is {record.state}: it is not read again.")
    desk = desk_of(request)
    folder = desk.folders.path(record.id)
    number, made, name = await _asked(request, batch)
    file, sheet, _ = used_recipe(folder, number)
    if name:
        who(request, Role.CURATE)
        made = await run_in_threadpool(shelf_of(folder.parent).save, made, name)
    choose(folder, replace(made, name=made.name if name else ""), file, sheet)
    desk.look_into(record)
    return decided(request, await desk.looked(record, QUICK), caller)


async def _asked(request: Request, batch: str) -> tuple[int, Recipe, str]:
    """Which sheet, the recipe, and the name to keep it under (or empty)."""
    if not is_form(request):
        data = await _json(request)
        if not isinstance(data, dict):
            raise BadParameter("bad-recipe", "This is no object with a recipe.")
        number, name = data.get("sheet", 0), data.get("save", "")
        if not isinstance(number, int) or isinstance(number, bool) or not isinstance(name, str):
            raise BadParameter("bad-value", "'sheet' is a number, 'save' a name.")
        return number, from_csvw(data.get("recipe")), name.strip()
    fields = await form_fields(request, _MOST_FIELDS)
    text = fields.get("sheet", "0")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    _, _, before = used_recipe(desk_of(request).folders.path(batch), number)
    return number, recipe_of(before, fields), fields.get("save", "").strip()


async def _json(request: Request) -> Any:
    body = await request.body()
    if len(body) > _LONGEST:
        raise GraphError("too-large", f"A recipe has at most {_LONGEST // 1_000_000} MB.")
    return from_json(body)
