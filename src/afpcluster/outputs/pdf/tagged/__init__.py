"""Tagged PDF (section 14.8): what is a paragraph, a figure or nothing to be read, and in which order.

`plan` decides it from the geometry of a page, `content` marks it in the content stream, `tree` writes the
structure tree while the pages come.
"""
