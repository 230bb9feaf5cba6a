"""``template``, ``workbook`` and ``--marked`` on the command line. All data are invented."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.workspace import ROUNDTABLE

pytestmark = pytest.mark.xdist_group("workspace")


@pytest.fixture
def data(workspace: Path, tmp_path: Path) -> Path:
    # Other tests may have brought something to the folder that they share.
    shutil.copytree(workspace, tmp_path / "data", ignore=shutil.ignore_patterns("batches"))
    return tmp_path / "data"


def run(*words: object, status: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == status, result.output
    return result


def test_a_template_is_written_in_the_language_asked_for(tmp_path: Path) -> None:
    result = run("template", "--lang", "ru", "--output", tmp_path / "t.xlsx")
    assert "commonground ingest" in result.stderr
    assert "Организации" in openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames


def test_all_sources_go_out_and_come_back_as_they_were(data: Path, tmp_path: Path) -> None:
    told = run("workbook", "--output", tmp_path / "out", "--data-dir", data).stderr
    assert f"{ROUNDTABLE}.xlsx: 236 rows\n" in told
    path = tmp_path / "out" / f"{ROUNDTABLE}.xlsx"
    assert list((tmp_path / "out").iterdir()) == [path]
    assert "unchanged" in run("ingest", path, "--data-dir", data).stderr
    book = openpyxl.load_workbook(path)
    book["People"]["B2"] = "Invented Person"
    book.save(path)
    assert "0 records new, 1 changed, 0 gone" in run("ingest", path, "--preview", "--data-dir", data).stderr
    missing = run("workbook", "nobody", "--data-dir", data, status=1)
    assert "There is no source 'nobody'" in missing.stderr


def test_a_workbook_with_faults_is_written_back_beside_itself(data: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Organisations"
    for row in (["id", "name", "kind"], ["red house", "Red House", "unit"]):
        page.append(row)
    book.save(tmp_path / "houses.xlsx")
    before = (tmp_path / "houses.xlsx").read_bytes()
    for command in (["validate"], ["ingest", "--source", "houses"]):
        marked = tmp_path / "houses-marked.xlsx"
        marked.unlink(missing_ok=True)
        result = run(*command, tmp_path / "houses.xlsx", "--marked", tmp_path, "--data-dir", data, status=1)
        assert "the faults are marked" in result.stderr
        assert openpyxl.load_workbook(marked)["Organisations"]["A2"].comment is not None
    assert (tmp_path / "houses.xlsx").read_bytes() == before
