"""CCITT data as it came where it is sound, else the rows that can be decoded (ITU-T T.4 and T.6).

Viewers make different pictures of data that is cut off or damaged, so none of it is passed on: sound is what
libtiff makes again of the same rows, or what our own decoder can follow to the last row.
"""

from __future__ import annotations

from afpcluster.codecs.ccitt import RowForm, Scheme, begins_uncompressed, decode
from afpcluster.codecs.ccitt_tiff import is_sound_g4
from afpcluster.display.items import CcittParameters, Encoding, ImageData, ImageModel
from afpcluster.findings import Reporter, Severity
from afpcluster.interpret.image.data import ImageProblem, make_image

_SPEC = "ITU-T T.4, T.6"
_K = {Scheme.TIFF_2: 0, Scheme.G3_MH: 0, Scheme.G3_MR: 4, Scheme.G4: -1}
_CHECKED_POINTS = 64_000_000  # of an image that libtiff checks, which takes a byte of memory for each
_CHECKED_BYTES = 1 << 20  # of data that our own decoder follows, some seconds
MAX_ROWS = 0x7FFF  # IOCA "Image Size": the largest vertical size


def fax_image(
    data: bytes,
    form: RowForm,
    scheme: Scheme,
    size: tuple[int, int],
    report: Reporter,
    *,
    black_paints: bool = True,
) -> ImageData:
    """A stencil of CCITT data (all but IBM MMR), the rows of which may be longer than the image; height 0:
    as many rows as there are. `black_paints` False: what is coded as white does. Raises ImageProblem."""
    width, height = size
    found = None
    if not height or begins_uncompressed(data, form, scheme) or not _is_sound(data, form, scheme, height):
        if height and len(data) > _CHECKED_BYTES:
            report(
                "ccitt-unchecked",
                f"CCITT data of {len(data)} bytes, more than {_CHECKED_BYTES}, is passed on without a check",
                _SPEC,
                severity=Severity.INFO,
            )
        else:
            found = decode(data, form, scheme, height or MAX_ROWS)
    if found is not None:
        height = height or found.height
        if not height:
            raise ImageProblem("ccitt-bad", "CCITT data without a single row", _SPEC)
        _report(found.height, height, found.damaged, report)
        if found.damaged or found.uncompressed or found.height < height:
            rows = _cropped(found.rows, form.width, width, found.height)
            blank = b"\0" if black_paints else b"\xff"
            rows = rows.ljust((width + 7) // 8 * height, blank)
            stencil = ImageModel.STENCIL
            return make_image(width, height, Encoding.RAW, stencil, 1, rows, inverted=not black_paints)
    parameters = CcittParameters(
        _K[scheme],
        black_is_1=black_paints,
        byte_align=form.aligned or scheme is Scheme.TIFF_2,
        end_of_line=scheme is Scheme.G3_MR or (scheme is Scheme.G3_MH and data[:2] < b"\0\x20"),
        columns=form.width if form.width != width else 0,
    )
    return make_image(width, height, Encoding.CCITT, ImageModel.STENCIL, 1, data, ccitt=parameters)


def _is_sound(data: bytes, form: RowForm, scheme: Scheme, height: int) -> bool:
    """Whether libtiff agrees; nothing is said of data of other kinds, or of very large images."""
    if scheme is not Scheme.G4 or form.aligned or form.width * height > _CHECKED_POINTS:
        return False
    from afpcluster.interpret.image.libtiff import heard

    with heard():
        return is_sound_g4(data, form.width, height)


def _cropped(rows: bytes, coded: int, width: int, height: int) -> bytes:
    """Rows of `coded` points as rows of `width`, fewer; both padded to bytes."""
    stored, wanted = (coded + 7) // 8, (width + 7) // 8
    if stored == wanted:
        return rows
    return b"".join([rows[at : at + wanted] for at in range(0, stored * height, stored)])


def _report(decoded: int, height: int, damaged: bool, report: Reporter) -> None:
    """Say what of the image is missing."""
    if damaged and decoded == height:
        report("ccitt-damaged", "CCITT data is damaged; the row before stands for each row lost", _SPEC)
    elif damaged:
        report(
            "ccitt-damaged",
            f"CCITT data is damaged behind row {decoded} of {height}; the rest is left blank",
            _SPEC,
        )
    elif decoded < height:
        report(
            "ioca-data-short", f"Image data ends {height - decoded} rows early; they are left blank", _SPEC
        )
