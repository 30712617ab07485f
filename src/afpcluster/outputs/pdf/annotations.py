"""How the annotations of an embedded PDF page look in print: PDF 32000-1, 12.5.5 "Appearance Streams"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pikepdf

_HIDDEN, _PRINTED = 2, 4
"""Annotation flags (section 12.5.3)."""

_UPRIGHT = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Appearance(NamedTuple):
    """A form of the source file, and the matrix that takes it to its page."""

    form: pikepdf.Object
    matrix: tuple[float, ...]


def _is_printed(annotation: Any) -> bool:
    """Whether it is an annotation that is shown in print."""
    if not isinstance(annotation, pikepdf.Dictionary):
        return False
    flags = annotation.get("/F", 0)
    return isinstance(flags, int) and flags & (_HIDDEN | _PRINTED) == _PRINTED


def _appearance_stream(annotation: pikepdf.Object) -> pikepdf.Object | None:
    """Its normal appearance, in the state that it is in; None where it has none."""
    looks = annotation.get("/AP")
    normal = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
    if isinstance(normal, pikepdf.Dictionary) and not isinstance(normal, pikepdf.Stream):
        state = annotation.get("/AS")
        normal = normal.get(str(state)) if isinstance(state, pikepdf.Name) else None
    return normal if isinstance(normal, pikepdf.Stream) else None


def leaves_looks_to_viewers(source: pikepdf.Pdf) -> bool:
    """Whether the file has form fields whose appearance the viewer is to make (section 12.7.2)."""
    form = source.Root.get("/AcroForm")
    return isinstance(form, pikepdf.Dictionary) and bool(form.get("/NeedAppearances", False))


def printed_appearances(source: pikepdf.Pdf, page: pikepdf.Object) -> Iterator[Appearance]:
    """What the annotations of a page add to it in print, from the bottom up."""
    form = source.Root.get("/AcroForm")
    resources = form.get("/DR") if isinstance(form, pikepdf.Dictionary) else None
    annotations = page.get("/Annots")
    for annotation in annotations.as_list() if isinstance(annotations, pikepdf.Array) else ():
        stream = _appearance_stream(annotation) if _is_printed(annotation) else None
        if stream is None:
            continue
        matrix = _onto(_numbers(annotation.get("/Rect"), 4), stream)
        if matrix is not None:
            if resources is not None and "/Resources" not in stream:
                stream.Resources = resources
            stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            yield Appearance(stream, matrix)


def _onto(rectangle: list[float] | None, form: pikepdf.Object) -> tuple[float, ...] | None:
    """The matrix that takes a form's box, as its own matrix turns it, onto the annotation's rectangle
    ("Algorithm: Appearance streams"); None where one of them has no extent."""
    box = _numbers(form.get("/BBox"), 4)
    if rectangle is None or box is None:
        return None
    a, b, c, d, e, f = _numbers(form.get("/Matrix"), 6) or _UPRIGHT
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    across = [a * x + c * y + e for x, y in corners]
    up = [b * x + d * y + f for x, y in corners]
    left, bottom = min(across), min(up)
    width, height = max(across) - left, max(up) - bottom
    if not width or not height:
        return None
    x1, y1, x2, y2 = rectangle
    sx, sy = abs(x2 - x1) / width, abs(y2 - y1) / height
    return (sx, 0.0, 0.0, sy, min(x1, x2) - left * sx, min(y1, y2) - bottom * sy)


def _numbers(array: Any, count: int) -> list[float] | None:
    """So many numbers; None where they are something else."""
    if not isinstance(array, pikepdf.Array) or len(array) != count:
        return None
    try:
        return [float(value) for value in array.as_list()]
    except (TypeError, ValueError):
        return None
