"""afpcluster: a highly available AFP-to-PDF conversion cluster."""

__version__ = "0.1.0"
