"""Backup and restore: what comes back is what was there, or it is refused."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.errors import GraphError, StoreDamaged
from graph.store import Change
from graph.store.backup import Manifest, backup, restore
from graph.store.embedded import EmbeddedStore

EXAMPLE = Path(__file__).parent / "example.trig"
ORIGINAL = b"organisation;theme\nExample Agency;deinstitutionalisation\n"
BASE = "https://example.org/base/"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with the example in two writes, so of generation 2, and one kept original."""
    folder = tmp_path / "data"
    store = EmbeddedStore(folder / "store", BASE)
    quads = sorted(ox.parse(path=EXAMPLE), key=str)
    store.write(Change(added=frozenset(quads[:100])))
    store.write(Change(added=frozenset(quads)))
    store.close()
    (folder / "files").mkdir()
    (folder / "files" / sha256(ORIGINAL).hexdigest()).write_bytes(ORIGINAL)
    return folder


def saved(data_dir: Path, target: Path) -> Manifest:
    store = EmbeddedStore(data_dir / "store", BASE)
    try:
        return backup(store, data_dir, target)
    finally:
        store.close()


def quads_of(data_dir: Path) -> set[ox.Quad]:
    store = EmbeddedStore(data_dir / "store", BASE)
    found = set(store.quads())
    store.close()
    return found


def repack(archive: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> None:
    """Write the archive again with its members changed, as somebody with ill intent would."""
    with tarfile.open(archive) as tar:
        members = [(info, tar.extractfile(info).read()) for info in tar]  # type: ignore[union-attr]
    change(members)
    with tarfile.open(archive, "w:gz") as tar:
        for info, content in members:
            info.size = len(content) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(content))


def manifest_changed(
    **values: object,
) -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        info, content = members[0]
        members[0] = (info, json.dumps(json.loads(content) | values).encode())

    return change


def test_everything_comes_back(data_dir: Path, tmp_path: Path) -> None:
    archive = tmp_path / "backups" / "one.tar.gz"
    manifest = saved(data_dir, archive)
    again = tmp_path / "again"
    assert restore(archive, again) == manifest
    assert quads_of(again) == quads_of(data_dir)
    assert manifest.quads == len(quads_of(data_dir))
    assert manifest.base == BASE
    assert [p.read_bytes() for p in (again / "files").iterdir()] == [ORIGINAL]
    assert sorted(p.name for p in again.iterdir()) == ["files", "store"]


def test_the_generation_goes_on_where_it_was(data_dir: Path, tmp_path: Path) -> None:
    assert saved(data_dir, tmp_path / "a.tar.gz").generation == 2
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    store = EmbeddedStore(tmp_path / "again" / "store", BASE)
    assert store.generation == 2
    addition = ox.Quad(*(ox.NamedNode(f"https://example.org/{x}") for x in "spog"))
    assert store.write(Change(added=frozenset({addition}))) == 3
    store.close()


def test_the_same_data_give_the_same_bytes(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.0)
    saved(data_dir, tmp_path / "b.tar.gz")
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    saved(tmp_path / "again", tmp_path / "c.tar.gz")
    assert (tmp_path / "c.tar.gz").read_bytes() == (tmp_path / "a.tar.gz").read_bytes()


def test_plain_tools_can_read_it(data_dir: Path, tmp_path: Path) -> None:
    manifest = saved(data_dir, tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz") as tar:
        assert tar.getnames() == ["manifest.json", *sorted(manifest.members, key=lambda name: name != "quads.nq")]
        lines = tar.extractfile("quads.nq").read().decode().splitlines()  # type: ignore[union-attr]
    assert lines == sorted(lines)
    assert set(ox.parse("\n".join(lines), ox.RdfFormat.N_QUADS)) == quads_of(data_dir)


def test_an_empty_store_too(tmp_path: Path) -> None:
    manifest = saved(tmp_path / "data", tmp_path / "a.tar.gz")
    assert (manifest.quads, manifest.generation) == (0, 0)
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert quads_of(tmp_path / "again") == set()


def test_a_store_in_memory_can_be_saved(tmp_path: Path) -> None:
    store = EmbeddedStore()
    store.write(Change(added=frozenset(ox.parse(path=EXAMPLE))))
    assert backup(store, tmp_path / "nothing", tmp_path / "a.tar.gz").generation == 1


def test_a_damaged_original_is_not_saved_as_if_it_were_sound(data_dir: Path, tmp_path: Path) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    before = (tmp_path / "a.tar.gz").read_bytes()
    kept = next((data_dir / "files").iterdir())
    kept.write_bytes(b"something else")
    with pytest.raises(StoreDamaged, match=kept.name):
        saved(data_dir, tmp_path / "a.tar.gz")
    assert (tmp_path / "a.tar.gz").read_bytes() == before, "the older backup stays"
    assert [p.name for p in tmp_path.glob(".*")] == [], "nothing half-written stays"


def test_a_folder_with_something_in_it_is_left_alone(data_dir: Path, tmp_path: Path) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    before = quads_of(data_dir)
    with pytest.raises(GraphError, match="not empty"):
        restore(tmp_path / "a.tar.gz", data_dir)
    assert quads_of(data_dir) == before


def test_an_empty_folder_and_a_leftover_of_a_killed_restore_are_fine(data_dir: Path, tmp_path: Path) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    (tmp_path / "again" / ".restoring" / "store").mkdir(parents=True)
    restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert quads_of(tmp_path / "again") == quads_of(data_dir)


def test_no_flipped_byte_goes_in(data_dir: Path, tmp_path: Path) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    good = (tmp_path / "a.tar.gz").read_bytes()
    refused = 0
    # From the end of gzip's header (its ten bytes say nothing of the content) to its checksum and length.
    for position in {*range(10, len(good), 97), *range(len(good) - 8, len(good))}:
        bad = bytearray(good)
        bad[position] ^= 0x10
        (tmp_path / "bad.tar.gz").write_bytes(bad)
        with pytest.raises(StoreDamaged):
            restore(tmp_path / "bad.tar.gz", tmp_path / "again")
        assert not (tmp_path / "again").exists()
        refused += 1
    assert refused > 20


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.3, 0.9, 0.9999])
def test_a_cut_off_file_is_refused(data_dir: Path, tmp_path: Path, kept: float) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    good = (tmp_path / "a.tar.gz").read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(good[: int(len(good) * kept)])
    with pytest.raises(StoreDamaged):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert not (tmp_path / "again").exists()


