"""What holds for every test."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A slow machine is no fault of the code: examples are searched for faults, not timed.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With COMMONGROUND_REQUIRE_ALL set a skipped test is a failed one: nothing may silently not run."""
    report = yield
    if os.environ.get("COMMONGROUND_REQUIRE_ALL") and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"a part could not run: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after its first start: reference data and the roundtable."""
    from graph.terms import DEFAULT_BASE
    from service.workspace import Workspace

    folder = tmp_path_factory.mktemp("workspace") / "data"
    Workspace(folder).open(DEFAULT_BASE).close()
    return folder
