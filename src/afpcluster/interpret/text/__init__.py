"""Presentation text (PTOCA): `controls` runs a chain of control sequences over one `state`."""
