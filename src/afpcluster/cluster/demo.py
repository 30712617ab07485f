"""The proof at the end of `up`: our sample print file, converted through the VIP like any client does."""

from __future__ import annotations

import http.client
import io
import time
from dataclasses import dataclass
from pathlib import Path

from afpcluster.cluster.lab import LabError
from afpcluster.cluster.probe import connect
from afpcluster.cluster.topology import Topology
from afpcluster.cluster.urls import entrance

STATEMENTS = 3


@dataclass(frozen=True, slots=True)
class Converted:
    """What came back: where the files are, how long it took (seconds)."""

    afp: Path
    pdf: Path
    pages: str
    size: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"Converted {self.afp} through the VIP in {self.seconds * 1000:.0f} ms: "
            f"{self.pdf} has {self.pages} pages and {self.size} bytes"
        )


def sample(statements: int = STATEMENTS) -> bytes:
    """The sample print file."""
    from afpcluster.sample import write_sample  # draws pictures and loads fonts: only when needed

    sink = io.BytesIO()
    write_sample(sink, statements=statements)
    return sink.getvalue()


def convert_sample(topology: Topology, folder: Path) -> Converted:
    """Write sample.afp and its PDF into `folder`. Raises `LabError` or `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    afp, pdf = folder / "sample.afp", folder / "sample.pdf"
    body = sample()
    afp.write_bytes(body)
    url = entrance(topology)
    connection = connect(url, timeout=60)
    began = time.monotonic()
    try:
        connection.request(
            "POST", f"{url.path}/convert", body, {"Content-Type": "application/vnd.ibm.modcap"}
        )
        response = connection.getresponse()
        answer = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise LabError(f"the sample could not be converted at {url}: {error}") from error
    finally:
        connection.close()
    if response.status != 200 or not answer.startswith(b"%PDF-"):
        said = answer[:500].decode(errors="replace")
        raise LabError(f"the sample was not converted: {url} answered {response.status}: {said}")
    pdf.write_bytes(answer)
    pages = response.headers.get("X-AFP2web-Pages", "?")
    return Converted(afp, pdf, pages, len(answer), time.monotonic() - began)
