"""The structure of a tagged PDF as a reader that speaks takes it: elements in order, with their text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from fontTools import agl
from pikepdf import Name


@dataclass
class Read:
    """An element: its type, its text, and what is in it."""

    kind: str
    text: str = ""
    title: str = ""
    kids: list[Read] = field(default_factory=list)

    def all(self) -> Iterator[Read]:
        yield self
        for kid in self.kids:
            yield from kid.all()

    def of(self, *kinds: str) -> list[str]:
        """The texts of the elements of these types in order; of a figure its type."""
        return [read.text or read.kind for read in self.all() if read.kind in kinds]


def read_aloud(data: bytes) -> Read:
    """The structure tree of a PDF. Every mark must be of one element and every element have its parent."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        texts = {page.obj.objgen: marked_texts(page) for page in pdf.pages}
        tree = pdf.Root.StructTreeRoot
        left = {(page, mark) for page, marks in texts.items() for mark in marks}
        root = Read("Root", kids=[_read(kid, tree, texts, left) for kid in tree.K])
        assert not left, f"marks of no element: {left}"
        _check_parents(pdf)
        return root


def _read(element: Any, parent: Any, texts: Any, left: set[Any]) -> Read:
    assert element.P.objgen == parent.objgen
    read = Read(str(element.S)[1:], title=str(element.get("/T", "")))
    for kid in _kids(element):
        if isinstance(kid, int):
            left.remove((element.Pg.objgen, kid))
            read.text = f"{read.text} {texts[element.Pg.objgen][kid]}".strip()
        elif kid.get("/Type") != Name.OBJR:
            read.kids.append(_read(kid, element, texts, left))
    return read


def _kids(element: Any) -> list[Any]:
    return list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]


def _check_parents(pdf: pikepdf.Pdf) -> None:
    """The parent tree (section 14.7.4.4) leads from marks and annotations to their elements."""
    parents = {}
    for node in pdf.Root.StructTreeRoot.ParentTree.Kids:
        parents |= dict(zip(map(int, list(node.Nums)[::2]), list(node.Nums)[1::2], strict=True))
    for page in pdf.pages:
        for mark, element in enumerate(parents[int(page.StructParents)]):
            assert mark in [kid for kid in _kids(element) if isinstance(kid, int)]
        for annotation in page.get("/Annots", []):
            element = parents[int(annotation.StructParent)]
            assert Name.Link == element.S
            assert element.K.Obj.objgen == annotation.objgen


def marked_texts(page: Any) -> dict[int, str]:
    """The text of each mark of a page. All else must be an artifact, and nothing be in two sequences."""
    found: dict[int, str] = {}
    mark: int | None = None
    depth = artifact = 0
    font = None
    for operands, operator in pikepdf.parse_content_stream(page):
        word = str(operator)
        if word in ("BDC", "BMC"):
            depth += 1
            if word == "BDC" and "/MCID" in operands[1]:
                assert depth == 1, "a sequence in another"
                mark = int(operands[1].MCID)
                found[mark] = ""
            elif operands[0] == Name.Artifact:
                artifact = depth
        elif word == "EMC":
            depth -= 1
            if not depth:
                mark, artifact = None, 0
        elif word == "Tf":
            font = page.Resources.Font[str(operands[0])]
        elif word in ("Tj", "TJ"):
            parts = operands[0] if word == "TJ" else operands
            shown = "".join(_text(font, bytes(part)) for part in parts if isinstance(part, pikepdf.String))
            assert mark is not None or artifact, f"{shown!r} is neither read nor an artifact"
            if mark is not None:
                found[mark] = f"{found[mark]} {shown.strip()}".strip()
        elif word in ("Do", "f", "f*", "S", "B", "B*"):
            assert mark is not None or artifact, f"{word} is neither read nor an artifact"
    assert not depth
    return found


def _text(font: Any, codes: bytes) -> str:
    size = 2 if font.Subtype == Name.Type0 and font.Encoding == Name("/Identity-H") else 1
    texts = _unicode(font) if "/ToUnicode" in font else _names(font)
    return "".join(
        texts.get(int.from_bytes(codes[at : at + size], "big"), "") for at in range(0, len(codes), size)
    )


def _names(font: Any) -> dict[int, str]:
    found, code = {}, 0
    for item in font.Encoding.Differences:
        if isinstance(item, Name):
            found[code] = agl.toUnicode(str(item)[1:])
            code += 1
        else:
            code = int(item)
    return found


def _unicode(font: Any) -> dict[int, str]:
    found = {}
    cmap = font.ToUnicode.read_bytes()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-F]+)>\s*<([0-9A-F]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-F]+)>\s*<([0-9A-F]+)>\s*<([0-9A-F]+)>", block):
            start = bytes.fromhex(text.decode()).decode("utf-16-be")
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = start[:-1] + chr(ord(start[-1]) + step)
    return found
