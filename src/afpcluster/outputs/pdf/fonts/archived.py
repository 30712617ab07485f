"""The fonts of an archive: every one embedded, its program as wide as the dictionary says, and no code
without a glyph.

Rules: a free font of the same metrics stands in for a font that every viewer has. A program is embedded more
than once where faces want one glyph in different widths. A code that shows nothing has a blank glyph. Where
text must be Unicode, a code that shows nothing is a space, and one that shows something of which nobody knows
what it is, is an objection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from afpcluster.display.face import Face, FontProgram, OutlineFace, ProgramKind, RasterFace, is_private
from afpcluster.findings import Findings
from afpcluster.outputs.pdf.archive import PAGES_LISTED, ArchivedDocument
from afpcluster.outputs.pdf.fonts.dictionaries import FontRules, used_glyphs
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram
from afpcluster.outputs.pdf.fonts.metrics import MISSING_GLYPH, Metrics, blank_glyph, sign_glyph
from afpcluster.outputs.pdf.fonts.standard import names_by_unicode, stand_in_name
from afpcluster.outputs.pdf.fonts.store import FontKey, FontStore, ReadyFont
from afpcluster.outputs.pdf.packet import FontUse
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import Ref
from afpcluster.stand_in_files import liberation_file, urw_file

_WIDEST = 32_767.0  # 1/1000 em: more than any program can say
_NO_TEXT = ("\0", "\ufeff", "\ufffe")  # ISO 19005-2, 6.2.11.7.2


class _Variant:
    """A program as the faces want it that agree in the widths of its glyphs."""

    def __init__(self, program: FontProgram) -> None:
        self.program = program
        self.metrics = Metrics()
        self.indexed = False
        self.keys: list[FontKey] = []

    def add(self, key: FontKey, face: OutlineFace, widths: Mapping[str | int, float]) -> None:
        """Take in a face and the widths of its glyphs."""
        self.keys.append(key)
        self.indexed |= face.code_size == 2
        self.metrics.add(widths)


class ArchivedFonts(FontStore):
    """The fonts of a document that shall be PDF/A."""

    def __init__(self, file: PdfFile, findings: Findings, document: ArchivedDocument) -> None:
        super().__init__(file, findings)
        archive = document.archive
        self._rules = FontRules(lists_glyphs=archive.is_first, always_text=archive.needs_unicode)
        self._needs_unicode = archive.needs_unicode
        self._folders = archive.stand_in_folders
        self._document = document
        self._pages: dict[FontKey, list[int]] = {}  # the first that use a font

    def use(self, font: FontUse) -> Ref:
        pages = self._pages.setdefault((font.face_key, font.section), [])
        if len(pages) < PAGES_LISTED and self._document.page not in pages:
            pages.append(self._document.page)
        return super().use(font)

    def _ready(self, faces: Mapping[FontKey, Face]) -> dict[FontKey, ReadyFont]:
        ready = {
            key: ReadyFont(self._raster(key, face))
            for key, face in faces.items()
            if isinstance(face, RasterFace)
        }
        waiting = {
            key: self._outlined(key, face) for key, face in faces.items() if isinstance(face, OutlineFace)
        }
        ready |= self._embedded(waiting)
        return {key: ready[key] for key in faces if key in ready}

    def _object_to(self, keys: Iterable[FontKey], reason: str) -> None:
        for key in keys:
            self._document.objections.add(reason, self._pages[key])

    # Faces as they can be embedded

    def _outlined(self, key: FontKey, face: OutlineFace) -> OutlineFace:
        """The face over a program that can be embedded, with glyph and text for each code in use."""
        codes = self._codes[key]
        if face.program.kind is ProgramKind.STANDARD:
            face = replace(face, program=self._twin(face.program.name, key))
        glyphs = used_glyphs(face, codes)
        signs = {
            code: sign_glyph(round(_width(face, code)))
            for code, glyph in glyphs.items()
            if glyph in (0, MISSING_GLYPH)
        }
        blanks = {code: blank_glyph(round(_width(face, code))) for code in codes if code not in glyphs}
        face = replace(face, glyphs={**glyphs, **signs, **blanks})
        return replace(face, unicode=self._texts_of(key, face.program.name, codes, face.unicode, blanks))

    def _twin(self, standard: str, key: FontKey) -> FontProgram:
        """The free font that has the metrics of a standard one; an objection where there is none."""
        program = twin(standard, self._folders)
        if program is None:
            self._object_to(
                [key],
                f"font {standard} cannot be embedded: none of {', '.join(twin_files(standard))} is in"
                f" {', '.join(map(str, self._folders)) or 'any folder of stand-in fonts'} (install"
                " fonts-urw-base35, or name the folder)",
            )
            return FontProgram(f"standard-{standard}", ProgramKind.STANDARD, standard)
        return program

    def _raster(self, key: FontKey, face: RasterFace) -> RasterFace:
        base = (key[1] or 0) << 8
        codes = [base | code for code in self._codes[key]]
        blanks = [code for code in codes if code not in face.glyphs]
        return replace(face, unicode=self._texts_of(key, face.name, codes, face.unicode, blanks))

    def _texts_of(
        self, key: FontKey, name: str, codes: Iterable[int], texts: Mapping[int, str], blanks: Collection[int]
    ) -> Mapping[int, str]:
        """The Unicode text of codes, with a space for those that show nothing and say nothing."""
        if not self._needs_unicode:
            return texts
        found = {
            code: texts.get(code, "").translate(_REMOVED) or (" " if code in blanks else "") for code in codes
        }
        unknown = [code for code, text in found.items() if not text or is_private(text)]
        if unknown:
            listed = ", ".join([f"X'{code:02X}'" for code in sorted(unknown)[:_CODES_LISTED]])
            self._object_to(
                [key],
                f"nothing says what characters {len(unknown)} code points of font {name} are ({listed}), and"
                f" PDF/A-{self._document.archive.level} wants them in Unicode",
            )
        return found

    # Programs

    def _embedded(self, faces: dict[FontKey, OutlineFace]) -> dict[FontKey, ReadyFont]:
        ready: dict[FontKey, ReadyFont] = {}
        for variant in self._variants(faces):
            if variant.program.kind is ProgramKind.STANDARD:
                continue  # an objection says why
            program, ref = self._embed_variant(variant, faces)
            if program is not None:
                ready |= {key: ReadyFont(faces[key], program, ref) for key in variant.keys}
                continue
            others = {key: self._outlined(key, _by_characters(faces[key])) for key in variant.keys}
            if any(face.program.key == variant.program.key for face in others.values()):
                self._object_to(variant.keys, f"font {variant.program.name} cannot be embedded")
            else:
                ready |= self._embedded(others)
        return ready

    def _variants(self, faces: Mapping[FontKey, OutlineFace]) -> list[_Variant]:
        found: list[_Variant] = []
        for key, face in faces.items():
            widths = self._widths(key, face)
            for variant in found:
                if variant.program.key == face.program.key and variant.metrics.admits(widths):
                    break
            else:
                variant = _Variant(face.program)
                found.append(variant)
            variant.add(key, face, widths)
        return found

    def _widths(self, key: FontKey, face: OutlineFace) -> dict[str | int, float]:
        """The width of each glyph that is used, in whole 1/1000 em."""
        widths: dict[str | int, float] = {}
        for code, glyph in face.glyphs.items():
            width = round(_width(face, code))
            if not 0 <= width <= _WIDEST or widths.setdefault(glyph, width) != width:
                self._object_to([key], f"the widths of font {face.program.name} do not fit its program")
        return widths

    def _embed_variant(
        self, variant: _Variant, faces: dict[FontKey, OutlineFace]
    ) -> tuple[EmbeddedProgram | None, Ref | None]:
        """Embed a program; glyphs that it lacks become blank in `faces`."""
        source = self._programs.get(variant.program.key, variant.program)
        program, ref = self._embed(source, variant.metrics.wanted, variant.indexed, variant.metrics)
        lacking = {*program.missing, *program.damaged} if program is not None else set()
        if program is not None and program.whole:
            self._object_to(variant.keys, f"font program {source.name} is damaged: {program.whole}")
        if not lacking:
            return program, ref
        if source.key.startswith(_TWIN):
            self._object_to(
                variant.keys, f"font {source.name} lacks glyphs of the font that it stands in for"
            )
        again = _Variant(variant.program)
        for key in variant.keys:
            faces[key] = face = _blanked(faces[key], lacking)
            again.add(key, face, self._widths(key, face))
        return self._embed(source, again.metrics.wanted, again.indexed, again.metrics)


_TWIN = "twin-"
_REMOVED = dict.fromkeys(map(ord, _NO_TEXT))
_CODES_LISTED = 5


def _width(face: OutlineFace, code: int) -> float:
    return face.widths.get(code, face.default_width)


def _blanked(face: OutlineFace, lacking: Collection[str | int]) -> OutlineFace:
    """The face with blank glyphs for some that its program lacks."""
    glyphs = {
        code: blank_glyph(round(_width(face, code))) if glyph in lacking or str(glyph) in lacking else glyph
        for code, glyph in face.glyphs.items()
    }
    return replace(face, glyphs=glyphs)


def _by_characters(face: OutlineFace) -> OutlineFace:
    """The face over the standard font of its style, with the glyphs that its texts name."""
    standard = stand_in_name(face)
    return replace(
        face,
        program=FontProgram(f"standard-{standard}", ProgramKind.STANDARD, standard),
        glyphs=dict(names_by_unicode(face, face.glyphs)),
    )


@cache
def twin(standard: str, folders: tuple[Path, ...]) -> FontProgram | None:
    """The free font for a standard one, from the first folder that has it; None where none has."""
    for name in twin_files(standard):
        for folder in folders:
            try:
                data = (folder / name).read_bytes()
            except OSError:
                continue
            kind = ProgramKind.OPENTYPE_CFF if name.endswith(".otf") else ProgramKind.TRUETYPE
            return FontProgram(f"{_TWIN}{standard}", kind, Path(name).stem, data)
    return None


def twin_files(standard: str) -> tuple[str, ...]:
    """Files that may stand in for a standard font, the best first: URW's have its shapes."""
    liberation = liberation_file(standard)
    return (urw_file(standard), *([liberation] if liberation is not None else []))
