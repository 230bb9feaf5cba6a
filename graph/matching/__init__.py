"""Matching: whether a name that somebody writes is one that is known, how sure that is, and why.

``certain`` is only what a name, a code or a judgement says; likeness of spelling is at most ``likely``. A matcher
is made of quads once and then only read; it knows no store and no file.
"""

from graph.matching.matcher import Matcher
from graph.matching.model import Candidate, Match, Verdict

__all__ = ["Candidate", "Match", "Matcher", "Verdict"]
