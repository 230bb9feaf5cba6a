"""Every kind of gap has a case, and finds what a person worked out; see ``gaps/README.md`` for how.

One runner goes over the source folder, so that a kind without a case fails.
"""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from graph.coverage import coverage
from graph.errors import BadParameter, GraphError, UnknownName
from graph.gaps import find_gaps, kinds
from graph.gaps.filters import iris
from graph.gaps.format import gap_to_dict, gaps_table, gaps_to_dict
from graph.gaps.header import read_kind
from graph.gaps.sentence import fill
from graph.gaps.weights import read_weights, shares
from graph.model import Gap, Thing, Value
from graph.names import Names
from graph.projection import projection_of
from graph.question_file import read_question
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import CODE, DEFAULT_BASE, PLACE, THEME, node

SOURCE = Path(__file__).parents[2] / "graph" / "gaps"
CASES = Path(__file__).with_name("gaps")
KINDS = sorted(path.stem for path in SOURCE.glob("*.rq"))
#: What ``?severity_absence`` of an uncovered cell says of its state.
STATE_OF_TERM = {
    0.3: "combination-not-stated",
    0.5: "inferred-only",
    1.0: "known-absence",
    0.9: "none-listed",
    0.2: "unknown",
}
#: Nothing in the document has ended, it gives no numbers on a theme, and names no partners of collaborations.
NONE_AT_THE_ROUNDTABLE = {"lapsed", "local-bridge", "need-without-response"}
#: The kinds that can be filtered by a place and report something of Romania, where RENINCO is an isolated partner.
IN_ROMANIA = {
    "isolated-partner",
    "priority-without-actor",
    "regional-only",
    "single-partner",
    "uncovered",
    "unlinked-themes",
    "untapped-experience",
}
#: The kinds that rest on the states of cells, each with the states that it reports.
STATES_OF_KIND = {
    "uncovered": frozenset(STATE_OF_TERM.values()),
    "regional-only": {"regional-only"},
    "lapsed": {"lapsed"},
    "single-partner": {"covered-by-one"},
}


@dataclass(frozen=True)
class Case:
    kind: str
    params: Path
    expected: Path

    @property
    def filters(self) -> dict[str, str]:
        return {name: text for name, text in self._params().items() if name != "as_of"}

    @property
    def as_of(self) -> date | None:
        day = self._params().get("as_of")
        return date.fromisoformat(day) if day else None

    def _params(self) -> dict[str, str]:
        return dict(json.loads(self.params.read_text(encoding="utf-8")))

    def lines(self) -> list[list[str]]:
        with self.expected.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))


def cases(params: str, expected: str) -> list[Case]:
    """The cases whose file names begin so; a kind without its first case has one whose files are missing."""
    return [
        Case(kind, path, CASES / kind / f"{expected}{path.stem.removeprefix(params)}.csv")
        for kind in KINDS
        for path in sorted({CASES / kind / f"{params}.json", *(CASES / kind).glob(f"{params}-*.json")})
    ]


def identifier(case: Case) -> str:
    return f"{case.kind}/{case.params.stem}"


GIVEN = pytest.mark.parametrize("case", cases("params", "expected"), ids=identifier)
ROUNDTABLE = pytest.mark.parametrize("case", cases("roundtable", "roundtable"), ids=identifier)
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def given_store(kind: str) -> EmbeddedStore:
    store = EmbeddedStore()
    data = (CASES / kind / "given.trig").read_bytes()
    store.write(Change(added=frozenset(parse(data, RdfFormat.TRIG))))
    return store


def short(value: Value | float) -> str:
    """Last segments of IRIs, several joined by blanks."""
    if isinstance(value, Thing):
        return value.iri.rpartition("/")[2]
    if isinstance(value, tuple):
        return " ".join(sorted(short(thing) for thing in value))
    return "" if value is None else str(value)


def short_gap(gap: Gap, heading: list[str]) -> list[str]:
    terms = {name if name not in gap.subjects else f"{name}_share": v for name, v in gap.severity_terms.items()}
    values: Mapping[str, Value | float] = dict(gap.subjects) | terms | {"severity": gap.severity}
    return [short(values[name]) for name in heading]


