"""``/gaps.atom`` and ``/gaps.feed.json``: what opened, closed and changed, for any filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from graph.gaps import filtering, kinds
from graph.gaps.book import CHANGED, CLOSED, OPENED, Event
from service.contract import TEXT, responses
from service.describe_response import sent
from service.feeds import ATOM_TYPE, JSON_FEED_TYPE, NEVER, Entry, Feed, atom, json_feed
from service.parameters import LANG, LANG_PARAMETER, given, language
from service.routes.gaps import FILTER_DOCS, FILTERS, following_of
from service.site import Site, site_of

router = APIRouter()

#: Entries of a feed: the newest.
ENTRIES = 100
PARAMETERS = ("kind", *FILTERS)
_WORDS = {
    "en": {
        "": "Gaps in collaboration",
        OPENED: "Opened",
        CLOSED: "Closed",
        CHANGED: "Changed",
        "remedy": "What would close it",
    },
    "ru": {
        "": "Пробелы в сотрудничестве",
        OPENED: "Открылся",
        CLOSED: "Закрылся",
        CHANGED: "Изменился",
        "remedy": "Что его закроет",
    },
}
_FEED: dict[str, object] = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {"items": {"type": "array"}},
}
_DOCUMENTED = {"parameters": [*FILTER_DOCS, LANG_PARAMETER]}


def feed_of(request: Request, path: str) -> Feed:
    """The feed at a path for the request's filter. Raises BadParameter, UnknownName."""
    site, chronicle = site_of(request), following_of(request).chronicle
    values, lang = given(request, PARAMETERS), language(request)
    words = _WORDS[lang]
    keeps = filtering(
        site.store, values.get("kind"), {n: v for n, v in values.items() if n in FILTERS}, lang=lang, names=site.names
    )
    matching = (event for event in chronicle.last() if keeps(event.kind, event.columns))
    asked = urlencode(sorted(values.items()) + ([(LANG, lang)] if lang != "en" else []))
    query = f"?{asked}" if asked else ""
    begins = chronicle.begins
    return Feed(
        address=f"{site.settings.url}{path}{query}",
        page=f"{site.settings.url}/gaps{query}",
        title=" - ".join([f"Common Ground: {words['']}", *(_shown(values, lang))]),
        lang=lang,
        entries=[_entry(site, event, lang, words) for event in islice(matching, ENTRIES)],
        begun=begins.at if begins else NEVER,
    )


def _shown(values: Mapping[str, str], lang: str) -> Iterator[str]:
    for name, value in sorted(values.items()):
        kind = kinds().get(value) if name == "kind" else None
        yield kind.title[lang] if kind else value


def _entry(site: Site, event: Event, lang: str, words: Mapping[str, str]) -> Entry:
    kind = kinds().get(event.kind)
    reason = event.reason.get(lang) or event.reason["en"]
    told = [reason]
    if event.what != CLOSED:
        told.append(f"{words['remedy']}: {event.remedy.get(lang) or event.remedy['en']}")
    path = site.path_of(event.gap) or f"/id/{quote(event.gap)}"
    return Entry(
        iri=event.iri,
        url=f"{site.settings.url}{path}{f'?{LANG}={lang}' if lang != 'en' else ''}",
        at=event.at,
        title=f"{words[event.what]}: {reason}",
        text="\n".join(told),
        tags=(event.what, kind.title[lang] if kind else event.kind),
    )


def _responses(media: str, schema: dict[str, object]) -> dict[int | str, dict[str, object]]:
    return {**responses({media: schema}, 422), 304: {"description": "The client has it already"}}


@router.get(
    "/gaps.atom",
    responses=_responses(ATOM_TYPE, TEXT),
    response_class=Response,
    openapi_extra=_DOCUMENTED,
)
def gaps_atom(request: Request) -> Response:
    """Gaps that opened, closed or changed, newest first, as Atom (RFC 4287). An entry comes only when one did."""
    # Of no generation: a feed in which nothing has happened stays the same.
    return sent(request, atom(feed_of(request, "/gaps.atom")), f"{ATOM_TYPE}; charset=utf-8", None)


@router.get(
    "/gaps.feed.json",
    responses=_responses(JSON_FEED_TYPE, _FEED),
    response_class=Response,
    openapi_extra=_DOCUMENTED,
)
def gaps_json_feed(request: Request) -> Response:
    """The same as JSON Feed 1.1."""
    return sent(request, json_feed(feed_of(request, "/gaps.feed.json")), JSON_FEED_TYPE, None)
