#!/usr/bin/env python3
"""Writes the tables in src/afpcluster/afp/code_page_tables from IBM's own, as ICU (Debian's icu-devtools) has
them, or glibc where ICU has none.

A page is written as what differs from another one; what no program here knows stays as it stands in the file.
Run it from the project's folder: .venv/bin/python tools/code_pages.py
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from unicodedata import bidirectional, category

from afpcluster.afp import code_pages

TABLES = Path("src/afpcluster/afp/code_page_tables")

# What Python has no codec for. ICU's name where it is not ibm-NUMBER; those of glibc begin with "glibc ".
SINGLE = (
    {number: f"ibm-{number}" for number in (273, 277, 278, 280, 284, 285, 290, 297, 420, 424, 803, 838)}
    | {number: f"ibm-{number}" for number in (851, 867, 868, 870, 871, 875, 901, 902, 918, 921, 922, 1006)}
    | {number: f"ibm-{number}" for number in (1025, 1047, 1051, 1097, 1098, 1112, 1122, 1123, 1124, 1129)}
    | {number: f"ibm-{number}" for number in (1130, 1131, 1132, 1133, 1137, *range(1141, 1150))}
    | {number: f"ibm-{number}" for number in (1153, 1154, 1156, 1157, 1158, 1160, 1164, 1276)}
    | {833: "ibm-933", 836: "ibm-935", 1027: "ibm-939"}
    | {number: f"glibc IBM{number}" for number in (423, 880, 905, 1004, 1046, 1155, 1166)}
)
# Number -> ICU's converter, whether it shifts to two bytes (EBCDIC), and the second bytes.
DOUBLE = {
    300: ("ibm-939", True, "41-FE"),
    301: ("ibm-942", False, "40-7E 80-FC"),
    834: ("ibm-1364", True, "41-FE"),
    835: ("ibm-937", True, "41-FE"),
    837: ("ibm-935", True, "41-FE"),
    941: ("ibm-943", False, "40-7E 80-FC"),
    947: ("ibm-950", False, "40-7E A1-FE"),
    951: ("ibm-949", False, "A1-FE"),
    1362: ("ibm-1363", False, "41-5A 61-7A 81-FE"),
    1385: ("ibm-1386", False, "40-7E 80-FE"),
}
_LONGEST_LINE = 105
_SHORTEST_RUN = 6
_PRIVATE = range(0xE000, 0xF900)


def main() -> None:
    single = TABLES / "single_byte.txt"
    head, *entries = single.read_text("utf-8").split("\n\n[")
    pages = {int(entry.split()[0]): entry.strip() for entry in entries}
    for number, name in SINGLE.items():
        pages[number] = _difference(number, _single(name))
    single.write_text(head + "".join(f"\n\n[{pages[number]}" for number in sorted(pages)) + "\n", "utf-8")
    double = TABLES / "double_byte.txt"
    head = double.read_text("utf-8").partition("\n\n[")[0]
    text = "".join(f"\n\n[{number} {_runs(*page)}" for number, page in DOUBLE.items())
    double.write_text(head + text + "\n", "utf-8")


def _single(name: str) -> dict[int, str]:
    """The graphic characters of a converter's single-byte codes."""
    program, _, from_ = name.rpartition(" ")
    command = ["iconv", "-f"] if program else ["uconv", "--from-callback", "skip", "-f"]
    found = {}
    for code in range(256):
        done = subprocess.run(
            [*command, from_, "-t", "UTF-16BE"], input=bytes((code,)), capture_output=True, check=False
        )
        text = done.stdout.decode("utf-16-be")
        if not done.returncode and _is_shown(text):
            found[code] = text
    return found


def _difference(number: int, page: dict[int, str]) -> str:
    """An entry of the file: the page as it differs from that codec of Python from which it differs least."""
    lists = []
    for base in code_pages.BASES:
        known = code_pages.characters_of_codec(base)
        codes = [code for code in sorted(page.keys() | known.keys()) if page.get(code) != known.get(code)]
        lists.append((len(codes), base, " ".join(f"{code:02X}{_written(page.get(code))}" for code in codes)))
    _, base, text = min(lists)
    return "\n".join([f"{number} = {base}]", *_wrapped(text.split(" "))])


def _written(text: str | None) -> str:
    """A character as the file has it: by number where an editor would not show it, or not at its place."""
    if text is None:
        return ""
    plain = category(text)[0] in "LNPS" and category(text) != "Lm" and bidirectional(text) not in ("R", "AL")
    return text if plain else f"U+{ord(text):04X}"


def _wrapped(items: list[str]) -> Iterator[str]:
    line = ""
    for item in items:
        if len(line) + 1 + len(item) > _LONGEST_LINE:
            yield line
            line = ""
        line = f"{line} {item}" if line else item
    yield line


def _runs(name: str, shifted: bool, trail: str) -> str:
    """An entry of the file: runs of codes whose characters follow each other in a codec of Python, and
    characters of their own between them."""
    codes = [first << 8 | second for first in range(0x41, 0xFF) for second in code_pages.trail_bytes(trail)]
    page = _double(name, shifted, codes)
    parts: list[tuple[int, str, int]] = []  # code, codec and count, or code, characters and 0
    at = 0
    while at < len(codes):
        if codes[at] not in page:
            at += 1
            continue
        codec, length = _longest_run(page, codes, at)
        if length >= _SHORTEST_RUN:
            parts.append((codes[at], f"{codec} {page[codes[at]]}", length))
        else:
            length = 1
            parts.append((codes[at], page[codes[at]], 0))
        at += length
    following = dict(pairwise(codes))
    lines: list[str] = []
    expected = -1
    for code, text, length in parts:
        if length:
            lines.append(f"{code:04X} {text} {length}")
            expected = -1
        elif code == expected and len(lines[-1]) < _LONGEST_LINE:
            lines[-1] += text
        else:
            lines.append(f"{code:04X} {text}")
        expected = following.get(code, -1) if not length else -1
    return "\n".join([f"{trail}]", *lines])


def _longest_run(page: dict[int, str], codes: list[int], at: int) -> tuple[str, int]:
    best = ("", 0)
    for codec in code_pages.ORDERS:
        order, places = code_pages.order_of_codec(codec)
        place = places.get(page[codes[at]], len(order))
        length = 0
        while (
            at + length < len(codes)
            and place + length < len(order)
            and page.get(codes[at + length]) == order[place + length]
        ):
            length += 1
        best = max(best, (codec, length), key=lambda run: run[1])
    return best


def _double(name: str, shifted: bool, codes: list[int]) -> dict[int, str]:
    """Characters by two-byte code, without those for private use."""
    begin, end = (b"\x0e", b"\x0f\x25") if shifted else (b"", b"\n")
    data = b"".join(begin + code.to_bytes(2, "big") + end for code in codes)
    command = ["uconv", "-f", name, "-t", "UTF-8", "--from-callback", "substitute"]
    answer = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode("utf-8")
    found = {}
    for code, text in zip(codes, answer.split("\n"), strict=False):
        if _is_shown(text):
            found[code] = text
    return found


def _is_shown(text: str) -> bool:
    """Whether it is one graphic character that Unicode knows."""
    known = len(text) == 1 and text != "\ufffd" and ord(text) not in _PRIVATE
    return known and code_pages.is_graphic(text)


if __name__ == "__main__":
    main()
