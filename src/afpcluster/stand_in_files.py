"""The files of free fonts that have the metrics of the standard 14 fonts: Liberation and URW's base 35."""

from __future__ import annotations

_LIBERATION = {"Helvetica": "LiberationSans", "Times": "LiberationSerif", "Courier": "LiberationMono"}
_URW = {"Helvetica": "NimbusSans", "Times": "NimbusRoman", "Courier": "NimbusMonoPS"}
_URW_SIGNS = {"Symbol": "StandardSymbolsPS.otf", "ZapfDingbats": "D050000L.otf"}
_STYLES = {"Bold": "Bold", "Oblique": "Italic", "Italic": "Italic", "BoldOblique": "BoldItalic"}


def liberation_file(standard: str) -> str | None:
    """The file of Liberation for a standard font; None for Symbol and ZapfDingbats."""
    family, style = _family_and_style(standard)
    return f"{_LIBERATION[family]}-{style}.ttf" if family in _LIBERATION else None


def urw_file(standard: str) -> str:
    """The file of URW's fonts for a standard font: the same glyphs by the same names."""
    family, style = _family_and_style(standard)
    return _URW_SIGNS.get(standard) or f"{_URW[family]}-{style}.otf"


def _family_and_style(standard: str) -> tuple[str, str]:
    family, _, style = standard.partition("-")
    return family, _STYLES.get(style, "Regular" if style in ("", "Roman") else style)
