"""Measures matching: ``python -m tests.benchmarks.matching --help``. All organisations are invented.

Plants variants of known names - letters swapped, dropped, doubled; words in another order, without the small ones, cut
off, added acronyms - and names that are new, some of them one word away from a known one. Says how many names a second
are matched, how many variants are found, and how many new names are taken for known ones. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator

import pyoxigraph as ox

from graph.ingest.reference import load_reference
from graph.matching import Matcher, Verdict
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE, node

_GRAPH = ox.NamedNode(f"{DEFAULT_BASE}source/benchmark")
_FORMS = ("{a} {b} for {c}", "{a} {c} Foundation", "{b} Association of {a}", "{a} {b} {c}", "{a} Centre for {c}", "{a}")
_FIELDS = (
    "Education Health Water Children Women Youth Relief Development Rights Agriculture Shelter Inclusion Media Climate "
    "Justice Employment Nutrition Protection Disability Learning"
)
_BODIES = "Society Council Union League Committee Network Alliance Initiative Trust Agency Institute Fund"
_SYLLABLES = (
    "ba be bi bo bu da de di do ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so ta te ti to va "
    "ve vi vo za ze zi zo sha che tra bre kli pla sto gra min tor fel gan dor sil ver mond"
)


def _word(chance: random.Random, syllables: list[str]) -> str:
    return "".join(chance.choice(syllables) for _ in range(chance.choice((2, 3, 3, 3, 4)))).capitalize()


def names(count: int, seed: int = 1) -> list[str]:
    """That many different invented names."""
    chance, syllables, found = random.Random(seed), _SYLLABLES.split(), dict[str, None]()
    rare = [_word(chance, syllables) for _ in range(max(50, count // 4))]
    fields, bodies = _FIELDS.split(), _BODIES.split()
    while len(found) < count:
        form = chance.choice(_FORMS)
        found[form.format(a=chance.choice(rare), b=chance.choice(bodies), c=chance.choice(fields))] = None
    return list(found)


def quads(labels: list[str]) -> Iterator[ox.Quad]:
    for number, label in enumerate(labels):
        it = ox.NamedNode(f"{DEFAULT_BASE}organisation/invented-{number}")
        yield ox.Quad(it, node("rdf:type"), node("org:FormalOrganization"), _GRAPH)
        yield ox.Quad(it, node("skos:prefLabel"), ox.Literal(label, language="en"), _GRAPH)


def variant(name: str, chance: random.Random) -> tuple[str, str]:
    """A kind of variant, and the name as it is written then."""
    at = chance.randrange(1, max(2, len(name) - 1))
    words = name.split()
    kind = chance.choice(("same", "case", "swapped", "dropped", "doubled", "wrong", "order", "small", "cut", "acronym"))
    match kind:
        case "case":
            return kind, name.upper().replace(" ", "-")
        case "swapped":
            return kind, name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
        case "dropped":
            return kind, name[:at] + name[at + 1 :]
        case "doubled":
            return kind, name[:at] + name[at] + name[at:]
        case "wrong":
            return kind, name[:at] + chance.choice("aeiourstn") + name[at + 1 :]
        case "order":
            return kind, " ".join(words[1:] + words[:1])
        case "small":
            return kind, " ".join(word for word in words if word not in ("for", "of"))
        case "cut":
            return kind, name[: max(15, len(name) * 2 // 3)]
        case "acronym":
            return kind, f"{name} ({''.join(word[0] for word in words).upper()})" if len(words) > 1 else name
    return "same", name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--known", type=int, default=50_000)
    parser.add_argument("--asked", type=int, default=10_000)
    arguments = parser.parse_args()
    chance = random.Random(20100512)
    known = names(arguments.known)
    store = EmbeddedStore()
    load_reference(store)
    given = [*store.quads(), *quads(known)]
    begun = time.process_time()
    matcher = Matcher.from_quads("organisation", given)
    print(f"{len(known)} known organisations: {time.process_time() - begun:.1f} s to build", flush=True)

    planted = [
        (number, *variant(known[number], chance)) for number in chance.sample(range(len(known)), arguments.asked)
    ]
    begun = time.process_time()
    matches = [matcher.match(text) for _, _, text in planted]
    seconds = time.process_time() - begun
    print(f"{len(planted) / seconds:,.0f} names a second of one processor among variants")
    counted: dict[str, list[int]] = {}
    wrong = 0
    for (number, kind, _), match in zip(planted, matches, strict=True):
        right = f"{DEFAULT_BASE}organisation/invented-{number}"
        row = counted.setdefault(kind, [0, 0, 0, 0])
        row[0] += 1
        row[1] += match.iri == right
        row[2] += match.verdict is Verdict.LIKELY and match.candidates[0].iri == right
        row[3] += match.verdict is Verdict.LIKELY and any(one.iri == right for one in match.candidates[:5])
        wrong += match.verdict is Verdict.CERTAIN and match.iri != right
    for kind, (asked, *found) in sorted(counted.items()):
        certain, first, among = (f"{count / asked:6.1%}" for count in found)
        print(f"  {kind:8} {asked:6}: {certain} certain, {first} first, {among} among 5")
    print(f"  taken for another one for certain: {wrong}")

    fresh = [name for name in names(arguments.asked * 2, seed=2) if name not in set(known)][: arguments.asked]
    begun = time.process_time()
    answers = [matcher.match(text) for text in fresh]
    seconds = time.process_time() - begun
    print(f"{len(fresh) / seconds:,.0f} names a second of one processor among new ones")
    for verdict in Verdict:
        print(f"  {verdict.value:11} {sum(match.verdict is verdict for match in answers) / len(answers):6.1%}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{memory} MB")


if __name__ == "__main__":
    main()
