"""Structured fields of IM image objects (MO:DCA Appendix C "IM Image Structured Fields").

The constant data of the fields says nothing and is not checked: producers disagree about it.
"""

from __future__ import annotations

from afpcluster.afp.declare import U8, U16, U24, U32, Bytes8, Pad4, Pad8, Structure, structure

USE_DEFAULT = 0xFFFF
"""In a cell position: take the cell size of the descriptor, or of the cell."""

SINGLE_DOT, DOUBLE_DOT = 0x03E8, 0x07D0
"""An image point is one pel of the printer, or two by two."""


@structure("MO:DCA Appendix C IM Image Output Control (IOC)")
class ImageOutputControl(Structure):
    """Origin in image points of the descriptor's resolution, from the page's or page segment's origin."""

    x_origin: U24
    y_origin: U24
    x_orientation: U16
    y_orientation: U16
    constant_1: Bytes8 = bytes(8)
    x_map: U16 = SINGLE_DOT
    y_map: U16 = SINGLE_DOT
    constant_2: U16 = 0xFFFF


@structure("MO:DCA Appendix C IM Image Input Descriptor (IID)")
class ImageInputDescriptor(Structure):
    """Resolution in image points per unit base (0: 10 inches); sizes in image points."""

    _constant_1: Pad8
    _constant_2: Pad4
    x_base: U8
    y_base: U8
    x_resolution: U16
    y_resolution: U16
    width: U16
    height: U16
    constant_3: U32 = 0
    constant_4: U16 = 0x2D00
    cell_width: U16 = 0
    cell_height: U16 = 0
    constant_5: U16 = 1
    colour: U16 = 0xFFFF


@structure("MO:DCA Appendix C IM Image Cell Position (ICP)")
class ImageCellPosition(Structure):
    """Origin, size and fill rectangle of a cell in image points."""

    x_offset: U16
    y_offset: U16
    x_size: U16
    y_size: U16
    x_fill: U16
    y_fill: U16
