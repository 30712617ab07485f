"""The site that a topology says."""

from __future__ import annotations

from afpcluster.cluster.layout import Layout
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Topology


def site_of(topology: Topology) -> Site:
    """Where the cluster runs, whether it is up or not. Raises `SiteError`."""
    return LabSite(Layout(topology))
