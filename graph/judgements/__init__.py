"""Judgements of people on whether two things are one: kept with who and when, never asked again, undoable.

"The same" merges: what is said of the one is said of the other from then on, its IRI leads there, and nothing that
comes later brings it back. Reads a store, writes to none: each function makes the ``Change`` that is to be written.
"""

from graph.judgements.book import GRAPH, Judgement, Judgements
from graph.judgements.merging import judge, redirected, undo
from graph.judgements.pairs import Pair, Search, likely_pairs

__all__ = ["GRAPH", "Judgement", "Judgements", "Pair", "Search", "judge", "likely_pairs", "redirected", "undo"]
