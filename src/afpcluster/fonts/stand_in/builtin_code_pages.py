"""Code pages that are neither in the file nor in a resource folder: IBM's, by number or usual name, from the
table that names and tags have, too. GCGIDs follow from the characters.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from afpcluster.afp.code_pages import DEFAULT, character_codes
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.stand_in import gcgid

_DIGITS = re.compile(r"(\d{3,4})$")
_COMMON_SECTIONS = (0x40, 0x42)  # the space; letters, digits and signs of full width
_NEAREST = {363: 259}  # both are symbols
_NAMED = {"T1D0BASE": 500, "T1DCDCFS": 500, "T1L0FONT": 500}


def number_of(name: str) -> int | None:
    """The CPGID that a code page name such as T1V10500 or T1001252 ends in; None without one."""
    if name in _NAMED:
        return _NAMED[name]
    match = _DIGITS.search(name)
    return int(match.group(1)) if match else None


@lru_cache(maxsize=64)
def built_in(number: int) -> CodePage | None:
    """The built-in code page with this CPGID; None where there is none."""
    page = character_codes(number)
    if page is None:
        return None
    identifiers = {code: gcgid.identifier(character) for code, character in page.characters.items()}
    return CodePage(
        key=f"built-in-{page.number}",
        name=f"Code page {page.number}",
        code_size=page.code_size,
        gcgids={code: identifier for code, identifier in identifiers.items() if identifier is not None},
        unicode=page.characters,
        space_code=page.space,
        space_section=page.space >> 8 if page.code_size == 2 else page.space,
        number=page.number,
    )


def nearest(number: int, *, double_byte: bool = False) -> CodePage:
    """What stands in for a code page that is not built in; of double-byte ones, what they have in common."""
    page = built_in(300 if double_byte else _NEAREST.get(number, DEFAULT))
    assert page is not None
    if not double_byte:
        return page
    common = {code: text for code, text in page.unicode.items() if code >> 8 in _COMMON_SECTIONS}
    return replace(
        page,
        key="built-in-double-byte",
        name="What double-byte pages have in common",
        unicode=common,
        number=0,
    )
