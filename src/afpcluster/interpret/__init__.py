"""A page or sheet -> display list: all AFP drawing rules live here.

A folder per object type (`text/ image/ graphics/ barcode/ container/`), each with one entry
`draw_…(object, context) -> list[Item]`. Items come in the object area's own system: points, origin in its
upper left corner, y downwards, trimmed where the mapping option says so. Whoever calls places and turns the
area.
"""
