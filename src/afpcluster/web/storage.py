"""Whether temporary storage can take documents."""

from __future__ import annotations

import os
from pathlib import Path


def storage_trouble(temp_dir: Path, min_free_bytes: int) -> str | None:
    """Why documents cannot be kept in `temp_dir` now; None when they can."""
    try:
        status = os.statvfs(temp_dir)
    except OSError as error:
        return f"{temp_dir}: {error.strerror}"
    free = status.f_bavail * status.f_frsize
    if free < min_free_bytes:
        return f"{temp_dir}: {free} bytes are free; service.min-free-bytes is {min_free_bytes}"
    return None
