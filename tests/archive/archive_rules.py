"""What PDF/A-2 and -3 ask of a PDF, looked at with pikepdf and fontTools: a checker of its own, written from
the published rules. Section numbers are those of ISO 19005-2."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen
from fontTools.ttLib import TTFont
from pikepdf import Name

_FILTERS = {"/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode", "/F", "/CCF"}
_SPACE_OF_COMPONENTS = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}
_PROFILE_CLASSES = (b"mntr", b"prtr", b"scnr", b"spac")
_WIDTH_TOLERANCE = 1.0


def violations(data: bytes, level: str) -> list[str]:
    """What of a file is not PDF/A-`level` (as "2u")."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return sorted(set(_Checker(pdf, data, int(level[0]), level[1]).all()))


class _Checker:
    def __init__(self, pdf: pikepdf.Pdf, data: bytes, part: int, level: str) -> None:
        self.pdf, self.data, self.part, self.level = pdf, data, part, level

    def all(self) -> Iterator[str]:
        yield from self.file()
        yield from self.catalog()
        for item in self.pdf.objects:
            if isinstance(item, pikepdf.Stream):
                yield from self.stream(item)
            if isinstance(item, pikepdf.Dictionary):
                yield from self.dictionary(item)
        for page in self.pdf.pages:
            yield from self.page(page)

    def file(self) -> Iterator[str]:
        """6.1."""
        if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", self.data):
            yield "6.1.2 header"
        if "/ID" not in self.pdf.trailer or "/Encrypt" in self.pdf.trailer:
            yield "6.1.3 trailer"
        if not self.data.rstrip().endswith(b"%%EOF"):
            yield "6.1.3 data behind the end"
        if len(self.pdf.objects) > 8_388_607:
            yield "6.1.13 too many objects"

    def catalog(self) -> Iterator[str]:
        root = self.pdf.Root
        for key in ("/AA", "/OpenAction", "/OCProperties", "/AcroForm", "/Requirements"):
            if key in root:
                yield f"6.1, 6.5 catalog has {key}"
        metadata = root.Metadata.read_bytes().decode()
        info = {str(key): str(value) for key, value in self.pdf.docinfo.items()}
        for text in (
            f"<pdfaid:part>{self.part}</pdfaid:part>",
            f"<pdfaid:conformance>{self.level.upper()}</pdfaid:conformance>",
            info.get("/Producer", ""),
        ):
            if text not in metadata:
                yield f"6.6 XMP lacks {text}"
        if "/Filter" in root.Metadata:
            yield "6.6.2.1 XMP is compressed"
        intents = [intent for intent in root.get("/OutputIntents", []) if intent.S == Name.GTS_PDFA1]
        if len(intents) != 1:
            yield "6.2.3 output intent"
        files = root.get("/Names", {}).get("/EmbeddedFiles", None)
        if files is not None and self.part < 3:
            yield "6.8 embedded files"
        if files is not None:
            for specification in list(files.Names)[1::2]:
                if not {"/F", "/UF", "/AFRelationship"} <= set(specification.keys()):
                    yield "6.8 file specification"
                if specification not in list(root.get("/AF", [])):
                    yield "6.8 file without association"
                if "/Subtype" not in specification.EF.F:
                    yield "6.8 file without type"

    def stream(self, item: Any) -> Iterator[str]:
        filters = item.get("/Filter", [])
        for name in [filters] if isinstance(filters, Name) else list(filters):
            if str(name) not in _FILTERS:
                yield f"6.1.7 filter {name}"
        if {"/F", "/FFilter", "/FDecodeParms"} & set(item.keys()):
            yield "6.1.7 external stream"
        if item.get("/Subtype") == Name.Image:
            if item.get("/Interpolate", False) or {"/Alternates", "/OPI"} & set(item.keys()):
                yield "6.2.8 image"
            if filters == Name.JPXDecode and not item.read_raw_bytes().startswith(b"\0\0\0\x0cjP"):
                yield "6.2.8.3 JPEG 2000 without a file format"
        if item.get("/Subtype") == Name.Form and {"/OPI", "/PS", "/Ref"} & set(item.keys()):
            yield "6.2.9 form"

    def dictionary(self, item: Any) -> Iterator[str]:
        if item.get("/Subtype") == Name.Link or item.get("/Type") == Name.Annot:
            flags = int(item.get("/F", 0))
            if not flags & 4 or flags & 0b100011:
                yield "6.3.2 annotation flags"
            action = item.get("/A", None)
            if action is not None and action.S not in (Name.URI, Name.GoTo):
                yield "6.5.1 action"
        if item.get("/Type") == Name.ExtGState and {"/TR", "/HTP"} & set(item.keys()):
            yield "6.2.5 graphics state"
        if item.get("/Type") == Name.OutputIntent:
            yield from _profile(item.DestOutputProfile)

    def page(self, page: Any) -> Iterator[str]:
        width, height = [
            float(a) - float(b) for a, b in zip(page.MediaBox[2:], page.MediaBox[:2], strict=True)
        ]
        if not (3 <= width <= 14400 and 3 <= height <= 14400):
            yield "6.1.13 page size"
        blends = any(
            "/BM" in state and Name.Normal != state.BM
            for state in page.get("/Resources", {}).get("/ExtGState", {}).values()
        )
        if blends and "/CS" not in page.get("/Group", {}):
            yield "6.2.10 transparency without a colour space"
        yield from self.content(page, page.get("/Resources", pikepdf.Dictionary()))

    def content(self, source: Any, resources: Any) -> Iterator[str]:
        """A content stream, and what it shows."""
        font, depth = None, 0
        spaces = resources.get("/ColorSpace", {})
        for value in spaces.values():
            if isinstance(value, pikepdf.Array) and value[0] == Name.ICCBased:
                yield from _profile(value[1])
        for operands, operator in pikepdf.parse_content_stream(source):
            word = str(operator)
            if word == "Tf":
                font = resources.Font[str(operands[0])]
                yield from self.font(font)
            elif word in ("Tj", "TJ", "'", '"'):
                parts = operands[-1] if word == "TJ" else [operands[-1]]
                for part in parts:
                    if isinstance(part, pikepdf.String):
                        yield from self.shown(font, bytes(part))
            elif word in ("k", "K") and "/DefaultCMYK" not in spaces:
                yield "6.2.4.3 CMYK without a meaning"
            elif word == "q":
                depth += 1
                if depth > 28:
                    yield "6.1.13 nesting"
            elif word == "Q":
                depth -= 1
            elif word == "ri" and str(operands[0]) not in ("/Perceptual", "/RelativeColorimetric"):
                yield "6.2.6 rendering intent"
            elif word == "Do":
                yield from self.shown_object(resources.XObject[str(operands[0])], spaces)
        for pattern in resources.get("/Pattern", {}).values():
            yield from self.content(pattern, pattern.Resources)

    def shown_object(self, item: Any, spaces: Any) -> Iterator[str]:
        if item.Subtype == Name.Form:
            if "/Resources" not in item:
                yield "6.2.2 form without resources"
            yield from self.content(item, item.get("/Resources", pikepdf.Dictionary()))
        elif item.get("/ColorSpace") == Name.DeviceCMYK and "/DefaultCMYK" not in spaces:
            yield "6.2.4.3 CMYK image without a meaning"

    def font(self, font: Any) -> Iterator[str]:
        if font.Subtype == Name.Type3:
            return
        real = font.DescendantFonts[0] if font.Subtype == Name.Type0 else font
        descriptor = real.FontDescriptor
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
            yield f"6.2.11.4 {font.BaseFont} is not embedded"
            return
        if font.Subtype == Name.Type0:
            yield from _wrong_cid_widths(real, str(font.BaseFont))

    def shown(self, font: Any, text: bytes) -> Iterator[str]:
        """6.2.11.7.2 and 6.2.11.8."""
        name = str(font.get("/BaseFont", "Type 3"))
        size = 2 if font.Subtype == Name.Type0 and _two_bytes(font) else 1
        codes = {int.from_bytes(text[at : at + size], "big") for at in range(0, len(text), size)}
        if self.level == "u":
            texts = _unicode(font)
            if any(texts.get(code, 0) in (0, 0xFEFF, 0xFFFE) for code in codes):
                yield f"6.2.11.7.2 no Unicode in {name}"
        if font.Subtype == Name.Type0:
            real = font.DescendantFonts[0]
            if "/CIDToGIDMap" in real:
                table = real.CIDToGIDMap.read_bytes()
                if any(table[2 * code : 2 * code + 2] in (b"", b"\0\0") for code in codes):
                    yield f"6.2.11.8 .notdef of {name}"
        elif set(codes) - _names(font).keys() or any(_names(font)[code] == "/.notdef" for code in codes):
            yield f"6.2.11.8 .notdef of {name}"


