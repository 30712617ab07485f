"""Structures -> print file, documents, page groups, pages; resources and the scopes that names resolve in.

No coordinates and no drawing here. Pages come one at a time; resources are known by where they stand in
the file and are read when they are used.
"""
