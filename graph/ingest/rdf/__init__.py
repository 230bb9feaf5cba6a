"""What statements in RDF mean here: those in our own vocabulary are taken as they are, those in others by alignments
(``graph/ingest/alignments``), and what is taken neither way is counted and told.

``model`` says what our shapes let a record say, ``aligning`` runs the alignments, ``settling`` makes their values ours
(languages, dates, names of places and themes), ``untaken`` finds what was not taken up, ``build`` puts it together.
"""

from graph.ingest.rdf.build import build
from graph.ingest.rdf.rows import as_sheet

__all__ = ["as_sheet", "build"]
