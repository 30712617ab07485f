"""The site that a topology says."""

from __future__ import annotations

from afpcluster.cluster.layout import Layout
from afpcluster.cluster.site.docker import docker_site
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.site.ssh import SshSite
from afpcluster.cluster.topology import Topology


def site_of(topology: Topology) -> Site:
    """Where the cluster runs, whether it is up or not. Raises `SiteError`."""
    if topology.docker_site is not None:
        return docker_site(topology)
    if topology.ssh_site is not None:
        return SshSite(topology)
    return LabSite(Layout(topology))
