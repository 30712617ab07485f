"""A page -> display list: all AFP drawing rules live here.

One module per object type, each with one entry `draw_…(object, context) -> list[Item]`. Items come in
the object area's own system: points, origin in its upper left corner, y downwards, trimmed where the
mapping option says so. Whoever calls places and turns the area.
"""
