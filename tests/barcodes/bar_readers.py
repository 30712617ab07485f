"""Readers for what zxing-cpp does not read, written from the rules of the symbologies alone.

They see bars as (x, y, width, height) in mils from the symbol's origin, as `bar_code_objects.bars` gives
them, and never ask the encoder.
"""

from __future__ import annotations

from collections.abc import Sequence

Bars = Sequence[tuple[float, float, float, float]]


def elements(bars: Bars, module: float = 13.0) -> list[tuple[bool, bool]]:
    """(bar?, wide?) of all bars and the spaces between; wide is 1.5 modules or more."""
    found = []
    for here, following in zip(bars, [*bars[1:], None], strict=True):
        found.append((True, here[2] > 1.5 * module))
        if following is not None:
            found.append((False, following[0] - here[0] - here[2] > 1.5 * module))
    return found


def wide(bars: Bars) -> str:
    """All elements in turn: W wide, N narrow."""
    return "".join("W" if is_wide else "N" for _, is_wide in elements(bars))


def msi(bars: Bars) -> str:
    """Digits, check digits included: a bit is a bar and a space, wide first for 1."""
    pattern = wide(bars)
    assert pattern.startswith("WN")
    assert pattern.endswith("NWN")
    pairs = [pattern[at : at + 2] for at in range(2, len(pattern) - 3, 2)]
    bits = "".join({"WN": "1", "NW": "0"}[pair] for pair in pairs)
    return "".join(str(int(bits[at : at + 4], 2)) for at in range(0, len(bits), 4))


def two_of_five(element_widths: str) -> str:
    """Digits of groups of five elements, two of them wide, with weights 1, 2, 4, 7 and parity."""
    digits = ""
    for at in range(0, len(element_widths), 5):
        group = element_widths[at : at + 5]
        assert group.count("W") == 2
        value = sum(weight for weight, e in zip((1, 2, 4, 7, 0), group, strict=True) if e == "W")
        digits += str(value % 11)  # 0 has the weights 4 and 7
    return digits


def industrial(bars: Bars) -> str:
    """Only bars carry data; start is wide, wide, narrow, stop is wide, narrow, wide."""
    pattern = wide(bars)[::2]
    assert pattern.startswith("WWN")
    assert pattern.endswith("WNW")
    return two_of_five(pattern[3:-3])


def matrix(bars: Bars) -> str:
    """Three bars and two spaces a digit; start and stop have one wide bar, the first."""
    groups = wide(bars) + "N"
    parts = [groups[at : at + 6] for at in range(0, len(groups), 6)]
    assert parts[0] == parts[-1] == "WNNNNN"
    assert all(part[5] == "N" for part in parts)
    return two_of_five("".join(part[:5] for part in parts[1:-1]))


_ODD = [f"{code:07b}" for code in (0x0D, 0x19, 0x13, 0x3D, 0x23, 0x31, 0x2F, 0x3B, 0x37, 0x0B)]
_EVEN = ["".join("10"[int(bit)] for bit in reversed(code)) for code in _ODD]


def supplement(bars: Bars, module: float = 13.0) -> tuple[str, str]:
    """Digits and their parities (O, E) of a two- or five-digit supplement."""
    start = bars[0][0]
    length = round((bars[-1][0] + bars[-1][2] - start) / module)
    modules = ["0"] * length
    for x, _, width, _ in bars:
        first = round((x - start) / module)
        modules[first : first + round(width / module)] = "1" * round(width / module)
    pattern = "".join(modules)
    assert pattern.startswith("1011")
    digits = parity = ""
    for at in range(4, len(pattern), 9):
        code = pattern[at : at + 7]
        assert pattern[at + 7 : at + 9] in ("01", "")
        digits += str((_ODD if code in _ODD else _EVEN).index(code))
        parity += "O" if code in _ODD else "E"
    return digits, parity


def states(bars: Bars) -> str:
    """F, A, D or T for each bar of a four-state code; F and S for one of two heights."""
    top = min(y for _, y, _, _ in bars)
    bottom = max(y + height for _, y, _, height in bars)
    names = {(True, True): "F", (True, False): "A", (False, True): "D", (False, False): "T"}
    return "".join(names[abs(y - top) < 0.5, abs(y + h - bottom) < 0.5] for _, y, _, h in bars)


def postnet(bars: Bars, inverse: bool = False) -> str:
    """Digits with the correction digit: two tall bars (PLANET: two short ones) of weights 7, 4, 2, 1, 0."""
    pattern = states(bars)
    assert pattern[0] == pattern[-1] == "F"
    digits = ""
    for at in range(1, len(pattern) - 1, 5):
        group = [(bar == "F") != inverse for bar in pattern[at : at + 5]]
        assert sum(group) == 2
        digits += str(sum(w for w, tall in zip((7, 4, 2, 1, 0), group, strict=True) if tall) % 11)
    return digits


_RM4SCC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def royal_mail(pattern: str) -> str:
    """Characters of groups of four bars: ascenders tell the row, descenders the column of a 6 by 6 table."""
    text = ""
    for at in range(0, len(pattern), 4):
        group = pattern[at : at + 4]
        row, column = (
            sum(w for w, bar in zip((4, 2, 1, 0), group, strict=True) if bar in with_) % 6
            for with_ in ("AF", "DF")
        )
        text += _RM4SCC[(row - 1) % 6 * 6 + (column - 1) % 6]
    return text


def royal_mail_check(text: str) -> str:
    """The check character of RM4SCC: sums of the rows and of the columns, modulo 6."""
    places = [(_RM4SCC.index(c) // 6 + 1, _RM4SCC.index(c) % 6 + 1) for c in text]
    row, column = (sum(values) % 6 for values in zip(*places, strict=True))
    return _RM4SCC[(row - 1) % 6 * 6 + (column - 1) % 6]


_JAPAN = {
    "144": "0", "114": "1", "132": "2", "312": "3", "123": "4", "141": "5", "321": "6", "213": "7",
    "231": "8", "411": "9", "414": "-", "324": "a", "342": "b", "234": "c", "432": "d", "243": "e",
    "423": "f", "441": "g", "111": "h",
}  # fmt: skip


def japan_postal(bars: Bars) -> str:
    """Characters between start and stop; a to h are the control codes CC1 to CC8."""
    pattern = states(bars).translate(str.maketrans("FADT", "1234"))
    assert pattern.startswith("13")
    assert pattern.endswith("31")
    return "".join(_JAPAN[pattern[at : at + 3]] for at in range(2, len(pattern) - 2, 3))
