"""A file to work in while an output is made. Where no folder may be written (the fence of the transform
server), it is memory that the kernel counts against the limit of the output."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import BinaryIO, cast

from afpcluster.outputs.output import Sink


def scratch_file() -> BinaryIO:
    """An empty file without a name, which vanishes when it is closed."""
    try:
        return cast(BinaryIO, tempfile.TemporaryFile(prefix="afpcluster-"))
    except OSError:
        return os.fdopen(os.memfd_create("afpcluster"), "w+b")


def copy_all(source: BinaryIO, sink: Sink) -> int:
    """Write all of `source` to `sink`; how many bytes."""
    source.seek(0)
    shutil.copyfileobj(source, sink, 1 << 20)
    return source.tell()
