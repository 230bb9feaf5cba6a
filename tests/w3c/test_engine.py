"""The suites on the engine itself, in this process. What it fails is listed by name; the list is exact."""

import csv
from pathlib import Path

import pytest

from tests.w3c import engine
from tests.w3c.manifest import MISSING, Case, cases

FAILURES = Path(__file__).parent / "engine_failures.csv"
CASES = cases()


def failures() -> dict[str, str]:
    """Test -> why the engine fails it."""
    with FAILURES.open(encoding="utf-8", newline="") as file:
        return {row["test"]: row["why"] for row in csv.DictReader(file)}


@pytest.mark.skipif(not CASES, reason=MISSING)
def test_the_suites_are_whole() -> None:
    assert len(CASES) >= 495
    assert len({case.name for case in CASES}) == len(CASES)
    assert set(failures()) <= {case.name for case in CASES}, "a listed test does not exist"
    assert all(failures().values()), "a failure without a reason"


@pytest.mark.skipif(not CASES, reason=MISSING)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_engine(case: Case) -> None:
    if case.name not in failures():
        engine.run(case)
        return
    try:
        engine.run(case)
    except AssertionError:
        return
    pytest.fail(f"the engine passes {case.name} now: take it out of {FAILURES.name}")
