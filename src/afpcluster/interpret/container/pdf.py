"""One page of a PDF file in an object container (MO:DCA Appendix D, PDF object types).

Only boxes are read here; the output embeds the page, all of its MediaBox. The presentation space, and what is
shown, is the box that the Object Container Presentation Space Size triplet names, by default the MediaBox.
"""

from __future__ import annotations

from hashlib import blake2b

import pikepdf

from afpcluster.afp.triplets import ContainerPresentationSpaceSize
from afpcluster.display.geometry import Box, Matrix
from afpcluster.display.items import EmbeddedPdf, Group, Item
from afpcluster.findings import Reporter, Severity
from afpcluster.foreign_pdf import open_foreign_pdf
from afpcluster.interpret.image.data import ImageProblem

_SPEC = "MO:DCA Object Container Presentation Space Size Triplet X'9C'"
_HIDDEN, _PRINTED = 2, 4  # flags of annotations (PDF 32000-1, 12.5.3)
_WITHOUT_LOOKS = ("/Link", "/Popup")
_BOXES = {1: "mediabox", 2: "cropbox", 3: "bleedbox", 4: "trimbox", 5: "artbox"}


def draw_pdf_page(
    data: bytes, page: int, size: ContainerPresentationSpaceSize | None, report: Reporter
) -> tuple[list[Item], float, float]:
    """(items, width, height in points) of page `page` (from 0). Raises ImageProblem."""
    name = _BOXES.get(size.space if size else 1, "mediabox")
    try:
        with open_foreign_pdf(data) as source:
            if page >= len(source.pages):
                raise ImageProblem(
                    "pdf-page-missing", f"Page {page + 1} of a PDF with {len(source.pages)} is wanted", _SPEC
                )
            found = source.pages[page]
            unit = float(found.obj.get("/UserUnit", 1)) or 1
            media = _corners(found.mediabox, unit)
            space = _within(_corners(getattr(found, name), unit), media)
            turn = int(found.obj.get("/Rotate", 0)) % 360
            _report_repairs(source, found, report)
            _report_annotations(source, found, report)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, AttributeError) as error:
        raise ImageProblem("pdf-object-damaged", f"An embedded PDF cannot be read: {error}", _SPEC) from error
    left, top, right, bottom = _turned(space, media, turn)
    width, height = space[2] - space[0], space[3] - space[1]
    if turn in (90, 270):
        width, height = height, width
    if width <= 0 or height <= 0:
        raise ImageProblem("pdf-object-damaged", f"The {name} of an embedded PDF is empty", _SPEC)
    key = blake2b(data, digest_size=16).hexdigest()
    item: Item = EmbeddedPdf(key, data, Matrix(right - left, 0, 0, bottom - top, left, top), page)
    if min(left, top) < 0 or right > width or bottom > height:
        item = Group([item], clip=Box(0, 0, width, height))
    return [item], width, height


def _report_repairs(source: pikepdf.Pdf, page: pikepdf.Page, report: Reporter) -> None:
    """Record that qpdf had to repair the file to open it or to read what the page shows. Raises PdfError
    where that cannot be read."""
    page.contents_coalesce()
    contents = page.obj.get("/Contents")
    if isinstance(contents, pikepdf.Stream):
        contents.read_bytes()
    repairs = [str(warning).partition(">")[2].lstrip(": ") for warning in source.get_warnings()]
    if repairs:
        report(
            "pdf-object-repaired",
            f"An embedded PDF is damaged and was repaired; something may be missing or wrong: {repairs[0]}",
            severity=Severity.SUBSTITUTED,
        )


def _report_annotations(source: pikepdf.Pdf, page: pikepdf.Page, report: Reporter) -> None:
    """Record the annotations to be printed that do not say how they look."""
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array) or not len(annotations):
        return
    form = source.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and bool(form.get("/NeedAppearances", False)):
        source.generate_appearance_streams()  # what viewers would make of fields
    lost = [
        found
        for found in annotations.as_list()
        if isinstance(found, pikepdf.Dictionary)
        and isinstance(flags := found.get("/F", 0), int)
        and flags & (_HIDDEN | _PRINTED) == _PRINTED
        and str(found.get("/Subtype", "")) not in _WITHOUT_LOOKS
        and not (isinstance(looks := found.get("/AP"), pikepdf.Dictionary) and "/N" in looks)
    ]
    if lost:
        message = "Annotations of an embedded PDF that do not say how they look are not shown"
        report("pdf-annotation-missing", message, count=len(lost))


Corners = tuple[float, float, float, float]


def _corners(box: pikepdf.Array, unit: float) -> Corners:
    """(left, bottom, right, top) in points; `unit` is the page's user unit in points."""
    x1, y1, x2, y2 = (float(value) * unit for value in box.as_list())
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _within(box: Corners, media: Corners) -> Corners:
    """What of a box lies inside the MediaBox; no box reaches out of it (section 14.11.2)."""
    return (
        max(box[0], media[0]),
        max(box[1], media[1]),
        min(box[2], media[2]),
        min(box[3], media[3]),
    )


def _turned(space: Corners, shown: Corners, turn: int) -> Corners:
    """(left, top, right, bottom) of the MediaBox, which outputs show, in the presentation space, y downwards,
    after the page's own clockwise turn."""
    west, south = shown[0] - space[0], shown[1] - space[1]
    east, north = space[2] - shown[2], space[3] - shown[3]
    width, height = space[2] - space[0], space[3] - space[1]
    match turn:
        case 90:
            return south, west, height - north, width - east
        case 180:
            return east, south, width - west, height - north
        case 270:
            return north, east, height - south, width - west
        case _:
            return west, north, width - east, height - south