def _profile(stream: Any) -> Iterator[str]:
    profile = stream.read_bytes()
    if profile[36:40] != b"acsp" or int.from_bytes(profile[:4], "big") != len(profile) or profile[8] > 4:
        yield "6.2.3 profile"
    if profile[16:20] != _SPACE_OF_COMPONENTS.get(int(stream.N)) or profile[12:16] not in _PROFILE_CLASSES:
        yield "6.2.3 profile of another colour space"


def _two_bytes(font: Any) -> bool:
    if font.Encoding == Name("/Identity-H"):
        return True
    found = re.search(rb"begincodespacerange\s*<([0-9A-F]+)>", font.Encoding.read_bytes())
    assert found is not None
    return len(found[1]) == 4


def _names(font: Any) -> dict[int, str]:
    names, code = {}, 0
    for item in font.Encoding.Differences:
        if isinstance(item, Name):
            names[code] = str(item)
            code += 1
        else:
            code = int(item)
    return names


def _unicode(font: Any) -> dict[int, int]:
    """The first UTF-16 unit of each code's text."""
    if "/ToUnicode" not in font:
        return {}
    found = {}
    cmap = font.ToUnicode.read_bytes()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-F]+)>\s*<([0-9A-F]+)>", block):
            found[int(code, 16)] = int(text[:4], 16)
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-F]+)>\s*<([0-9A-F]+)>\s*<([0-9A-F]+)>", block):
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[code] = int(text[:4], 16) + (step if len(text) == 4 else 0) or step
    return found


