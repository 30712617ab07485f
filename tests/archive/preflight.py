"""Apache PDFBox Preflight as an oracle of PDF/A-1b: many files in one run of Java."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

_JARS = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in (
        *("preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "commons-io"),
        *("javax.activation", "jaxb-api"),
    )
]
_TIME_LIMIT = 600

needs_preflight = pytest.mark.skipif(
    shutil.which("java") is None or not all(jar.exists() for jar in _JARS),
    reason="no Preflight here: Debian has it in libpdfbox2-java, libactivation-java, libjaxb-api-java",
)


def preflight_errors(files: Mapping[str, bytes], folder: Path) -> dict[str, list[str]]:
    """What Preflight objects to as PDF/A-1b, by the names of the files it finds fault with."""
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)
    listed = folder / "files.txt"
    listed.write_text("".join(f"{folder / name}.pdf\n" for name in files))
    command = ["java", "-cp", ":".join(map(str, _JARS)), "org.apache.pdfbox.preflight.Validator_A1b"]
    subprocess.run(
        [*command, "xml", "group", str(listed)], check=True, capture_output=True, timeout=_TIME_LIMIT
    )
    found = {}
    results = list(ElementTree.parse(f"{listed}.preflight.xml").getroot().iter("preflight"))
    assert len(results) == len(files), "Preflight has not answered for every file"
    for result in results:
        if result.findtext("isValid") != "true":
            errors = [f"{e.findtext('code')} {e.findtext('details')}" for e in result.iter("error")]
            found[str(result.get("name"))] = errors or [str(result.findtext("exceptionThrown"))]
    return found
