"""Tokens and roles: who is let in, where a token may come from, and what the file of tokens gives away."""

import json
import stat
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.requests import Request

from graph.errors import BadParameter, GraphError, UnknownName
from service.access import ANYBODY, Access, Caller
from service.problems import Refusal, problem_of
from service.tokens import PREFIX, Role, TokenBook

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> TokenBook:
    return TokenBook(tmp_path / "tokens.json")


def request_with(*headers: tuple[str, str], query: str = "") -> Request:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": raw})


def bearer(token: str) -> Request:
    return request_with(("Authorization", f"Bearer {token}"))


def test_a_token_is_found_by_itself_alone(book: TokenBook) -> None:
    first, second = book.add("first", Role.READ, NOW), book.add("second", Role.ADMIN, NOW)
    assert first != second
    assert {len(first), len(second)} == {len(PREFIX) + 43}
    found = book.find(second)
    assert found is not None
    assert (found.name, found.role, found.created) == ("second", Role.ADMIN, "2026-05-04T12:00:00+00:00")
    for wrong in ("", "cg_", second[:-1], second + "x", found.digest, "\udcff"):
        assert book.find(wrong) is None


def test_the_file_holds_no_token_and_only_its_owner_reads_it(book: TokenBook) -> None:
    token = book.add("editor", Role.CURATE, NOW)
    text = book.path.read_text()
    assert token not in text
    assert token.removeprefix(PREFIX) not in text
    assert json.loads(text)["tokens"][0]["role"] == "curate"
    if sys.platform != "win32":
        assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    assert not list(book.path.parent.glob("*.new"))


def test_a_book_that_is_held_notices_what_another_process_writes(book: TokenBook) -> None:
    other = TokenBook(book.path)
    assert book.tokens() == ()
    token = other.add("late", Role.READ, NOW)
    assert book.find(token) is not None
    other.remove("late")
    assert book.find(token) is None
    book.path.unlink()
    assert book.tokens() == ()


def test_two_writers_at_once_lose_nothing(book: TokenBook) -> None:
    def add(number: int) -> None:
        TokenBook(book.path).add(f"writer {number}", Role.READ, NOW)

    threads = [threading.Thread(target=add, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(book.tokens()) == 12


def test_names_are_unique_and_plain(book: TokenBook) -> None:
    book.add("Анна", Role.READ, NOW)
    for name, code in (("Анна", "name-in-use"), ("", "bad-name"), ("a\nb", "bad-name"), ("x" * 61, "bad-name")):
        with pytest.raises(BadParameter) as error:
            book.add(name, Role.READ, NOW)
        assert error.value.code == code
    with pytest.raises(UnknownName):
        book.remove("nobody")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"tokens": [{}]}', '{"tokens": 3}', "\x00", '{"tokens": [1]}'])
def test_a_damaged_file_lets_nobody_in(book: TokenBook, text: str) -> None:
    token = book.add("editor", Role.ADMIN, NOW)
    book.path.write_text(text)
    with pytest.raises(GraphError) as error:
        book.tokens()
    assert error.value.code == "tokens-unreadable"
    with pytest.raises(GraphError):
        book.add("other", Role.ADMIN, NOW)
    assert book.path.read_text() == text
    with pytest.raises(Refusal) as refusal:
        Access(book).who(bearer(token))
    assert refusal.value.problem.status == 503
    assert Access(book).who(request_with()) == ANYBODY


def test_the_caller_is_named_by_the_token(book: TokenBook) -> None:
    token = book.add("editor", Role.CURATE, NOW)
    access = Access(book)
    assert access.who(bearer(token)) == Caller("editor", Role.CURATE)
    assert access.who(request_with(("Authorization", f"bearer  {token} "))) == Caller("editor", Role.CURATE)
    assert access.who(request_with()) == ANYBODY


def test_a_token_in_the_address_or_a_cookie_is_none(book: TokenBook) -> None:
    token = book.add("editor", Role.ADMIN, NOW)
    access = Access(book)
    assert access.who(request_with(query=f"access_token={token}&token={token}")) == ANYBODY
    assert access.who(request_with(("Cookie", f"token={token}"))) == ANYBODY


def test_a_caller_is_looked_up_once_a_request(book: TokenBook) -> None:
    token = book.add("editor", Role.CURATE, NOW)
    access, request = Access(book), bearer(token)
    access.who(request)
    book.remove("editor")
    assert access.who(request).name == "editor"
    with pytest.raises(Refusal):
        access.who(bearer(token))


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", "Bearer cg_wrong")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", "Basic dXNlcjpwYXNz")],
        [("Authorization", "\xff\xfe")],
    ],
)
def test_who_shows_a_wrong_token_is_told_so(book: TokenBook, headers: list[tuple[str, str]]) -> None:
    book.add("editor", Role.CURATE, NOW)
    with pytest.raises(Refusal) as refusal:
        Access(book).who(request_with(*headers))
    problem = problem_of(refusal.value)
    assert problem.status == 401
    assert problem.headers["www-authenticate"].startswith("Bearer ")
    assert "error=" in problem.headers["www-authenticate"]


def test_two_authorization_headers_are_refused(book: TokenBook) -> None:
    token = book.add("editor", Role.CURATE, NOW)
    with pytest.raises(Refusal):
        Access(book).who(request_with(("Authorization", f"Bearer {token}"), ("Authorization", "Bearer x")))


@pytest.mark.parametrize("has", Role)
@pytest.mark.parametrize("needs", Role)
def test_a_role_includes_those_before_it(book: TokenBook, has: Role, needs: Role) -> None:
    token = book.add("somebody", has, NOW)
    book.add("admin", Role.ADMIN, NOW)
    access = Access(book)
    if has >= needs:
        assert access.require(bearer(token), needs).role == has
    else:
        with pytest.raises(Refusal) as refusal:
            access.require(bearer(token), needs)
        assert (refusal.value.problem.status, refusal.value.problem.code) == (403, "role-too-low")


def test_the_order_of_the_roles() -> None:
    assert [role.word for role in sorted(Role)] == ["read", "contribute", "curate", "admin"]
    assert all(Role.of(role.word) is role for role in Role)


def test_without_a_token_writing_is_off_or_needs_one(book: TokenBook) -> None:
    access = Access(book)

    def refused() -> tuple[int, str, bool]:
        with pytest.raises(Refusal) as refusal:
            access.require(request_with(), Role.CURATE)
        problem = refusal.value.problem
        return problem.status, problem.code, "www-authenticate" in problem.headers

    assert refused() == (403, "writes-off", False)
    book.add("reader", Role.READ, NOW)
    assert refused() == (403, "writes-off", False)
    book.add("editor", Role.CURATE, NOW)
    assert refused() == (401, "token-needed", True)
