"""Signing in with a token, for people: ``/sign-in`` and ``/sign-out``."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from graph.errors import GraphError
from service import sessions
from service.access import Access
from service.forms import form_fields
from service.parameters import language
from service.problems import Problem, Refusal
from service.site import site_of
from service.tokens import digest_of

router = APIRouter()


def _secure(request: Request) -> bool:
    return site_of(request).settings.url.startswith("https://")


def _page(request: Request, status: int, after: str, *, wrong: bool) -> Response:
    page = site_of(request).render(
        request, "sign_in.html", status, lang=language(request), off=False, wrong=wrong, after=after
    )
    page.headers["cache-control"] = "no-store"
    return page


def _ours(after: str) -> str:
    """Where to go once signed in: only to a page here, whatever was asked for."""
    ours = after.startswith(("/batches", "/judgements", "/statements"))
    return after if ours and "\\" not in after and "//" not in after else "/batches"


@router.get("/sign-in", include_in_schema=False)
def sign_in_page(request: Request) -> Response:
    return _page(request, 200, _ours(request.query_params.get("after", "")), wrong=False)


@router.post("/sign-in", include_in_schema=False)
async def sign_in(request: Request) -> Response:
    """Begin a session. Another site's page cannot do that either: who is signed in as somebody else without knowing
    would bring his files under that name."""
    if not sessions.same_origin(request):
        raise Refusal(Problem(403, "other-site", "This request did not come from a page of this service."))
    form = await form_fields(request, 5)
    token, after = (form.get(name, "").strip() for name in ("token", "after"))
    after = _ours(after)
    access: Access = request.app.state.access
    try:
        found = access.book.find(token) if token else None
    except GraphError:
        raise Refusal(Problem(503, "tokens-unreadable", "Nobody's token can be checked at the moment.")) from None
    if found is None:
        return _page(request, 401, after, wrong=True)
    response = RedirectResponse(after, 303, headers={"cache-control": "no-store"})
    sessions.keep(response, access.sessions.begin(digest_of(token)), secure=_secure(request))
    return response


@router.post("/sign-out", include_in_schema=False)
async def sign_out(request: Request) -> Response:
    access: Access = request.app.state.access
    if not sessions.same_origin(request):
        raise Refusal(Problem(403, "other-site", "This request did not come from a page of this service."))
    access.sessions.end(request)
    response = RedirectResponse("/", 303, headers={"cache-control": "no-store"})
    sessions.drop(response, secure=_secure(request))
    return response
