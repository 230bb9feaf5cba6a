"""Made-up engagements of any number, always the same: who works on what, where, since when."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

E = "http://example.org/"
#: Triples that one engagement makes.
EACH = 8


def write(path: Path, triples: int) -> None:
    """About that many triples, as N-Triples."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_lines(triples))


def engagements(triples: int) -> int:
    """How many engagements make that many triples."""
    return triples // EACH


def _lines(triples: int) -> Iterator[str]:
    chance = random.Random(20100512)
    count = engagements(triples)
    organisations, themes, places = max(10, count // 20), 120, 200
    for number in range(count):
        it = f"<{E}engagement/{number}>"
        yield f"{it} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{E}Engagement> .\n"
        yield f"{it} <{E}partner> <{E}organisation/{chance.randrange(organisations)}> .\n"
        yield f"{it} <{E}theme> <{E}theme/{chance.randrange(themes)}> .\n"
        yield f"{it} <{E}place> <{E}place/{chance.randrange(places)}> .\n"
        yield f'{it} <{E}since> "{1990 + chance.randrange(30)}"^^<http://www.w3.org/2001/XMLSchema#gYear> .\n'
        yield f'{it} <{E}label> "Engagement number {number}"@en .\n'
        yield f'{it} <{E}note> "{chance.randbytes(20).hex()}" .\n'
        yield f"<{E}organisation/{number % organisations}> <{E}member> <{E}organisation/{number // 3}> .\n"


def queries(kind: str, triples: int) -> Iterator[str]:
    """Endless queries of a kind. All but the repeated ones differ, so that no cache can answer them."""
    if kind.startswith("repeated "):
        text = next(queries(kind.removeprefix("repeated "), triples))
        while True:
            yield text
    chance = random.Random(7)
    count = engagements(triples)
    number = 0
    while True:
        number += 1
        match kind:
            case "lookup":
                yield f"SELECT ?p ?o {{ <{E}engagement/{chance.randrange(count)}> ?p ?o }} # {number}"
            case "join":
                theme, place = chance.randrange(120), chance.randrange(200)
                yield (
                    f"SELECT ?organisation ?other {{ ?a <{E}theme> <{E}theme/{theme}> ; <{E}partner> ?organisation . "
                    f"?b <{E}partner> ?organisation ; <{E}place> <{E}place/{place}> ; <{E}label> ?other }} # {number}"
                )
            case "aggregate":
                yield (
                    f"SELECT ?theme (COUNT(DISTINCT ?organisation) AS ?n) {{ ?e <{E}theme> ?theme ; "
                    f"<{E}partner> ?organisation }} GROUP BY ?theme ORDER BY DESC(?n) # {number}"
                )
            case "large":
                yield f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT 100000 # {number}"
            case _:
                raise ValueError(kind)
