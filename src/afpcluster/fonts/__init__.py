"""AFP fonts -> `interpret.font.Font`: FOCA objects, TrueType and OpenType, and what stands in for a
font that is not there. `library.FontLibrary` is the entry; everything else is pure functions.
"""
