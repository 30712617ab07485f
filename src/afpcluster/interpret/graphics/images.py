"""Images inside graphics: one order per row of points, painted in the current colour where they are 1.

AFP GOCA "Images", "Begin Image (GBIMG, GCBIMG) Orders".
"""

from __future__ import annotations

from hashlib import sha256

from afpcluster.afp.goca import OrderError
from afpcluster.display.geometry import Matrix
from afpcluster.display.items import Encoding, Image, ImageData, ImageModel
from afpcluster.findings import Severity
from afpcluster.interpret.graphics.state import Drawing, RasterImage

_DEVICE_POINTS_PER_INCH = (240.0, 240.0)
"""Where no resolution is given, image points are device pels: those of AFP's classic printers."""


def begin_image_at_given_position(
    drawing: Drawing, x0: int, y0: int, image_format: int, reserved: int, width: int, height: int
) -> None:
    drawing.move(x0, y0)
    begin_image_at_current_position(drawing, image_format, reserved, width, height)


def begin_image_at_current_position(
    drawing: Drawing, image_format: int, reserved: int, width: int, height: int
) -> None:
    drawing.flush()
    drawing.image = RasterImage(drawing.x, drawing.y, width, height)
    if image_format:
        raise OrderError(f"has format X'{image_format:02X}', which is reserved: a bit for each point")


def image_data(drawing: Drawing, data: bytes) -> None:
    if drawing.image is None:
        message = "Image Data outside of an image was skipped"
        drawing.report("graphics-order-misplaced", message, "Image Data (GIMD) Order")
    else:
        drawing.image.rows.append(data)


def end_image(drawing: Drawing, data: bytes = b"") -> None:
    """Paint the image, upper left corner at its position; rows that are missing stay empty."""
    image, drawing.image = drawing.image, None
    if image is None:
        drawing.report("graphics-order-misplaced", "End Image without Begin Image", "End Image (GEIMG) Order")
        return
    if len(image.rows) != image.height:
        message = f"An image of {image.height} rows has {len(image.rows)}"
        drawing.report("graphics-image-rows", message, "End Image (GEIMG) Order", severity=Severity.INFO)
    rows = image.rows[: image.height]
    if any(len(row) != (image.width + 7) // 8 for row in rows):
        message = (
            f"Rows of an image of {image.width} points have other lengths; they were cut off or filled up"
        )
        drawing.report("graphics-image-rows", message, "Image Data (GIMD) Order", severity=Severity.INFO)
    width = min(image.width, 8 * max(map(len, rows), default=0))
    if not width:
        return
    size = (width + 7) // 8
    bits = b"".join([row[:size].ljust(size, b"\0") for row in rows])
    key = f"goca-{width}-{sha256(bits).hexdigest()[:32]}"
    stencil = ImageData(key, width, len(rows), Encoding.RAW, ImageModel.STENCIL, 1, bits)
    across, down = _point_size(drawing)
    x, y = drawing.canvas.to(image.x, image.y)
    drawing.canvas.to(
        image.x + width * across / drawing.canvas.sx, image.y - len(rows) * down / drawing.canvas.sy
    )
    matrix = Matrix(a=width * across, d=len(rows) * down, e=x, f=y)
    drawing.out.append(Image(stencil, matrix, drawing.attributes.colour))


def _point_size(drawing: Drawing) -> tuple[float, float]:
    """Width and height of an image point in points: by its resolution, whatever the scale of the picture;
    one GPS unit in custom patterns."""
    if drawing.definition is not None:
        return drawing.canvas.sx, drawing.canvas.sy
    x, y = drawing.image_points_per_inch or _DEVICE_POINTS_PER_INCH
    if drawing.image_points_per_inch is None:
        message = f"The resolution of an image in graphics is not given; {x:g} points per inch were assumed"
        drawing.report(
            "graphics-image-resolution", message, "Begin Image (GBIMG, GCBIMG) Orders", severity=Severity.INFO
        )
    return 72 / x, 72 / y
