"""Names of page groups and their tags (TLE) as text, in the code page that the field or what encloses it
declares. MO:DCA "Coded Graphic Character Set Global Identifier Triplet X'01'" says which one that is.
"""

from __future__ import annotations

from collections.abc import Iterator

from afpcluster.afp import code_pages
from afpcluster.afp import triplets as t
from afpcluster.afp.fields import mnemonic
from afpcluster.afp.modca import Begin
from afpcluster.afp.names import decode_name, decode_text
from afpcluster.afp.triplets import FqnType
from afpcluster.findings import Findings, Severity

_CODE_PAGE, _NAME, _VALUE = 0x01, 0x02, 0x36


def declared_code_page(triplets: bytes, outer: int) -> int:
    """The code page that a Begin field with these triplets sets for all that it encloses: the last one of
    its own, else that of what encloses it, `outer`."""
    return next(reversed(list(_declared(triplets))), outer)


def begin_name(data: bytes, outer: int = code_pages.DEFAULT) -> str:
    """The name that the data of a Begin Page or Begin Named Page Group gives; '' where there is none. A token
    name is EBCDIC, whatever is declared (MO:DCA "External Resource Naming Conventions")."""
    if len(data) < Begin.shape.size:
        return ""
    begin = Begin.decode(data)
    kinds = (FqnType.REPLACE_FIRST_GID, FqnType.BEGIN_PAGE_GROUP)
    return t.qualified_name(begin.triplets, *kinds, code_page=outer) or decode_name(begin.name)


def read_attribute(data: bytes, outer: int = code_pages.DEFAULT) -> tuple[str, str]:
    """Name and value of a Tag Logical Element (MO:DCA "Tag Logical Element (TLE)")."""
    return read_tag(data, outer)[:2]


def read_tag(data: bytes, outer: int = code_pages.DEFAULT) -> tuple[str, str, int]:
    """As `read_attribute`, and the code page of the characters. A value that is cut off is empty."""
    code_page = outer
    name = value = ""
    for triplet in t.split_triplets(data):
        if triplet.id == _CODE_PAGE and len(triplet.data) >= 4:
            code_page = t.CodedGraphicCharacterSet.decode(triplet.data).code_page
        elif triplet.id == _NAME and triplet.data[:1] == bytes((FqnType.ATTRIBUTE_GID,)):
            name = name or t.name_of(triplet.data, code_page)
        elif triplet.id == _VALUE and len(triplet.data) >= t.AttributeValue.shape.required:
            value = value or decode_text(t.AttributeValue.decode(triplet.data).value, code_page)
    return name.strip(), value.strip(), code_page


_PARTS = {_NAME: ("name", t.FullyQualifiedName.shape), _VALUE: ("value", t.AttributeValue.shape)}


def report_cut_tag(data: bytes, offset: int, findings: Findings) -> None:
    """Say where the name or value of a Tag Logical Element is too short to be one: it is read as empty."""
    for triplet in t.split_triplets(data):
        if triplet.id in _PARTS:
            part, shape = _PARTS[triplet.id]
            if len(triplet.data) < shape.required:
                message = f"The {part} of a tag (TLE) is cut off"
                findings.at(offset, "TLE", shape.spec)("field-short", message, severity=Severity.ERROR)


def report_unknown_code_pages(type_: int, triplets: bytes, offset: int, findings: Findings) -> None:
    """Say which declared code pages are not known: names are read as if no code page were declared."""
    for number in _declared(triplets):
        if not code_pages.is_known(number):
            findings.at(
                offset, mnemonic(type_), "MO:DCA Coded Graphic Character Set Global Identifier Triplet X'01'"
            )(
                "code-page-unknown",
                f"Names are declared to be in code page {number}, which is not known; they are read as in "
                f"code page {code_pages.DEFAULT}",
                severity=Severity.SUBSTITUTED,
            )


def _declared(triplets: bytes) -> Iterator[int]:
    for triplet in t.split_triplets(triplets):
        if triplet.id == _CODE_PAGE and len(triplet.data) >= 4:
            yield t.CodedGraphicCharacterSet.decode(triplet.data).code_page
