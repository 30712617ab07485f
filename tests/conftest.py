"""What all tests share: their common helpers are in this folder, and goldens have one switch.

A golden is a small text file that a test compares with; `pytest --update-goldens` rewrites what differs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is the machine's matter, which may have other work.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# A font file made twice is the same twice, also when a second has begun between: fontTools writes this time.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1600000000")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="rewrite the golden files that differ")


@pytest.fixture
def check_golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with its golden file."""

    def check(golden: Path, text: str) -> None:
        if request.config.getoption("--update-goldens"):
            golden.parent.mkdir(exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        assert golden.exists(), f"{golden} does not exist; write it with pytest --update-goldens"
        assert text == golden.read_text(encoding="utf-8")

    return check
