"""Which way a font program is embedded, by its kind (section 9.9, table 126)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from afpcluster.display.face import FontProgram, ProgramKind
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram, ProgramError
from afpcluster.outputs.pdf.fonts.metrics import Metrics
from afpcluster.outputs.pdf.fonts.type1 import subset_type1
from afpcluster.pdf.values import Name

_NAME_CHARACTERS = frozenset(map(chr, range(0x21, 0x7F))) - frozenset("[](){}<>/%")
_KNOWN_SUBSETS = 32
_LARGEST_KNOWN = 1 << 20  # bytes of a program: larger ones would hold memory for ever
_NAME_LENGTH = 63  # of PostScript names of fonts


def embed_program(
    program: FontProgram, glyphs: Iterable[str | int], *, indexed: bool, metrics: Metrics | None = None
) -> EmbeddedProgram:
    """The program reduced to `glyphs`, named as faces name them; `indexed` where a face has two-byte
    codes, so that it takes a Type 0 font. `metrics` are what its glyphs must measure; without them they are
    as they came. Raises ProgramError."""
    wanted = sorted(set(glyphs), key=str)
    tag = subset_tag(program.name, wanted)
    try:
        if program.kind is ProgramKind.TYPE1:
            if indexed:
                raise ProgramError("a Type 1 program has one-byte codes only")
            if metrics is None and len(program.data) <= _LARGEST_KNOWN:
                return _embed_unmeasured_type1(program, tuple(wanted), tag)
            return _embed_type1(program, wanted, tag, metrics)
        # fontTools is needed for these alone, and slow to import.
        from afpcluster.outputs.pdf.fonts.sfnt import embed_cff, embed_truetype

        match program.kind:
            case ProgramKind.TRUETYPE:
                return embed_truetype(program, wanted, tag, metrics)
            case ProgramKind.CFF | ProgramKind.OPENTYPE_CFF | ProgramKind.CID_CFF:
                return embed_cff(program, wanted, tag, metrics, indexed=indexed)
            case ProgramKind.CID_TYPE1:
                from afpcluster.outputs.pdf.fonts.cid_type1 import embed_cid_type1

                return embed_cid_type1(program, wanted, tag, metrics)
            case _:
                raise ProgramError(f"programs of kind {program.kind} are not supported")
    except ProgramError:
        raise
    except Exception as error:  # fontTools raises anything on damaged fonts
        raise ProgramError(f"{type(error).__name__}: {error}") from error


@lru_cache(maxsize=_KNOWN_SUBSETS)
def _embed_unmeasured_type1(program: FontProgram, glyphs: tuple[str | int, ...], tag: str) -> EmbeddedProgram:
    """As `_embed_type1`; parts of a print file often show the same glyphs."""
    return _embed_type1(program, glyphs, tag, None)


def _embed_type1(
    program: FontProgram, glyphs: Iterable[str | int], tag: str, metrics: Metrics | None
) -> EmbeddedProgram:
    subset = subset_type1(program.data, [str(glyph) for glyph in glyphs], metrics)
    lengths = {"Length1": len(subset.clear), "Length2": len(subset.encrypted), "Length3": 0}
    return EmbeddedProgram(
        "FontFile",
        {**lengths},
        subset.clear + subset.encrypted,
        tag,
        names=subset.renamed,
        missing=subset.missing,
        damaged=subset.damaged,
        whole=subset.whole,
        dense=not subset.whole,  # nearly all of it is encrypted
    )


def subset_tag(name: str, glyphs: Iterable[str | int]) -> str:
    """Six capital letters that differ between subsets (section 9.6.4)."""
    digest = hashlib.sha256(repr((name, list(glyphs))).encode()).digest()
    return "".join([chr(ord("A") + byte % 26) for byte in digest[:6]])


def base_font(program: FontProgram, embedded: EmbeddedProgram | None, fallback: str) -> Name:
    """The PostScript name for /BaseFont and /FontName."""
    if embedded is None:
        return Name(fallback)
    name = "".join([character for character in program.name if character in _NAME_CHARACTERS])
    return Name(f"{embedded.tag}+{name[:_NAME_LENGTH] or 'Font'}")
