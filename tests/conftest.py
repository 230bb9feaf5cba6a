"""What holds for every test."""

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With COMMONGROUND_REQUIRE_ALL set a skipped test is a failed one: nothing may silently not run."""
    report = yield
    if os.environ.get("COMMONGROUND_REQUIRE_ALL") and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"a part could not run: {report.longrepr}"
    return report
