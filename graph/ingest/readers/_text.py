"""From bytes to text, whatever encoding people saved it in; what was assumed is said."""

from __future__ import annotations

from dataclasses import dataclass

from charset_normalizer import from_bytes

#: What spreadsheets of the regions that we know of save when nobody asks for UTF-8: where texts look as good in
#: several, the first. Latin texts have a letter beyond ASCII here and there, others have little else.
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "mac_roman")
_OTHERS = ("cp1251", "koi8_r", "cp866", "cp1253")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
#: Bytes that are looked at to guess: enough to meet the letters of a language often.
_SAMPLE = 256 * 1024
#: Where a file has this many lines in UTF-8 beyond ASCII for each line that is not, those are damaged.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Decoded:
    """``text`` in ``encoding``, which was ``guessed`` where nothing in the file says it; or why there is no text:
    ``rule`` at a line counted from 1."""

    text: str = ""
    encoding: str = "utf-8"
    guessed: bool = False
    rule: str = ""
    row: int = 1


def decode(data: bytes) -> Decoded:
    """Decode a file's bytes. Never raises for what stands in them."""
    mark = next((m for m in _MARKS if data.startswith(m)), None)
    if mark is not None and mark != b"\xef\xbb\xbf":
        try:
            return Decoded(data.decode("utf-16"), "utf-16")
        except UnicodeDecodeError:
            return Decoded(rule="damaged-text", encoding="utf-16")
    if (nul := data.find(b"\0")) >= 0:
        return Decoded(rule="nul-byte", row=1 + data.count(b"\n", 0, nul))
    try:
        return Decoded(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    bad = _lines_not_utf8(data)
    if bad:
        return Decoded(rule="mixed-encodings", row=bad)
    for encoding in _likely(data):
        try:
            return Decoded(data.decode(encoding), encoding.replace("cp125", "windows-125").replace("_", "-"), True)
        except UnicodeDecodeError:
            continue
    return Decoded(rule="damaged-text", encoding="")


def _likely(data: bytes) -> list[str]:
    """Encodings that the letters of a text may be in, the likeliest first."""
    # Bytes beyond ASCII tell, so lines without any are left out of what is looked at.
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())[:_SAMPLE]
    beyond = sum(byte >= 0x80 for byte in telling)
    within = sum(byte < 0x80 for byte in telling if chr(byte).isalpha())
    order = [*_LATIN, *_OTHERS] if beyond < within else [*_OTHERS, *_LATIN]
    found = from_bytes(telling, cp_isolation=order, enable_fallback=False)
    ranked = sorted(found, key=lambda match: (match.chaos, -match.coherence, order.index(match.encoding)))
    best = [match.encoding for match in ranked[:1]]
    return best + [encoding for encoding in order if encoding not in best]


def _lines_not_utf8(data: bytes) -> int:
    """The first line that is not UTF-8 in a file whose other lines are; 0 where the file is in another encoding."""
    first = good = bad = 0
    for number, line in enumerate(data.splitlines(), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
            first = first or number
    return first if good >= _FEW * bad else 0
