"""Sessions: a person signs in with a token once, and the browser keeps a key that scripts and other sites cannot use.

The key says nothing of the token; what it stands for is held in this process alone, as the digest that the book of
tokens has. A token that is removed ends its sessions, a restart of the service ends all.
"""

from __future__ import annotations

import secrets
import threading
import time
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

COOKIE = "commonground-session"
#: Seconds for which nobody has to sign in again.
LASTS = 12 * 3600
#: Sessions that are held; the oldest goes first.
_MOST = 10_000


class Sessions:
    """One an app; used by its threads and its event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[str, float]] = {}

    def begin(self, digest: str) -> str:
        """A new key for the holder of a token."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            now = time.monotonic()
            self._held = {k: v for k, v in self._held.items() if v[1] > now}
            while len(self._held) >= _MOST:
                del self._held[next(iter(self._held))]
            self._held[key] = digest, now + LASTS
        return key

    def of(self, request: HTTPConnection) -> str | None:
        """The digest of the token that a browser signed in with; None without a session."""
        key = request.cookies.get(COOKIE, "")
        with self._lock:
            found = self._held.get(key)
        return found[0] if found is not None and found[1] > time.monotonic() else None

    def end(self, request: HTTPConnection) -> None:
        """Forget a session."""
        with self._lock:
            self._held.pop(request.cookies.get(COOKIE, ""), None)


def keep(response: Response, key: str, *, secure: bool) -> None:
    """Give a browser its key: for this site's own requests, out of the reach of scripts, over HTTPS where that is
    spoken."""
    response.set_cookie(COOKIE, key, max_age=LASTS, path="/", secure=secure, httponly=True, samesite="strict")


def drop(response: Response, *, secure: bool) -> None:
    """Take the key back."""
    response.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="strict")


def same_origin(request: HTTPConnection) -> bool:
    """Whether a browser says that a page of this very site made the request (Fetch Metadata; else the Origin header).
    One that says neither is not believed."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if not origin:
        return False
    try:
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    except ValueError:
        return False
