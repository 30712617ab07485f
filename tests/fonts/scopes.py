"""Scopes that hold given resources, and findings by their codes."""

from __future__ import annotations

from afpcluster.document.resources import Resource, ResourceScope
from afpcluster.findings import Findings


def scope(*resources: Resource) -> ResourceScope:
    found = ResourceScope()
    for item in resources:
        found.add(item)
    return found


def codes(findings: Findings) -> list[str]:
    return [finding.code for finding in findings]
