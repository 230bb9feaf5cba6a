"""The simple graph of nodes and edges: undirected, loops left out, parallel edges one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Simple:
    """``nodes`` sorted; of each edge the positions of its ends, ``ones[i] < others[i]``, sorted by them."""

    nodes: tuple[str, ...]
    ones: Ints
    others: Ints

    @classmethod
    def of(cls, nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> Simple:
        """Ends of edges need not be among ``nodes``.

        >>> Simple.of(["c"], [("b", "a"), ("a", "b"), ("c", "c")]).nodes
        ('a', 'b', 'c')
        """
        pairs = {(source, target) if source < target else (target, source) for source, target in edges}
        found = sorted({*nodes, *(end for pair in pairs for end in pair)})
        at = {node: position for position, node in enumerate(found)}
        ends = sorted((at[one], at[other]) for one, other in pairs if one != other)
        columns = np.array(ends, dtype=np.int64).reshape(-1, 2)
        return cls(tuple(found), columns[:, 0], columns[:, 1])

    @property
    def degrees(self) -> Ints:
        """Neighbours of each node."""
        return np.bincount(np.concatenate((self.ones, self.others)), minlength=len(self.nodes))
