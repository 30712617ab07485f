"""Text that goes into cells of a CSV file, which people open in a spreadsheet.

A spreadsheet takes a cell that begins with one of `= + - @`, a tab or a carriage return for a formula, and
runs it; what stands in a print file may come from anybody. Such text gets an apostrophe in front, which
spreadsheets do not show; numbers stay.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d[\d.,' ]*%?")


def cell(text: str) -> str:
    """The text as a cell that is no formula."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def cells(row: dict[str, object]) -> dict[str, object]:
    """A row whose texts are no formulas."""
    return {name: cell(value) if isinstance(value, str) else value for name, value in row.items()}
