"""Fonts of other makers: each glyph's outline and width, source against PDF."""
