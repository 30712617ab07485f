"""The Unicode bidirectional algorithm: embedding levels of a paragraph, and its order from left to right.

Unicode Standard Annex 9 (UAX #9), rules P2-P3, X1-X10, W1-W7, N0-N2, I1-I2, L1-L2 and L4, for one paragraph
on one line, as PTOCA "Bidi Layout Processing for UCT Text" asks. Linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from unicodedata import bidirectional, category, lookup, name, normalize
from unicodedata import mirrored as is_mirrored

CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # never shown
_MAX_DEPTH = 125  # BD2
_MAX_BRACKETS = 63  # BD16
_ISOLATES = ("LRI", "RLI", "FSI")
_EMBEDDINGS = ("LRE", "RLE", "LRO", "RLO")
_REMOVED = (*_EMBEDDINGS, "PDF", "BN")  # X9
_NEUTRAL = ("B", "S", "WS", "ON", *_ISOLATES, "PDI")
_TURNED_NAMES = (("LEFT", "RIGHT"), ("RIGHT", "LEFT"), ("LESS", "GREATER"), ("GREATER", "LESS"))
_UNNAMED_PAIRS = ("\u0f3a\u0f3b", "\u0f3c\u0f3d", "\u169b\u169c")  # their names do not say left and right


def paragraph_level(text: str) -> int | None:
    """P2: 0 or 1 by the first strong character outside of isolates; None where there is none."""
    return _first_strong([bidirectional(character) for character in text], 0)


def embedding_levels(text: str, base: int) -> list[int]:
    """The level of each character in a paragraph of direction `base` (0 left-to-right, 1 right-to-left)."""
    originals = [bidirectional(character) or "L" for character in text]
    types = list(originals)
    explicit = _explicit(types, base)
    levels = list(explicit)
    for sequence in _isolating_runs(originals, explicit):
        before, after = _neighbours(originals, explicit, sequence, base)
        level = explicit[sequence[0]]
        start, end = _direction(max(level, before)), _direction(max(level, after))
        found = _resolve_weak([types[at] for at in sequence], start)
        _resolve_brackets(text, originals, sequence, found, _direction(level), start)
        _resolve_neutral(found, _direction(level), start, end)
        for at, type_ in zip(sequence, found, strict=True):
            levels[at] = _implicit(level, type_)
    for at, type_ in enumerate(originals):
        if type_ in _REMOVED:  # UAX #9 section 5.2
            levels[at] = levels[at - 1] if at else base
    _reset_white_space(originals, levels, base)
    return levels


def visual_order(levels: Sequence[int]) -> list[int]:
    """L2: the indexes of elements with these levels, from left to right."""
    order = list(range(len(levels)))
    odd = [level for level in levels if level & 1]
    for lowest in range(max(levels, default=0), min(odd, default=1) - 1, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and levels[order[end]] >= lowest:
                end += 1
            order[at:end] = order[at:end][::-1]
            at = end + 1
    return order


@lru_cache(maxsize=1024)
def mirrored(character: str) -> str:
    """L4: the character that looks like this one in a mirror; itself where there is none."""
    for pair in _UNNAMED_PAIRS:
        if character in pair:
            return pair[1 - pair.index(character)]
    if is_mirrored(character):
        own = name(character, "")
        for side, other in _TURNED_NAMES:
            if side in own:
                try:
                    return lookup(own.replace(side, other))
                except KeyError:
                    return character
    return character


def _first_strong(types: Sequence[str], at: int, *, isolate: bool = False) -> int | None:
    """P2 from `at`; with `isolate`, up to the end of the isolate that `at` is in (X5c)."""
    depth = 0
    for type_ in islice(types, at, None):
        if type_ in _ISOLATES:
            depth += 1
        elif type_ == "PDI":
            if depth == 0 and isolate:
                return None
            depth = max(depth - 1, 0)
        elif depth == 0 and type_ in ("L", "R", "AL"):
            return int(type_ != "L")
    return None


def _explicit(types: list[str], base: int) -> list[int]:
    """X1-X8: levels by embeddings, overrides and isolates; overridden types change in place. What X9
    removes gets the level of what stands before it."""
    levels = [base] * len(types)
    stack: list[tuple[int, str, bool]] = [(base, "", False)]  # level, override, whether it is an isolate
    over_isolates = over_embeddings = valid_isolates = 0
    for at, type_ in enumerate(types):
        level, override, _ = stack[-1]
        levels[at] = level
        if type_ in _EMBEDDINGS or type_ in _ISOLATES:
            isolate = type_ in _ISOLATES
            if isolate:
                types[at] = override or type_
            fits = level + 1 <= _MAX_DEPTH and not over_isolates and not over_embeddings
            turned = type_[0] == "R" or (
                fits and type_ == "FSI" and _first_strong(types, at + 1, isolate=True) == 1
            )
            deeper = (level + 1) | 1 if turned else (level + 2) & ~1
            if fits and deeper <= _MAX_DEPTH:
                valid_isolates += isolate
                stack.append((deeper, ("R" if turned else "L") if type_[2] == "O" else "", isolate))
            elif isolate:
                over_isolates += 1
            elif not over_isolates:
                over_embeddings += 1
        elif type_ == "PDI":
            if over_isolates:
                over_isolates -= 1
            elif valid_isolates:
                over_embeddings = 0
                while not stack[-1][2]:
                    stack.pop()
                stack.pop()
                valid_isolates -= 1
            levels[at], override, _ = stack[-1]
            types[at] = override or type_
        elif type_ == "PDF":
            if not over_isolates:
                if over_embeddings:
                    over_embeddings -= 1
                elif not stack[-1][2] and len(stack) > 1:
                    stack.pop()
        elif type_ == "B":
            levels[at] = base
        elif type_ != "BN":
            types[at] = override or type_
    return levels


def _isolating_runs(originals: Sequence[str], levels: Sequence[int]) -> list[list[int]]:
    """X10, BD13: positions in runs of one level, joined over the isolates in them. Without what X9
    removes."""
    sequences: list[list[int]] = []
    waiting: list[list[int]] = []  # the sequences of isolate initiators that no PDI has ended
    run: list[int] = []
    run_level = -1
    for at, type_ in enumerate(originals):
        if type_ in _REMOVED:
            continue
        initiating = waiting.pop() if type_ == "PDI" and waiting else None
        if levels[at] != run_level:
            run_level = levels[at]
            if initiating is not None:
                run = initiating
            else:
                run = []
                sequences.append(run)
        run.append(at)
        if type_ in _ISOLATES:
            waiting.append(run)
    return sequences


def _implicit(level: int, type_: str) -> int:
    """I1 and I2."""
    if level & 1:
        return level + (type_ != "R")
    return level + {"L": 0, "R": 1}.get(type_, 2)


def _direction(level: int) -> str:
    return "R" if level & 1 else "L"


def _neighbours(
    originals: Sequence[str], levels: Sequence[int], sequence: Sequence[int], base: int
) -> tuple[int, int]:
    """X10: the levels in front of and behind the sequence."""
    first, last = sequence[0], sequence[-1]
    at = first - 1
    while at >= 0 and originals[at] in _REMOVED:
        at -= 1
    before = levels[at] if at >= 0 else base
    if originals[last] in _ISOLATES:
        return before, base
    at = last + 1
    while at < len(originals) and originals[at] in _REMOVED:
        at += 1
    return before, levels[at] if at < len(originals) else base


def _resolve_weak(types: list[str], start: str) -> list[str]:
    """W1-W7."""
    previous = strong = start
    for at, type_ in enumerate(types):
        if type_ == "NSM":  # W1
            type_ = "ON" if previous in _ISOLATES or previous == "PDI" else previous
        previous = type_
        if type_ in ("L", "R", "AL"):
            strong = type_
        elif type_ == "EN" and strong == "AL":  # W2
            type_ = "AN"
        types[at] = type_
    types = ["R" if type_ == "AL" else type_ for type_ in types]  # W3
    for at in range(1, len(types) - 1):  # W4
        around = types[at - 1]
        if around == types[at + 1] and (
            (around == "EN" and types[at] in ("ES", "CS")) or (around == "AN" and types[at] == "CS")
        ):
            types[at] = around
    _extend_numbers(types)
    strong = start
    for at, type_ in enumerate(types):
        if type_ in ("ES", "ET", "CS"):  # W6
            types[at] = "ON"
        elif type_ in ("L", "R"):
            strong = type_
        elif type_ == "EN" and strong == "L":  # W7
            types[at] = "L"
    return types


def _extend_numbers(types: list[str]) -> None:
    """W5: European terminators next to a European number are part of it."""
    at = 0
    while at < len(types):
        end = at
        while end < len(types) and types[end] == "ET":
            end += 1
        number = (at > 0 and types[at - 1] == "EN") or (end < len(types) and types[end] == "EN")
        if end > at and number:
            types[at:end] = ["EN"] * (end - at)
        at = end + 1


def _resolve_brackets(
    text: str, originals: Sequence[str], sequence: Sequence[int], types: list[str], own: str, start: str
) -> None:
    """N0: a pair of brackets takes the direction of what it encloses, or of its context."""
    for opening, closing in _bracket_pairs(text, sequence, types):
        strong = {_strong(type_) for type_ in types[opening + 1 : closing]}
        if own in strong:
            direction = own
        elif {"L", "R"} & strong:
            before = (_strong(types[at]) for at in range(opening - 1, -1, -1))
            context = next(filter(None, before), start)
            direction = own if context == own else "R" if own == "L" else "L"
        else:
            continue
        for bracket in (opening, closing):
            types[bracket] = direction
            at = bracket + 1
            while at < len(types) and originals[sequence[at]] == "NSM":
                types[at] = direction
                at += 1


def _strong(type_: str) -> str:
    """For N0 and N1: numbers count as right-to-left."""
    return "R" if type_ in ("EN", "AN", "R") else "L" if type_ == "L" else ""


def _bracket_pairs(text: str, sequence: Sequence[int], types: Sequence[str]) -> list[tuple[int, int]]:
    """BD16: positions in the sequence of opening and closing brackets, in order of the opening ones."""
    pairs: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []  # what closes it, where it is
    for at, (position, type_) in enumerate(zip(sequence, types, strict=True)):
        character = normalize("NFD", text[position])  # angle brackets have canonical equivalents
        if type_ != "ON" or len(character) != 1:
            continue
        kind = category(character)
        if kind == "Ps" and mirrored(character) != character:
            if len(opened) == _MAX_BRACKETS:
                return []
            opened.append((mirrored(character), at))
        elif kind == "Pe":
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == character:
                    pairs.append((opened[depth][1], at))
                    del opened[depth:]
                    break
    return sorted(pairs)


def _resolve_neutral(types: list[str], own: str, start: str, end: str) -> None:
    """N1 and N2."""
    at = 0
    while at < len(types):
        behind = at
        while behind < len(types) and types[behind] in _NEUTRAL:
            behind += 1
        if behind > at:
            before = _strong(types[at - 1]) if at else start
            after = _strong(types[behind]) if behind < len(types) else end
            types[at:behind] = [before if before == after else own] * (behind - at)
        at = behind + 1


def _reset_white_space(originals: Sequence[str], levels: list[int], base: int) -> None:
    """L1: separators, and white space in front of them and at the end of the line."""
    trailing = True
    for at in range(len(originals) - 1, -1, -1):
        type_ = originals[at]
        if type_ in ("B", "S"):
            trailing = True
        elif type_ not in ("WS", *_ISOLATES, "PDI", *_REMOVED):
            trailing = False
        if trailing:
            levels[at] = base
