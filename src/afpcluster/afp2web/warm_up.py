"""What documents need beyond plain text, loaded while nobody waits for it.

A worker is ready as soon as it can convert text; the libraries of fonts, images and bar codes take four times
as long to load. They come while it has nothing to do: the first document with a picture does not wait for
them all, at most for the one that is loading. A page of text comes last, for the tables that are made when
they are first asked for.
"""

from __future__ import annotations

import io
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

from afpcluster.heavy import Pillow

_PACKAGES = ("codecs", "document", "display", "fonts", "interpret", "outputs", "pdf")


def steps() -> Iterator[str]:
    """Load the engine's modules one by one; what the step just done has loaded. Most take a
    millisecond, the longest some sixty: as long may a document have to wait."""
    for package in _PACKAGES:
        name = f"afpcluster.{package}"
        for module in pkgutil.walk_packages(import_module(name).__path__, f"{name}."):
            with suppress(ImportError, OSError):  # told by the document that needs it
                import_module(module.name)
            yield module.name
    with suppress(ImportError, OSError):
        Pillow.init()
    yield "Pillow's formats"
    _convert_a_page()
    yield "a page of text"


def _convert_a_page() -> None:
    """A word in the default font. What is used here is imported here: the server knows this module, too."""
    from afpcluster.afp.fields import CODES
    from afpcluster.afp.framing import encode
    from afpcluster.afp.ptoca import TextBuilder
    from afpcluster.convert import convert
    from afpcluster.findings import ConversionError

    text = TextBuilder().control("AMI", 1000).control("AMB", 1000).text("Text".encode("cp500")).data()
    names = (
        ("BDT", b""),
        ("BPG", b""),
        ("BPT", b""),
        ("PTX", text),
        ("EPT", b""),
        ("EPG", b""),
        ("EDT", b""),
    )
    page = b"".join([encode(CODES[name], content) for name, content in names])
    with suppress(ConversionError, ImportError, OSError):
        convert(io.BytesIO(page), io.BytesIO())
