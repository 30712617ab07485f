"""The seam between AFP and its outputs: what is on a page, without AFP and without PDF.

Lengths are points (1/72 inch). The origin of a page is its top left corner, x grows to the right and
y grows downwards. Angles are degrees clockwise. A matrix (a, b, c, d, e, f) maps
x' = a*x + c*y + e, y' = b*x + d*y + f in that system. Items are painted in list order, opaque.
"""
