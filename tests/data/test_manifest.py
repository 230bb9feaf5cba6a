"""The tables are the ones that the manifest describes."""

from tests.data import dataset


def test_every_table_has_the_hash_and_the_row_count_of_the_manifest() -> None:
    stored = {line["file"]: line for line in dataset.read_csv(dataset.MANIFEST)}
    computed = {line["file"]: line for line in dataset.manifest()}
    assert stored == computed, (
        "data/MANIFEST.csv does not describe the tables. If the tables were changed on purpose, "
        "run: python -m tests.data.dataset"
    )


def test_readme_gives_the_hash_of_the_document() -> None:
    assert dataset.document_sha256() in (dataset.DATA / "README.md").read_text(encoding="utf-8")
