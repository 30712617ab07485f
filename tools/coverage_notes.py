"""Why something of the references is not interpreted: an answer for each such row of the coverage table."""

from __future__ import annotations

NOTES: dict[str, str] = {}