def check(case: Case, store: EmbeddedStore) -> Sequence[Gap]:
    heading, *rows = case.lines()
    found = find_gaps(store, case.kind, case.filters, as_of=case.as_of)
    assert [short_gap(gap, heading) for gap in found] == rows
    over_columns = find_gaps(store, case.kind, case.filters, as_of=case.as_of, projection=projection_of(store))
    assert over_columns == found
    return found


@GIVEN
def test_a_kind_finds_the_gaps_of_its_case(case: Case) -> None:
    assert check(case, given_store(case.kind)), "a case that expects nothing proves nothing"


@ROUNDTABLE
def test_a_kind_finds_the_gaps_of_the_roundtable(case: Case, roundtable_store: EmbeddedStore) -> None:
    check(case, roundtable_store)


@EVERY_KIND
def test_the_query_of_a_gap_gives_its_one_row(kind: str, roundtable_store: EmbeddedStore) -> None:
    assert find_gaps(given_store(kind), kind)
    for store in (given_store(kind), roundtable_store):
        found = find_gaps(store, kind)
        # All of them, but of the many unknown cells a sample that always has both ends.
        for gap in [*found[:: len(found) // 15], found[-1]] if len(found) > 30 else found:
            rows = list(store.select(gap.query))
            assert len(rows) == 1, gap.iri
            for name in kinds()[kind].subject:
                subject = gap.subjects[name]
                assert isinstance(subject, Thing)
                assert rows[0][name].value == subject.iri


QUERIES = sorted(SOURCE.glob("*.rq")) + sorted((SOURCE.parent / "coverage").glob("*.rq"))


@pytest.mark.filterwarnings("ignore:(Dataset\\.[a-z_]+|ConjunctiveGraph) is deprecated:DeprecationWarning")
@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_file_as_it_stands_says_the_same_in_another_tool(path: Path) -> None:
    kind = path.stem if path.stem in KINDS else "uncovered"
    other = rdflib.Dataset(default_union=True)
    other.parse(CASES / kind / "given.trig", format="trig")
    text = path.read_text(encoding="utf-8")

    def plain(value: str | None) -> object:
        """Lists without their order, numbers without their spelling."""
        try:
            return round(float(value or ""), 6)
        except ValueError:
            return tuple(sorted((value or "").split()))

    theirs = sorted(str([plain(None if v is None else str(v)) for v in row]) for row in other.query(text))
    ours = []
    for row in given_store(kind).select(text):
        ours.append(str([plain(v.value if isinstance(v, NamedNode | Literal) else None) for v in row]))
    assert ours
    assert theirs == sorted(ours)


@EVERY_KIND
def test_gaps_are_stable_and_sorted(kind: str) -> None:
    store = given_store(kind)
    found = find_gaps(store, kind)
    order = [
        (-gap.severity, [iri for name in kinds()[kind].subject for iri in iris(gap.subjects[name])]) for gap in found
    ]
    assert order == sorted(order)
    assert len({gap.iri for gap in found}) == len(found)
    assert all(gap.iri.startswith(f"{DEFAULT_BASE}gap/{kind}/") for gap in found)
    # A new generation, the same gaps.
    more = Quad(node("theme:x"), node("skos:note"), node("theme:y"), node("theme:z"))
    store.write(Change(added=frozenset({more})))
    assert find_gaps(store, kind).gaps == found.gaps


@EVERY_KIND
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_gap_is_told_in_whole_sentences(kind: str, lang: str, roundtable_store: EmbeddedStore) -> None:
    for gap in [*find_gaps(given_store(kind), kind, lang=lang), *find_gaps(roundtable_store, kind, lang=lang)[:50]]:
        for sentence in (gap.reason, gap.remedy):
            assert sentence.endswith(".")
            assert not re.search(r"[{}]|\bNone\b|https?:|\.\.| - [,.;]|\(-\)|\s\s", sentence), sentence
            assert bool(re.search("[а-я]", sentence)) == (lang == "ru"), sentence
        assert 0 <= gap.severity <= 1
        assert gap.severity_terms.keys() == {term.name for term in kinds()[kind].severity}


@EVERY_KIND
def test_every_case_of_a_query_has_its_words(kind: str) -> None:
    """A case that the given data never reach would otherwise fail in front of a reader."""
    of = kinds()[kind]
    query = of.question.query
    assert of.reasons.keys() == of.remedies.keys()
    for case in of.reasons:
        base, unsure, _ = case.partition("-unsure")
        assert f'"{case}"' in query or (unsure and f'"{base}"' in query and '"-unsure"' in query), case


def test_the_sentences_of_the_roundtable(roundtable_store: EmbeddedStore) -> None:
    def reason(kind: str, lang: str = "en", **filters: str) -> str:
        return find_gaps(roundtable_store, kind, filters, lang=lang)[0].reason

    assert reason("uncovered", theme="deinstitutionalisation", place="RO") == (
        "Deinstitutionalisation in Romania: only inferred, not stated, of UNICEF CEE/CIS Child Protection."
    )
    assert reason("uncovered", theme="deinstitutionalisation", place="RO", lang="ru").startswith(
        "Тема «Деинституционализация», Румыния: не указано, только выведено"
    )
    assert reason("uncovered", theme="disability advocacy", place="RU") == (
        "No source has looked at Disability advocacy in Russian Federation; somebody may well work there."
    )
    assert "were both on the programme of Exploring Collaboration" in reason("not-collaborating")
    assert reason("isolated-partner", organisation="Enabling Education Network") == (
        "Nothing recorded connects Enabling Education Network with any other partner, though others work on "
        "Inclusive education too."
    )
    # Its partners are mentioned, so that it is not alone; they are only not named.
    assert reason("isolated-partner", organisation="RENINCO") == (
        "Sources mention partners of RENINCO without naming them; no other partner is recorded, though others work on "
        "Partnership too."
    )
    assert reason("priority-without-actor", theme="support-services") == (
        'Priority "Comprehensive services for schools and children are lacking": '
        "no work on Support services is recorded."
    )
    # A next step is called one: what is meant to follow is not what was found important.
    assert reason("priority-without-actor", theme="regional-networks") == (
        'Next step "The network in the region should meet regularly, so that partners communicate better": '
        "no work on Regional networks is recorded."
    )
    assert reason("priority-without-actor", theme="regional-networks", lang="ru").startswith("Следующий шаг «")


def test_a_bridge_is_proposed_with_who_could_introduce(roundtable_store: EmbeddedStore) -> None:
    def told(store: EmbeddedStore, lang: str) -> dict[str, str]:
        return {short(gap.subjects["part"]): gap.remedy for gap in find_gaps(store, "missing-bridge", lang=lang)}

    invented = given_store("missing-bridge")
    assert told(invented, "en") == {
        "q": "Ask q and r who their partners are; if there are none, introduce b and q to each other, the tie that "
        "would connect most.",
        "e": "Ask e and f who these partners are, and record them by name; if none of a; b and q is among them, "
        "introduce a and e to each other. On one programme with both, and so able to do it: G.",
        "h": "Ask h and I who their partners are, and record them by name.",
        "k": "Ask k and l who these partners are, and record them by name.",
    }
    russian = told(invented, "ru")
    assert russian["q"].endswith("предложите знакомство, которое соединило бы больше всего: b и q.")
    assert russian["e"].endswith(
        "если среди них нет никого из других по этим темам (a; b и q), предложите знакомство: a и e. "
        "Познакомить их могли бы те, кто был в одной программе с обеими: G."
    )
    (ours,) = told(roundtable_store, "en").values()
    assert "introduce Open Society Foundation, Kyrgyzstan and UNICEF Romania to each other, the tie" in ours
    assert "so able to do it: Bridge of Hope Armenia; International Step by Step Association;" in ours
    (ours,) = told(roundtable_store, "ru").values()
    assert "соединило бы больше всего: Фонд «Открытое общество», Кыргызстан и ЮНИСЕФ в Румынии. Познакомить" in ours
    # Without the second meeting nobody could introduce E.
    talks = {quad for quad in invented.quads() if str(quad.subject).endswith(("/talk/e>", "/talk/g2>"))}
    invented.write(Change(removed=frozenset(talks)))
    assert told(invented, "en")["e"].endswith("is among them, introduce a and e to each other.")
    assert told(invented, "ru")["e"].endswith("предложите знакомство: a и e.")


def test_who_is_connected_with_both_could_introduce_them() -> None:
    store = given_store("not-collaborating")
    # G and H, who have met, and of whom one is not stated to work on the theme there, both work with GH.
    for one in "gh":
        work, graph = NamedNode(f"{DEFAULT_BASE}collaboration/case/{one}gh"), NamedNode(f"{DEFAULT_BASE}source/case")
        said = [("rdf:type", node("cg:Collaboration")), ("cg:basis", NamedNode(f"{CODE}basis/stated"))]
        said += [("cg:partner", NamedNode(f"{DEFAULT_BASE}organisation/{who}")) for who in (one, "gh")]
        store.write(Change(added=frozenset(Quad(work, node(name), value, graph) for name, value in said)))

    def told(lang: str) -> dict[str, tuple[str, str]]:
        found = find_gaps(store, "not-collaborating", lang=lang)
        return {short(gap.subjects["organisation"]): (gap.reason, gap.remedy) for gap in found}

    english, russian = told("en"), told("ru")
    assert english["la"][0].endswith("with both on its programme. Connected with both: lc and ld.")
    assert english["la"][1] == "Ask lc, connected with both, to introduce la and lb to each other."
    assert english["a"][0].endswith("no collaboration is recorded. Connected with both: ac.")
    assert english["a"][1].endswith("if so, record it, if not, propose it, perhaps through ac, connected with both.")
    assert english["e"][0].endswith("Connected with both: ef.")
    assert english["e"][1] == "Ask both what they do in GE, then ask ef, connected with both, to introduce them."
    assert english["g"][0].endswith("Connected with both: gh.")
    assert english["g"][1].endswith("whether they work together; gh, connected with both, may help.")
    assert russian["la"][0].endswith("программе которой были бы обе. С обеими связаны: lc и ld.")
    assert russian["la"][1] == "Попросите тех, кто связан с обеими, познакомить партнёров (la; lb), прежде всего: lc."
    assert russian["a"][0].endswith("сотрудничество не указано. С обеими связаны: ac.")
    assert russian["a"][1].endswith("предложите, возможно, через тех, кто связан с обеими, прежде всего: ac.")
    assert russian["e"][1].endswith("затем попросите познакомить их тех, кто связан с обеими, прежде всего: ef.")
    assert russian["g"][1].endswith("помочь могут те, кто связан с обеими, прежде всего: gh.")


def test_those_with_partners_whom_nobody_names_are_not_called_alone(roundtable_store: EmbeddedStore) -> None:
    def mentioned(store: EmbeddedStore, kind: str) -> set[str]:
        found = find_gaps(store, kind)
        return {
            short(gap.subjects[kinds()[kind].subject[0]])
            for gap in found
            if gap.reason.startswith("Sources mention partners of")
        }

    # A network's members and a collaboration's partners; the other parts have none.
    assert mentioned(given_store("missing-bridge"), "missing-bridge") == {"e", "k"}
    assert mentioned(given_store("isolated-partner"), "isolated-partner") == {"network", "quiet"}
    # The five collaborations of the document, all of them with partners that it does not name.
    assert mentioned(roundtable_store, "isolated-partner") == {
        "bridge-of-hope-armenia",
        "international-step-by-step-association",
        "perspektiva",
        "reninco",
    }


def test_nobody_is_told_as_a_part_and_as_isolated(roundtable_store: EmbeddedStore) -> None:
    for store in (roundtable_store, given_store("missing-bridge"), given_store("isolated-partner")):
        parts = {short(gap.subjects["organisation"]) for gap in find_gaps(store, "missing-bridge")}
        alone = {short(gap.subjects["organisation"]) for gap in find_gaps(store, "isolated-partner")}
        assert parts
        assert alone
        assert not {name for part in parts for name in part.split()} & alone


def test_a_gap_shows_what_was_looked_at(roundtable_store: EmbeddedStore) -> None:
    found = find_gaps(roundtable_store, "uncovered", {"theme": "deinstitutionalisation", "place": "RO"})
    quotes = [one.quote for one in found[0].evidence]
    # The engagement rests on the session's title and the sentence on the talk; a recommendation and a priority ask.
    assert "Linking Deinstitutionalization with Inclusive Education" in quotes
    assert "attitudes, deinstitutionalization" in quotes
    assert len(quotes) == len(set(quotes)) == 5


def test_gaps_answer_for_their_day(roundtable_store: EmbeddedStore) -> None:
    """Five years and a day after the meeting nothing is confirmed any more."""
    filters = {"theme": "deinstitutionalisation", "place": "Armenia"}
    assert not find_gaps(roundtable_store, "uncovered", filters, as_of=date(2015, 5, 12))
    assert not find_gaps(roundtable_store, "lapsed", filters, as_of=date(2015, 5, 12))
    (lapsed,) = find_gaps(roundtable_store, "lapsed", filters, as_of=date(2015, 5, 13))
    assert lapsed.severity_terms["absence"] == 0.6
    assert not find_gaps(roundtable_store, "not-collaborating", as_of=date(2015, 5, 13))
    ended = find_gaps(roundtable_store, "priority-without-actor", filters, as_of=date(2015, 5, 13))
    assert [gap.severity_terms["unanswered"] for gap in ended] == [0.8]


def test_all_kinds_together_are_those_that_can_be_filtered_so(roundtable_store: EmbeddedStore) -> None:
    everything = find_gaps(roundtable_store)
    assert {gap.kind for gap in everything} == set(KINDS) - NONE_AT_THE_ROUNDTABLE
    in_romania = find_gaps(roundtable_store, None, {"place": "Romania"})
    assert {gap.kind for gap in in_romania} == IN_ROMANIA
    assert all(short(gap.subjects["place"]) == "RO" for gap in in_romania if gap.kind in STATES_OF_KIND)
    # An empty text is what a form sends for a field that nobody filled in.
    assert find_gaps(roundtable_store, "not-collaborating", {"place": " "}) == find_gaps(
        roundtable_store, "not-collaborating"
    )


def test_what_is_asked_wrongly_gets_the_nearest(example_store: EmbeddedStore) -> None:
    with pytest.raises(BadParameter) as wrong_kind:
        find_gaps(example_store, "uncoverd")
    assert wrong_kind.value.suggestions[0] == "uncovered"
    with pytest.raises(BadParameter) as wrong_parameter:
        find_gaps(example_store, "uncovered", {"palce": "AM"})
    assert wrong_parameter.value.suggestions[0] == "place"
    with pytest.raises(BadParameter) as not_of_this_kind:
        find_gaps(example_store, "missing-bridge", {"place": "AM"})
    assert "place" in not_of_this_kind.value.message
    with pytest.raises(UnknownName) as wrong_value:
        find_gaps(example_store, "uncovered", {"place": "Armenja"})
    assert "Armenia" in wrong_value.value.suggestions[0]


def test_the_cells_of_the_kinds_are_those_of_the_matrix(roundtable_store: EmbeddedStore) -> None:
    """The queries choose states on their own, so that they can be run anywhere; both choices must be the same."""
    seen: set[str] = set()
    for store in (roundtable_store, *(given_store(kind) for kind in STATES_OF_KIND)):
        matrix = {(c.theme.iri, c.place.iri): c for c in coverage(store).cells}
        found = {}
        for kind, states in STATES_OF_KIND.items():
            for gap in find_gaps(store, kind):
                theme, place = gap.subjects["theme"], gap.subjects["place"]
                assert isinstance(theme, Thing)
                assert isinstance(place, Thing)
                assert (theme.iri, place.iri) not in found, "no cell is told twice"
                state = found[theme.iri, place.iri] = matrix[theme.iri, place.iri].state
                assert state in states
                if kind == "uncovered":
                    assert state == STATE_OF_TERM[gap.severity_terms["absence"]]
        seen |= set(found.values())
        themes = {theme for theme, _ in found}
        rest = [cell for key, cell in matrix.items() if key[0] in themes and key not in found]
        # Of all others two families are stated, or somebody states that the theme is not needed there.
        assert all(c.state == "covered" or "is not needed here" in c.reason for c in rest)
    assert seen == set().union(*STATES_OF_KIND.values())


def test_the_states_of_cells_are_chosen_in_the_same_words() -> None:
    """A file has to run alone, so the words are there several times; they may not part."""
    chosen = set()
    for kind in (*STATES_OF_KIND, "untapped-experience"):
        text = (SOURCE / f"{kind}.rq").read_text(encoding="utf-8")
        found = re.search(r"# The state of every cell.*?# End of the states", text, re.S)
        assert found, kind
        chosen.add(" ".join(found[0].split()))
    assert len(chosen) == 1


def test_gaps_of_the_roundtable_are_found_quickly(roundtable_store: EmbeddedStore) -> None:
    names = Names.of(roundtable_store)
    started = time.process_time()
    assert len(find_gaps(roundtable_store, names=names)) > 500
    assert time.process_time() - started < 5, "some 0.6 s of one core; more says that a join has lost its hash"


def test_a_part_of_the_gaps_is_that_part_of_all(roundtable_store: EmbeddedStore) -> None:
    everything = find_gaps(roundtable_store)
    part = find_gaps(roundtable_store, limit=7, offset=5)
    for gap, same in zip(part, everything.gaps[5:12], strict=True):
        # Of many records the words of more are quoted where fewer gaps are shown.
        assert replace(gap, evidence=same.evidence) == same
        assert len(gap.evidence) >= len(same.evidence) > 0
    assert (part.total, part.offset, len(part)) == (len(everything), 5, 7)
    beyond = find_gaps(roundtable_store, offset=everything.total)
    assert (beyond.total, len(beyond)) == (everything.total, 0)


def test_an_empty_result_says_what_was_looked_at(roundtable_store: EmbeddedStore) -> None:
    """Deinstitutionalisation in Armenia is the one pair that the document states."""
    found = find_gaps(roundtable_store, "uncovered", {"theme": "deinstitutionalisation", "place": "AM"})
    assert (found.gaps, found.total) == ((), 0)
    looked = found.looked_at
    counted = next(
        iter(
            roundtable_store.select("""PREFIX cg: <https://w3id.org/commonground/ns#>
        SELECT (COUNT(DISTINCT ?e) AS ?n) { VALUES ?c { cg:Engagement cg:Collaboration } ?e a ?c }""")
        )
    )
    assert looked.engagements == int(counted["n"].value) > 0
    assert (looked.sources, looked.as_of, looked.generation) == (1, date(2010, 5, 12), roundtable_store.generation)
    assert looked.statements > 0
    assert {name: thing.label for name, thing in looked.filters.items()} == {
        "theme": "Deinstitutionalisation",
        "place": "Armenia",
    }
    assert (looked.kinds, looked.left_out) == (("uncovered",), ())
    assert "missing-bridge" in find_gaps(roundtable_store, None, {"place": "AM"}).looked_at.left_out


def test_weights_change_the_order_and_are_told(roundtable_store: EmbeddedStore) -> None:
    found = find_gaps(roundtable_store, "uncovered", weights={"asked": 3, "absence": 1})
    assert found.weights == {"uncovered": {"absence": 0.25, "asked": 0.75}}
    assert {gap.iri for gap in found} == {gap.iri for gap in find_gaps(roundtable_store, "uncovered")}
    for gap in found:
        terms = gap.severity_terms
        assert gap.severity == pytest.approx(0.25 * terms["absence"] + 0.75 * terms["asked"], abs=0.001)
    assert [gap.severity for gap in found] == sorted((gap.severity for gap in found), reverse=True)
    # What nobody weighs keeps the shares of its file.
    assert find_gaps(roundtable_store, weights={"asked": 3}).weights["missing-bridge"] == {
        term.name: term.weight for term in kinds()["missing-bridge"].severity
    }


@given(numbers=st.dictionaries(st.sampled_from(["sure", "apart", "shared", "absence"]), st.floats(0.001, 1000)))
def test_shares_add_up_to_one_and_keep_proportions(numbers: dict[str, float]) -> None:
    found = shares(list(kinds().values()), numbers)
    assert found.keys() == kinds().keys()
    for name, terms in found.items():
        assert sum(terms.values()) == pytest.approx(1)
        before = {term.name: numbers.get(term.name, term.weight) for term in kinds()[name].severity}
        assert all(terms[a] * before[b] == pytest.approx(terms[b] * before[a]) for a in terms for b in terms)


@pytest.mark.parametrize(
    ("text", "code", "nearest"),
    [
        ("absense:1", "unknown-weight", "absence"),
        ("absence", "bad-weights", ""),
        ("absence:", "bad-weights", ""),
        (":1", "bad-weights", ""),
        ("absence:a lot", "bad-weights", ""),
        ("absence:-1", "bad-weights", ""),
        ("absence:nan", "bad-weights", ""),
        ("absence:1e999", "bad-weights", ""),
        ("absence:1,absence:2", "bad-weights", ""),
        ("absence:0,asked:0", "bad-weights", ""),
        ("", "bad-weights", ""),
    ],
)
def test_weights_that_cannot_be(example_store: EmbeddedStore, text: str, code: str, nearest: str) -> None:
    with pytest.raises(BadParameter) as wrong:
        find_gaps(example_store, "uncovered", weights=read_weights(text))
    assert wrong.value.code == code
    assert wrong.value.suggestions[:1] == ((nearest,) if nearest else ())


def test_gaps_as_data(roundtable_store: EmbeddedStore) -> None:
    found = find_gaps(roundtable_store, "not-collaborating")
    data = gaps_to_dict(found)
    assert data["count"] == data["shown"] == len(found)
    first = json.loads(json.dumps(gap_to_dict(found[0])))
    assert first["subjects"]["place"] == {"iri": f"{PLACE}cee-cis", "label": "CEE/CIS"}
    assert first["subjects"]["theme"][0]["iri"] == f"{THEME}early-childhood-education"
    assert first["evidence"][0]["quote"]
    heading, rows = gaps_table(found)
    assert {len(row) for row in rows} == {len(heading)}
    assert rows[0][heading.index("place")] == "CEE/CIS"


def test_a_missing_name_is_seen_in_the_sentence() -> None:
    assert fill("{who} in {where}.", {"who": (), "where": None}) == "- in -."
    several = tuple(Thing(f"urn:{letter}", letter) for letter in "FEDCBA")
    assert fill("{who}.", {"who": several}) == "A; B; C; D and 2 more."
    assert fill("{who}.", {"who": several[:2]}, "ru") == "E и F."


def example_of_the_documentation(what: str, path: Path) -> Path:
    text = (SOURCE.parents[1] / "docs" / "how-to-extend.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- example:{what} -->\n```sparql\n(.*?)```", text, re.S)
    assert found
    path.write_text(found[1], encoding="utf-8")
    return path


def test_the_kind_of_gap_in_the_documentation_works(tmp_path: Path, roundtable_store: EmbeddedStore) -> None:
    kind, filters = read_kind(example_of_the_documentation("gap", tmp_path / "only-proposed.rq"))
    assert filters.keys() == {"theme"}
    (row,) = roundtable_store.select(kind.question.query)
    assert row["resource"].value.endswith("/proposed-inclusive-education-database")
    assert kind.reasons.keys() == {row["case"].value}
    assert float(row["severity_proposed"].value) == 1


def test_the_question_in_the_documentation_works(tmp_path: Path, roundtable_store: EmbeddedStore) -> None:
    question = read_question(example_of_the_documentation("question", tmp_path / "where-sits.rq"))
    seats = {row["organisation"].value: row["seat"].value for row in roundtable_store.select(question.query)}
    assert {iri.rpartition("/")[2]: seat.removeprefix(PLACE) for iri, seat in seats.items()} == {
        "open-university": "GB",
        "open-society-institute": "GB",
        "open-society-foundation-kyrgyzstan": "KG",
        "perspektiva": "RU",
    }


GOOD = (SOURCE / "missing-bridge.rq").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (GOOD.replace("#+ severity common 0.5", "#+ severity common 0.6"), "do not add up to 1"),
        (GOOD.replace("#+ severity common 0.5", "#+ severity comon 0.5"), "?severity_comon"),
        (GOOD.replace("#+ subject part", "#+ subject parts"), "'#+ subject' must name columns"),
        (GOOD.replace("#+ reason alone @en: Nothing", "#+ reason alone @en: {nobody}"), "no column 'nobody'"),
        (GOOD.replace("#+ remedy alone", "#+ remedy lone"), "needs a '#+ remedy'"),
        (re.sub(r"(#\+ reason alone @en: [^@]*)@ru.*", r"\1", GOOD), "@ru: text"),
        (GOOD.replace("#+ filter theme theme within", "#+ filter theme thema within"), "columns of the query"),
        (GOOD.replace("?case", "?kase"), "?case"),
    ],
)
def test_a_file_that_breaks_the_format_is_named_with_its_line(broken: str, says: str, tmp_path: Path) -> None:
    assert broken != GOOD
    path = tmp_path / "broken.rq"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(GraphError, match=re.escape(says)) as error:
        read_kind(path)
    assert error.value.code == "bad-question-file"
    assert "broken.rq, line" in error.value.message
