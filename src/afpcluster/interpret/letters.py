"""What letters take above and below their baseline, as parts of the size of their font, where its own
measures do not count: by the letters alone, amply."""

from __future__ import annotations

ASCENT, _DESCENT = 0.75, 0.25
_DESCENDING = frozenset("gjpqyQ,;()[]{}|@$_/\\µßç")
_LAST_LATIN = "\u024f"


def descent(text: str) -> float:
    """How far a text reaches below its baseline; letters of other scripts all do."""
    return _DESCENT if any(letter in _DESCENDING or letter > _LAST_LATIN for letter in text) else 0.0
