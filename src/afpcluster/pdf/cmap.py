"""CMap streams (section 9.10.3, and 9.7.5 for CIDs): which text, or which CID, a code means.

Runs of consecutive codes become ranges; a block holds at most 100 of them, as CMaps demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

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
    texts = {code: _utf16(text) for code, text in unicode.items() if text}
    ranges: list[str] = []
    chars: list[str] = []
    digits = 2 * code_size
    # In a range the last byte of the text is counted on.
    for first, last in _runs({code: (text[:-1], text[-1] - code) for code, text in texts.items()}):
        text = texts[first].hex().upper()
        if first == last:
            chars.append(f"<{first:0{digits}X}><{text}>")
        else:
            ranges.append(f"<{first:0{digits}X}><{last:0{digits}X}><{text}>")
    body = _blocks(ranges, "bfrange") + _blocks(chars, "bfchar")
    return _cmap("UCS", "Adobe-Identity-UCS", 2, code_size, body)


def cid_cmap(name: str, cids: Mapping[int, int], code_size: int) -> bytes:
    """A CMap that maps codes of `code_size` bytes to CIDs."""
    digits = 2 * code_size
    ranges = [
        f"<{first:0{digits}X}><{last:0{digits}X}>{cids[first]}"
        for first, last in _runs({code: cid - code for code, cid in cids.items()})
    ]
    return _cmap("Identity", name, 1, code_size, _blocks(ranges, "cidrange"))


def _cmap(ordering: str, name: str, kind: int, code_size: int, body: str) -> bytes:
    head = _HEAD.format(
        ordering=ordering, name=name, type=kind, first="00" * code_size, last="FF" * code_size
    )
    return (head + body + _TAIL).encode()


def _runs(bases: Mapping[int, object]) -> Iterator[tuple[int, int]]:
    """(first, last) of each run of consecutive codes with one high byte (a range may not cross it) and equal
    bases."""
    first = last = -1
    base: object = None
    for code, own in sorted(bases.items()):
        if own == base and code == last + 1 and code & 0xFF:
            last = code
            continue
        if first >= 0:
            yield first, last
        first = last = code
        base = own
    if first >= 0:
        yield first, last


@lru_cache(maxsize=1024)
def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be", "replace")


def _blocks(entries: list[str], operator: str) -> str:
    return "".join(
        f"{len(block)} begin{operator}\n" + "\n".join(block) + f"\nend{operator}\n"
        for block in (entries[i : i + _BLOCK] for i in range(0, len(entries), _BLOCK))
    )
