"""SHACL at scale: shapes compiled to SPARQL *screen* the data for nodes that may fail, so that pySHACL, the reference,
need only look at those. See ``screen``."""

from graph.shacl.screen import Screen, Suspects, compile_shapes

__all__ = ["Screen", "Suspects", "compile_shapes"]
