"""Reading what somebody filled in: names become things, and everything that is wrong is told at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pyoxigraph import Literal, NamedNode

from graph.coverage.asof import last_day
from graph.errors import GraphError, UnknownName
from graph.ingest.values import before, parse, partial_date
from graph.names import Names
from graph.projection import Projection
from graph.statements.engagements import about, due
from graph.statements.said import CONFIRM, KINDS, Said
from graph.statements.wording import FaultyStatement, Remark, remark
from graph.store import Store

#: Characters of a field; values of one field; engagements that one statement confirms.
LONGEST: Mapping[str, int] = {"who": 200, "note": 1_000}
_LONGEST, MOST_NAMED, MOST_CONFIRMED = 500, 50, 500
#: Format characters that names in some scripts need; others turn a text around or hide.
_NEEDED = frozenset("\n\r\t\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{SOFT HYPHEN}")
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")

Asked = Mapping[str, Sequence[str]]


def read(store: Store, names: Names, projection: Projection, asked: Asked, today: date, lang: str = "en") -> Said:
    """The statement that fields make: ``say``, ``theme``, ``place``, ``engagement``, ``organisation``, ``who``,
    ``day``, ``source``, ``note``, each with its values as people type them.

    A confirmation names each ``engagement`` by IRI; without that field it confirms all that are about to lapse
    (``due``) of an ``organisation``, or on a ``theme`` in a ``place``. ``today`` is the last day that has come
    anywhere. Raises FaultyStatement.
    """
    return _Reading(store, names, projection, asked, today, lang).read()


class _Reading:
    def __init__(
        self, store: Store, names: Names, projection: Projection, asked: Asked, today: date, lang: str
    ) -> None:
        self.store, self.names, self.projection, self.today, self.lang = store, names, projection, today, lang
        self.asked = {name: [text.strip() for text in texts if text.strip()] for name, texts in asked.items()}
        self.faults: list[Remark] = []

    def read(self) -> Said:
        self._see_to_texts()
        say = self._one("say")
        if say and say not in KINDS:
            self._tell("unknown-say", "say", value=say[:40], suggestions=KINDS)
        who, day, source = self._one("who"), self._day(), ""
        if texts := self.asked.get("source"):
            source = self._source(texts[0], who)
        themes: tuple[str, ...] = ()
        places: tuple[str, ...] = ()
        engagements: tuple[str, ...] = ()
        if say == CONFIRM:
            engagements = self._confirmed(day)
        else:
            themes, places = self._things("theme"), self._things("place")
        note = "\n".join(self.asked.get("note", ())).replace("\r\n", "\n")
        self._stop()
        return Said(say, who, day, themes, places, engagements, source, note)

    def _stop(self) -> None:
        if self.faults:
            raise FaultyStatement(self.faults)

    def _tell(self, code: str, field: str, suggestions: Sequence[str] = (), **words: object) -> None:
        self.faults.append(remark(code, field, suggestions, **words))

    def _see_to_texts(self) -> None:
        """What no field may have. Raises at once: such a text is not looked up."""
        for field, texts in self.asked.items():
            most = LONGEST.get(field, _LONGEST)
            if any(len(text) > most for text in texts):
                self._tell("too-long", field, most=most)
            if any(_hidden(char) for text in texts for char in text):
                self._tell("bad-text", field)
            if field in ("who", "note", "source") and any(_MAIL.search(text) for text in texts):
                self._tell("has-address", field)
        self._stop()

    def _one(self, field: str) -> str:
        texts = self.asked.get(field)
        if not texts:
            self._tell("missing", field)
            return ""
        return " ".join(texts[0].split())

    def _day(self) -> str:
        text = self._one("day")
        found = partial_date(text)
        if not text:
            return ""
        try:
            if not isinstance(found, Literal):
                raise ValueError(text)
            last_day(found.value)
        except (ValueError, OverflowError):
            self._tell("bad-day", "day", value=text[:40])
            return ""
        if before(self.today.isoformat(), found.value):
            self._tell("future-day", "day", value=found.value)
        return found.value

    def _things(self, field: str, *, required: bool = True) -> tuple[str, ...]:
        texts = [part.strip() for text in self.asked.get(field, ()) for part in text.split(";") if part.strip()]
        if len(texts) > MOST_NAMED:
            self._tell("too-many", field, most=MOST_NAMED)
            return ()
        if required and not texts:
            self._tell("missing", field)
        found = {iri for text in texts if (iri := self._thing(field, text))}
        return tuple(sorted(found))

    def _thing(self, field: str, text: str) -> str:
        def told(code: str, error: GraphError) -> None:
            self._tell(code, field, error.suggestions, value=text[:100])

        return self._resolved(field, text, told)

    def _resolved(self, kind: str, text: str, told: Callable[[str, GraphError], None]) -> str:
        try:
            return self.names.resolve(kind, text, self.lang).iri
        except UnknownName as error:
            told("unknown-name", error)
        except GraphError as error:
            told("ambiguous-name", error)
        return ""

    def _source(self, text: str, who: str) -> str:
        found = parse("anyURI", "", text)
        if isinstance(found, NamedNode):
            return found.value

        def told(code: str, error: GraphError) -> None:
            if code == "unknown-name":
                code = "unknown-source"
            self._tell(code, "source", error.suggestions, value=text[:100], who=who)

        return self._resolved("document|source", text, told)

    # --- confirmations --------------------------------------------------------------------------------------------

    def _confirmed(self, day: str) -> tuple[str, ...]:
        named = list(dict.fromkeys(self.asked.get("engagement", ())))
        if len(named) > MOST_CONFIRMED:
            self._tell("too-many", "engagement", most=MOST_CONFIRMED)
            return ()
        if "engagement" not in self.asked:
            return self._due(day)
        if not named:
            self._tell("nothing-named", "engagement")
        iris = {text: iri for text in named if (iri := self._iri(text))}
        known = about(self.store, iris.values())
        for text in named:
            one = known.get(iris.get(text, ""))
            if one is None:
                self._tell("unknown-engagement", "engagement", value=text[:200])
            elif one.until and day and before(one.until, day):
                label = one.label(self.names, self.lang)
                self._tell("ended", "engagement", value=label, until=one.until)
        return tuple(sorted(known))

    def _iri(self, text: str) -> str:
        text = text.removeprefix("<").removesuffix(">")
        found = parse("anyURI", "", text if "://" in text else self.store.base + text)
        return found.value if isinstance(found, NamedNode) else ""

    def _due(self, day: str) -> tuple[str, ...]:
        kinds = ("organisation", "theme", "place")
        named = {kind: self._things(kind, required=False) for kind in kinds}
        if any(len(iris) > 1 for iris in named.values()):
            for kind in kinds:
                if len(named[kind]) > 1:
                    self._tell("too-many", kind, most=1)
            return ()
        if self.faults or not day:
            return ()
        chosen = {kind: iris[0] for kind, iris in named.items() if iris}
        if not ("organisation" in chosen or {"theme", "place"} <= chosen.keys()):
            self._tell("nothing-named", "engagement")
            return ()
        found = due(self.store, self.projection, min(last_day(day), self.today), **chosen)
        if not found:
            self._tell("nothing-due", "engagement", day=day)
        if len(found) > MOST_CONFIRMED:
            self._tell("too-many", "engagement", most=MOST_CONFIRMED)
        return tuple(sorted(one.iri for one in found))


def _hidden(char: str) -> bool:
    return unicodedata.category(char).startswith("C") and char not in _NEEDED
