"""What resources a print file holds, and which its pages ask for; and to write those that it holds.

Inside are those of its resource groups and documents. A font is asked for as a coded font or as the pair of a
character set and a code page, both of which count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import BinaryIO

from afpcluster.afp.declare import DecodeError
from afpcluster.afp.foca import PatternTechnology
from afpcluster.afp.framing import RecordFile, encode
from afpcluster.conversion.facts import page_facts
from afpcluster.display.facts import Used
from afpcluster.document import resources as kinds
from afpcluster.document.assembly import Assembler
from afpcluster.document.folders import FolderScope
from afpcluster.document.resources import Resource, ResourceScope
from afpcluster.document.units import PageUnit
from afpcluster.findings import ConversionError, Findings, Severity
from afpcluster.fonts.foca.character_set import character_set
from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.fonts.stand_in.builtin_code_pages import number_of
from afpcluster.light import dataclass
from afpcluster.type1.program import pfb

_ASKED_AS = {
    "overlay": (kinds.OVERLAY,),
    "page segment": (kinds.PAGE_SEGMENT,),
    "object": (kinds.GRAPHICS, kinds.BAR_CODE, kinds.IMAGE, kinds.CONTAINER, kinds.TEXT, kinds.PAGE_SEGMENT),
    "data object": (kinds.CONTAINER, kinds.IMAGE),
    "font": (kinds.CODED_FONT, kinds.CONTAINER),
}
_MAGIC = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG", "png"),
    (b"GIF8", "gif"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"%PDF", "pdf"),
    (b"%!PS", "eps"),
    (b"BM", "bmp"),
    (b"\0\1\0\0", "ttf"),
    (b"true", "ttf"),
    (b"ttcf", "ttc"),
    (b"OTTO", "otf"),
    (b"wOFF", "woff"),
    (b"\0\0\0\x0cjP  ", "jp2"),
    (b"<svg", "svg"),
    (b"<?xml", "svg"),
)

INSIDE, FOLDER, BUILT_IN, MISSING = "inside", "in a folder", "built in", "missing"


@dataclass(slots=True, frozen=True)
class Held:
    """A resource of the file: `offset` and `size` say where it stands."""

    kind: str
    name: str
    offset: int
    size: int
    resource: Resource = field(repr=False, compare=False)


@dataclass(slots=True)
class Asked:
    """Something that pages ask for, where it is found, and on how many pages it is asked for."""

    kind: str
    name: str
    found: str
    pages: int = 0


@dataclass(slots=True)
class Inventory:
    """Of a whole file. `tags` counts those of groups and pages."""

    pages: int = 0
    documents: int = 0
    groups: int = 0
    tags: int = 0
    held: list[Held] = field(default_factory=list)
    asked: dict[tuple[str, str], Asked] = field(default_factory=dict)

    def found(self, kind: str, *where: str) -> list[str]:
        """The names of what is asked for of a kind, and found there."""
        return sorted(one.name for one in self.asked.values() if one.kind == kind and one.found in where)


def take_stock(source: BinaryIO, resource_paths: tuple[Path, ...], findings: Findings) -> Inventory:
    """Walk a file and list its resources. The file has to stay open for `extract`."""
    stock = Inventory()
    outside = FolderScope(resource_paths, findings)
    seen: set[int] = set()
    met: set[int] = set()
    try:
        file = RecordFile(source, findings)
        assembler = Assembler(file, findings, outside, accept_truncated=True)
        try:
            for unit in assembler.pages():
                stock.pages += 1
                stock.documents = max(stock.documents, unit.document)
                stock.groups += len(unit.groups)
                stock.tags += sum(len(group.attributes) for group in unit.groups)
                _hold(stock, unit.scope, outside, seen, met)
                _ask(stock, unit, outside, findings)
        finally:
            _hold(stock, assembler.outer_scope, outside, seen, met)
    except ConversionError as error:
        findings.at(error.offset)(error.code, error.message, severity=Severity.ERROR)
    finally:
        outside.close()
    return stock


def _hold(
    stock: Inventory, scope: ResourceScope, outside: ResourceScope, seen: set[int], met: set[int]
) -> None:
    """Note what a scope holds that is new."""
    if scope.number in seen:
        return
    seen.add(scope.number)
    others = {id(one) for kind in kinds.TITLES for one in outside.of_kind(kind)}
    for kind, title in kinds.TITLES.items():
        for resource in scope.of_kind(kind):
            file = resource.file
            if id(resource) in others or file is None or resource.start in met:
                continue
            met.add(resource.start)
            begin = file.origin(resource.start)
            stock.held.append(Held(title, resource.name, begin, file.origin(resource.end) - begin, resource))


def _ask(stock: Inventory, unit: PageUnit, outside: ResourceScope, findings: Findings) -> None:
    facts = page_facts(unit, findings)
    stock.tags += len(facts.tags) + len(facts.loose_tags)
    for used in facts.uses:
        for kind, name, candidates in _wanted(used):
            asked = stock.asked.get((kind, name))
            if asked is None:
                where = _where(name, candidates, unit.scope, outside)
                asked = stock.asked[kind, name] = Asked(kind, name, where)
            asked.pages += 1


def _wanted(used: Used) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """What has to be found for something that a page uses."""
    characters, slash, code_page = used.name.partition("/")
    if used.kind == "font" and slash and not used.name.startswith("GRID"):
        yield "font", characters, (kinds.CHARACTER_SET,)
        yield "code page", code_page, (kinds.CODE_PAGE,)
    elif used.name:
        yield used.kind, used.name, _ASKED_AS.get(used.kind, ())


def _where(name: str, candidates: tuple[int, ...], scope: ResourceScope, outside: ResourceScope) -> str:
    for kind in candidates:
        found = scope.find(kind, name)
        if found is not None:
            return FOLDER if outside.find(kind, name) is found else INSIDE
    return BUILT_IN if candidates == (kinds.CODE_PAGE,) and number_of(name) else MISSING


def extract(stock: Inventory, folder: Path, findings: Findings) -> list[Path]:
    """Write every resource of the file into a folder: font programs and files in containers as what they
    are, all else as AFP resources that a resource folder takes. The files written; where one cannot be,
    none stays."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    taken: set[str] = set()
    try:
        for held in stock.held:
            for suffix, data in _files(held, findings):
                written.append(folder / _free_name(held.name or held.kind, suffix, taken))
                written[-1].write_bytes(data)
            held.resource.forget()
    except OSError:  # one of them is cut off, and nobody knows which are missing
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def _files(held: Held, findings: Findings) -> Iterator[tuple[str, bytes]]:
    resource = held.resource
    if resource.kind == kinds.CONTAINER and resource.data:
        data = resource.data
        yield next((suffix for magic, suffix in _MAGIC if data.startswith(magic)), "bin"), data
        return
    if resource.kind == kinds.CHARACTER_SET and (program := _program(held, findings)):
        yield "pfb", program
    yield "afp", b"".join(_fields_of(resource))


def _program(held: Held, findings: Findings) -> bytes:
    """The Type 1 program of an outline font; b'' where it has none."""
    try:
        characters = character_set(held.resource.records)
        if characters.technology != PatternTechnology.TYPE1:
            return b""
        objects = characters.outlines()
        return pfb(objects[0].data) if objects else b""
    except (FontDataError, DecodeError, ValueError) as error:
        findings.at(held.offset)("font-damaged", f"{held.name}: {error}")
        return b""


def _fields_of(resource: Resource) -> Iterator[bytes]:
    """The resource's structured fields; data that was joined of several is cut again."""
    for record in resource.records:
        for at in range(0, max(len(record.data), 1), _LONGEST):
            yield encode(record.type, record.data[at : at + _LONGEST])


_LONGEST = 32_000  # bytes of data in one field


def _free_name(name: str, suffix: str, taken: set[str]) -> str:
    """A file name that is safe, and no other's."""
    safe = re.sub(r"[^\w.-]+", "_", name).strip("._") or "resource"
    number = 1
    while (found := f"{safe}{f'-{number}' if number > 1 else ''}.{suffix}").lower() in taken:
        number += 1
    taken.add(found.lower())
    return found
