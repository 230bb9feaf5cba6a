"""From a name in somebody's list to the thing that is known: certain, likely, new, or no name at all.

Pure: a ``Matcher`` is made of quads and never changes. ``docs/matching.md`` says what it goes by.
"""

from graph.matching.matcher import Matcher
from graph.matching.model import Candidate, Match, Verdict

__all__ = ["Candidate", "Match", "Matcher", "Verdict"]
