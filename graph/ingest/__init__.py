"""Ingestion: tables of any kind go in here, and only here. See ``docs/how-to-ingest.md``."""

from graph.ingest.pipeline import ingest, validate
from graph.ingest.reference import load_reference

__all__ = ["ingest", "load_reference", "validate"]
