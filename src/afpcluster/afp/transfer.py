"""What happened to a file that is not, or not only, AFP: the likeliest cause, for whoever sent it.

Guesses from the bytes: translation to ASCII, line ends rewritten, line data, other formats. They only word
messages. Programming Guide and Line Data Reference, "Mixed Documents".
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from typing import NamedTuple

from afpcluster.afp.damage import INTRODUCER, is_introducer
from afpcluster.afp.host_records import LAYOUTS, JoinedRecords
from afpcluster.findings import Severity

_FORMATS = {
    b"%PDF": "The input is a PDF, not AFP. It needs no conversion.",
    b"%!": "The input is PostScript, not AFP.",
    b"PK\x03\x04": "The input is a ZIP archive. Unpack it and send the AFP file in it.",
    b"\x1f\x8b": "The input is compressed (gzip). Unpack it and send the AFP file in it.",
    b"\x1bE": "The input is PCL, not AFP.",
    b"\xff\xd8\xff": "The input is a JPEG image, not AFP.",
    b"\x89PNG": "The input is a PNG image, not AFP.",
    b"II*\0": "The input is a TIFF image, not AFP.",
    b"MM\0*": "The input is a TIFF image, not AFP.",
}
_JOB = b"\x1b%-12345X"
_BINARY = "transfer it again, in binary"
COMPOSE = (
    "AFP pages are made of line data with a page definition, by ACIF or a print server; send what those write"
)
_EBCDIC_TEXT = (
    frozenset(range(0xC0, 0xFA))
    | frozenset(range(0x81, 0xAA))
    | frozenset(b"\x40\x4b\x4d\x5d\x60\x61\x6b\x6c\x7a\x7d")
)
_ASCII_TEXT = frozenset(range(0x20, 0x7F)) | frozenset(b"\t\n\f\r")
_TEXT_SHARE = 0.85
_JUDGED = 4096  # bytes from the beginning
_HEXADECIMAL = re.compile(rb"5a[0-9a-f]{4}d3a[0-9a-f]", re.IGNORECASE)
_SHORTEST_TEXT = 16  # bytes; less says nothing
_ENOUGH_LINE_ENDS = 3


def foreign(head: bytes) -> str:
    """Which other format a file is that begins with `head`; '' for none that is known."""
    return next((message for mark, message in _FORMATS.items() if head.startswith(mark)), "")


def translated(head: bytes) -> bool:
    """Whether X'5A' and X'D3' seem to have become characters of ASCII."""
    return head[:1] in (b"!", b"]") and b"L" in head[3:8]


def why_not_afp(head: bytes) -> str:
    """Why a file that begins with `head` is not AFP, and what to do."""
    if foreign(head):
        return foreign(head)
    if head.startswith(_JOB):
        return (
            "The input is a printer job (PJL) that has no AFP in its beginning; it is for another language "
            "(PCL, PostScript). Print it, or have the application write AFP."
        )
    if translated(head):
        return (
            f"The input is not AFP: X'5A' at the start of records seems to have become X'{head[0]:02X}'. The "
            f"file was translated from EBCDIC to ASCII on its way; {_BINARY}."
        )
    if _is_base64(head):
        return "The input is AFP in base64. Decode it (base64 -d), and send what that writes."
    if _HEXADECIMAL.search(b"".join(head[:1024].split())):
        return "The input is a hexadecimal dump of AFP. Make bytes of it (xxd -r), or send the file itself."
    begins = f"it begins with X'{head[:8].hex().upper()}'"
    records, where = _in_records(head)
    for text, behind in ((records, where), (head[:_JUDGED], "")):
        if _share(text, _EBCDIC_TEXT) > _TEXT_SHARE:
            return f"The input is not AFP, it looks like line data in EBCDIC{behind} ({begins}); {COMPOSE}."
        if _share(text, _ASCII_TEXT) > _TEXT_SHARE:
            return f"The input is not AFP, it looks like text in ASCII{behind} ({begins}); {COMPOSE}."
    return (
        f"The input is not AFP: no structured field (X'5A', length, X'D3…') in its first {len(head)} bytes; "
        f"{begins}. Check that the file is AFP and came over in binary."
    )


def _is_base64(head: bytes) -> bool:
    """Whether the text of a file is AFP in base64."""
    text = b"".join(head[:1024].split())
    try:
        return is_introducer(base64.b64decode(text[: len(text) // 4 * 4], validate=True))
    except binascii.Error:
        return False


def _in_records(head: bytes) -> tuple[bytes, str]:
    """What the records of a host hold, if lengths lead through the beginning of a file, and words for it."""
    for layout in LAYOUTS:
        joined = JoinedRecords(io.BytesIO(head), layout)
        if joined.whole or joined.cut_off:
            return joined.read(_JUDGED), " behind the record lengths of a host"
    return b"", ""


class Cause(NamedTuple):
    """Why bytes may be there that are no structured field: the end of a message, '' where nothing suggests
    itself, how much is lost, and the code of a finding where they are no rest of a field in front."""

    text: str
    severity: Severity
    code: str = ""


def cause_of_damage(skipped: bytes, before: bytes = b"") -> Cause:
    """Why the `skipped` bytes may be there, behind those `before`."""
    if of_printer_job(skipped):
        return Cause(": commands of a printer job (PJL) around the AFP; nothing is lost", Severity.INFO)
    line_ends = (before + skipped).count(b"\n")
    if line_ends >= _ENOUGH_LINE_ENDS and (before + skipped).count(b"\r\n") == line_ends:
        text = f": line ends in the file seem to be rewritten (X'0A' to X'0D0A'); {_BINARY}"
        return Cause(text, Severity.ERROR)
    if len(skipped) >= _SHORTEST_TEXT:
        for codes, name in ((_EBCDIC_TEXT, "EBCDIC"), (_ASCII_TEXT, "ASCII")):
            if _share(skipped[:_JUDGED], codes) > _TEXT_SHARE:
                return Cause(
                    f": they look like line data in {name}; {COMPOSE}", Severity.SKIPPED, "line-data"
                )
    return Cause("", severity_of(len(skipped)))


def of_printer_job(skipped: bytes) -> bool:
    """Whether skipped bytes are commands of a printer job around the AFP."""
    return _JOB in skipped or b"@PJL" in skipped


def severity_of(lost: int) -> Severity:
    """Of so many bytes lost: too few for a structured field, or what cannot be known."""
    return Severity.SKIPPED if lost < INTRODUCER else Severity.ERROR


def _share(data: bytes, codes: frozenset[int]) -> float:
    return sum(code in codes for code in data) / max(len(data), 1)
