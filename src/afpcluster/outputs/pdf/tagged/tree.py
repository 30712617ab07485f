"""The structure tree (section 14.7.2) written while the pages come.

Rules: print file documents are Document, page groups Sect, nested as in the file; each page is a Div in them.
An element is written when it is closed. Of a page two numbers of objects are kept: of its Div, and of the
list of the elements of its marks.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from afpcluster.display.geometry import Box
from afpcluster.display.place import GroupStart, Place
from afpcluster.outputs.pdf.packet import PagePacket
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.number_tree import number_tree
from afpcluster.pdf.values import PdfDict, Raw, Ref, escape_string, numbers, text_string


@dataclass(slots=True)
class _Open:
    """An element that still gets kids. They are numbers of objects, four bytes each."""

    ref: Ref
    kind: bytes
    parent: Ref
    title: str = ""
    group: GroupStart | None = None
    kids: array[int] = field(default_factory=lambda: array("L"))


class StructureTree:
    """The tree of one file."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._root = file.allocate()
        self._documents = array("L")
        self._open: list[_Open] = []  # the document, then groups, outermost first
        self._document = -1
        self._parents = array("L")  # by key: the marks' elements of a page, or the element of an annotation
        self.longest = 0  # list of the parts of an element, or of documents

    def begin_file(self) -> None:
        """What follows is of another print file."""
        self._close_to(0)

    def add_page(self, packet: PagePacket, page: Ref, annotations: list[Ref]) -> int:
        """Write the elements of a page and of its links; the key of the page (StructParents)."""
        file = self._file
        parent = self._open_for(packet.place)
        division = file.allocate()
        parent.kids.append(division)
        around = b"/P %d 0 R/Pg %d 0 R" % (division, page)
        paragraph = b"<</S/P%b/K %%d>>" % around
        elements: list[bytes] = []
        owners: dict[int, int] = {}  # by mark: which of the elements it is of
        for number, (kind, marks, box, alternate) in enumerate(packet.elements):
            if box is None and len(marks) == 1:  # nearly all
                owners[marks[0]] = number
                elements.append(paragraph % marks)
            else:
                owners |= dict.fromkeys(marks, number)
                listed = b" ".join([b"%d" % mark for mark in marks])
                attributes = _figure(box, packet.height, alternate) if box is not None else b""
                elements.append(b"<</S/%b%b/K[%b]%b>>" % (kind, around, listed, attributes))
        kids = [*file.add_all(elements)]
        key = len(self._parents)
        self._parents.append(file.add(_references([kids[owners[mark]] for mark in sorted(owners)])))
        for annotation in annotations:
            kids.append(self._add_link(annotation, page, division))
        file.write(division, {"S": Raw(b"/Div"), "P": parent.ref, "K": _references(kids)})
        return key

    def key_of_link(self, number: int) -> int:
        """The key (StructParent) of a link of the next page, counted from 0."""
        return len(self._parents) + 1 + number

    def _add_link(self, annotation: Ref, page: Ref, parent: Ref) -> Ref:
        """Section 14.8.4.4.2."""
        target: PdfDict = {"Type": Raw(b"/OBJR"), "Obj": annotation, "Pg": page}
        ref = self._file.add({"S": Raw(b"/Link"), "P": parent, "K": target})
        self._parents.append(ref)
        return ref

    def _open_for(self, place: Place) -> _Open:
        """The innermost element around a page."""
        opened = self._open
        if place.document != self._document or not opened:
            self._close_to(0)
            self._document = place.document
            opened.append(_Open(self._file.allocate(), b"/Document", self._root, place.document_title))
            self._documents.append(opened[0].ref)
        depth = 1
        for element, group in zip(opened[1:], place.groups, strict=False):
            if element.group != group:
                break
            depth += 1
        self._close_to(depth)
        for group in place.groups[depth - 1 :]:
            around = opened[-1]
            element = _Open(self._file.allocate(), b"/Sect", around.ref, group.title, group)
            around.kids.append(element.ref)
            opened.append(element)
        return opened[-1]

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            element = self._open.pop()
            self.longest = max(self.longest, len(element.kids))
            kids = _references(element.kids)
            entries: PdfDict = {"S": Raw(element.kind), "P": element.parent, "K": kids}
            if element.title:
                entries["T"] = element.title
            self._file.write(element.ref, entries)

    def finish(self) -> Ref:
        """Write what is open, the parent tree and the root; the reference for the catalog."""
        self._close_to(0)
        self.longest = max(self.longest, len(self._documents))
        parents = number_tree(self._file, enumerate(map(Ref, self._parents)))
        root: PdfDict = {
            "Type": Raw(b"/StructTreeRoot"),
            "K": _references(self._documents),
            "ParentTree": self._file.add(parents),
            "ParentTreeNextKey": len(self._parents),
        }
        self._file.write(self._root, root)
        return self._root


def _figure(box: Box, height: float, alternate: str) -> bytes:
    """The attributes of a figure on a page of this height, and its alternate text (sections 14.8.5.4.3 and
    14.9.3)."""
    left, bottom = box.x, height - box.y - box.height
    corners = numbers((left, bottom, left + box.width, bottom + box.height))
    attributes = b"/A<</O/Layout/Placement/Block/BBox[%b]>>" % corners.encode()
    return attributes + b"/Alt(%b)" % escape_string(text_string(alternate)) if alternate else attributes


def _references(refs: Sequence[int]) -> Raw:
    return Raw(b"[%b]" % (b"%d 0 R " * len(refs) % tuple(refs))[:-1])
