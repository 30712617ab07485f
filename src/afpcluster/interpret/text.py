"""Presentation text (PTOCA) -> glyph runs and rules: walking control sequences and text between them.

`TABLE` of afp.ptoca picks the handler by the row's name, from this class and those it is made of:
`text_state` (position and modal settings), `text_show` (text). PTOCA Chapter 4.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping
from typing import Any

from afpcluster.afp.ptoca import PREFIX, TABLE, operand_decoder
from afpcluster.display.items import Item
from afpcluster.findings import Severity
from afpcluster.interpret.context import Context
from afpcluster.interpret.font import Font
from afpcluster.interpret.glyph_layout import GlyphLayout
from afpcluster.interpret.text_show import ShownText
from afpcluster.interpret.text_state import TextSpace


def draw_text(
    data: bytes, space: TextSpace, fonts: Mapping[int, Font], context: Context, offset: int
) -> list[Item]:
    """The items of one text object (the data of its PTX fields joined), in its object space.

    `offset` is that of its first PTX, for findings. Never raises for bad data.
    """
    state = TextInterpreter(space, fonts, context, offset)
    if space.initial:
        state.run(space.initial)
    state.run(data)
    state.finish()
    return state.items


_RAW = -1


class TextInterpreter(ShownText):
    """One text object as it is walked."""

    __slots__ = ("_glyphs", "_in_glyph_layout", "_pending_complex")

    def __init__(self, space: TextSpace, fonts: Mapping[int, Font], context: Context, offset: int) -> None:
        self._glyphs: GlyphLayout | None = None
        self._in_glyph_layout = False
        self._pending_complex = 0  # bytes of text that the last UCT covers
        super().__init__(space, fonts, context, offset)

    def run(self, data: bytes) -> None:
        """Process text and control sequences until the end of `data` or an impossible length."""
        at, end, chained = 0, len(data), False
        table = _HANDLERS
        while at < end:
            if not chained:
                if data[at : at + 2] != PREFIX:
                    stop = data.find(PREFIX, at)
                    stop = end if stop < 0 else stop
                    self.show(data[at:stop])
                    at = stop
                    continue
                at += 2
            if at + 2 > end:
                self.report("control-truncated", "Text ends inside a control sequence introducer")
                return
            length, type_ = data[at], data[at + 1]
            next_ = at + length
            if length < 2 or next_ > end:
                self.report(
                    "control-length",
                    f"Control sequence X'{type_:02X}' has length {length}; text after it is lost",
                )
                return
            handler, unpack, full, decode = table[type_]
            if full == _RAW:
                handler(self, data[at + 2 : next_])
            elif full and length >= full:
                handler(self, unpack(data, at + 2)[0])
            else:
                operands = decode(data[at + 2 : next_])
                if operands is not None:
                    handler(self, *operands)
                else:
                    self._not_handled(type_)
            chained = type_ & 1 == 1
            at = next_
            if self._in_glyph_layout:
                at = self._after_glyph_control(data, at, chained)

    def _not_handled(self, type_: int) -> None:
        control = TABLE[type_]
        if control is None:
            self.report("control-unknown", f"Control sequence X'{type_:02X}' is unknown and was skipped")
        else:
            self.report("control-short", f"{control.mnemonic} lacks a required operand and was skipped")

    def _after_glyph_control(self, data: bytes, at: int, chained: bool) -> int:
        """Inside a glyph layout chain, or behind a UCT: take the UCT's text, notice the end of the chain."""
        if self._pending_complex:
            at = self._complex_text(data, at)
        elif self._glyphs is not None and not chained:
            self._end_glyph_layout()
        self._in_glyph_layout = self._glyphs is not None
        return at

    def finish(self) -> None:
        """End what is still open at the end of the text object."""
        if self._glyphs is not None:
            self._end_glyph_layout()
        self.underscore(0)
        self.overstrike(0, 0)

    def no_operation(self, _: bytes) -> None:
        """NOP: ignored by definition."""

    def unicode_complex_text(self, data: bytes) -> None:
        """UCT: the bytes that it covers follow the control sequence; see `_complex_text`."""
        if len(data) >= 4:
            self._pending_complex = int.from_bytes(data[2:4], "big")
            self._in_glyph_layout = True

    def _complex_text(self, data: bytes, at: int) -> int:
        """Handle the text after a UCT: it names the glyphs of a GLC chain, or is shown itself."""
        text = data[at : at + self._pending_complex]
        self._pending_complex = 0
        if self._glyphs is not None:
            self._glyphs.text = text.decode("utf-16-be", "replace")
            self._end_glyph_layout()
        else:
            normal = unicodedata.normalize("NFC", text.decode("utf-16-be", "replace"))
            if any(unicodedata.bidirectional(c) in ("R", "AL") for c in normal):
                self.report(
                    "bidi-not-applied",
                    "Right-to-left text outside a glyph run is shown in logical order",
                    Severity.INFO,
                )
            self.show(normal.encode("utf-16-be", "replace"))
        return at + len(text)

    def glyph_layout_control(self, data: bytes) -> None:
        if self._glyphs is not None:
            self._end_glyph_layout()
        self._glyphs = GlyphLayout.decode(data)
        self._in_glyph_layout = True
        if self._glyphs is None:
            self.report("control-short", "GLC lacks a required operand and was skipped")

    def glyph_id_run(self, data: bytes) -> None:
        if self._glyphs is not None:
            self._glyphs.add_glyphs(data[2:])

    def glyph_advance_run(self, data: bytes) -> None:
        if self._glyphs is not None:
            self._glyphs.add_advances(data[2:])

    def glyph_offset_run(self, data: bytes) -> None:
        if self._glyphs is not None:
            self._glyphs.add_offsets(data[2:])

    def _end_glyph_layout(self) -> None:
        self.settle()
        layout, self._glyphs = self._glyphs, None
        if layout is None:
            return
        problem = layout.draw(self)
        if problem:
            self.report("glyph-run", problem)
        self.i += layout.inline_advance * self.i_unit

    def encrypted_data(self, _: bytes) -> None:
        self.report("text-encrypted", "Encrypted text (ENC) cannot be decrypted and is not shown")

    def set_key_information(self, _: bytes) -> None:
        self.report("text-encrypted", "Key information (SKI) for encrypted text is not used", Severity.INFO)

    def set_encrypted_alternate(self, _: bytes) -> None:
        self.report("text-encrypted", "Alternate text (SEA) for encrypted text is not shown", Severity.INFO)


def _handlers() -> list[Any]:
    """By type: handler, unpack function, length and decoder. A length is that of a sequence with its one
    operand, `_RAW` where the handler takes all bytes, 0 where the decoder is needed; where it answers None,
    the sequence is not handled."""
    table: list[Any] = []
    for control in TABLE:
        if control is None:
            table.append((None, None, 0, lambda _: None))
            continue
        formats = struct.Struct(">" + "".join(o.format for o in control.operands))
        length = {0: _RAW, 1: formats.size + 2}.get(len(control.operands), 0)
        handler = getattr(TextInterpreter, control.name)
        table.append((handler, formats.unpack_from, length, operand_decoder(control)))
    return table


_HANDLERS = _handlers()
