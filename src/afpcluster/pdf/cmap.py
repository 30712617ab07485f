"""CMap streams (section 9.10.3, and 9.7.5 for CIDs): which text, or which CID, a code means.

Runs of consecutive codes become ranges; a block holds at most 100 of them, as CMaps demand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

_BLOCK = 100
_HEAD = """/CIDInit/ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo<</Registry(Adobe)/Ordering({ordering})/Supplement 0>>def
/CMapName/{name} def
/CMapType {type} def
1 begincodespacerange
<{first}><{last}>
endcodespacerange
"""
_TAIL = "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"


def to_unicode_cmap(unicode: Mapping[int, str], code_size: int) -> bytes:
    """A ToUnicode CMap for codes of `code_size` bytes; codes with an empty text are left out."""
    texts = {code: text.encode("utf-16-be", "replace") for code, text in unicode.items() if text}
    ranges: list[str] = []
    chars: list[str] = []
    for first, last in _runs(
        sorted(texts), lambda code, steps: texts[code] == _stepped(texts[code - steps], steps)
    ):
        start = f"<{first:0{2 * code_size}X}>"
        if first == last:
            chars.append(f"{start}<{texts[first].hex().upper()}>")
        else:
            ranges.append(f"{start}<{last:0{2 * code_size}X}><{texts[first].hex().upper()}>")
    body = _blocks(ranges, "bfrange") + _blocks(chars, "bfchar")
    return _cmap("UCS", "Adobe-Identity-UCS", 2, code_size, body)


def cid_cmap(name: str, cids: Mapping[int, int], code_size: int) -> bytes:
    """A CMap that maps codes of `code_size` bytes to CIDs."""
    digits = 2 * code_size
    ranges = [
        f"<{first:0{digits}X}><{last:0{digits}X}>{cids[first]}"
        for first, last in _runs(sorted(cids), lambda code, steps: cids[code] == cids[code - steps] + steps)
    ]
    return _cmap("Identity", name, 1, code_size, _blocks(ranges, "cidrange"))


def _cmap(ordering: str, name: str, kind: int, code_size: int, body: str) -> bytes:
    head = _HEAD.format(
        ordering=ordering, name=name, type=kind, first="00" * code_size, last="FF" * code_size
    )
    return (head + body + _TAIL).encode()


def _runs(codes: list[int], continues: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    """(first, last) of each run of consecutive codes with one high byte (a range may not cross it) where
    `continues(code, steps from the first)` holds."""
    first = last = -1
    for code in codes:
        if code == last + 1 and code & 0xFF and first >= 0 and continues(code, code - first):
            last = code
            continue
        if first >= 0:
            yield first, last
        first = last = code
    if first >= 0:
        yield first, last


def _stepped(text: bytes, steps: int) -> bytes:
    """UTF-16 text with its last byte moved on; b"" (which is no text) where that byte would overflow."""
    last = text[-1] + steps
    return text[:-1] + bytes([last]) if last < 0x100 else b""


def _blocks(entries: list[str], operator: str) -> str:
    return "".join(
        f"{len(block)} begin{operator}\n" + "\n".join(block) + f"\nend{operator}\n"
        for block in (entries[i : i + _BLOCK] for i in range(0, len(entries), _BLOCK))
    )
