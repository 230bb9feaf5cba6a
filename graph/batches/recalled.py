"""Answers one question of the data as they were known on a day, in a process of its own: putting a past together takes
memory and time in proportion to all data, and the process that answers HTTP is to have neither taken from it.

It reads a checkpoint and the folder of batches, and prints one line of JSON: the answer, or why there is none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from graph import alone
from graph.ask import ask, questions
from graph.batches.folder import Folders
from graph.batches.past import as_known
from graph.errors import BadParameter, GraphError, UnknownName
from graph.model import Answer, AnswerRow, Cell, Evidence, Thing
from graph.store.snapshot import Snapshot

_ERRORS = {kind.__name__: kind for kind in (UnknownName, BadParameter, GraphError)}


def packed(answer: Answer) -> dict[str, Any]:
    """An answer as JSON has it, without the question's file, which the other side has as well."""
    return {
        **asdict(replace(answer, as_of=date.min)),
        "as_of": answer.as_of.isoformat(),
        "question": answer.question.name,
    }


def unpacked(data: Mapping[str, Any]) -> Answer:
    """The answer that was packed."""
    cell = data["cell"]
    return Answer(
        question=questions()[data["question"]],
        parameters={name: _value(value) for name, value in data["parameters"].items()},
        rows=tuple(
            AnswerRow(
                {name: _value(value) for name, value in row["values"].items()},
                tuple(Evidence(**{**one, "document": _value(one["document"])}) for one in row["evidence"]),
            )
            for row in data["rows"]
        ),
        query=data["query"],
        generation=data["generation"],
        as_of=date.fromisoformat(data["as_of"]),
        looked_at=data["looked_at"],
        cell=cell
        and Cell(
            **{
                **cell,
                **{name: _value(cell[name]) for name in ("theme", "place", "partners")},
                "evidence": tuple(cell["evidence"]),
            }
        ),
    )


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return Thing(**value)
    return tuple(Thing(**one) for one in value) if isinstance(value, list) else value


def raised(told: Mapping[str, Any]) -> GraphError:
    """The error that was told."""
    return _ERRORS[told["kind"]](told["code"], told["message"], told["hint"], tuple(told["suggestions"]))


def _told(error: GraphError) -> dict[str, Any]:
    kind = next(name for name, one in _ERRORS.items() if isinstance(error, one))
    about = {"code": error.code, "message": error.message, "hint": error.hint}
    return {"kind": kind, **about, "suggestions": list(error.suggestions)}


def run(checkpoint: Path, base: str, batches: Path, asked: Mapping[str, Any]) -> None:
    """Answer ``asked``: the name of a question, its values, the language, the day."""
    store = Snapshot(checkpoint, base)
    past = as_known(store, Folders(batches, lambda: datetime.now(UTC)), date.fromisoformat(asked["day"]))
    try:
        answer = replace(ask(past, asked["question"], asked["values"], lang=asked["lang"]), generation=store.generation)
        told = {"answer": packed(answer)}
    except GraphError as error:
        told = {"error": _told(error)}
    print(json.dumps(told))


#: Arguments: pid of the parent, bytes of memory (0: no guards), checkpoint, base, folder of the batches, what is asked.
def main() -> None:
    too_large = GraphError("past-too-large", "To put the data together as they were needs more memory than there is.")
    checkpoint, base, batches, asked = Path(sys.argv[3]), sys.argv[4], Path(sys.argv[5]), json.loads(sys.argv[6])
    alone.run(int(sys.argv[1]), int(sys.argv[2]), lambda: run(checkpoint, base, batches, asked), too_large)


if __name__ == "__main__":
    main()
