"""Pages and page groups by name: a scan of the whole file, made when a link first asks.

The first of a name counts. MO:DCA "Begin Page (BPG)", "Begin Named Page Group (BNG)".
"""

from __future__ import annotations

from functools import cached_property

from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import RecordFile
from afpcluster.afp.modca import Begin
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.findings import TruncatedError

_BPG, _BNG, _BRG, _ERG = (CODES[name] for name in ("BPG", "BNG", "BRG", "ERG"))


def begin_name(data: bytes) -> str:
    """The name that the data of a Begin Page or Begin Named Page Group gives; '' where there is none."""
    if len(data) < Begin.shape.size:
        return ""
    begin = Begin.decode(data)
    given = t.qualified_name(begin.triplets, FqnType.REPLACE_FIRST_GID, FqnType.BEGIN_PAGE_GROUP)
    return given or decode_name(begin.name)


class PageNames:
    """Numbers of pages, from 1 in the whole file."""

    def __init__(self, file: RecordFile) -> None:
        self._file = file

    def page(self, name: str) -> int | None:
        return self._numbers[_BPG].get(name)

    def group(self, name: str) -> int | None:
        """The first page of the group."""
        return self._numbers[_BNG].get(name)

    @cached_property
    def _numbers(self) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = {_BPG: {}, _BNG: {}}
        pages, in_resources = 0, False
        try:
            for type_, offset, end, window, at in self._file.scan():
                if type_ in (_BRG, _ERG):
                    in_resources = type_ == _BRG
                elif type_ in found and not in_resources:
                    pages += type_ == _BPG
                    name = begin_name(window[at : at + end - offset - 9])
                    found[type_].setdefault(name, pages if type_ == _BPG else pages + 1)
        except TruncatedError:
            pass  # whoever walks the pages reports it
        return found
