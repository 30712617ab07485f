"""Why something of the references is not interpreted: an answer for each such row of the coverage table.

Keys are "family: code" as in the table. A finding is meant where it says "reported".
"""

from __future__ import annotations

_FIDELITY = "says how a printer reacts to exceptions; here every exception is a finding"
_INDEX = "locates things for an archive; the pages are read from the document itself"
_PRINTER = "is about the printer's paper path; a PDF has pages, no media"
_DATES = "says when something was made; shows nothing"
_LIMITS = "bounds the sizes a font is recommended for; the size comes from the font's use"
_COUNT = "repeats what the lengths of the data say"
_SAME_UNIT = "always equals the value for x, which is used"
_RETIRED = "is retired"
_NO_EFFECT = "has no effect on what is shown"
_NO_OPERATION = "is a no-operation in AFP GOCA"

NOTES: dict[str, str] = {
    # Structured fields. On a page each of these is reported as not applied.
    "Structured fields: MFC": "finishing (stapling, folding); reported",
    "Structured fields: FGD": _RETIRED,
    "Structured fields: DXD": _RETIRED,
    "Structured fields: CTC": "holds constant data",
    "Structured fields: PEC": "rendering intent and device appearance; reported",
    "Structured fields: BCA, ECA": _RETIRED,
    "Structured fields: MCA": _RETIRED,
    "Structured fields: CAT": _RETIRED,
    "Structured fields: BPF, EPF": "is an envelope: what it holds is read as if it stood alone",
    "Structured fields: BSG, ESG": "tells a printer what to load early; every page maps it again",
    "Structured fields: MMT": "names the paper; reported",
    "Structured fields: MMD": "names the output bin; reported",
    "Structured fields: MPG": "maps pages that Include Page places by name",
    "Structured fields: MSU": "names suppressions for line data; medium maps turn them on by number",
    "Structured fields: PPO": "asks a printer to prepare objects early; " + _NO_EFFECT,
    # Triplets
    "Triplets: X'18'": "says which interchange set the producer kept to; nothing depends on it",
    "Triplets: X'43'": "ties an area descriptor to its position; an object has one of each",
    "Triplets: X'46'": _RETIRED,
    "Triplets: X'47'": _RETIRED,
    "Triplets: X'58'": _INDEX,
    "Triplets: X'59'": _INDEX,
    "Triplets: X'62'": _DATES,
    "Triplets: X'72'": _DATES,
    "Triplets: X'74'": "saves toner; reported",
    "Triplets: X'75'": _FIDELITY,
    "Triplets: X'78'": _FIDELITY,
    "Triplets: X'82'": "is a parameter for what a link leads to outside of the document",
    "Triplets: X'83'": "hides groups and pages from viewers; all are converted, pages reported",
    "Triplets: X'84'": "is the resolution of raster fonts, which the fonts say themselves",
    "Triplets: X'85'": "finishing; " + _PRINTER,
    "Triplets: X'86'": _FIDELITY,
    "Triplets: X'87'": _FIDELITY,
    "Triplets: X'88'": _FIDELITY,
    "Triplets: X'8C'": "is the locale of names in the triplets around it",
    "Triplets: X'8E'": "finishing; " + _PRINTER,
    "Triplets: X'91'": "is about colour management resources; colours are not managed",
    "Triplets: X'95'": "is about rendering intent; colours are not managed",
    "Triplets: X'96'": _FIDELITY,
    "Triplets: X'97'": "asks for the appearance of another device; colours are not managed",
    "Triplets: X'9D'": "keeps groups on one medium; " + _PRINTER,
    "Triplets: X'9E'": "names a set-up file of the printer",
    # Drawing orders
    "Drawing orders (AFP GOCA): GNOP1 X'00'": _NO_OPERATION,
    "Drawing orders (AFP GOCA): GCOMT X'01'": "is a comment",
    "Drawing orders (AFP GOCA): GSGCH X'04'": _NO_OPERATION,
    "Drawing orders (AFP GOCA): GSCH X'35'": _NO_OPERATION,
    "Drawing orders (AFP GOCA): GSCR X'39'": _NO_OPERATION,
    "Drawing orders (AFP GOCA): GSMP X'3B'": _NO_OPERATION,
    "Drawing orders (AFP GOCA): GEPROL X'3E'": _NO_EFFECT,
    "Drawing orders (AFP GOCA): GSPIK X'43'": _NO_OPERATION,
    "Drawing orders (AFP GOCA): - X'71'": "some producers write it; " + _NO_EFFECT,
    # Images
    "Images (IOCA): Compression X'08'": "no free decoder exists; reported",
    "Images (IOCA): Compression X'0A'": "no free decoder exists; reported",
    "Images (IOCA): Compression X'0B'": _RETIRED + "; reported",
    "Images (IOCA): Compression X'FE'": "is anything; reported",
    "Images (IOCA): Recording X'FE'": "columns from bottom to top, in no function set; reported",
    # Bar codes
    "Bar code types (BCOCA): X'23'": "deprecated; reported",
    # Fonts
    "Font parameters (FOCA): FontDescriptor.minimum_size": _LIMITS,
    "Font parameters (FOCA): FontDescriptor.maximum_horizontal_size": _LIMITS,
    "Font parameters (FOCA): FontDescriptor.minimum_horizontal_size": _LIMITS,
    "Font parameters (FOCA): FontDescriptor.design_subclass": "the general class decides a substitute",
    "Font parameters (FOCA): FontDescriptor.design_group": "the general class decides a substitute",
    "Font parameters (FOCA): FontDescriptor.triplets": "hold family and typeface names, for people",
    "Font parameters (FOCA): FontControl.y_unit_base": _SAME_UNIT,
    "Font parameters (FOCA): FontControl.y_units": _SAME_UNIT,
    "Font parameters (FOCA): FontControl.raster_data_count": _COUNT,
    "Font parameters (FOCA): FontControl.name_count": _COUNT,
    "Font parameters (FOCA): FontControl.shape_x_unit_base": "is always 10 inches",
    "Font parameters (FOCA): FontControl.shape_y_unit_base": "is always 10 inches",
    "Font parameters (FOCA): FontControl.shape_y_units": _SAME_UNIT,
    "Font parameters (FOCA): FontControl.outline_data_count": _COUNT,
    "Font parameters (FOCA): FontControl.name_data_count": _COUNT,
    "Font parameters (FOCA): FontOrientation.figure_space_increment": "characters have their own increments",
    "Font parameters (FOCA): FontOrientation.baseline_increment": "text says its own line spacing",
    "Font parameters (FOCA): FontPosition.lowercase_height": "is not needed to show text",
    "Font parameters (FOCA): FontPosition.underscore_width_fraction": "is below the precision of a PDF",
    "Font parameters (FOCA): NameMapHeader.character_format": "there is one format",
    "Font parameters (FOCA): NameMapHeader.technology_format": "the pattern technology says it",
    "Font parameters (FOCA): OutlineObjectHeader.checksum": "a font is used as it is",
    "Font parameters (FOCA): CodePageDescriptor.description": "is for people",
    "Font parameters (FOCA): CodePageDescriptor.gcgid_length": "is always 8",
    "Font parameters (FOCA): CodePageDescriptor.number_of_code_points": _COUNT,
    "Font parameters (FOCA): CodePageDescriptor.character_set_id": _COUNT,
    "Font parameters (FOCA): CodePageDescriptor.encoding_scheme": "the length of the index groups says it",
    "Font parameters (FOCA): MetricAdjustment.y_units": _SAME_UNIT,
    **{
        f"Font parameters (FOCA): ObjectOrigin.{name}": "says where a resource was made; shows nothing"
        for name in ("system", "host", "location")
    },
}  # fmt: skip
