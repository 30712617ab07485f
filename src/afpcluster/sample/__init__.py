"""A print file of bank statements of our own making: the demo, the benchmark's workload, test material.

`write_sample` is the API. Everything in it is invented; its fonts are free (fonts/README.md).
"""

from afpcluster.sample.printfile import write_sample

__all__ = ["write_sample"]
