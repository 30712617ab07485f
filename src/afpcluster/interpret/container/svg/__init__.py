"""SVG files in object containers: their static graphics as vectors (MO:DCA "AFPC SVG Subset").

`tree` reads XML safely, `style` knows which properties apply, `values` and `shapes` what they say,
`draw` makes display items. Text, filters, masks and the like are findings.
"""
