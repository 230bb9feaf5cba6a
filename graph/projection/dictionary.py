"""Terms by number. The texts of a million terms are kept as one run of bytes, and made when they are asked for: as
Python strings in a dict they take three times the memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from threading import Lock
from typing import overload

import numpy as np


class Terms(Sequence[str]):
    """Texts by number: those that are there from the start, as bytes, and those that came later."""

    def __init__(self, texts: Collection[str] = ()) -> None:
        encoded = [text.encode() for text in texts]
        lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
        self._bytes, self._bounds = b"".join(encoded), np.concatenate(([0], np.cumsum(lengths)))
        self._later: list[str] = []

    def __len__(self) -> int:
        return len(self._bounds) - 1 + len(self._later)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        first = len(self._bounds) - 1
        if number >= first:
            return self._later[number - first]
        if number < 0:
            raise IndexError(number)
        return self._bytes[self._bounds[number] : self._bounds[number + 1]].decode()

    def append(self, text: str) -> None:
        """One more term."""
        self._later.append(text)


class Dictionary:
    """Terms by their text: different ones that are there from the start, in their order, then others in the order in
    which they are asked for. Who asks for such holds ``lock``."""

    def __init__(self, texts: Collection[str] = ()) -> None:
        self.terms = Terms(texts)
        self.lock = Lock()
        hashes = np.fromiter(map(hash, texts), dtype=np.int64, count=len(texts))
        order = np.argsort(hashes, kind="stable")
        #: The hashes of the first terms, ascending, and the number that each belongs to.
        self._hashes, self._numbers = hashes[order], order.astype(np.uint32)
        self._later: dict[str, int] = {}

    def get(self, text: str) -> int | None:
        """The number of a term, if it has one."""
        wanted = hash(text)
        begin, end = np.searchsorted(self._hashes, wanted, "left"), np.searchsorted(self._hashes, wanted, "right")
        for number in self._numbers[begin:end].tolist():
            if self.terms[number] == text:
                return int(number)
        return self._later.get(text)

    def __getitem__(self, text: str) -> int:
        number = self.get(text)
        if number is None:
            self._later[text] = number = len(self.terms)
            self.terms.append(text)
        return number
