"""A FOCA code page: code point -> graphic character identifier (GCGID), and its Unicode text.

What the object contains counts, never its name or number. A code point that is not listed, or whose
GCGID the character set lacks, stands for the default character (FOCA "Code Page Control (CPC)").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import TypeVar

from afpcluster.afp import foca
from afpcluster.afp.foca import CharacterUseFlag
from afpcluster.afp.framing import Record
from afpcluster.afp.names import decode_name
from afpcluster.fonts.stand_in import gcgid
from afpcluster.light import dataclass

NO_SPACE = -1
"""`CodePage.space_code` where variable spacing is disabled: matches no code point."""

_NOT_ASSIGNED = 0xFFFF

T = TypeVar("T")


class FontDataError(ValueError):
    """A font object lacks a structured field that it cannot do without; the text says which."""


@dataclass(slots=True, frozen=True, eq=False)
class CodePage:
    """A code page of `code_size` bytes a code point. `unicode` has text where it is known for sure."""

    key: str
    name: str
    code_size: int
    gcgids: Mapping[int, str]
    unicode: Mapping[int, str]
    not_printed: frozenset[int] = frozenset()  # code points with the No Presentation flag, and invalid ones
    invalid: frozenset[int] = frozenset()  # those of them that show nothing because they must not occur
    not_incremented: frozenset[int] = frozenset()
    default_gcgid: str = gcgid.SPACE
    default_printed: bool = True
    default_incremented: bool = True
    default_text: str = " "  # what code points that are not listed read as
    space_code: int = 0x40
    plain_space: int = NO_SPACE  # the space character of a single-byte page that disables variable spacing
    space_section: int = 0x40  # of a double-byte font in sections
    number: int = 0  # CPGID, 0 where none is given

    def invalid_codes(self) -> dict[int, str]:
        """What findings say of the code points that must not occur (FOCA "Invalid Coded Character")."""
        return {
            code: f"Code page {self.name} says that code point X'{code:0{2 * self.code_size}X}' is invalid"
            for code in self.invalid - {self.space_code}
        }

    @property
    def variable_space(self) -> bool:
        """Whether the space character has a variable increment and shows nothing (FOCA "Code Page Control
        (CPC)", Variable Space Enable); if not, it still ends a word."""
        return self.plain_space < 0

    @property
    def word_space(self) -> int:
        """The code point that ends a word (PTOCA "Set Intercharacter Adjustment (SIA)")."""
        return self.space_code if self.variable_space else self.plain_space

    def of_section(self, section: int) -> CodePage:
        """This single-byte code page as one section of a double-byte font: the space character is in one
        section only, the same for all (FOCA "Code Page Control (CPC)", Space Character Section Number)."""
        if self.code_size == 2 or section == self.space_section or self.space_code < 0:
            return self
        return replace(self, key=f"{self.key}-no-space", space_code=NO_SPACE)

    def cut(self) -> dict[int, CodePage]:
        """This double-byte code page as single-byte pages by the first byte of their codes."""
        unicode = _by_first_byte(self.unicode)
        not_printed = _by_first_byte(dict.fromkeys(self.not_printed))
        invalid = _by_first_byte(dict.fromkeys(self.invalid))
        not_incremented = _by_first_byte(dict.fromkeys(self.not_incremented))
        return {
            first: replace(
                self,
                key=f"{self.key}-{first:02X}",
                code_size=1,
                gcgids=gcgids,
                unicode=unicode.get(first, {}),
                not_printed=frozenset(not_printed.get(first, ())),
                invalid=frozenset(invalid.get(first, ())),
                not_incremented=frozenset(not_incremented.get(first, ())),
                space_code=self.space_code & 0xFF if self.space_code >> 8 == first else NO_SPACE,
            )
            for first, gcgids in sorted(_by_first_byte(self.gcgids).items())
        }


def code_page(records: Iterable[Record]) -> CodePage:
    """The code page in the records BCP..ECP. Raises FontDataError and DecodeError."""
    control: foca.CodePageControl | None = None
    name, number = "", 0
    parts: list[bytes] = []
    for record in records:
        if record.type == foca.BCP:
            name = decode_name(record.data[:8])
        elif record.type == foca.CPD:
            number = foca.CodePageDescriptor.decode(record.data).code_page_id
        elif record.type == foca.CPC:
            control = foca.CodePageControl.decode(record.data)
        elif record.type == foca.CPI:
            parts.append(record.data)
    if control is None:
        raise FontDataError(f"Code page {name or '(no name)'} has no Code Page Control (CPC)")
    entries = [entry for data in parts for entry in _entries(control.index_group_length, data)]
    wide = control.index_group_length in (0x0B, 0xFF)
    space = control.space_section << 8 | control.space_code if wide else control.space_code
    variable = bool(control.flags & foca.CODE_PAGE_VARIABLE_SPACE)
    default = control.default_flags
    default_gcgid = decode_name(control.default_gcgid)
    not_presented = _flagged(entries, CharacterUseFlag.NO_PRESENTATION)
    invalid = _flagged(entries, CharacterUseFlag.INVALID)
    return CodePage(
        key=_key(control, number, name[len(name.rstrip("0123456789")) :], parts),
        name=name,
        code_size=2 if wide else 1,
        gcgids={code: decode_name(ident) for ident, _, code, _ in entries},
        unicode={code: text for ident, _, code, text in entries if text},
        not_printed=not_presented | invalid,
        invalid=invalid - not_presented,
        not_incremented=_flagged(entries, CharacterUseFlag.NO_INCREMENT),
        default_gcgid=default_gcgid,
        default_printed=not default & CharacterUseFlag.NO_PRESENTATION,
        default_incremented=not default & CharacterUseFlag.NO_INCREMENT,
        default_text=_default_text(control, default_gcgid),
        space_code=space if variable else NO_SPACE,
        plain_space=NO_SPACE if variable or wide else space,
        space_section=control.space_section,
        number=number if number != _NOT_ASSIGNED else 0,
    )


def _key(control: foca.CodePageControl, number: int, digits: str, parts: list[bytes]) -> str:
    """Identity by all that a code page says; by its number, or the `digits` its name ends in, it is known
    what identifiers of its own mean. Groups are counted from the beginning of each field."""
    fields = (f"{number} {digits}".encode(), control.encode(), *parts)
    return sha256(b"".join([len(part).to_bytes(4, "big") + part for part in fields])).hexdigest()[:16]


def _default_text(control: foca.CodePageControl, default_gcgid: str) -> str:
    """The text of the default character: its Unicode value where groups have such values, else by GCGID; a
    space for one that is not shown, nothing for one that does not move the position."""
    if control.default_flags & CharacterUseFlag.NO_INCREMENT:
        return ""
    if control.default_flags & CharacterUseFlag.NO_PRESENTATION:
        return " "
    value = control.default_unicode if control.index_group_length in (0xFE, 0xFF) else 0
    if 0x20 <= value < 0xD800 or 0xE000 <= value < 0x110000:
        return chr(value)
    return gcgid.unicode_text(default_gcgid) or ""


def _entries(length: int, data: bytes) -> Iterable[foca.UnicodeEntry]:
    if length in (0xFE, 0xFF):
        return foca.unicode_entries(data, length - 0xFD)
    item = foca.DoubleByteCodePageEntry if length == 0x0B else foca.CodePageEntry
    groups = foca.repeat(item, data, length)
    return (foca.UnicodeEntry(group.gcgid, group.flags, group.code, "") for group in groups)


def _by_first_byte(mapping: Mapping[int, T]) -> dict[int, dict[int, T]]:
    found: dict[int, dict[int, T]] = {}
    for code, value in mapping.items():
        found.setdefault(code >> 8, {})[code & 0xFF] = value
    return found


def _flagged(entries: Iterable[foca.UnicodeEntry], flag: int) -> frozenset[int]:
    return frozenset(entry.code for entry in entries if entry.flags & flag)