# Named, because a gzip header holds the time: the tests' names must be the same in every process.
@pytest.mark.parametrize(
    "more", [b"x", gzip.compress(b"x"), gzip.compress(b"\0" * 20480)], ids=["a letter", "a gzip", "an empty tar"]
)
def test_what_follows_the_end_is_refused(data_dir: Path, tmp_path: Path, more: bytes) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    with (tmp_path / "a.tar.gz").open("ab") as file:
        file.write(more)
    with pytest.raises(StoreDamaged):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 a zip", b"hello", gzip.compress(b"hello"), gzip.compress(b"\0" * 10240)],
    ids=["a zip", "a text", "a gzip of a text", "an empty tar"],
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tar.gz").write_bytes(content)
    with pytest.raises(StoreDamaged):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")


@pytest.mark.parametrize(
    "name",
    [
        *("../escaped", "/escaped", "files/../../escaped", "files/" + "a" * 63, "store/CURRENT", "quads.nq/../x"),
        *(
            "batches/20260131-120000-0123abcd/../../escaped.json",
            "batches/escaped/batch.json",
            "recipes/../escaped.json",
        ),
        *("batches/20260131-120000-0123abcd/files/escaped", "recipes/Escaped.json", "tokens.json"),
    ],
)
def test_no_member_leaves_the_folder(data_dir: Path, tmp_path: Path, name: str) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    digest = sha256(b"escaped").hexdigest()

    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members.append((tarfile.TarInfo(name), b"escaped"))

    repack(tmp_path / "a.tar.gz", change)
    with pytest.raises(StoreDamaged, match="more than the manifest"):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")

    def declare(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        declared = json.loads(members[0][1])["members"] | {name: {"size": 7, "sha256": digest}}
        manifest_changed(members=declared)(members)

    repack(tmp_path / "a.tar.gz", declare)
    with pytest.raises(StoreDamaged, match="no name that a backup has"):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert [p for p in tmp_path.rglob("*") if "escaped" in p.name] == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE])
def test_a_link_or_device_is_refused(data_dir: Path, tmp_path: Path, kind: bytes) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")

    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members[-1][0].type, members[-1][0].linkname = kind, "/etc/passwd"

    repack(tmp_path / "a.tar.gz", change)
    with pytest.raises(StoreDamaged, match="plain file"):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")


def test_a_bomb_is_refused_by_what_it_declares(data_dir: Path, tmp_path: Path) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    huge = {"quads.nq": {"size": 10**18, "sha256": "0" * 64}}
    repack(tmp_path / "a.tar.gz", manifest_changed(members=huge))
    with pytest.raises(StoreDamaged, match="free bytes are too few"):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")


def test_a_bomb_that_declares_little_is_not_unpacked(data_dir: Path, tmp_path: Path) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")

    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members[1] = (members[1][0], b"\0" * 50_000_000)

    repack(tmp_path / "a.tar.gz", change)
    with pytest.raises(StoreDamaged, match="not where the manifest has it"):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"quads": 1}, "1 and 2"),
        ({"generation": 7}, "and 7"),
        ({"version": 3}, "version 3"),
        ({"format": "other"}, "another program"),
        ({"base": "no IRI"}, "manifest cannot be read"),
        ({"members": {}}, "no quads"),
        ({"members": {"quads.nq": {"size": float("inf"), "sha256": ""}}}, "manifest cannot be read"),
        ({"members": {"quads.nq": {"size": -1, "sha256": ""}}}, "negative"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    data_dir: Path, tmp_path: Path, values: dict[str, object], problem: str
) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")
    repack(tmp_path / "a.tar.gz", manifest_changed(**values))
    with pytest.raises(StoreDamaged, match=problem):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_other_content_of_the_same_length_is_refused(data_dir: Path, tmp_path: Path) -> None:
    saved(data_dir, tmp_path / "a.tar.gz")

    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members[1] = (members[1][0], members[1][1].replace(b"Example Agency", b"Another Agency"))

    repack(tmp_path / "a.tar.gz", change)
    with pytest.raises(StoreDamaged, match="another hash"):
        restore(tmp_path / "a.tar.gz", tmp_path / "again")


def test_what_cannot_be_read_or_written_is_said(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="cannot be restored"):
        restore(tmp_path / "missing.tar.gz", tmp_path / "again")
    (tmp_path / "file").write_text("")
    with pytest.raises(GraphError, match="cannot be written"):
        saved(data_dir, tmp_path / "file" / "a.tar.gz")