def _wrong_cid_widths(font: Any, name: str) -> Iterator[str]:
    """6.2.11.5: widths in the dictionary and in the program."""
    widths: dict[int, float] = {}
    items = list(font.get("/W", []))
    for first, run in zip(items[::2], items[1::2], strict=True):
        widths |= {int(first) + at: float(width) for at, width in enumerate(run)}
    if "/FontFile2" in font.FontDescriptor:
        program = TTFont(io.BytesIO(font.FontDescriptor.FontFile2.read_bytes()))
        scale = 1000 / program["head"].unitsPerEm
        order = program.getGlyphOrder()
        table = font.CIDToGIDMap.read_bytes()
        for cid, width in widths.items():
            glyph = int.from_bytes(table[2 * cid : 2 * cid + 2], "big")
            if abs(program["hmtx"][order[glyph]][0] * scale - width) > _WIDTH_TOLERANCE:
                yield f"6.2.11.5 width of CID {cid} in {name}"
    elif "/FontFile3" in font.FontDescriptor:
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(font.FontDescriptor.FontFile3.read_bytes()), None)
        top = fonts[0]
        scale = 1000 * (top.FontMatrix[0] if hasattr(top, "FontMatrix") else 0.001)
        for cid, width in widths.items():
            glyph_name = f"cid{cid:05d}" if hasattr(top, "ROS") else top.charset[cid]
            charstring = top.CharStrings[glyph_name]
            charstring.draw(NullPen())
            if abs(charstring.width * scale - width) > _WIDTH_TOLERANCE:
                yield f"6.2.11.5 width of CID {cid} in {name}"
