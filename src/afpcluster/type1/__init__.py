"""Type 1 and CID-keyed font programs: bytes <-> charstrings, and what a charstring draws. Neither AFP nor
PDF: fonts look up glyph names here, outputs take programs apart and put them together again."""


class ProgramDataError(ValueError):
    """A font program cannot be read; the text says what is wrong with it."""
