"""Who asks, and what they may do.

A token is taken from the ``Authorization`` header alone (RFC 6750, section 2.1): addresses end up in logs, histories
and referrers. As no browser sends that header by itself, another site cannot make a reader's browser write here. A
person's browser has a session instead (``sessions``), which is believed for a change only where the browser says that
one of our own pages asked for it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from graph.errors import GraphError
from service.problems import Problem, Refusal
from service.sessions import Sessions, same_origin
from service.tokens import Role, TokenBook

log = logging.getLogger("commonground")

_CALLER = "commonground.caller"


@dataclass(frozen=True, slots=True)
class Caller:
    """``role`` is None for somebody without a token, who may read what everybody may."""

    name: str
    role: Role | None

    def may(self, role: Role) -> bool:
        return self.role is not None and self.role >= role


ANYBODY = Caller("", None)


class Access:
    """The door. One an app; reached as ``request.app.state.access``."""

    def __init__(self, book: TokenBook) -> None:
        self.book = book
        self.sessions = Sessions()

    def who(self, request: HTTPConnection) -> Caller:
        """The caller. Raises Refusal (401) for a token that is not, or no longer, in the book: to take its holder
        for anybody would hide the mistake until the first write."""
        known = request.scope.get(_CALLER)
        if isinstance(known, Caller):
            return known
        caller = self._who(request)
        request.scope[_CALLER] = caller
        return caller

    def _who(self, request: HTTPConnection) -> Caller:
        given = request.headers.getlist("authorization")
        if not given:
            return self._signed_in(request)
        scheme, _, token = given[0].partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
            raise _unauthorised(
                "bad-authorization", "The Authorization header is not one 'Bearer <token>'.", "invalid_request"
            )
        try:
            found = self.book.find(token.strip())
        except GraphError as error:
            # Where nothing can be known of anybody's rights, nobody has any.
            log.error("%s %s", error.message, error.hint)
            raise Refusal(
                Problem(503, "tokens-unreadable", "Nobody's token can be checked at the moment.", "Try again later.")
            ) from None
        if found is None:
            raise _unauthorised("unknown-token", "This token is not known here.", "invalid_token")
        return Caller(found.name, found.role)

    def _signed_in(self, request: HTTPConnection) -> Caller:
        """Who a browser's session stands for. Raises Refusal (403) for a change that another site may have caused."""
        digest = self.sessions.of(request)
        if digest is None:
            return ANYBODY
        try:
            found = self.book.holder(digest)
        except GraphError:
            return ANYBODY
        if found is None:
            return ANYBODY
        if request.scope.get("method") not in ("GET", "HEAD", "OPTIONS") and not same_origin(request):
            raise Refusal(
                Problem(
                    403,
                    "other-site",
                    "This request did not come from a page of this service.",
                    "Open the page here and press its button again.",
                )
            )
        return Caller(found.name, found.role)

    def require(self, request: HTTPConnection, role: Role) -> Caller:
        """The caller, who has at least that role.

        Raises Refusal: 401 without a token or with one that is not known, 403 where its role is too low or where
        nobody has that role here, so that no token would help.
        """
        caller = self.who(request)
        if caller.may(role):
            return caller
        if caller.role is None:
            if role < Role.ADMIN and not self.anybody_may(role):
                raise Refusal(
                    Problem(
                        403,
                        "writes-off",
                        "Nothing can be changed here over the network: writing is off.",
                        f"Who runs this service turns it on with `commonground token add NAME --role {role.word}`.",
                    )
                )
            raise _unauthorised("token-needed", f"This needs a token with the role '{role.word}'.")
        raise Refusal(
            Problem(
                403,
                "role-too-low",
                f"This needs the role '{role.word}'; the token of '{caller.name}' has the role '{caller.role.word}'.",
                "Ask who runs this service for another token.",
                headers={
                    "www-authenticate": f'Bearer realm="commonground", error="insufficient_scope", scope="{role.word}"'
                },
            )
        )

    def anybody_may(self, role: Role) -> bool:
        """Whether any token here has that role, so that signing in can help."""
        try:
            return any(entry.role >= role for entry in self.book.tokens())
        except GraphError:
            return True


def _unauthorised(code: str, detail: str, error: str = "") -> Refusal:
    challenge = 'Bearer realm="commonground"' + (f', error="{error}"' if error else "")
    return Refusal(
        Problem(
            401,
            code,
            detail,
            "Send 'Authorization: Bearer <token>'; who runs this service gives tokens out.",
            headers={"www-authenticate": challenge},
        )
    )
