"""Tokens: who may do more than read. Kept in ``<data-dir>/tokens.json``, as hashes only.

A token is 32 random bytes, so its plain SHA-256 can be neither guessed nor looked up: salt and stretching, made for
passwords that people think of, would add nothing but time.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from graph.errors import BadParameter, GraphError, UnknownName

try:
    import fcntl
except ImportError:  # Not on Windows: there two commands at the same moment are not kept apart.
    fcntl = None  # type: ignore[assignment]

#: Makes a token recognisable, to people and to programs that look for leaked secrets.
PREFIX = "cg_"
_NAME = re.compile(r"[^\W_][\w.@+ -]{0,59}")


class Role(IntEnum):
    """What a caller may do; each may do what those before it may."""

    READ = 1
    CONTRIBUTE = 2
    CURATE = 3
    ADMIN = 4

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Role:
        """The role of that name. Raises KeyError."""
        return cls[word.upper()]


@dataclass(frozen=True, slots=True)
class Token:
    """One entry: ``name`` says who (it is written into provenance and log), ``digest`` is SHA-256 in hex."""

    name: str
    role: Role
    digest: str
    created: str


class TokenBook:
    """The tokens of one data folder. A book that is held for long notices when another process writes the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._tokens: tuple[Token, ...] = ()

    def tokens(self) -> tuple[Token, ...]:
        """All entries by name. Raises GraphError where the file cannot be read as what it should be."""
        with self._lock:
            seen = self._stamp()
            if seen != self._seen:
                # The stamp is older than what is read, never newer: a write in between is read once more.
                self._tokens, self._seen = (self._read() if seen else ()), seen
            return self._tokens

    def find(self, token: str) -> Token | None:
        """The entry of a token. Takes as long for the first as for the last, and for one that is not there."""
        return self.holder(digest_of(token))

    def holder(self, digest: str) -> Token | None:
        """The entry whose token has that digest."""
        found = None
        for entry in self.tokens():
            if hmac.compare_digest(entry.digest, digest):
                found = entry
        return found

    def add(self, name: str, role: Role, now: datetime) -> str:
        """Make a token and return it; it cannot be had a second time. Raises BadParameter for a name in use."""
        if not _NAME.fullmatch(name):
            raise BadParameter(
                "bad-name",
                f"'{name[:60]}' cannot name a token.",
                "Up to 60 letters, digits, blanks and . @ + - _, beginning with a letter or digit.",
            )
        token = PREFIX + secrets.token_urlsafe(32)
        with self._writing():
            present = self.tokens()
            if any(entry.name == name for entry in present):
                raise BadParameter(
                    "name-in-use", f"There is a token named '{name}'.", "Remove it first, or choose another name."
                )
            self._write((*present, Token(name, role, digest_of(token), now.isoformat(timespec="seconds"))))
        return token

    def remove(self, name: str) -> None:
        """Make a token void. Raises UnknownName."""
        with self._writing():
            present = self.tokens()
            kept = tuple(entry for entry in present if entry.name != name)
            if len(kept) == len(present):
                names = tuple(entry.name for entry in present)
                raise UnknownName("unknown-token", f"There is no token named '{name[:60]}'.", "", names)
            self._write(kept)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error) from None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _read(self) -> tuple[Token, ...]:
        try:
            listed = json.loads(self.path.read_text(encoding="utf-8"))["tokens"]
            found = [Token(e["name"], Role.of(e["role"]), e["sha256"], e["created"]) for e in listed]
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unreadable(error) from None
        if not all(isinstance(e.digest, str) and e.digest.isascii() and isinstance(e.name, str) for e in found):
            raise self._unreadable(ValueError("not text"))
        return tuple(sorted(found, key=lambda entry: entry.name))

    def _unreadable(self, error: Exception) -> GraphError:
        return GraphError(
            "tokens-unreadable",
            f"The file {self.path} cannot be read as a list of tokens ({type(error).__name__}).",
            "Mend it, or move it away and make new tokens.",
        )

    def _write(self, tokens: tuple[Token, ...]) -> None:
        entries = [
            {"name": e.name, "role": e.role.word, "sha256": e.digest, "created": e.created}
            for e in sorted(tokens, key=lambda entry: entry.name)
        ]
        beside = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}.new")
        try:
            # Nobody else may read it, not even for the moment before a chmod.
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps({"tokens": entries}, indent=1, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise GraphError("tokens-unwritable", f"{self.path} cannot be written: {error.strerror}.") from None

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time: two commands at once must not undo each other, least of all a removal."""
        lock = self.path.with_name(self.path.name + ".lock")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = lock.open("a")
        except OSError as error:
            raise GraphError("tokens-unwritable", f"{lock} cannot be written: {error.strerror}.") from None
        with file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield


def digest_of(token: str) -> str:
    """SHA-256 of a token in hex, as the file has it."""
    # ``surrogatepass``: whatever bytes a header had, they make a digest and no error.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
