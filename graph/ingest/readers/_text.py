"""From bytes to text, whatever encoding people saved it in; what was assumed is said. The text is never made as a
whole: it is looked through, and later read, by pieces."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from charset_normalizer import from_bytes

#: What spreadsheets of the regions that we know of save when nobody asks for UTF-8: where texts look as good in
#: several, the first. Latin texts have a letter beyond ASCII here and there, others have little else.
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "mac_roman")
_OTHERS = ("cp1251", "koi8_r", "cp866", "cp1253")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Bytes that are looked at to guess: enough to meet the letters of a language often.
_SAMPLE = 256 * 1024
#: Where a file has this many lines in UTF-8 beyond ASCII for each line that is not, those are damaged.
_FEW = 3
_PIECE = 1024 * 1024
_LINE = re.compile(rb"[^\r\n]*(?:\r\n?|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Encoding:
    """``codec`` is Python's name of a file's encoding, ``name`` what people call it; it was ``guessed`` where nothing
    in the file says it. Or why there is no text: ``rule`` at a line counted from 1."""

    codec: str = "utf-8-sig"
    name: str = "utf-8"
    guessed: bool = False
    rule: str = ""
    row: int = 1


def encoding_of(data: bytes) -> Encoding:
    """In which encoding all of a file's bytes can be read. Never raises for what stands in them."""
    if data.startswith(_UTF_16):
        return Encoding("utf-16", "utf-16", rule="" if _is(data, "utf-16") else "damaged-text")
    if (nul := data.find(b"\0")) >= 0:
        return Encoding(rule="nul-byte", row=1 + data.count(b"\n", 0, nul))
    if _is(data, "utf-8-sig"):
        return Encoding()
    bad = _lines_not_utf8(data)
    if bad:
        return Encoding(rule="mixed-encodings", row=bad)
    for codec in _likely(data):
        if _is(data, codec):
            return Encoding(codec, codec.replace("cp125", "windows-125").replace("_", "-"), guessed=True)
    return Encoding(name="", rule="damaged-text")


def opened(data: bytes, codec: str) -> tuple[TextIO, io.BytesIO]:
    """The text of a file, line ends as they are, and what it is read from, whose position tells how far that is."""
    raw = io.BytesIO(data)
    return io.TextIOWrapper(raw, codec, newline=""), raw


def blank(data: bytes, codec: str) -> bool:
    """Whether there is nothing but white space."""
    return all(not piece.strip() for piece in _pieces(data, codec))


def _is(data: bytes, codec: str) -> bool:
    try:
        for _ in _pieces(data, codec):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _pieces(data: bytes, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)()
    for at in range(0, len(data), _PIECE):
        yield decoder.decode(data[at : at + _PIECE])
    yield decoder.decode(b"", final=True)


def _likely(data: bytes) -> list[str]:
    """Encodings that the letters of a text may be in, the likeliest first."""
    # Bytes beyond ASCII tell, so lines without any are left out of what is looked at.
    telling = _telling(data)
    beyond = sum(byte >= 0x80 for byte in telling)
    within = sum(byte < 0x80 for byte in telling if chr(byte).isalpha())
    order = [*_LATIN, *_OTHERS] if beyond < within else [*_OTHERS, *_LATIN]
    found = from_bytes(telling, cp_isolation=order, enable_fallback=False)
    ranked = sorted(found, key=lambda match: (match.chaos, -match.coherence, order.index(match.encoding)))
    best = [match.encoding for match in ranked[:1]]
    return best + [encoding for encoding in order if encoding not in best]


def _telling(data: bytes) -> bytes:
    found: list[bytes] = []
    size = 0
    for line in _lines(data):
        if not line.isascii():
            found.append(line)
            size += len(line) + 1
            if size > _SAMPLE:
                break
    return b"\n".join(found)[:_SAMPLE]


def _lines(data: bytes) -> Iterator[bytes]:
    """Lines without their ends, as ``bytes.splitlines`` has them, one at a time."""
    return (found[0].rstrip(b"\r\n") for found in _LINE.finditer(data))


def _lines_not_utf8(data: bytes) -> int:
    """The first line that is not UTF-8 in a file whose other lines are; 0 where the file is in another encoding."""
    first = good = bad = 0
    for number, line in enumerate(_lines(data), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
            first = first or number
    return first if good >= _FEW * bad else 0
