"""What PDF/A asks of a whole document (ISO 19005-1, -2 and -3): version, colour, identification, refusals.

Rules: colours stay what they are. The output intent is sRGB, which says what RGB and grey mean; a stream with
CMYK names a default colour space for it. What cannot conform is an objection, and a document with objections
is refused: nothing is called PDF/A that is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from afpcluster.findings import ConversionError
from afpcluster.light import dataclass
from afpcluster.options import Options, PdfA
from afpcluster.outputs.pdf.icc import cmyk_profile, srgb_profile
from afpcluster.outputs.pdf.packet import Content, PagePacket
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import PdfDict, Raw, Ref, Value

PAGES_LISTED = 10
_REASONS_LISTED = 20
_MOST_OBJECTS = 8_388_607  # ISO 19005-1, 6.1.12 (PDF Reference 1.4, Annex C)
_LONGEST_ARRAY = 8191  # ISO 19005-1, 6.1.12
_PAGE_SIZES = (3.0, 14_400.0)  # ISO 19005-2, 6.1.13
_DEEPEST = 28  # q in q, ISO 19005-1, 6.1.12
_CONDITION = "sRGB IEC61966-2.1"


@dataclass(slots=True, frozen=True)
class Archive:
    """A level of PDF/A, and where the free fonts are that stand in for those that every viewer has."""

    level: PdfA
    stand_in_folders: tuple[Path, ...] = ()

    @property
    def part(self) -> int:
        return int(self.level[0])

    @property
    def is_first(self) -> bool:
        """Part 1 is PDF 1.4: no transparency, no JPEG 2000, no object streams."""
        return self.part == 1

    @property
    def needs_unicode(self) -> bool:
        return self.level.endswith("u")

    @property
    def attaches_index(self) -> bool:
        """Part 3 is for files with others attached, and has the index of the print file."""
        return self.part == 3

    @property
    def version(self) -> str:
        return "1.4" if self.is_first else "1.7"

    @property
    def identification(self) -> str:
        """What XMP says of it (6.7.11; 6.6.4 in later parts)."""
        return (
            '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
            f"<pdfaid:part>{self.part}</pdfaid:part>"
            f"<pdfaid:conformance>{self.level[1].upper()}</pdfaid:conformance></rdf:Description>"
        )


class ArchiveOptionsError(ConversionError):
    """Options that contradict each other."""

    http_status = 400
    exit_code = 9


def archive_of(options: Options) -> Archive | None:
    """The archive that the options ask for. Raises ArchiveOptionsError."""
    level = options.pdf_a
    if level is None:
        return None
    archive = Archive(level, options.stand_in_folders)
    if options.password is not None or options.permissions is not None:
        raise ArchiveOptionsError(
            "pdf-a-encrypted", f"PDF/A-{level} must not be encrypted: leave out password and permissions."
        )
    if options.attach_index and not archive.attaches_index:
        raise ArchiveOptionsError(
            "pdf-a-attachment", f"PDF/A-{level} must not have an index attached; PDF/A-3 has it always."
        )
    return archive


class Objections:
    """Why a document cannot be PDF/A, and on which pages."""

    def __init__(self, level: PdfA) -> None:
        self._level = level
        self._pages: dict[str, list[int]] = {}
        self._more: dict[str, int] = {}

    def add(self, reason: str, pages: Iterable[int] = ()) -> None:
        """`pages` are those that a reason concerns, none where it is the whole document."""
        known = self._pages.setdefault(reason, [])
        for page in pages:
            if page in known:
                continue
            if len(known) < PAGES_LISTED:
                known.append(page)
            else:
                self._more[reason] = self._more.get(reason, 0) + 1

    def raise_if_any(self) -> None:
        """Raises ConversionError with all reasons."""
        if not self._pages:
            return
        reasons = [self._listed(reason) for reason in self._pages]
        if len(reasons) > _REASONS_LISTED:
            reasons[_REASONS_LISTED:] = [f"and {len(reasons) - _REASONS_LISTED} more reasons"]
        raise ConversionError(
            "pdf-a-refused",
            f"The document cannot be PDF/A-{self._level}: {'; '.join(reasons)}. Without PDF/A, or at another"
            " level of it, it may be converted.",
        )

    def _listed(self, reason: str) -> str:
        pages = self._pages[reason]
        if not pages:
            return reason
        more = f" and {self._more[reason]} more" if reason in self._more else ""
        return f"{reason} (page{'s' * (len(pages) > 1)} {', '.join(map(str, pages))}{more})"


class ArchivedDocument:
    """One file in the making that shall be PDF/A."""

    def __init__(self, archive: Archive, file: PdfFile) -> None:
        self.archive = archive
        self.objections = Objections(archive.level)
        self.page = 0  # the one that is being written
        self._file = file
        self._cmyk: Ref | None = None

    def begin_page(self, packet: PagePacket, number: int) -> None:
        """Take a page into account before it is written; `number` is what objections call it."""
        self.page = number
        for reason in packet.objections:
            self.object_to(reason)
        low, high = _PAGE_SIZES
        sizes = (packet.width, packet.height)
        if not self.archive.is_first and not low <= min(sizes) <= max(sizes) <= high:
            self.object_to(
                f"a page measures {sizes[0]:g} by {sizes[1]:g} points; {low:g} to {high:g} are allowed"
            )

    def object_to(self, reason: str) -> None:
        """The page that is being written, or something on it, cannot be PDF/A."""
        self.objections.add(reason, [self.page])

    def check_content(self, content: Content) -> None:
        if content.nesting > _DEEPEST:
            self.object_to(f"graphics states nest {content.nesting} deep; {_DEEPEST} are allowed")

    def check_array(self, length: int) -> None:
        if self.archive.is_first and length > _LONGEST_ARRAY:
            self.objections.add(
                f"a list in the file has {length:,} items; {_LONGEST_ARRAY:,} are allowed: split the file"
            )

    def default_cmyk(self) -> Ref:
        """What CMYK means where nothing else says so (PDF 32000-1, 8.6.5.6); written when first asked for."""
        if self._cmyk is None:
            profile = self._file.add_stream({"N": 4, "Alternate": Raw(b"/DeviceCMYK")}, cmyk_profile())
            self._cmyk = self._file.add([Raw(b"/ICCBased"), profile])
        return self._cmyk

    def output_intents(self) -> Value:
        """The entry of the catalog (PDF 32000-1, 14.11.5)."""
        intent: PdfDict = {
            "Type": Raw(b"/OutputIntent"),
            "S": Raw(b"/GTS_PDFA1"),
            "OutputConditionIdentifier": _CONDITION,
            "Info": _CONDITION,
            "RegistryName": "http://www.color.org",
            "DestOutputProfile": self._file.add_stream({"N": 3}, srgb_profile()),
        }
        return [self._file.add(intent)]

    def refuse(self) -> None:
        """Raises ConversionError where anything was objected to."""
        if self._file.object_count > _MOST_OBJECTS:
            count = self._file.object_count
            self.objections.add(f"the file has {count:,} objects; {_MOST_OBJECTS:,} are allowed: split it")
        self.objections.raise_if_any()
