"""The private corpus beside the project: files of real producers, where it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
CASES = CORPUS / "cases"


def afp_files(pattern: str = "*/*.afp") -> list[Path]:
    """Files of the corpus that are AFP by their first byte; none where the corpus is absent."""
    return sorted(path for path in CORPUS.glob(pattern) if path.read_bytes()[:1] == b"\x5a")


needs_corpus = pytest.mark.skipif(not afp_files(), reason="the private corpus is not beside the project")
