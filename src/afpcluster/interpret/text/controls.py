"""Presentation text (PTOCA) -> glyph runs and rules: walking control sequences and text between them.

`TABLE` of afp.ptoca picks the handler by the row's name, from this class and those it is made of:
`state` (position), `settings` (looks), `show` (text). PTOCA Chapter 4.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any

from afpcluster.afp.ptoca import CONTROLS, PREFIX, TABLE, Sequence, operand_decoder, split_controls
from afpcluster.display.items import Item
from afpcluster.findings import Severity
from afpcluster.fonts.font import Font
from afpcluster.interpret.context import Context
from afpcluster.interpret.text.complex import covered, show_complex_text
from afpcluster.interpret.text.glyph_layout import GlyphLayout
from afpcluster.interpret.text.show import ShownText
from afpcluster.interpret.text.state import Inherited, TextSpace


def draw_text(
    data: bytes,
    space: TextSpace,
    fonts: Mapping[int, Font],
    context: Context,
    offset: int,
    inherited: Inherited | None = None,
    start: tuple[float, float] | None = None,
) -> list[Item]:
    """The items of one text object (the data of its PTX fields joined), in its object space.

    `offset` is that of its first PTX, for findings. `inherited` is what the text before has left, and
    what this one leaves. `start` is of text in an AFP page segment: its first position, in points of the
    page around, whose font it goes on with (MO:DCA Appendix C "Text Objects in an AFP Page Segment").
    Never raises for bad data.
    """
    state = TextInterpreter(space, fonts, context, offset)
    if inherited is not None:
        state.space_increment, state.alternate = inherited.space_increment, inherited.alternate
        state.choose_plain_font()
    if space.initial:
        state.set_initial_conditions(space.initial)
    state.colour = space.colour or state.colour
    state.enter()
    if start is not None:
        state.i, state.b = start
        if inherited is not None and inherited.font is not None:
            state.font = inherited.font
            state.choose_plain_font()
    state.run(data)
    state.finish()
    if inherited is not None:
        inherited.font = state.font
        inherited.space_increment, inherited.alternate = state.space_increment, state.alternate
    return state.items


_HEADS = struct.Struct(">HhHhHh").unpack_from
"""Length and type of a control sequence as one number, its first operand; where that is of two bytes, the
same of the next one, and of the one behind."""
_BEHIND_THE_LAST = bytes(12)  # so that as much can be looked at there
_AMI, _AMB = 0x04C7, 0x04D3  # those that chain
_SPANS = ("UCT", "GLC", "ENC", "SEA")
_RESERVED = 4  # bytes in front of what ENC and SEA hold
_UCT, _STO = 0x6A, 0xF6
_RULES, _WITHOUT_FRACTION = ("DIR", "DBR"), 6  # length of one whose RWIDTH is two bytes, as some write it
_INITIAL_CONDITIONS = frozenset(
    control.code
    for control in CONTROLS
    if control.mnemonic in ("SBI", "SCFL", "SEC", "AMB", "AMI", "SIM", "SIA", "STC", "STO")
)
_GLYPH_RUNS = {
    0x8A: GlyphLayout.add_glyphs,
    0x8C: GlyphLayout.add_advances,
    0x8E: GlyphLayout.add_offsets,
}


class TextInterpreter(ShownText):
    """One text object as it is walked."""

    __slots__ = ()

    def run(self, data: bytes) -> None:
        """Process text and control sequences until the end of `data` or an impossible length."""
        at, end = 0, len(data)
        padded = data + _BEHIND_THE_LAST
        while at < end:
            if data.startswith(PREFIX, at):
                at = self._chain(data, padded, at + 2)
            else:
                stop = data.find(PREFIX, at)
                stop = end if stop < 0 else stop
                self.show(data[at:stop])
                at = stop

    def _chain(self, data: bytes, padded: bytes, at: int) -> int:
        """Process a chain of control sequences; the position behind it (the end, where it is damaged).
        `padded` is `data` with as many bytes behind it as are looked at together."""
        end = len(data)
        steps, heads = _STEPS, _HEADS
        begin = at
        chained = 1
        while chained:
            head, first, following, second, third, its_first = heads(padded, at)
            if head == _AMI and following == _AMB and not self.fields and at + 8 <= end:
                self.i = first * self.i_unit  # the commonest pair in most files, as one
                self.b = second * self.b_unit
                self.shift = 0.0
                self.in_word = False
                self.owed = b""
                at += 8
                head, first = third, its_first
            try:
                length, chained, kind, handler = steps[head]
            except KeyError:
                length, chained, kind, handler = steps[head] = _step(head >> 8, head & 0xFF)
            behind = at + length
            if behind > end:
                if at == end > begin:
                    return end  # the last control says that the chain goes on, but nothing is lost
                self._report_cut(head >> 8, head & 0xFF, end - at)
                return end
            if kind == _BYTES:  # text, colours
                handler(self, data[at + 2 : behind])
                at = behind
            elif kind == _BYTE:  # fonts
                handler(self, data[at + 2])
                at = behind
            elif kind == _NUMBER:  # moves
                handler(self, first)
                at = behind
            else:
                at, chained = handler(self, data, at)
        return at

    def _report_cut(self, length: int, type_: int, left: int) -> None:
        """A control sequence goes beyond the end of the text, of which `left` bytes are left."""
        if left < 2:
            self.report("control-truncated", "Text ends inside a control sequence introducer")
        else:
            self.report(
                "control-length",
                f"Control sequence X'{type_:02X}' has length {length}; text after it is lost",
            )

    def not_handled(self, type_: int) -> None:
        control = TABLE[type_]
        if control is None:
            self.report("control-unknown", f"Control sequence X'{type_:02X}' is unknown and was skipped")
        else:
            self.report("control-short", f"{control.mnemonic} lacks a required operand and was skipped")

    def report_left(self, mnemonic: str, size: int, left: int) -> None:
        """A control sequence has operands that are none, or half of one: nothing follows from them."""
        told = f"{mnemonic} has {size} bytes of operands; the last {left} make no operand and are ignored"
        self.report("control-operands", told, severity=Severity.SUBSTITUTED)

    def finish(self) -> None:
        """End what is still open at the end of the text object."""
        self.underscore(0)
        self.overstrike(0, 0)

    def set_initial_conditions(self, conditions: bytes) -> None:
        """The initial text conditions of the descriptor (PTOCA Table 19), in any order: axes first, since
        the coordinates count along them. Other control sequences, and what is none, are ignored."""
        wanted: list[Sequence] = []
        end = 0
        for part in split_controls(conditions):
            if isinstance(part, bytes):
                end += len(part)
                continue
            end = part.position + 2 + len(part.operands)
            if part.type & 0xFE in _INITIAL_CONDITIONS:
                wanted.append(part)
        if end < len(conditions):
            self.report(
                "control-length", "The initial text conditions (PTD) are damaged; the rest is ignored"
            )
        for sequence in sorted(wanted, key=lambda s: s.type & 0xFE != _STO):
            length = len(sequence.operands) + 2
            self.run(PREFIX + bytes((length, sequence.type & 0xFE)) + sequence.operands)

    def no_operation(self, _: bytes) -> None:
        """NOP: ignored by definition."""

    # ------------------------------------------------------------------ complex text, glyph layout
    def unicode_complex_text(self, data: bytes, at: int) -> tuple[int, int]:
        """UCT outside a glyph layout chain: show the code points that follow the control sequence.

        `at` is the position of its length. The answer is the position behind the text; UCT ends a chain.
        """
        return show_complex_text(self, data, at), 0

    def glyph_layout_control(self, data: bytes, at: int) -> tuple[int, int]:
        """GLC and the GIR, GAR, GOR and UCT that are chained to it; the position behind, and whether the
        chain goes on with something else."""
        self.settle()
        layout = GlyphLayout.decode(data[at + 2 : at + data[at]])
        chained = 1
        at += data[at]
        while chained and at + 2 <= len(data):
            length, type_ = data[at], data[at + 1]
            if length < 2 or at + length > len(data):
                break
            operands = data[at + 4 : at + length]
            kind = type_ & 0xFE
            if kind == _UCT:
                points, at = covered(self, data, at)
                chained = 0
                if layout is not None:
                    layout.text = points.decode("utf-16-be", "replace")
                break
            if kind not in _GLYPH_RUNS:
                break
            if layout is not None:
                _GLYPH_RUNS[kind](layout, operands)
            chained = type_ & 1
            at += length
        if layout is None:
            self.report("control-short", "GLC lacks a required operand; its glyphs are not shown")
        else:
            problem = layout.draw(self)
            if problem:
                self.report("glyph-run", problem)
            self.i += layout.inline_advance * self.i_unit
            self.break_fields()  # which have no effect on glyphs
        return at, chained

    def glyph_run_outside(self, _: bytes) -> None:
        """GIR, GAR or GOR that no GLC leads (EC-9C06)."""
        self.report("glyph-run", "A glyph run control without Glyph Layout Control was skipped")

    glyph_id_run = glyph_advance_run = glyph_offset_run = glyph_run_outside

    # ------------------------------------------------------------------ encryption
    def encrypted_data(self, data: bytes, at: int) -> tuple[int, int]:
        """ENC: what it holds cannot be read; the alternate text (SEA) is shown instead."""
        operands, behind, chained = _chained_alike(data, at)
        if not any(len(part) > _RESERVED for part in operands):
            self.report("control-short", "ENC lacks encrypted data and was skipped")
        elif self.alternate:
            self.report(
                "text-encrypted",
                "Encrypted text (ENC) cannot be decrypted; its alternate text is shown",
                severity=Severity.SUBSTITUTED,
            )
            self.show(self.alternate)
        else:
            self.report("text-encrypted", "Encrypted text (ENC) cannot be decrypted and is not shown")
        return behind, chained

    def set_key_information(self, _: bytes) -> None:
        self.report(
            "text-encrypted", "Key information (SKI) for encrypted text is not used", severity=Severity.INFO
        )

    def set_encrypted_alternate(self, data: bytes, at: int) -> tuple[int, int]:
        """SEA: neighbours in a chain make one text; one without text begins anew."""
        operands, behind, chained = _chained_alike(data, at)
        self.alternate = b""
        for part in operands:
            if len(part) < _RESERVED:
                self.report("control-short", "SEA lacks a required operand and was skipped")
            else:
                self.alternate = self.alternate + part[_RESERVED:] if len(part) > _RESERVED else b""
        return behind, chained


def _chained_alike(data: bytes, at: int) -> tuple[list[bytes], int, int]:
    """The operands of the control sequence at `at` (its length) and of those of its kind that are chained
    to it; the position behind them, and whether the chain goes on."""
    operands = [data[at + 2 : at + data[at]]]
    kind, chained = data[at + 1] & 0xFE, data[at + 1] & 1
    at += data[at]
    while chained and at + 2 <= len(data) and data[at + 1] & 0xFE == kind:
        length = data[at]
        if length < 2 or at + length > len(data):
            break
        operands.append(data[at + 2 : at + length])
        chained = data[at + 1] & 1
        at += length
    return operands, at, chained


_Handler = Callable[..., Any]
_Step = tuple[int, int, int, _Handler]
"""What to do with a control sequence: its length and chaining bit; what the handler takes; the handler."""
_BYTES, _BYTE, _NUMBER, _TEXT = range(4)
"""All operands as they are; the one operand of one byte; the one signed number of two; the text and the
position of the head, for which the position behind and whether the chain goes on are the answer."""
_NEVER = sys.maxsize  # the length of what has none


def _step(length: int, type_: int) -> _Step:
    control, chained = TABLE[type_], type_ & 1
    if length < 2:
        return _NEVER, 0, _BYTES, TextInterpreter.no_operation
    if control is None:
        return length, chained, _BYTES, lambda text, _: text.not_handled(type_)
    handler = getattr(TextInterpreter, control.name)
    if control.mnemonic in _SPANS:
        return length, chained, _TEXT, handler
    if not control.operands:
        return length, chained, _BYTES, handler
    formats = struct.Struct(">" + "".join(operand.format for operand in control.operands))
    if formats.size == length - 2:
        if formats.format in _ALONE:
            return length, chained, _ALONE[formats.format], handler
        unpack = formats.unpack
        return length, chained, _BYTES, lambda text, data: handler(text, *unpack(data))
    decode = read = operand_decoder(control)
    left = length - 2 - control.taken(length - 2)
    if control.mnemonic in _RULES and length == _WITHOUT_FRACTION:
        read, left = lambda data: decode(data + b"\0"), 0

    def handle(text: TextInterpreter, data: bytes) -> None:
        operands = read(data)
        if operands is None:
            text.not_handled(type_)
            return
        if left:
            text.report_left(control.mnemonic, length - 2, left)
        handler(text, *operands)

    return length, chained, _BYTES, handle


_ALONE = {">B": _BYTE, ">h": _NUMBER}
_STEPS: dict[int, _Step] = {}  # by length and type as one number, made when it is met first
