"""The best new ties: each tried out on a store of its own, and the choice compared with every other."""

from __future__ import annotations

import math
import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from pyoxigraph import Quad

from graph.errors import BadParameter
from graph.gaps import find_gaps, kinds
from graph.gaps.addresses import iri_of
from graph.gaps.assumptions import change_of
from graph.gaps.ties import BestTies, Candidates, best_ties
from graph.gaps.whatif import GapsOfBoth
from graph.gaps.whatif_format import best_ties_table, best_ties_to_dict
from graph.names import Names
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE
from tests.graph.test_whatif import DAY, graphs, really, store_of

KINDS = [
    kind
    for kind in ("uncovered", "single-partner", "not-collaborating", "missing-bridge", "isolated-partner")
    if kind in kinds()
]


def gap_iris(store: EmbeddedStore, kind: str, names: Names) -> set[str]:
    return {gap.iri for gap in find_gaps(store, kind, as_of=DAY, names=names)}


@pytest.mark.parametrize("kind", KINDS)
def test_each_tie_closes_what_it_is_said_to_close(kind: str) -> None:
    @settings(max_examples=8)
    @given(quads=graphs())
    def on_a_random_graph(quads: tuple[Quad, ...]) -> None:
        store = store_of(quads)
        names = Names.of(store)
        before = gap_iris(store, kind, names)
        of = GapsOfBoth.of(store, {}, as_of=DAY, names=names)
        candidates = Candidates(of, {(kind, row.subjects): row for row in of.rows(kind)[0]})
        truth = {}
        for tie in sorted(candidates.ranks, key=candidates.order):
            after = gap_iris(really(store, change_of([tie], DEFAULT_BASE, DAY)), kind, names)
            truth[tie] = before - after
            assert truth[tie] <= {iri_of(DEFAULT_BASE, *gap) for gap in candidates.said(tie)}
        for k in (1, 2, 3):
            found = best_ties(store, k, kind, as_of=DAY, names=names)
            assert found.gaps == len(before)
            covered: set[str] = set()
            for new in found.ties:
                closes = {gap.iri for gap in new.closes}
                assert closes
                assert closes <= truth[new.tie] - covered
                covered |= closes
            assert found.closed == len(covered)
            # Against every set of k ties, of those that open nothing instead.
            fair = [closed for closed in truth.values() if len(closed) == 1 or kind != "missing-bridge"]
            best = max((len(set().union(*some)) for some in combinations(fair, min(k, len(fair)))), default=0)
            assert (1 - 1 / math.e) * best <= found.closed <= found.at_most
            assert best <= found.at_most
            assert found.together is None or {gap.iri for gap in found.together.closed} >= covered

    on_a_random_graph()


def last(found: BestTies) -> list[list[str]]:
    return [[gap.iri.rpartition("/")[2] for gap in new.closes] for new in found.ties]


def test_a_pair_is_closed_by_its_collaboration(roundtable_store: EmbeddedStore) -> None:
    """Seven pairs: the institute and a programme of it with two offices of UNICEF, one the unit of the other; and the
    institute and two programmes with ISSA. What an organisation has counts for its units, so two ties close all."""
    found = best_ties(roundtable_store, 3, "not-collaborating")
    assert (found.gaps, found.closable, found.considered, found.closed, found.at_most) == (7, 7, 7, 7, 7)
    assert (found.all_ties, found.all_closed, found.all_at_least) == (2, 7, 2)
    first, second = found.ties
    assert ({thing.iri.rpartition("/")[2] for thing in first.tie.partners}, len(first.closes)) == (
        {"open-society-institute", "unicef-regional-office-cee-cis"},
        4,
    )
    assert ({thing.iri.rpartition("/")[2] for thing in second.tie.partners}, len(second.closes)) == (
        {"open-society-institute", "international-step-by-step-association"},
        3,
    )
    assert found.together is not None
    assert {gap.iri for gap in found.together.closed} == {gap.iri for new in found.ties for gap in new.closes}


