"""The parts of a workbook and how they point to each other (ECMA-376, part 2: Open Packaging Conventions)."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass, field

from graph.ingest.readers._workbook_xml import Refused, open_archive
from graph.workbooks.marking.xml import Element, Unmarkable, append, elements, escaped, plain, splice

TYPES = "[Content_Types].xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: Bytes of a part that is edited, unpacked.
_LARGEST = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Relation:
    """One part pointing to another: ``kind`` is the last word of its type."""

    id: str
    kind: str
    target: str


@dataclass(slots=True)
class Package:
    """A workbook's parts; ``changed`` are those that are new or edited."""

    archive: zipfile.ZipFile
    changed: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, data: bytes) -> Package:
        """Raises Unmarkable."""
        try:
            return cls(open_archive(data))
        except Refused:
            raise Unmarkable("damaged") from None

    def has(self, path: str) -> bool:
        return path in self.changed or path in self.archive.namelist()

    def read(self, path: str) -> bytes:
        """A part that is XML. Raises Unmarkable where it is not there, not in UTF-8, or too large."""
        if path not in self.changed:
            try:
                if self.archive.getinfo(path).file_size > _LARGEST:
                    raise Unmarkable("too-large")
                self.changed[path] = plain(self.archive.read(path))
            except (KeyError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError, OSError):
                raise Unmarkable("damaged") from None
        return self.changed[path]

    def write(self, path: str, data: bytes) -> None:
        self.changed[path] = data

    def new_path(self, pattern: str) -> str:
        """A path that no part has: ``{}`` stands for a number."""
        return next(path for n in range(1, 1_000_000) if not self.has(path := pattern.format(n)))

    def saved(self) -> bytes:
        """The workbook as a file."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
            done = set()
            for name in self.archive.namelist():
                if name in done or name.endswith("/"):
                    continue
                done.add(name)
                try:
                    target.writestr(name, self.changed[name] if name in self.changed else self.archive.read(name))
                except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError, OSError):
                    raise Unmarkable("damaged") from None
            for name in sorted(self.changed.keys() - done):
                target.writestr(name, self.changed[name])
        return out.getvalue()

    # --- relations ----------------------------------------------------------------------------------------------------

    def relations(self, path: str) -> list[Relation]:
        """What a part points to inside of the file."""
        own = relations_path(path)
        if not self.has(own):
            return []
        found = []
        for one in elements(self.read(own), lambda name, *_: name == "Relationship"):
            target = one.attributes.get("Target", "")
            if one.attributes.get("TargetMode") != "External":
                full = target.lstrip("/") if target.startswith("/") else posixpath.join(posixpath.dirname(path), target)
                kind = one.attributes.get("Type", "").rpartition("/")[2]
                found.append(Relation(one.attributes.get("Id", ""), kind, posixpath.normpath(full)))
        return found

    def relate(self, path: str, kind: str, target: str) -> str:
        """Let a part point to another; returns the relation's id."""
        own = relations_path(path)
        if not self.has(own):
            self.write(own, _HEAD + f'<Relationships xmlns="{_PACKAGE}"></Relationships>'.encode())
        data = self.read(own)
        known = {one.attributes.get("Id") for one in elements(data, lambda name, *_: name == "Relationship")}
        new = next(name for n in range(1, 1_000_000) if (name := f"rIdMark{n}") not in known)
        line = f'<Relationship Id="{new}" Type="{RELATIONS}/{kind}" Target="/{escaped(target)}"/>'
        self.write(own, splice(data, [append(data, _root(data), line.encode())]))
        return new

    def declare(self, path: str, kind: str) -> None:
        """Say what kind of part one is."""
        self._declare(f'<Override PartName="/{escaped(path)}" ContentType="{kind}"/>')

    def declare_vml(self) -> None:
        """Say what parts called ``.vml`` are, where nothing does."""
        known = elements(self.read(TYPES), lambda name, *_: name == "Default")
        if not any(one.attributes.get("Extension", "").lower() == "vml" for one in known):
            kind = "application/vnd.openxmlformats-officedocument.vmlDrawing"
            self._declare(f'<Default Extension="vml" ContentType="{kind}"/>')

    def _declare(self, line: str) -> None:
        data = self.read(TYPES)
        self.write(TYPES, splice(data, [append(data, _root(data), line.encode())]))


def relations_path(path: str) -> str:
    folder, name = posixpath.split(path)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _root(data: bytes) -> Element:
    found = elements(data, lambda _, depth, __: depth == 0)
    if len(found) != 1:
        raise Unmarkable("damaged")
    return found[0]
