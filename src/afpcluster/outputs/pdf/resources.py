"""The things a content stream names, and what must travel with it so that the document can hold them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from afpcluster.display.colour import Colour, ColourSpace
from afpcluster.display.face import Face
from afpcluster.display.geometry import Matrix
from afpcluster.display.items import (
    EmbeddedPdf,
    Group,
    ImageData,
    ImageModel,
    SharedItems,
    TilePattern,
)
from afpcluster.outputs.pdf.packet import Content, FontUse, LinkArea, LostCharacters
from afpcluster.pdf.file import deflate


class Courier(Protocol):
    """Sends along what the document writer has not seen yet. Forms and patterns are answered with the key
    that their content gives them, forms with the links in them, too."""

    def send_face(self, face: Face) -> None: ...
    def send_image(self, image: ImageData, origin: int | None) -> None: ...
    def send_form(self, shared: SharedItems) -> tuple[str, Sequence[LinkArea]]: ...
    def send_group(self, group: Group) -> tuple[str, Sequence[LinkArea]]: ...
    def send_pattern(self, pattern: TilePattern, matrix: Matrix) -> str: ...
    def send_pdf(self, key: str, item: EmbeddedPdf, origin: int | None) -> None: ...


_NOTHING = "\u200b"  # a zero-width space: what reads as nothing


class _UsedFont(NamedTuple):
    """A font of the stream, and the codes shown in it as they came."""

    name: str
    face: Face
    section: int | None
    codes: bytearray
    texts: dict[int, str]

    @property
    def code_size(self) -> int:
        return 1 if self.section is not None else self.face.code_size

    def use(self) -> FontUse:
        codes = distinct_codes(self.codes, self.code_size)
        return FontUse(self.face.key, self.section, codes, tuple(self.texts.items()))

    def note_text(self, codes: Sequence[int], text: str) -> None:
        """Codes were shown that read as `text`: what the others do not say is that of the first one that
        says nothing; the rest adds nothing."""
        known = [self.face.unicode.get(code, "") for code in codes]
        if all(known):
            return
        for reading in known[: known.index("")]:
            text = text.removeprefix(reading)
        for reading in known[: known.index("") : -1]:
            text = text.removesuffix(reading)
        for code, reading in zip(codes, known, strict=True):
            if not reading and code:  # the missing glyph may be for any character
                self.texts.setdefault(code, text or _NOTHING)
                text = ""

    def lost_characters(self, distinct: Sequence[int]) -> Iterator[LostCharacters]:
        """Those of the distinct codes that show nothing and should."""
        first, lost = (self.section or 0) << 8, self.face.lost
        if not first and lost.keys().isdisjoint(distinct):  # nearly always
            return
        for code in [code for code in distinct if first + code in lost]:
            if self.code_size == 1:
                count = self.codes.count(code)
            else:
                pairs = zip(self.codes[::2], self.codes[1::2], strict=False)
                count = sum(high << 8 | low == code for high, low in pairs)
            yield LostCharacters(lost[first + code], count)


class StreamResources:
    """Names for one content stream, in order of first use."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self.origin: int | None = None  # place in the input of the object that is being written
        self._fonts: dict[tuple[str, int | None], _UsedFont] = {}
        self._images: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        self._patterns: dict[str, str] = {}
        self._uses_lab = False
        self._uses_cmyk = False
        self._multiplies = False

    def font(self, face: Face, section: int | None) -> tuple[str, bytearray]:
        """The name of a face (or of a section of a two-byte raster face), and where to note its codes."""
        key = (face.key, section)
        font = self._fonts.get(key)
        if font is None:
            self._courier.send_face(face)
            name = f"F{len(self._fonts) + 1}"
            font = self._fonts[key] = _UsedFont(name, face, section, bytearray(), {})
        return font.name, font.codes

    def note_text(self, face: Face, codes: bytes, text: str) -> None:
        """Glyphs of a two-byte face that is in use read as `text`."""
        font = self._fonts[face.key, None]
        font.note_text([codes[at] << 8 | codes[at + 1] for at in range(0, len(codes) - 1, 2)], text)

    def image(self, image: ImageData) -> str:
        name = self._images.get(image.key)
        if name is None:
            self._uses_cmyk |= image.model is ImageModel.CMYK
            self._courier.send_image(image, self.origin)
            name = self._images[image.key] = f"I{len(self._images) + 1}"
        return name

    def form(self, shared: SharedItems) -> tuple[str, Sequence[LinkArea]]:
        """The name of shared items, and the links among them."""
        key, links = self._courier.send_form(shared)
        return self._form_name(key), links

    def group(self, group: Group) -> tuple[str, Sequence[LinkArea]]:
        """The name of a group that is multiplied with what is beneath, and the links in it."""
        key, links = self._courier.send_group(group)
        self._multiplies = True
        return self._form_name(key), links

    def _form_name(self, key: str) -> str:
        return self._forms.setdefault(key, f"X{len(self._forms) + 1}")

    def embedded_pdf(self, item: EmbeddedPdf) -> str:
        key = f"pdf {item.page} {item.key}"
        if key not in self._forms:
            self._courier.send_pdf(key, item, self.origin)
        return self._form_name(key)

    def pattern(self, pattern: TilePattern, matrix: Matrix) -> str:
        """The name of a pattern whose user maps to the stream's space by `matrix`: every such matrix
        needs a pattern of its own, because patterns do not follow the current matrix."""
        key = self._courier.send_pattern(pattern, pattern.matrix.then(matrix))
        return self._patterns.setdefault(key, f"P{len(self._patterns) + 1}")

    def note_colour(self, colour: Colour) -> None:
        """A colour is used: CIELAB is a resource, CMYK in an archive."""
        if colour.space is ColourSpace.LAB:
            self._uses_lab = True
        elif colour.space is ColourSpace.CMYK:
            self._uses_cmyk = True

    def content(self, data: bytes, *, compress: bool, nesting: int) -> Content:
        """The finished stream with everything it names."""
        fonts: list[FontUse] = []
        lost: list[LostCharacters] = []
        for font in self._fonts.values():
            use = font.use()
            fonts.append(use)
            if font.face.lost:
                lost += font.lost_characters(use.codes)
        return Content(
            deflate(data) if compress else data,
            compress,
            tuple(fonts),
            tuple(self._images),
            tuple(self._forms),
            tuple(self._patterns),
            self._uses_lab,
            self._uses_cmyk,
            self._multiplies,
            nesting,
            tuple(lost),
        )


_ALL_CODES = bytes(range(256))


def distinct_codes(codes: bytes | bytearray, code_size: int) -> bytes | tuple[int, ...]:
    """The codes in a string, each once, in order."""
    if code_size == 1:  # those that are not among the ones that are not there
        return _ALL_CODES.translate(None, _ALL_CODES.translate(None, codes))
    return tuple(sorted({high << 8 | low for high, low in zip(codes[::2], codes[1::2], strict=False)}))
