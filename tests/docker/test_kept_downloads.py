"""What a build downloaded is used again only where it is what its name says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from afpcluster.cluster.docker import images


class FakeEngine:
    """An engine that has no image but those which it is told to load; a file loads as what it contains."""

    def __init__(self) -> None:
        self.images: set[str] = set()

    def docker(self, *arguments: str, timeout: float = 20.0) -> str:
        if arguments[0] == "load":
            self.images.add(Path(arguments[-1]).read_text())
        return "an-id\n" if arguments[-1] in self.images else ""


@pytest.mark.parametrize("renamed", [False, True])
def test_a_kept_file_is_the_image_that_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renamed: bool
) -> None:
    monkeypatch.setattr(images, "CACHE", tmp_path)
    engine: Any = FakeEngine()
    assert images.downloads(engine) is None  # nothing is kept
    wanted = images._image(images._key())
    images._file(images._key()).write_text("another:image" if renamed else wanted)
    assert images.downloads(engine) == (None if renamed else wanted)
