"""Presentation text: control sequences and the runs and rules they make. Units: 1/1440 inch."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afpcluster.afp.ptoca import TextBuilder
from afpcluster.display.colour import BLACK, Colour, cmyk, rgb
from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import GlyphRun, Item, Rectangle
from afpcluster.findings import Findings
from afpcluster.fonts.font import FaceRun, Font
from afpcluster.interpret.context import Context
from afpcluster.interpret.text.controls import draw_text
from afpcluster.interpret.text.state import Inherited, TextSpace

FACE = OutlineFace("test", FontProgram("test", ProgramKind.STANDARD, "Courier"), 1, {}, {}, {})
FONT = Font("TEST", FACE, 10.0, 1, (6.0,) * 256, underscore_position=1.0, underscore_thickness=0.5)
SPACE = TextSpace(0.05, 0.05, 612.0, 792.0)


WIDE_FACE = OutlineFace("wide", FontProgram("wide", ProgramKind.STANDARD, "Courier"), 2, {}, {}, {})
WIDE = Font("WIDE", WIDE_FACE, 10.0, 2, {0x0041: 6.0, 0x0042: 6.0, 0x0020: 3.0}, space_code=0x20)
TURNED = Font(
    "TURNED", FACE, 10.0, 1, (6.0,) * 256, rotation=90, placement={0xC1: (1.0, 2.0), 0xC2: (1.0, 2.0)}
)


SMALL = Font("SMALL", FACE, 5.0, 1, (3.0,) * 256, underscore_position=0.5, underscore_thickness=0.25)
# "/" (X'61') has no increment.
ACCENTS = Font("ACCENTS", FACE, 10.0, 1, tuple(0.0 if code == 0x61 else 6.0 for code in range(256)))


PLAIN_SPACE = replace(FONT, variable_space=False)  # as its code page has it

FONTS = {1: FONT, 2: WIDE, 3: TURNED, 4: SMALL, 5: ACCENTS, 6: PLAIN_SPACE}


class Finder:
    def default(self, points: float) -> Font:
        return FONT


def draw(data: bytes, space: TextSpace = SPACE) -> tuple[list[Item], Findings]:
    findings = Findings()
    return draw_text(data, space, FONTS, Context(findings, Finder()), 0), findings


def shown(items: list[Item]) -> list[str]:
    """Items as short text: what, where, how."""
    lines = []
    for item in items:
        if isinstance(item, GlyphRun):
            text = item.codes.decode("cp500")
            extra = f" gaps {list(item.arrangement.gaps)}" if item.arrangement.gaps else ""
            turn = f" turn {item.direction:g}" if item.direction else ""
            colour = "" if item.colour == BLACK else f" {item.colour.space}{item.colour.components}"
            lines.append(f"{text} at {item.x:g},{item.y:g}{turn}{extra}{colour}")
        elif isinstance(item, Rectangle):
            colour = "" if item.colour == BLACK else f" {item.colour.space}{item.colour.components}"
            lines.append(f"rule {item.x:g},{item.y:g} {item.width:g}x{item.height:g}{colour}")
    return lines


def e(text: str) -> bytes:
    return text.encode("cp500")


def build(*controls: tuple[object, ...] | str) -> bytes:
    builder = TextBuilder().control("SCFL", 1)
    for control in controls:
        if isinstance(control, str):
            builder.text(e(control))
        elif isinstance(control[-1], bytes):
            builder.control(str(control[0]), data=control[-1])
        else:
            builder.control(*control)  # type: ignore[arg-type]
    return builder.data()


CASES = {
    "AMI AMB TRN": ([("AMI", 200), ("AMB", 400), "AB"], ["AB at 10,20"]),
    "text moves the position": (["AB", "C"], ["AB at 0,0", "C at 12,0"]),
    "RMI RMB": ([("RMI", 20), ("RMB", 40), "A", ("RMI", -20), "B"], ["A at 1,2", "B at 6,2"]),
    "SIM SBI BLN": (
        [("SIM", 100), ("SBI", 240), ("BLN",), "A", ("BLN",), "B"],
        ["A at 5,12", "B at 5,24"],
    ),
    "baseline increment whatever the font": ([("SCFL", 4), ("BLN",), "A"], ["A at 0,12"]),
    "SIA between characters of a word": (
        [("SIA", 20), "AB C", "D"],
        ["AB C at 0,0 gaps [(1, 1.0)]", "D at 26,0"],
    ),
    "SIA decrement": ([("SIA", 20, 1), "AB"], ["AB at 0,0 gaps [(1, -1.0)]"]),
    "SIA without direction": ([("SIA", 20, 1), ("SIA", 40), "AB"], ["AB at 0,0 gaps [(1, -2.0)]"]),
    "SIA in the default direction": ([("SIA", 20, 1), ("SIA", 20, 255), "AB"], ["AB at 0,0 gaps [(1, 1.0)]"]),
    "SIA around a character without increment": (
        [("SCFL", 5), ("SIA", 20), "A/B", "C"],
        ["A/B at 0,0 gaps [(1, 1.0)]", "C at 14,0"],
    ),
    "SIA behind a letter": (["A", ("SIA", 20), "B"], ["A at 0,0", "B at 7,0"]),
    "SIA behind a character without increment": (
        [("SCFL", 5), "A/", ("SIA", 20), "B"],
        ["A/ at 0,0", "B at 6,0"],
    ),
    "SIA where spaces are not variable": (
        [("SCFL", 6), ("SVI", 200), ("SIA", 20), "AB C", "D"],
        ["AB C at 0,0 gaps [(1, 1.0)]", "D at 26,0"],
    ),
    "SVI": ([("SVI", 200), "A B", "C"], ["A B at 0,0 gaps [(2, 4.0)]", "C at 22,0"]),
    "SVI back to the font's": ([("SVI", 200), ("SVI", -1), "A B", "C"], ["A B at 0,0", "C at 18,0"]),
    "RPS": ([("RPS", b"\0\x05" + e("ab"))], ["ababa at 0,0"]),
    "NOP": ([("NOP", b"ignored"), "A"], ["A at 0,0"]),
    "DIR": ([("AMI", 200), ("AMB", 200), ("DIR", 1440, 0x1400)], ["rule 10,10 72x1"]),
    "DIR to the left and up": ([("AMI", 200), ("AMB", 200), ("DIR", -100, -0x1400)], ["rule 5,9 5x1"]),
    "DBR": ([("DBR", 1440, 0x1480)], ["rule 0,0 1.025x72"]),
    "DBR without width": ([("DBR", 1440)], ["rule 0,0 0.72x72"]),
    "STO 90": (
        [("STO", 0x2D00, 0x5A00), ("AMI", 200), ("AMB", 400), "A", ("DIR", 200, 0x1400)],
        ["A at 592,10 turn 90", "rule 591,16 1x10"],
    ),
    "STO 180": ([("STO", 0x5A00, 0x8700), ("AMI", 200), ("AMB", 400), "A"], ["A at 602,772 turn 180"]),
    "STO 270": ([("STO", 0x8700, 0), ("AMI", 200), ("AMB", 400), "A"], ["A at 20,782 turn 270"]),
    "STO keeps the place": (
        [("AMI", 200), ("AMB", 400), ("STO", 0x2D00, 0x5A00), "A", ("AMI", 200), "B"],
        ["A at 10,20 turn 90", "B at 10,10 turn 90"],
    ),
    "STO behind text": (["A", ("STO", 0x5A00, 0x2D00), "B"], ["A at 0,0", "B at 6,0 turn 180"]),
    "STO back to the default": ([("STO", 0x2D00, 0x5A00), ("STO", 65535, 65535), "A"], ["A at 0,0"]),
    "STO that is not allowed": ([("STO", 0x2D00, 0x5A00), ("STO", 0x1000, 0x2D00), "A"], ["A at 0,0"]),
    "STC": ([("STC", 2), "A", ("STC", 0xFF07), "B"], ["A at 0,0 rgb(1.0, 0.0, 0.0)", "B at 6,0"]),
    "SEC RGB": (
        [("SEC", bytes.fromhex("00 01 00000000 08080800 0000ff")), "A"],
        ["A at 0,0 rgb(0.0, 0.0, 1.0)"],
    ),
    "SEC CMYK": (
        [("SEC", bytes.fromhex("00 04 00000000 08080808 ff000000")), "A"],
        ["A at 0,0 cmyk(1.0, 0.0, 0.0, 0.0)"],
    ),
    "SEC that cannot be used": (
        [("STC", 2), ("SEC", bytes.fromhex("00 77 00000000 08080800 0000ff")), "A"], ["A at 0,0"],
    ),
    "BSU without active suppression": ([("BSU", 3), "A", ("ESU", 3), "B"], ["A at 0,0", "B at 6,0"]),
    "TBM below and back": (
        [("AMB", 400), ("TBM", 2, 0, 60), "A", ("TBM", 1), "B"],
        ["A at 0,23", "B at 6,20"],
    ),
    "TBM above, half the baseline increment": (
        [("AMB", 400), ("SBI", 240), ("TBM", 3), "A", ("TBM", 2), "B"],
        ["A at 0,14", "B at 6,20"],
    ),
    "TBM goes on with BLN": (
        [("AMB", 400), ("SBI", 240), ("TBM", 3), "A", ("BLN",), "B", ("TBM", 1), "C"],
        ["A at 0,14", "B at 0,26", "C at 6,32"],
    ),
    "TBM goes on with RMB": (
        [("AMB", 400), ("TBM", 2, 0, 60), ("RMB", 100), "A", ("TBM", 1), "B"],
        ["A at 0,28", "B at 6,25"],
    ),
    "TBM ends with AMB": (
        [("AMB", 400), ("TBM", 2, 0, 60), ("AMB", 200), "A", ("TBM", 1), "B"],
        ["A at 0,10", "B at 6,10"],
    ),
    "TBM, underscored where the line is": (
        [("AMB", 400), ("USC", 1), ("TBM", 2, 0, 60), "A", ("TBM", 1), ("USC", 0)],
        ["A at 0,23", "rule 0,21 6x0.5"],
    ),
    "TBM, overstruck where the text is": (
        [("AMB", 400), ("OVS", 1, 0x61), ("TBM", 2, 0, 60), "A", ("TBM", 1), ("OVS", 0, 0)],
        ["A at 0,23", "/ at 0,23"],
    ),
    "USC with two fonts": ([("USC", 1), "A", ("SCFL", 4), "B", ("USC", 0)], [
        "A at 0,0", "rule 0,1 6x0.5", "B at 6,0", "rule 6,0.5 3x0.25",
    ]),
    "USC with two colours": ([("USC", 1), "A", ("STC", 2), "B", ("USC", 0)], [
        "A at 0,0", "rule 0,1 6x0.5",
        "B at 6,0 rgb(1.0, 0.0, 0.0)", "rule 6,1 6x0.5 rgb(1.0, 0.0, 0.0)",
    ]),
    "OVS in the font of its beginning": (
        [("OVS", 1, 0x61), "AB", ("SCFL", 4), "A", ("OVS", 0, 0)],
        ["AB at 0,0", "A at 12,0", "// at 0,0"],
    ),
    "OVS over suppression that is not active": (
        [("OVS", 1, 0x61), "A", ("BSU", 9), "B", ("ESU", 9), ("OVS", 0, 0)],
        ["A at 0,0", "B at 6,0", "// at 0,0"],
    ),
    "USC": (["A", ("USC", 1), "B C", ("USC", 0), "D"], [
        "A at 0,0", "B C at 6,0", "rule 6,1 18x0.5", "D at 24,0",
    ]),
    "USC bypasses spaces": ([("USC", 2), "B C", ("USC", 0)], [
        "rule 0,1 6x0.5", "B C at 0,0", "rule 12,1 6x0.5",
    ]),
    "USC over a relative move": ([("USC", 1), "A", ("RMI", 120), "B", ("USC", 0)], [
        "A at 0,0", "B at 12,0", "rule 0,1 18x0.5",
    ]),
    "USC bypasses a relative move": ([("USC", 8), "A", ("RMI", 120), "B", ("USC", 0)], [
        "A at 0,0", "rule 0,1 6x0.5", "B at 12,0", "rule 12,1 6x0.5",
    ]),
    "OVS": ([("OVS", 1, 0x61), "ABC", ("OVS", 0, 0)], ["ABC at 0,0", "/// at 0,0"]),
    "ENC": ([("ENC", bytes(8)), "A"], ["A at 0,0"]),
    "ENC with alternate text": (
        [("SEA", bytes(4) + e("xy")), ("SEA", bytes(4) + e("z")), ("ENC", bytes(8)), ("ENC", bytes(8)), "A"],
        ["xyz at 0,0", "A at 18,0"],
    ),
    "SEA anew": (
        [("SEA", bytes(4) + e("x")), ("NOP", b""), ("SEA", bytes(4) + e("y")), ("ENC", bytes(8))],
        ["y at 0,0"],
    ),
    "SEA without text": (
        [("SEA", bytes(4) + e("x")), ("SEA", bytes(4)), ("SEA", bytes(4) + e("y")), ("ENC", bytes(8))],
        ["y at 0,0"],
    ),
    "SKI and SEA": ([("SKI", bytes(4)), ("SEA", bytes(4)), "A"], ["A at 0,0"]),
}  # fmt: skip


@pytest.mark.parametrize(("controls", "expected"), CASES.values(), ids=CASES)
def test_drawn(controls: list[tuple[object, ...] | str], expected: list[str]) -> None:
    items, _ = draw(build(*controls))
    assert shown(items) == expected


def wide(*controls: tuple[object, ...], text: str = "AB A") -> bytes:
    builder = TextBuilder().control("SCFL", 2)
    for control in controls:
        builder.control(*control)  # type: ignore[arg-type]
    return builder.text(text.encode("utf-16-be")).data()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (wide(), [("AB A", 0.0, 0.0)]),
        (wide(("SVI", 200)), [("AB", 0.0, 0.0), (" ", 12.0, 0.0), ("A", 22.0, 0.0)]),
        (wide(("SIA", 20)), [("AB", 0.0, 1.0), (" ", 13.0, 0.0), ("A", 16.0, 1.0)]),
    ],
)
def test_double_byte_text(data: bytes, expected: list[tuple[str, float, float]]) -> None:
    runs = [item for item in draw(data)[0] if isinstance(item, GlyphRun)]
    assert [(run.codes.decode("utf-16-be"), run.x, run.arrangement.spacing) for run in runs] == expected


def test_turned_characters_are_placed_one_by_one() -> None:
    (run,) = draw(build(("SCFL", 3), "AB"))[0]
    assert isinstance(run, GlyphRun)
    assert (run.arrangement.rotation, run.arrangement.placements) == (90, [(1.0, -2.0), (7.0, -2.0)])


def test_active_suppression_hides_text_and_rules_but_moves_on() -> None:
    data = build(("BSU", 3), "AB", ("DIR", 100, 0x1400), ("ESU", 3), "C")
    items, _ = draw(data, TextSpace(0.05, 0.05, 612.0, 792.0, suppressed=frozenset({3})))
    assert shown(items) == ["C at 12,0"]


def test_suppression_inside_of_another_is_ignored() -> None:
    data = build(("BSU", 1), ("BSU", 3), "A", ("ESU", 3), ("ESU", 1), "B")
    items, findings = draw(data, TextSpace(0.05, 0.05, 612.0, 792.0, suppressed=frozenset({3})))
    assert shown(items) == ["A at 0,0", "B at 6,0"]
    assert [finding.code for finding in findings] == ["suppression-bad", "suppression-bad"]


def test_default_indicators_mean_the_values_of_the_descriptor() -> None:
    first, others = (
        [("SIM", 100), ("SIA", 20, 1), ("SBI", 480), ("STC", 1), ("SCFL", 4)],
        [("SIM", 0), ("SIA", 0, 0), ("SBI", 100), ("STC", 2), ("SCFL", 1)],
    )
    defaults = [("SIM", -1), ("SIA", -1, 255), ("SBI", -1), ("STC", 65535), ("SCFL", 255)]
    space = TextSpace(0.05, 0.05, 612.0, 792.0, build(*first))
    items, _ = draw(build(*others, *defaults, ("BLN",), "AB"), space)
    assert shown(items) == ["AB at 5,24 gaps [(1, -1.0)] rgb(0.0, 0.0, 1.0)"]
    assert isinstance(items[0], GlyphRun)
    assert items[0].size == 5.0


def test_a_font_that_is_not_mapped_is_that_of_the_descriptor() -> None:
    space = TextSpace(0.05, 0.05, 612.0, 792.0, TextBuilder().control("SCFL", 4).data())
    items, _ = draw(build(("SCFL", 9), "A"), space)
    assert [item.size for item in items if isinstance(item, GlyphRun)] == [5.0]


def test_only_initial_text_conditions_are_taken_from_the_descriptor() -> None:
    initial = build(("SVI", 200), "AB", ("DIR", 20, 0x1400), ("USC", 1), ("BLN",)) + e("CD") + bytes(3)
    space = TextSpace(0.05, 0.05, 612.0, 792.0, initial)
    assert shown(draw(build("A B"), space)[0]) == ["A B at 0,0"]


def test_damaged_initial_text_conditions_are_reported() -> None:
    initial = TextBuilder().control("AMI", 200).control("AMB", 400).data()
    space = TextSpace(0.05, 0.05, 612.0, 792.0, initial[:-1])
    items, findings = draw(build("A"), space)
    assert shown(items) == ["A at 10,0"]
    assert [finding.code for finding in findings] == ["control-length"]


def test_initial_coordinates_count_along_the_initial_axes() -> None:
    initial = TextBuilder().control("AMI", 200).control("AMB", 400).control("STO", 0x2D00, 0x5A00).data()
    assert shown(draw(e("A"), TextSpace(0.05, 0.05, 612.0, 792.0, initial))[0]) == ["A at 592,10 turn 90"]


@pytest.mark.parametrize(
    ("font", "data", "finding"),
    [
        (2, b"\0\4\0\x41\0", "repeat-bad"),  # EC-1A01
        (2, b"\0\3\0\x41", "repeat-bad"),  # EC-1B01
        (1, b"\x80\0\x41", "repeat-bad"),  # EC-1901
        (1, b"\0\4", "repeat-bad"),  # EC-1F01
        (1, b"\0", "control-short"),
        (1, b"\0\0", None),
        (1, b"\0\0\x41", None),
    ],
)
def test_repeat_string_that_shows_nothing(font: int, data: bytes, finding: str | None) -> None:
    items, findings = draw(build(("SCFL", font), ("RPS", data)))
    assert (items, [f.code for f in findings]) == ([], [finding] if finding else [])


def test_unchained_text_between_control_sequences() -> None:
    data = bytes.fromhex("2bd3 03f0 01") + e("AB") + bytes.fromhex("2bd3 04c8 0014") + e("C")
    assert shown(draw(data)[0]) == ["AB at 0,0", "C at 13,0"]


def test_initial_conditions_come_from_the_descriptor() -> None:
    space = TextSpace(0.05, 0.05, 612.0, 792.0, TextBuilder().control("AMI", 200).control("STC", 1).data())
    assert shown(draw(e("A"), space)[0]) == [f"A at 10,0 rgb{rgb(0.0, 0.0, 1.0).components}"]


def test_a_chain_that_is_not_ended_loses_nothing() -> None:
    """The last control of the data says that another one is chained to it."""
    items, findings = draw(build("A") + bytes.fromhex("2bd3 04c7 0010"))
    assert shown(items) == ["A at 0,0"]
    assert [finding.code for finding in findings] == []


def test_complex_text_in_a_font_that_is_no_data_object_font_is_transparent_data() -> None:
    control = bytes.fromhex("2bd3 106a 0100 0002 0000 0201 00000000 0000")
    assert shown(draw(build() + control + e("AB") + e("C"))[0]) == ["AB at 0,0", "C at 12,0"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bytes.fromhex("2bd3 02ff"), "control-unknown"),
        (bytes.fromhex("2bd3 00c6"), "control-length"),
        (bytes.fromhex("2bd3 ffda 4142"), "control-length"),
        (bytes.fromhex("2bd3 03c6 01"), "control-short"),
        (bytes.fromhex("2bd3"), "control-truncated"),
        (bytes.fromhex("2bd3 04c7 0010 04"), "control-truncated"),
        (build(("SCFL", 9), "A"), "font-not-mapped"),
        (build(("STC", 0x77), "A"), "colour-unknown"),
        (build(("STO", 0x1000, 0x2D00), "A"), "orientation-bad"),
        (build(("SEC", bytes.fromhex("00 77 00000000 08080800 0000ff")), "A"), "colour-unknown"),
        (build(("ENC", bytes(8))), "text-encrypted"),
        (build(("ENC", bytes(4))), "control-short"),
        (build(("SEA", bytes(3))), "control-short"),
        (build(("ESU", 1)), "suppression-bad"),
        (build(("TBM", 4)), "control-value"),
        (build(("SIA", 20, 2)), "control-value"),
        (build(("OVS", 1, 0x40), "A", ("OVS", 0, 0)), "overstrike-blank"),
        (build(("SCFL", 5), ("OVS", 1, 0x61), "A", ("OVS", 0, 0)), "overstrike-blank"),
        (build(("SCFL", 2), ("OVS", 1, 0x20), ("TRN", b"\0A"), ("OVS", 0, 0)), "overstrike-blank"),
        (build(("SCFL", 2), ("TRN", b"\0A\0")), "text-odd"),
    ],
)
def test_bad_data_is_a_finding(data: bytes, code: str) -> None:
    assert code in [finding.code for finding in draw(data)[1]]


def test_an_inherited_space_increment_counts_in_mapped_fonts() -> None:
    """The quick way of simple fonts knows no increment: it must not be taken."""
    context = Context(Findings(), Finder())
    own, _ = draw(build(("SVI", 400), "A B"))
    inherited = draw_text(build("A B"), SPACE, FONTS, context, 0, Inherited(space_increment=20.0))
    assert shown(inherited) == shown(own)
    assert shown(own) != shown(draw(build("A B"))[0])


def test_overstrike_in_fonts_whose_text_is_turned_into_other_codes() -> None:
    other = replace(FACE, key="other")

    def split(text: bytes) -> list[FaceRun]:
        return [FaceRun(other, bytes(code + 1 for code in text), 6.0 * len(text))]

    fonts = {1: replace(FONT, split=split)}
    data = build(("OVS", 1, 0x61), "AB", ("OVS", 0, 0))
    items = draw_text(data, SPACE, fonts, Context(Findings(), Finder()), 0)
    strike = items[-1]
    assert isinstance(strike, GlyphRun)
    assert (strike.face, strike.codes, strike.x) == (other, b"\x62\x62", 0.0)


def test_what_repeats_without_end_is_a_finding() -> None:
    """32,767 characters a control; what one page may repeat is shown, the rest is told."""
    longest = ("RPS", (32_767).to_bytes(2, "big") + b"-")
    assert list(draw(build(*[longest] * 30))[1]) == []
    items, findings = draw(build(*[longest] * 1_000))
    assert [finding.code for finding in findings] == ["repeat-limit"]
    assert sum(len(item.codes) for item in items if isinstance(item, GlyphRun)) == 32_767 * 30


@given(st.binary(max_size=200))
def test_any_bytes_are_drawn(data: bytes) -> None:
    draw(data)
    draw(b"\x2b\xd3" + data)


@pytest.mark.parametrize(
    ("colour", "expected"), [(cmyk(0, 0, 0, 1), "cmyk"), (rgb(0, 0, 0), "rgb"), (BLACK, "gray")]
)
def test_colours_compare_by_value(colour: Colour, expected: str) -> None:
    assert colour.space == expected
