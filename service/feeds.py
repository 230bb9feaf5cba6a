"""What happened, as feeds: Atom (RFC 4287) and JSON Feed 1.1. Pure; an entry never changes once it was told."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

ATOM_TYPE = "application/atom+xml"
JSON_FEED_TYPE = "application/feed+json"
_ATOM = "http://www.w3.org/2005/Atom"
_JSON_FEED = "https://jsonfeed.org/version/1.1"
#: The time of a feed in which nothing has happened yet: feeds have to have one, and this one claims nothing.
NEVER = "1970-01-01T00:00:00Z"
_NAME = "Common Ground"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """``iri`` is the entry's for ever, ``url`` a page about its thing, ``at`` a time (RFC 3339)."""

    iri: str
    url: str
    at: str
    title: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """``address`` is the feed's own, ``page`` that of what it is about; entries are newest first."""

    address: str
    page: str
    title: str
    lang: str
    entries: Sequence[Entry]
    begun: str = NEVER

    @property
    def updated(self) -> str:
        return max([entry.at for entry in self.entries], default=self.begun)


def atom(feed: Feed) -> bytes:
    """RFC 4287."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": feed.lang})
    _add(root, "id", feed.address)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _add(root, "link", rel="self", type=ATOM_TYPE, href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(_add(root, "author"), "name", _NAME)
    for entry in feed.entries:
        told = _add(root, "entry")
        _add(told, "id", entry.iri)
        _add(told, "title", entry.title)
        _add(told, "updated", entry.at)
        _add(told, "link", rel="alternate", type="text/html", href=entry.url)
        for tag in entry.tags:
            _add(told, "category", term=tag)
        _add(told, "content", entry.text, type="text")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def json_feed(feed: Feed) -> bytes:
    """JSON Feed 1.1 (jsonfeed.org)."""
    told = {
        "version": _JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": feed.lang,
        "authors": [{"name": _NAME}],
        "items": [
            {
                "id": entry.iri,
                "url": entry.url,
                "title": entry.title,
                "content_text": entry.text,
                "date_published": entry.at,
                "tags": list(entry.tags),
            }
            for entry in feed.entries
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    clean = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", clean)
    element.text = _NOT_XML.sub("", text) or None
    return element
