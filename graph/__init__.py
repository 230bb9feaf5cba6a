"""The library behind Common Ground: store, ingestion, questions, gaps, network maps. No HTTP, no HTML."""
