"""The fonts of a document: which codes of which face are used, and at the end the font objects.

Rules: one font object per face (or per section of a two-byte raster face), one embedded program for all
faces that share it, reduced to the glyphs used. A program that cannot be embedded is a finding, and one
of the standard fonts stands in, by style.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import NamedTuple

from afpcluster.display.face import Face, FontProgram, OutlineFace, ProgramKind, RasterFace, is_private
from afpcluster.findings import Findings, Severity, Whereabouts
from afpcluster.outputs.pdf.fonts.composite import write_composite_font
from afpcluster.outputs.pdf.fonts.dictionaries import FontRules, used_glyphs
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram, ProgramError
from afpcluster.outputs.pdf.fonts.metrics import Metrics
from afpcluster.outputs.pdf.fonts.programs import embed_program
from afpcluster.outputs.pdf.fonts.raster import without_pattern, write_raster_font
from afpcluster.outputs.pdf.fonts.simple import write_simple_font
from afpcluster.outputs.pdf.packet import FontUse
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import Ref

FontKey = tuple[str, int | None]  # face key, section


class ReadyFont(NamedTuple):
    """A face and its program, where it is an outline face that has one embedded."""

    face: Face
    program: EmbeddedProgram | None = None
    program_ref: Ref | None = None


class FontStore:
    """Collects faces and codes while pages are written; `finish` writes the fonts."""

    _rules = FontRules()

    def __init__(self, file: PdfFile, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._faces: dict[str, Face] = {}
        self._programs: dict[str, FontProgram] = {}
        self._refs: dict[FontKey, Ref] = {}
        self._codes: dict[FontKey, set[int]] = {}
        self._texts: dict[FontKey, dict[int, str]] = {}
        self._met: dict[str, Whereabouts] = {}  # where faces and programs came first

    def add_face(self, face: Face) -> None:
        """Take in a face; its program's data comes by `add_program`."""
        self._faces.setdefault(face.key, face)
        self._met.setdefault(face.key, self._findings.here)
        if isinstance(face, OutlineFace):
            self._met.setdefault(face.program.key, self._findings.here)

    def add_program(self, program: FontProgram) -> None:
        """Take in a program, for all faces that name its key."""
        self._programs.setdefault(program.key, program)

    def use(self, font: FontUse) -> Ref:
        """A content stream shows these codes; the font's reference."""
        key = (font.face_key, font.section)
        ref = self._refs.get(key)
        if ref is None:
            ref = self._refs[key] = self._file.allocate()
            self._codes[key] = set()
            self._texts[key] = {}
        self._codes[key].update(font.codes)
        for code, text in font.texts:
            self._texts[key].setdefault(code, text)
        return ref

    def finish(self) -> None:
        """Write every font that was used, in order of first use."""
        faces = {key: self._face(key) for key in self._refs}
        for key, font in self._ready(faces).items():
            with self._findings.back_at(self._met[key[0]]):
                self._write(key, font)

    def _face(self, key: FontKey) -> Face:
        """The face with the texts that are known from where its codes are shown."""
        face, texts = self._faces[key[0]], self._texts[key]
        return replace(face, unicode={**texts, **face.unicode}) if texts else face

    def _ready(self, faces: Mapping[FontKey, Face]) -> dict[FontKey, ReadyFont]:
        """The fonts as they are written."""
        programs = self._embed_programs()
        return {
            key: ReadyFont(face, *programs[face.program.key])
            if isinstance(face, OutlineFace)
            else ReadyFont(face)
            for key, face in faces.items()
        }

    def _write(self, key: FontKey, font: ReadyFont) -> None:
        (_, section), ref, face, codes = key, self._refs[key], font.face, sorted(self._codes[key])
        self._report_private(face, [(section or 0) << 8 | code for code in codes])
        if isinstance(face, RasterFace):
            write_raster_font(self._file, ref, face, section, codes)
            self._report_patterns(face, without_pattern(face, section, codes))
            return
        composite = face.code_size == 2 or (font.program is not None and font.program.indexes is not None)
        write = write_composite_font if composite else write_simple_font
        write(self._file, ref, face, codes, font.program, font.program_ref, self._rules)

    def _report_private(self, face: Face, codes: list[int]) -> None:
        """Tell of characters that no one but their font's maker knows (Unicode's private use)."""
        texts = [face.unicode.get(code, "") for code in codes]
        if is_private("".join(texts)):
            private = sum(map(is_private, texts))
            name = face.name if isinstance(face, RasterFace) else face.program.name
            self._findings.add(
                "text-not-searchable",
                Severity.INFO,
                f"text in font {name} can be seen, not searched or copied ({private} characters): nothing"
                " says which letters its code points are",
            )

    def _report_patterns(self, face: RasterFace, codes: list[int]) -> None:
        """Tell of codes of a raster font that show nothing and should."""
        if codes:
            listed = ", ".join([f"X'{code:02X}'" for code in codes[:10]])
            self._findings.add(
                "font-glyph-missing",
                Severity.SKIPPED,
                f"font {face.name} has no pattern for code point {listed} ({len(codes)} in all);"
                " they show nothing",
            )

    def _embed_programs(self) -> dict[str, tuple[EmbeddedProgram | None, Ref | None]]:
        """Every program used, with the glyphs that all its faces need."""
        glyphs: dict[str, set[str | int]] = {}
        indexed: set[str] = set()  # programs with a face that needs glyph indexes
        for (face_key, _), codes in self._codes.items():
            face = self._faces[face_key]
            if isinstance(face, OutlineFace):
                glyphs.setdefault(face.program.key, set()).update(used_glyphs(face, codes).values())
                if face.code_size == 2:
                    indexed.add(face.program.key)
        return {
            key: self._embed(self._programs[key], wanted, key in indexed) for key, wanted in glyphs.items()
        }

    def _embed(
        self, program: FontProgram, glyphs: Set[str | int], indexed: bool, metrics: Metrics | None = None
    ) -> tuple[EmbeddedProgram | None, Ref | None]:
        """The program and its stream; neither if it is not to be embedded, or cannot be. What is found of it
        is of the page that used it first."""
        if program.kind is ProgramKind.STANDARD:
            return None, None
        with self._findings.back_at(self._met.get(program.key, self._findings.here)):
            return self._embed_told(program, glyphs, indexed, metrics)

    def _embed_told(
        self, program: FontProgram, glyphs: Set[str | int], indexed: bool, metrics: Metrics | None
    ) -> tuple[EmbeddedProgram | None, Ref | None]:
        """The same, with what is found of it."""
        try:
            embedded = embed_program(program, glyphs, indexed=indexed, metrics=metrics)
        except ProgramError as error:
            self._findings.add(
                "font-not-embedded",
                Severity.SUBSTITUTED,
                f"font program {program.name} ({program.kind}) cannot be embedded: {error};"
                " a standard font of its style stands in",
            )
            return None, None
        if embedded.missing:
            self._findings.add(
                "font-glyph-missing",
                Severity.SKIPPED,
                f"font program {program.name} has no glyph"
                f" {', '.join([str(glyph) for glyph in embedded.missing[:10]])}"
                f" ({len(embedded.missing)} in all); they show nothing",
            )
        if embedded.damaged:
            self._findings.add(
                "font-glyph-damaged",
                Severity.SKIPPED,
                f"font program {program.name} is damaged: glyph "
                + "; glyph ".join([f"{glyph} {reason}" for glyph, reason in [*embedded.damaged.items()][:5]])
                + f" ({len(embedded.damaged)} in all); they show nothing",
            )
        if embedded.whole:
            self._findings.add(
                "font-not-subset",
                Severity.SKIPPED,
                f"font program {program.name} is embedded as it came, with all its glyphs, of which viewers"
                f" may not show all: {embedded.whole}",
            )
        return embedded, self._file.add_stream(embedded.entries, embedded.data, encoded=embedded.dense)
