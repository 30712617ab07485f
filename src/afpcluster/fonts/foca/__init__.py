"""Fonts as FOCA has them: code pages, character sets, coded fonts, and the programs inside them."""
