"""Apache FOP as an oracle: one XSL-FO document, every case a page of it, made into AFP and PDF.

Every case is a page sequence of exactly one page, so that a page number is a case. FOP runs once per mode
of its AFP output and once for the PDF, all side by side. `MODES` are settings of its AFP renderer.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

FOP = shutil.which("fop")
TRUETYPE = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
TRUETYPE_NAME = "DejaVu Sans"
MISSING = "no fop here; `apt-get install --no-install-recommends fop` brings the oracle"
_TIME_LIMIT = 180

NATIVE, PLAIN, BILEVEL, TILED = "native", "plain", "bilevel", "tiled"
_LINES = "<line-width-correction>1.66667</line-width-correction>"
"""FOP counts GOCA line widths in points times this; a normal line is 1/120 inch (AFP GOCA "Line Width")."""
MODES = {
    NATIVE: '<images mode="color" bits-per-pixel="8" native="true"/>'
    f"<renderer-resolution>1440</renderer-resolution>{_LINES}",
    PLAIN: '<images mode="color" bits-per-pixel="8" native="false"/>'
    f"<renderer-resolution>240</renderer-resolution>{_LINES}",
    TILED: '<images mode="color" bits-per-pixel="8" native="false" cmyk="true" fs45="true"/>'
    f'<renderer-resolution>600</renderer-resolution><goca pseg="true"/>{_LINES}',
    BILEVEL: '<images mode="b+w" bits-per-pixel="1" native="false" dithering-quality="minimum"/>'
    '<renderer-resolution>300</renderer-resolution><goca enabled="false"/>',
}


@dataclass(frozen=True)
class Case:
    """One page: `body` is XSL-FO of its region. `lowest` replaces the usual lowest score of a measure, with
    the reason beside it in the case table. Sizes are points."""

    name: str
    body: str
    width: float = 300
    height: float = 400
    modes: tuple[str, ...] = (NATIVE,)
    lowest: dict[str, float] = field(default_factory=dict)
    turn: int = 0  # reference-orientation of the page's region


@dataclass(frozen=True)
class Rendered:
    """What FOP made of all cases: its PDF, and the AFP of each mode."""

    pdf: Path
    afp: dict[str, Path]


def block(content: str, **attributes: Any) -> str:
    """An fo:block; attributes with underscores for hyphens."""
    return f"<fo:block {properties(attributes)}>{content}</fo:block>"


def properties(values: dict[str, Any]) -> str:
    return " ".join(f"{k.replace('_', '-')}={quoteattr(str(v))}" for k, v in values.items())


def document(cases: Sequence[Case]) -> str:
    """The whole XSL-FO document."""
    masters = "".join(_master(number, case) for number, case in enumerate(cases))
    pages = "".join(
        f'<fo:page-sequence master-reference="m{number}"><fo:flow flow-name="xsl-region-body">'
        f"{case.body}</fo:flow></fo:page-sequence>"
        for number, case in enumerate(cases)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<fo:root xmlns:fo="http://www.w3.org/1999/XSL/Format" font-family="Helvetica" font-size="10pt">'
        f"<fo:layout-master-set>{masters}</fo:layout-master-set>{pages}</fo:root>"
    )


def _master(number: int, case: Case) -> str:
    return (
        f'<fo:simple-page-master master-name="m{number}" page-width="{case.width}pt" '
        f'page-height="{case.height}pt">'
        f'<fo:region-body margin="20pt" reference-orientation="{case.turn}"/></fo:simple-page-master>'
    )


def render(cases: Sequence[Case], folder: Path) -> Rendered:
    """Have FOP make everything in `folder`. Raises RuntimeError with FOP's words where it fails."""
    source = folder / "cases.fo"
    source.write_text(document(cases), encoding="utf-8")
    pdf = folder / "cases.pdf"
    outputs = {mode: folder / f"{mode}.afp" for mode in MODES}
    runs = [_start(folder, NATIVE, source, "-pdf", pdf)]
    runs += [_start(folder, mode, source, "-afp", path) for mode, path in outputs.items()]
    for run, path in zip(runs, (pdf, *outputs.values()), strict=True):
        said, _ = run.communicate(timeout=_TIME_LIMIT)
        if run.returncode or not path.exists():
            raise RuntimeError(f"fop could not make {path.name}:\n{said[-3000:]}")
    return Rendered(pdf, outputs)


def _start(folder: Path, mode: str, source: Path, kind: str, output: Path) -> subprocess.Popen[str]:
    configuration = folder / f"{mode}.xconf"
    configuration.write_text(_configuration(mode), encoding="utf-8")
    assert FOP is not None
    return subprocess.Popen(
        [FOP, "-c", str(configuration), "-fo", str(source), kind, str(output)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


_STYLES = (
    ("normal", "normal", "2"),
    ("italic", "normal", "3"),
    ("normal", "bold", "4"),
    ("italic", "bold", "5"),
)
"""Style and weight, and the digit that says both in IBM's names of outline character sets."""
_FAMILIES = {  # family -> its character sets, and FOP's metrics in the order of the styles
    "Helvetica": ("C0H{}0000", ("Helvetica", "HelveticaOblique", "HelveticaBold", "HelveticaBoldOblique")),
    "Times": ("C0N{}0000", ("TimesRoman", "TimesItalic", "TimesBold", "TimesBoldItalic")),
    "Courier": ("C04{}0000", ("Courier", "CourierOblique", "CourierBold", "CourierBoldOblique")),
}


def _configuration(mode: str) -> str:
    afp_fonts = pdf_fonts = ""
    if mode == NATIVE:
        afp_fonts = "<fonts>" + "".join(_outline_fonts())
        if TRUETYPE.exists():
            triplet = '<font-triplet name="Outlines" style="normal" weight="normal"/>'
            afp_fonts += f'<font name="{TRUETYPE_NAME}" embed-url="{TRUETYPE.as_uri()}">{triplet}</font>'
            pdf_fonts = f'<fonts><font embed-url="{TRUETYPE.as_uri()}">{triplet}</font></fonts>'
        afp_fonts += "</fonts>"
    return (
        '<fop version="1.0"><renderers>'
        f'<renderer mime="application/x-afp">{MODES[mode]}{afp_fonts}</renderer>'
        f'<renderer mime="application/pdf">{pdf_fonts}</renderer></renderers></fop>'
    )


def _outline_fonts() -> list[str]:
    """IBM outline character sets under the names of FOP's base fonts; the AFP only names them."""
    fonts = []
    for family, (characters, metrics) in _FAMILIES.items():
        for (style, weight, digit), base in zip(_STYLES, metrics, strict=True):
            names = (family, "any") if family == "Helvetica" else (family,)
            triplets = "".join(
                f'<font-triplet name="{name}" style="{style}" weight="{weight}"/>' for name in names
            )
            fonts.append(
                f'<font>{triplets}<afp-font name="{family}" type="outline" codepage="T1V10500" '
                f'encoding="Cp500" characterset="{characters.format(digit)}" base14-font="{base}"/></font>'
            )
    return fonts
