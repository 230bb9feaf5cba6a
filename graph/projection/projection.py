"""The engagements as columns, and what they are asked about: organisations, themes and places with what contains them.

A projection is one state of the data; it never changes. All of it follows from ``Relations``, so that the projection of
the next state is made of columns that are there, without reading the store again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from functools import cached_property
from threading import Lock
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
from pyoxigraph import Quad

from graph.projection.columns import Axis, Dates, Flags, Pairs, joined, lapsed_before, lexical
from graph.projection.hierarchy import Hierarchy, Steps, different, numbered, ranges
from graph.projection.relations import CLASSES, Ints, Relation, Relations
from graph.terms import CODE

T = TypeVar("T")

#: Of how many days, and for how many filters, what follows from a projection is kept with it.
_DAYS, _FILTERS = 2, 6
#: What an engagement counts as on a day.
STATED, INFERRED, PROPOSED, UNCONFIRMED, ENDED = range(5)


class Projection:
    """See the module. ``records`` are the engagements and collaborations, as term numbers in ascending order."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        self._kept: dict[tuple[Hashable, ...], dict[str, object]] = {}
        self._lock = Lock()
        self.terms = relations.dictionary.terms
        kinds = relations["type"]
        self._instances: Mapping[str, Ints] = {
            name: kinds.subjects[kinds.objects == self._number(text)] for name, text in CLASSES.items()
        }
        self.records = self.any_of("Engagement", "Collaboration")
        #: The records that the projection knows, by number of term; -1 for other terms.
        self.record_at = np.full(len(self.terms), -1, dtype=np.int64)
        self.record_at[self.records] = np.arange(len(self.records))

    @classmethod
    def of_quads(cls, quads: Iterable[Quad]) -> Projection:
        """The projection of quads in memory."""
        return cls(Relations.of_quads(quads))

    def after(self, removed: Iterable[Quad], added: Iterable[Quad]) -> Projection:
        """The projection once quads are taken out and put in, without reading the rest again."""
        return Projection(self.relations.after(removed, added))

    def keep(self, name: str, make: Callable[[], T], *of: Hashable) -> T:
        """What follows from the projection and takes long to make, for who asks next. ``of`` is nothing for what
        follows from it alone, which is kept for good; a day; or a day and filters. All that is of the last few days,
        and of the last few filters, is kept."""
        with self._lock:
            self._kept[of] = group = self._kept.pop(of, {})
            if name in group:
                return cast(T, group[name])
        found = make()
        with self._lock:
            group[name] = found
            days = [key for key in self._kept if len(key) == 1]
            filtered = [key for key in self._kept if len(key) > 1]
            for key in days[:-_DAYS] + filtered[:-_FILTERS]:
                del self._kept[key]
        return found

    def instances(self, name: str) -> Ints:
        """The numbers of all that is of a class of ``relations.CLASSES``."""
        return self._instances[name]

    def any_of(self, *names: str) -> Ints:
        """The numbers of all that is of one of several classes."""
        return different(np.concatenate([self.instances(name) for name in names]))

    def are(self, name: str) -> Flags:
        """Which places are of a class."""
        found = np.zeros(len(self.places), dtype=np.bool_)
        positions = self.places.positions(self.instances(name))
        found[positions[positions >= 0]] = True
        return found

    def subjects(self, name: str, iri: str) -> Ints:
        """The numbers of all of which a thing is said; ascending."""
        relation = self.relations[name]
        found: Ints = relation.subjects[relation.objects == self._number(f"<{iri}>")]
        return found

    def objects(self, name: str, number: int) -> Ints:
        """The objects of one subject."""
        keys = self.relations[name].keys
        begin, end = np.searchsorted(keys, [number << 32, (number + 1) << 32])
        return keys[begin:end] & 0xFFFFFFFF

    def all_objects(self, name: str, numbers: Ints) -> tuple[Ints, Ints]:
        """For a column of subjects: which row of it each object comes from, and the object."""
        keys = self.relations[name].keys
        begins, ends = np.searchsorted(keys, numbers << 32), np.searchsorted(keys, (numbers + 1) << 32)
        return np.repeat(np.arange(len(numbers)), ends - begins), keys[ranges(begins, ends)] & 0xFFFFFFFF

    def iri(self, record: int) -> str:
        """The IRI of a record by its position."""
        text: str = self.terms[self.records[record]]
        return text[1:-1]

    def _number(self, text: str) -> int:
        number = self.relations.dictionary.get(text)
        return -1 if number is None else number

    @property
    def looked_at(self) -> Mapping[str, int]:
        """How many engagements, statements of absence or completeness, and sources there are."""
        statements = self.any_of("AbsenceStatement", "CompletenessStatement")
        return {
            "engagements": len(self.records),
            "statements": len(statements),
            "sources": len(self.instances("Source")),
        }

    # --- what is on the axes --------------------------------------------------------------------------------------

    @cached_property
    def themes(self) -> Axis:
        """Every theme that is named or stands in a scheme of concepts."""
        relations = self.relations
        broader = relations["broader"]
        return self._axis(
            relations["theme"].objects, broader.subjects, broader.objects, relations["in_scheme"].subjects
        )

    @cached_property
    def places(self) -> Axis:
        """Every place that is named, contains one, or is in one."""
        contained = self.relations["contained_in"]
        return self._axis(
            self.relations["place"].objects, contained.subjects, contained.objects, self.instances("Country")
        )

    @cached_property
    def organisations(self) -> Axis:
        """Every organisation that does something, or is tied to another; members may be people."""
        found = [self.relations[name].objects for name in ("partner", "on_behalf_of", "organizer", "organization")]
        found += [self.relations["member"].objects]
        for name in ("unit_of", "linked_to"):
            found += [self.relations[name].subjects, self.relations[name].objects]
        return self._axis(*found)

    def _axis(self, *numbers: Ints) -> Axis:
        return Axis(self.relations, different(np.concatenate(numbers)))

    @cached_property
    def narrower(self) -> Hierarchy:
        """Themes and those that include them."""
        return self._hierarchy(self.themes, self.relations["broader"])

    @cached_property
    def inside(self) -> Hierarchy:
        """Places and those that contain them."""
        return self._hierarchy(self.places, self.relations["contained_in"])

    @cached_property
    def units(self) -> Hierarchy:
        """Organisations and those that they are units of."""
        return self._hierarchy(self.organisations, self.relations["unit_of"])

    @staticmethod
    def _hierarchy(axis: Axis, relation: Relation) -> Hierarchy:
        below, above = axis.positions(relation.subjects), axis.positions(relation.objects)
        return Hierarchy(len(axis), below, above)

    @cached_property
    def family(self) -> Ints:
        """Of each organisation the topmost one that it is a unit of: of several the first, so that nobody counts
        twice."""
        found = np.arange(len(self.organisations))
        tops = self.units.tops
        for one in np.unique(self.units.below):
            reached = self.units.above(int(one))
            first = reached[tops[reached]]
            if len(first):
                found[one] = first.min()
        return found

    # --- the columns of engagements -------------------------------------------------------------------------------

    @cached_property
    def partners(self) -> Pairs:
        """Organisations by record."""
        return self._pairs("partner", self.organisations)

    @cached_property
    def record_themes(self) -> Pairs:
        """Themes by record."""
        return self._pairs("theme", self.themes)

    @cached_property
    def record_places(self) -> Pairs:
        """Places by record."""
        return self._pairs("place", self.places)

    @cached_property
    def by_partner(self) -> Steps:
        """The records of each partner."""
        return self.partners.by_thing(len(self.organisations))

    def records_of(self, organisation: int) -> Ints:
        """The records of one partner."""
        return self.by_partner.of(organisation)

    @cached_property
    def by_theme(self) -> Steps:
        """The records that name each theme."""
        return self.record_themes.by_thing(len(self.themes))

    def _pairs(self, name: str, axis: Axis) -> Pairs:
        relation = self.relations[name]
        records = self.record_at[relation.subjects]
        kept = records >= 0
        return Pairs.of(len(self.records), records[kept], axis.positions(relation.objects[kept]))

    @cached_property
    def _spots(self) -> tuple[Ints, Ints]:
        """Every theme and place that a record names together, as one number; and the record."""
        themes, places = self.record_themes, self.record_places
        row, at = places.steps.spread(themes.records)
        keys = themes.things[row] * max(len(self.places), 1) + at
        order = np.argsort(keys, kind="stable")
        return keys[order], themes.records[row][order]

    def named_together(self, themes: Ints, places: Ints) -> Ints:
        """The records that name one of the pairs of a theme and a place; ascending."""
        keys, records = self._spots
        wanted = different(themes * max(len(self.places), 1) + places)
        begins, ends = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
        some = ends > begins
        return different(records[ranges(begins[some], ends[some])])

    @cached_property
    def basis(self) -> npt.NDArray[np.int8]:
        """STATED, INFERRED, PROPOSED, or -1 where a record has none; the shapes want one of each."""
        relation = self.relations["basis"]
        records = self.record_at[relation.subjects]
        found = np.full(len(self.records), -1, dtype=np.int8)
        kept = records >= 0
        found[records[kept]] = self._basis_of(relation.objects)[kept]
        return found

    def _basis_of(self, numbers: Ints) -> npt.NDArray[np.int8]:
        values, which = numbered(numbers)
        prefix = f"<{CODE}basis/"
        bases = [
            PROPOSED
            if self.terms[n] == prefix + "proposed>"
            else INFERRED
            if self.terms[n].startswith(prefix + "inferred")
            else STATED
            for n in values
        ]
        return np.array(bases, dtype=np.int8)[which] if len(numbers) else np.empty(0, dtype=np.int8)

    def stated(self, numbers: Ints) -> Ints:
        """Those of some things (which need not be records) that have a basis which is neither proposed nor inferred."""
        row, bases = self.all_objects("basis", numbers)
        found: Ints = numbers[different(row[self._basis_of(bases) == STATED])]
        return found

    @cached_property
    def said(self) -> Dates:
        """When each record was last stated."""
        return self._stated(last=True)

    @cached_property
    def first_said(self) -> Dates:
        """When each record was first stated."""
        return self._stated(last=False)

    def _stated(self, *, last: bool) -> Dates:
        relation = self.relations["stated_on"]
        records = self.record_at[relation.subjects]
        kept = records >= 0
        return self._dates(records[kept], relation.objects[kept], last=last)

    @cached_property
    def starts(self) -> Dates:
        """When the period of each record begins; of several the first beginning."""
        return self._period("start")

    @cached_property
    def ends(self) -> Dates:
        """When the period of each record ends; of several the first end."""
        return self._period("end")

    def _period(self, name: str) -> Dates:
        temporal, day = self.relations["temporal"], self.relations[name]
        records = self.record_at[temporal.subjects]
        kept = records >= 0
        left, right = joined(temporal.objects[kept], day.subjects)
        return self._dates(records[kept][left], day.objects[right], last=False)

    def _dates(self, records: Ints, numbers: Ints, *, last: bool) -> Dates:
        texts, rank = self.ranked(numbers)
        found = np.full(len(self.records), -1 if last else len(texts), dtype=np.int64)
        (np.maximum if last else np.minimum).at(found, records, rank)
        if not last:
            found[found == len(texts)] = -1
        return Dates(texts, found)

    def ranked(self, numbers: Ints) -> tuple[list[str], Ints]:
        """The different values of a column of literals, in order, and the position of each row's among them."""
        values, which = numbered(numbers)
        texts = [lexical(self.terms[n]) for n in values]
        order = sorted(range(len(texts)), key=texts.__getitem__)
        rank = np.empty(len(texts), dtype=np.int64)
        rank[order] = np.arange(len(texts))
        return [texts[at] for at in order], rank[which]

    def terms_that(self, numbers: Ints, holds: Callable[[str], bool]) -> Flags:
        """Of each row of a column of terms whether something holds of its term."""
        values, which = numbered(numbers)
        return np.array([bool(holds(self.terms[n])) for n in values], dtype=np.bool_)[which]

    @cached_property
    def newest(self) -> str:
        """The newest ``cg:statedOn`` of anything, or nothing."""
        return max((lexical(self.terms[n]) for n in different(self.relations["stated_on"].objects)), default="")

    def status(self, day: date) -> npt.NDArray[np.int8]:
        """What each record counts as on a day: STATED, INFERRED, PROPOSED, UNCONFIRMED (last stated too long ago),
        ENDED; -1 without a basis or a partner."""
        return self.keep("status", lambda: self._status(day), day)

    def _status(self, day: date) -> npt.NDArray[np.int8]:
        today = day.isoformat()
        lapse = lapsed_before(today)
        found = self.basis.copy()
        counts = (found == STATED) | (found == INFERRED)
        found[counts & self.said.each(lambda text: text < lapse[: len(text)])] = UNCONFIRMED
        found[counts & self.ends.each(lambda text: text < today[: len(text)])] = ENDED
        found[self.partners.counts == 0] = -1
        return found
