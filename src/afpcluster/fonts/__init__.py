"""AFP fonts -> `Font`: FOCA objects, TrueType and OpenType, and what stands in for a font that is not there.

`library.FontLibrary` is the entry. `foca/` reads the font objects of AFP, `unicode/` the data-object fonts,
`stand_in/` knows what to show instead of a font that is missing.
"""