def test_a_part_is_led_to_the_largest(roundtable_store: EmbeddedStore) -> None:
    """The largest part is UNICEF's, the institute with its programmes the other."""
    found = best_ties(roundtable_store, 5, "missing-bridge")
    assert (found.gaps, found.closable, found.closed, found.at_most, found.all_at_least) == (1, 1, 1, 1, 1)
    (new,) = found.ties
    assert sum("unicef" in thing.iri for thing in new.tie.partners) == 1


def test_two_who_are_alone_are_joined(roundtable_store: EmbeddedStore) -> None:
    """Seven are alone, five of them with others on their themes: a tie closes one, or two where both are alone."""
    found = best_ties(roundtable_store, 5, "isolated-partner")
    alone = {
        thing for gap in find_gaps(roundtable_store, "isolated-partner") for thing in [gap.subjects["organisation"]]
    }
    assert found.gaps == len(alone) == 7
    for new in found.ties:
        assert {gap.subjects["organisation"] for gap in new.closes} <= set(new.tie.partners) & alone
    assert found.all_at_least <= found.all_ties <= found.all_closed == found.closable


def test_a_narrower_theme_covers_the_wider_ones(roundtable_store: EmbeddedStore) -> None:
    """Education and a part of it are stated only for the region: one engagement in Armenia on the part states both,
    each with a single partner then."""
    found = best_ties(roundtable_store, 1, "regional-only", {"place": "Armenia", "theme": "education"})
    ((theme, wider),) = (sorted(one) for one in last(found))
    assert wider == "education--AM" or theme == "education--AM"
    assert found.at_most == 2
    assert found.ties[0].tie.themes[0].label != "Education"
    every = best_ties_to_dict(best_ties(roundtable_store, 1, None, {"place": "Armenia", "theme": "education"}))
    assert re.search(r"Together they open 3 other gaps, 3 of them in place of one that they close\.", every["told"])


def test_what_cannot_be_asked_is_told(roundtable_store: EmbeddedStore) -> None:
    for k in (0, 21):
        with pytest.raises(BadParameter, match="cannot be asked for"):
            best_ties(roundtable_store, k)
    with pytest.raises(BadParameter, match="priority-without-actor") as error:
        best_ties(roundtable_store, 1, "priority-without-actor")
    assert "uncovered" in error.value.suggestions
    with pytest.raises(BadParameter, match="no kind of gap"):
        best_ties(roundtable_store, 1, "nonsense")
    nothing = best_ties(roundtable_store, 1, "not-collaborating", {"theme": "defectology"})
    assert (nothing.gaps, nothing.ties, nothing.at_most, nothing.together) == (0, (), 0, None)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_best_ties_as_data(lang: str, roundtable_store: EmbeddedStore) -> None:
    data = best_ties_to_dict(best_ties(roundtable_store, 3, "not-collaborating", lang=lang), lang)
    assert (
        data["told"]
        == {
            "en": "These 2 ties close 7 of 7 gaps. No 3 of the 7 ties that were looked at close more than 7. "
            "To close all 7 that such ties can close, it takes 2 ties this way, and no fewer than 2.",
            "ru": "Новых связей: 2; они закрывают пробелов: 7 из 7. Никакие 3 из рассмотренных связей (7) не закроют "
            "больше, чем 7. Чтобы закрыть все пробелы, которые такие связи могут закрыть (7), этим способом нужно "
            "связей: 2; меньше, чем 2, не хватит.",
        }[lang]
    )
    assert data["ties"][0]["assumed"]["kind"] == "collaboration"
    assert data["ties"][0]["closes"][0]["kind"] == "not-collaborating"
    heading, rows = best_ties_table(data)
    assert len(rows) == 7
    assert {len(row) for row in rows} == {len(heading)}
    one = best_ties_to_dict(best_ties(roundtable_store, 1, "not-collaborating", lang=lang), lang)["told"]
    assert one.startswith({"en": "This tie closes 4 of 7 gaps.", "ru": "Новых связей: 1;"}[lang])
    none = best_ties(roundtable_store, 1, "not-collaborating", {"theme": "defectology"}, lang=lang)
    assert (
        best_ties_to_dict(none, lang)["told"]
        == {
            "en": "There is no gap here that a single tie is known to close.",
            "ru": "Здесь нет пробелов, о которых известно, что их закроет одна связь.",
        }[lang]
    )
