"""Fonts that the workers read on their own, fenced as they are: the free ones of the stand-in folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from service_processes import Afp2webProcess

from afpcluster.afp.names import encode_name
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.afp.triplets import FqnType, ResourceLocalIdentifier
from afpcluster.sample.records import qualified_name, triplet
from benchmarks.fuzz.seed_pages import map_font, print_file, text


def polish() -> bytes:
    """A page with Polish text in a font that is not there."""
    group = (
        qualified_name(FqnType.CODE_PAGE, encode_name("T1001250"))
        + qualified_name(FqnType.FONT_CHARACTER_SET, encode_name("C0H200B0"))
        + triplet(ResourceLocalIdentifier(5, 1))
    )
    words = TextBuilder().control("SCFL", 1).control("AMB", 400).text("gęś".encode("cp1250"))
    return print_file(text(words), maps=map_font(group))


@pytest.mark.parametrize(("folder_there", "embedded"), [(True, True), (False, False)])
def test_workers_read_the_stand_in_folders(
    start: Callable[..., Afp2webProcess], tmp_path: Path, folder_there: bool, embedded: bool
) -> None:
    settings = "" if folder_there else f"afp2web.stand-in-fonts = {tmp_path}\n"
    server = start(lambda folder: Afp2webProcess(folder, settings, workers=1, spare=0))
    answer = server.call("POST", "/services/transform", polish(), {"Accept": "application/pdf"})
    # Of the dictionaries, those of streams alone are not packed; each TrueType program has this entry.
    assert (answer.status, b"/Length1 " in answer.body) == (200, embedded)
