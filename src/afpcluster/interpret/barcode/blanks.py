"""Trailing blanks of fixed-length fields (BCOCA BSA flag bit 6).

Whoever asks for their suppression wants type and modifier to follow from the length that remains.
"""

from __future__ import annotations

from afpcluster.afp.bcoca import BarCodeType as T

_EAN = {2: (T.EAN_SUPPLEMENT_2, 0), 5: (T.EAN_SUPPLEMENT_5, 0), 7: (T.EAN_8, 0), 12: (T.EAN_13, 0),
        14: (T.EAN_SUPPLEMENT_2, 1), 17: (T.EAN_SUPPLEMENT_5, 1)}  # fmt: skip
_UPC = {2: (T.UPC_SUPPLEMENT_2, 0), 5: (T.UPC_SUPPLEMENT_5, 0), 10: (T.UPC_E, 0), 11: (T.UPC_A, 0),
        12: (T.UPC_SUPPLEMENT_2, 2), 13: (T.UPC_SUPPLEMENT_2, 1), 15: (T.UPC_SUPPLEMENT_5, 2),
        16: (T.UPC_SUPPLEMENT_5, 1)}  # fmt: skip
_INTELLIGENT_MAIL = {length: (T.INTELLIGENT_MAIL, n) for n, length in enumerate((20, 25, 29, 31))}
_FAMILIES = (
    ((T.EAN_8, T.EAN_13, T.EAN_SUPPLEMENT_2, T.EAN_SUPPLEMENT_5), _EAN),
    ((T.UPC_A, T.UPC_E, T.UPC_SUPPLEMENT_2, T.UPC_SUPPLEMENT_5), _UPC),
    ((T.INTELLIGENT_MAIL,), _INTELLIGENT_MAIL),
)


def without_blanks(type_: int, modifier: int, data: bytes) -> tuple[int, int, bytes]:
    """Type, modifier and data after trailing EBCDIC blanks were taken off."""
    data = data.rstrip(b"\x40")
    if type_ == T.POSTNET:
        planet_or_abc = modifier if modifier in (2, 4) else 2
        return type_, {5: 0, 9: 1, 11: planet_or_abc}.get(len(data), 3), data
    for types, by_length in _FAMILIES:
        if type_ in types:
            type_, modifier = by_length.get(len(data), (type_, modifier))
    return type_, modifier, data
