"""Looking inside print files: the tree of their fields, their resources, and what a migration would meet.

Damaged files are what it is used for: it never stops, it tells.
"""
