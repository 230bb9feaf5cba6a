"""The isolated engine: killable query workers over immutable generations, one writer. See ``engine``."""

from graph.store.engine import Written
from graph.store.isolated.engine import IsolatedStore
from graph.store.isolated.guard import supported
from graph.store.isolated.limits import Limits

__all__ = ["IsolatedStore", "Limits", "Written", "supported"]
