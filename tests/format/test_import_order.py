"""Imports of the engine point one way: each package may import those that its row names, itself,
and what every package may."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import afpcluster

ROOT = Path(afpcluster.__file__).parent
EVERY_PACKAGE = {"heavy", "light"}
MAY_IMPORT = {
    "heavy": "",
    "light": "",
    "recent": "",
    "foreign_pdf": "",
    "findings": "",
    "selection": "findings",
    "options": "findings selection",
    "stand_in_files": "",
    "spreadsheet": "",
    "pdf": "",
    "codecs": "",
    "type1": "",
    "display": "",
    "afp": "findings",
    "document": "findings afp display",
    "fonts": "findings afp type1 display document stand_in_files recent",
    "interpret": "findings afp codecs display document fonts recent foreign_pdf",
    "outputs": "findings options afp display codecs type1 pdf spreadsheet stand_in_files foreign_pdf",
    "conversion": "findings options afp display document fonts interpret outputs",
    "inspection": "findings options afp type1 display document fonts conversion spreadsheet",
    "convert": "findings options conversion outputs",
}


def imported(path: Path) -> set[str]:
    """The parts of the project that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("afpcluster.")}
    return found


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py")) or [ROOT / f"{package}.py"]
    allowed = {package, *EVERY_PACKAGE, *MAY_IMPORT[package].split()}
    wrong = {str(path.relative_to(ROOT)): imported(path) - allowed for path in files}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_the_order_has_no_circle() -> None:
    seen: set[str] = set()
    for package, allowed in MAY_IMPORT.items():
        assert set(allowed.split()) <= seen
        seen.add(package)
