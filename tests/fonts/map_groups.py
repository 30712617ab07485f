"""MCF and MDR fields for tests, group by group."""

from __future__ import annotations

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import encode_triplet


def name(kind: int, text: str) -> bytes:
    """Fully qualified name, EBCDIC."""
    return encode_triplet(0x02, bytes((kind, 0)) + encode_name(text))


def full_name(kind: int, text: str) -> bytes:
    """Fully qualified name in UTF-16BE, behind the triplet that says so."""
    return encode_triplet(0x01, b"\0\0\x04\xb0") + encode_triplet(
        0x02, bytes((kind, 0)) + text.encode("utf-16-be")
    )


def local_id(number: int) -> bytes:
    return encode_triplet(0x24, bytes((5, number)))


def descriptor(size: float = 0, width: float = 0, weight: int = 5, flags: int = 0) -> bytes:
    """Font Descriptor Specification; sizes in points."""
    sizes = round(size * 20).to_bytes(2, "big") + round(width * 20).to_bytes(2, "big")
    return encode_triplet(0x1F, bytes((weight, 5)) + sizes + bytes((flags,)))


def data_object_font(size: float, scale: float = 0, rotation: int = 0) -> bytes:
    """Data-Object Font Descriptor; sizes in points."""
    numbers = (round(size * 20), round(scale * 20), rotation, 3, 1)
    return encode_triplet(0x8B, b"\0\x20" + b"".join(n.to_bytes(2, "big") for n in numbers) + b"\0\0")


def internal_id(number: int) -> bytes:
    return encode_triplet(0x02, bytes((0xBE, 0, number)))


def mcf(*groups: bytes) -> Record:
    return _record("MCF", groups)


def mdr(*groups: bytes) -> Record:
    return _record("MDR", groups)


def _record(field: str, groups: tuple[bytes, ...]) -> Record:
    return Record(CODES[field], 99, b"".join((len(g) + 2).to_bytes(2, "big") + g for g in groups))
