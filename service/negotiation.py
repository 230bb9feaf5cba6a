"""Choosing a representation by the ``Accept`` header (RFC 9110, section 12.5.1). Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HTML = "text/html"
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Range:
    """One media range of an ``Accept`` header, with its weight from 0 to 1."""

    type: str
    subtype: str
    quality: float

    def covers(self, media_type: str) -> bool:
        kind, _, subtype = media_type.partition("/")
        return self.type in ("*", kind) and self.subtype in ("*", subtype)

    @property
    def precision(self) -> int:
        return (self.type != "*") + (self.subtype != "*")


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    """What a header lists, in lower case, each with its weight (RFC 9110, section 12.4.2): 1 where it has none, 0 where
    it is malformed."""
    for part in header.lower().split(","):
        word, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    weight = float(value.strip())
                except ValueError:
                    weight = 0.0
        yield word, weight


def ranges(accept: str) -> tuple[Range, ...]:
    """The media ranges of a header. What is malformed is left out, as RFC 9110 lets a recipient do."""
    found = []
    for media, weight in _weighted(accept):
        kind, slash, subtype = media.partition("/")
        if kind and slash and subtype:
            found.append(Range(kind, subtype, min(1.0, max(0.0, weight))))
    return tuple(found)


def quality(accept: str, media_type: str) -> float:
    """How much a client wants a media type: the weight of the most precise range that covers it; 0 is never."""
    covering = [r for r in ranges(accept) if r.covers(media_type)]
    if not covering:
        return 0.0
    return max(covering, key=lambda r: (r.precision, r.quality)).quality


def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """The offer that the client wants most, the earlier one where equal, or None if it wants none of them.

    A client that sends no ``Accept`` takes anything, so it gets the first offer.
    """
    if accept is None or not accept.strip():
        return offers[0]
    weights = [(quality(accept, offer), -place) for place, offer in enumerate(offers)]
    best, place = max(weights)
    return offers[-place] if best > 0 else None


def wants_page(accept: str | None) -> bool:
    """Whether a person's browser is asking: HTML is named in the header, and nothing for programs is preferred."""
    if accept is None or not any((r.type, r.subtype) == ("text", "html") for r in ranges(accept)):
        return False
    wanted = quality(accept, HTML)
    return wanted > 0 and wanted >= max(quality(accept, JSON), quality(accept, PROBLEM))


def preferred_language(accept_language: str | None, offers: Sequence[str]) -> str:
    """The language that a reader wants most (RFC 9110, section 12.5.4; ``ru-RU`` is ``ru``); the first offer for who
    says nothing, or wants none of them."""
    best, chosen = 0.0, offers[0]
    for tag, weight in _weighted(accept_language or ""):
        language = tag.partition("-")[0]
        if language in offers and weight > best:
            best, chosen = weight, language
    return chosen


def takes_gzip(accept_encoding: str | None) -> bool:
    """Whether a client takes gzip (RFC 9110, section 12.5.3). One that says nothing gets nothing packed."""
    weights = dict(_weighted(accept_encoding or ""))
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0
