"""Resources: where they are, what they are called, and in which order they are looked for.

Order: the resource group of the document, that of the print file, then the caller's folders and resource
group files, as given (MO:DCA "Resource Search Order", `folders`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import field
from itertools import count

from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES, end_of, mnemonic
from afpcluster.afp.framing import Record, RecordFile
from afpcluster.afp.modca import Begin, BeginReserved
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.document.end_names import report_other_name
from afpcluster.document.objects import ObjectNode, nest
from afpcluster.document.out_of_place import report_beside, report_between
from afpcluster.findings import Findings, Severity
from afpcluster.light import dataclass

GRAPHICS, BAR_CODE, IMAGE = 0x03, 0x05, 0x06
CHARACTER_SET, CODE_PAGE, CODED_FONT = 0x40, 0x41, 0x42
CONTAINER, TEXT, DOCUMENT = 0x92, 0x9B, 0xA8
PAGE = 0xAF
PAGE_SEGMENT, OVERLAY, FORM_MAP = 0xFB, 0xFC, 0xFE
"""Resource object types (MO:DCA "Resource Object Type Triplet X'21'")."""

TYPE_OF_BEGIN = {
    CODES["BGR"]: GRAPHICS,
    CODES["BBC"]: BAR_CODE,
    CODES["BIM"]: IMAGE,
    CODES["BFN"]: CHARACTER_SET,
    CODES["BCP"]: CODE_PAGE,
    CODES["BCF"]: CODED_FONT,
    CODES["BOC"]: CONTAINER,
    CODES["BPT"]: TEXT,
    CODES["BPS"]: PAGE_SEGMENT,
    CODES["BMO"]: OVERLAY,
    CODES["BFM"]: FORM_MAP,
}
"""What an object is when no resource object type says so."""

TITLES = {
    GRAPHICS: "graphics object",
    BAR_CODE: "bar code object",
    IMAGE: "image object",
    CHARACTER_SET: "font character set",
    CODE_PAGE: "code page",
    CODED_FONT: "coded font",
    CONTAINER: "object container",
    TEXT: "text object",
    DOCUMENT: "document",
    PAGE_SEGMENT: "page segment",
    OVERLAY: "overlay",
    FORM_MAP: "form map",
}
"""What people call them."""

_LOOKS = (CHARACTER_SET, CODE_PAGE, CODED_FONT, FORM_MAP)  # how content looks, not what it is
_MOST_RIVALS = 4  # that are looked at, of resources with one name
_FLAT = (CHARACTER_SET, CODE_PAGE, CODED_FONT, CONTAINER)  # which may be read without being nested
_BRS, _ERS = CODES["BRS"], CODES["ERS"]
_COLOUR_MAPPING_TABLE = bytes.fromhex("06072b120004010114")
_BETWEEN_RESOURCES = frozenset(CODES[name] for name in ("BRG", "ERG", "BRS"))
_OF_DOCUMENTS = frozenset(CODES[name] for name in ("BDT", "EDT", "BPG", "EPG", "BNG", "ENG", "IMM"))


@dataclass(slots=True)
class Resource:
    """One resource: a stretch start..end-1 of records in `file`, or a file of another format, which `raw`
    reads."""

    kind: int
    names: tuple[str, ...]
    findings: Findings = field(repr=False)
    file: RecordFile | None = field(default=None, repr=False)
    start: int = 0
    end: int = 0
    raw: Callable[[], bytes] | None = field(default=None, repr=False)
    linked: tuple[tuple[str, str], ...] = ()  # (base font or "", linked font), for data-object fonts
    _records: list[Record] | None = field(default=None, repr=False)
    _key: str | None = None

    @property
    def name(self) -> str:
        return self.names[0] if self.names else ""

    @property
    def records(self) -> list[Record]:
        """Its records, Begin Resource and End Resource left out; read again after `forget`."""
        if self._records is None:
            self._records = self._read()
        return self._records

    def _read(self) -> list[Record]:
        if self.file is None:
            return []
        with self.findings.kept():
            records = self.file.read(self.start, self.end, self.findings)
            if self.kind in _FLAT:
                self._compare_names(records)
        return [r for r in records if r.type not in (_BRS, _ERS)]

    def _compare_names(self, records: list[Record]) -> None:
        """Say where its object ends under another name than it begins."""
        inside = [record for record in records if record.type in TYPE_OF_BEGIN]
        for begin in inside[:1]:
            for end in [record for record in records if record.type == end_of(begin.type)][:1]:
                report_other_name(begin.type, begin.data, end.data, end.offset, self.findings)

    def forget(self) -> None:
        """Drop the records, for resources that are used once."""
        self._records = None

    @property
    def key(self) -> str:
        """Identity by content: equal content has equal keys in every process."""
        if self._key is None:
            digest = hashlib.blake2b(digest_size=16)
            if self.raw is not None:
                digest.update(self.raw())
            for record in self.records:
                digest.update(record.head)
                digest.update(record.data)
            self._key = digest.hexdigest()
        return self._key

    @property
    def data(self) -> bytes:
        """Contents of an object container (its OCD fields joined), or the raw file."""
        if self.raw is not None:
            return self.raw()
        return b"".join(r.data for r in self.records if r.type == CODES["OCD"])

    def linked_fonts(self, name: str) -> tuple[str, ...]:
        """Full names of the fonts linked to the data-object font `name` of this container."""
        return tuple(linked for base, linked in self.linked if base in ("", name))

    def node(self) -> ObjectNode | None:
        """The resource's object, nested."""
        with self.findings.kept():
            nested = nest(self.records, self.findings)
            found = next((item for item in nested if isinstance(item, ObjectNode)), None)
            used = [found] if found is not None else []
            report_beside(used, nested, "beside the object of a resource", self.findings)
        return found


class ResourceScope:
    """Resources of one level by kind and name; asks `parent` for what it does not have. `joined` says that
    `parent` has those of another print file, in front of this one: using one of them is told, and refused
    where `strict`. `number` is never reused, unlike `id()`, so caches keyed by it need
    not keep the scope alive."""

    _numbers = count()

    def __init__(self, parent: ResourceScope | None = None, *, joined: bool = False) -> None:
        self.parent = parent
        self._joined = joined
        self.number = next(self._numbers)
        self._found: dict[tuple[int, str], Resource] = {}
        self._rivals: dict[tuple[int, str], list[Resource]] = {}  # of the same name, added later
        self._by_kind: defaultdict[int, list[Resource]] = defaultdict(list)

    def add(self, resource: Resource) -> None:
        """The first of a name wins, as in a resource library; others are told of when it is used."""
        names = {(resource.kind, fold(name)) for name in resource.names}
        new = names - self._found.keys()
        for name in names - new:
            rivals = self._rivals.setdefault(name, [])
            if len(rivals) < _MOST_RIVALS:
                rivals.append(resource)
        if new:
            self._found.update(dict.fromkeys(new, resource))
            self._by_kind[resource.kind].append(resource)

    @property
    def is_empty(self) -> bool:
        """Whether it has no resource of its own."""
        return not self._found

    def find(self, kind: int, name: str) -> Resource | None:
        """The resource of this kind and name, nearest scope first."""
        key = (kind, fold(name))
        found = self._found.get(key)
        if found is None and self.parent is not None:
            found = self.parent.find(kind, name)
            if found is not None:
                self._tell_of_another(found)
        elif found is not None and key in self._rivals:
            _report_rivals(found, name.strip(), self._rivals.pop(key))
        return found

    def of_kind(self, kind: int) -> Iterator[Resource]:
        """All resources of a kind, nearest scope first, each once. Who uses one says so (`use`)."""
        yield from self._by_kind.get(kind, ())
        if self.parent is not None:
            yield from self.parent.of_kind(kind)

    def use(self, resource: Resource) -> None:
        """Take note that a resource of `of_kind` is used here."""
        if self.parent is not None and not self._has(resource):
            self._tell_of_another(resource)
            self.parent.use(resource)

    def _has(self, resource: Resource) -> bool:
        return any(own is resource for own in self._by_kind.get(resource.kind, ()))

    def _tell_of_another(self, resource: Resource) -> None:
        """Record, or refuse, that a print file shows what only the one in front of it has."""
        if self._joined and self.parent is not None and self.parent._has(resource):
            _report_of_another(resource)


def _report_of_another(resource: Resource) -> None:
    severity = Severity.SUBSTITUTED if resource.kind in _LOOKS else Severity.ERROR
    offset = None if resource.file is None else resource.file.origin(resource.start)
    with resource.findings.kept():
        resource.findings.at(offset, "BRS", 'MO:DCA "Resource Search Order"').missing(
            "resource-of-another-file",
            f"Resource {resource.name} is not with the pages that use it, only with the first of the joined "
            "files, which may belong to somebody else",
            "that one is used",
            severity=severity,
            advice="Convert the files one by one, each with its resources.",
        )


def _report_rivals(used: Resource, name: str, rivals: list[Resource]) -> None:
    """Record where others of the same name have other contents: which one was meant nobody can know."""
    for rival in rivals:
        differs = rival.key != used.key
        rival.forget()
        if differs and rival.file is not None:
            severity = Severity.SUBSTITUTED if used.kind in _LOOKS else Severity.ERROR
            with used.findings.kept():
                used.findings.at(rival.file.origin(rival.start), "BRS", 'MO:DCA "Global Identifier"')(
                    "resource-name-twice",
                    f"{TITLES[used.kind].capitalize()} {name} is there more than once, with other contents; "
                    "the first one is used",
                    severity=severity,
                )
            return


class RecordingScope(ResourceScope):
    """Asks another scope, and keeps what was found and used, in that order, and what was not there."""

    def __init__(self, asked: ResourceScope) -> None:
        super().__init__(asked)
        self._asked = asked
        self.used: list[Resource] = []
        self.missing: list[tuple[int, str]] = []  # kind and name

    def find(self, kind: int, name: str) -> Resource | None:
        found = self._asked.find(kind, name)
        if found is None:
            self.missing.append((kind, name))
        else:
            self.used.append(found)
        return found

    def use(self, resource: Resource) -> None:
        self._asked.use(resource)
        self.used.append(resource)


def fold(name: str) -> str:
    """A name as scopes compare it."""
    return name.strip().upper()


@dataclass(slots=True)
class Stretch:
    """Records from a Begin to its End: a resource, or what else stands between pages. `data` is that of
    the Begin field, `first` the type of the first object inside."""

    begin: int
    offset: int
    data: bytes = field(repr=False)
    first: int = 0

    @property
    def closing(self) -> int:
        """The End field that belongs to it."""
        return end_of(self.begin)

    def ends_as(self, data: bytes, offset: int, findings: Findings) -> None:
        """Say where its End field at byte `offset`, with this data, names something else."""
        began = self.data[:8] + self.data[10:] if self.begin == _BRS else self.data  # two bytes are reserved
        report_other_name(self.begin, began, data, offset, findings)

    def take(self, type_: int) -> bool:
        """Whether a record can be inside; else the End is missing. In envelopes documents are resources."""
        if not self.first and type_ in TYPE_OF_BEGIN:
            self.first = type_
        if type_ in _BETWEEN_RESOURCES:
            return False
        return type_ not in _OF_DOCUMENTS or (self.begin == _BRS and _header(self)[0] == DOCUMENT)

    @property
    def is_colour_table(self) -> bool:
        """Whether it is a Color Mapping Table (MO:DCA Appendix D, "Registered Object-type OIDs")."""
        if self.begin not in (_BRS, CODES["BOC"]):
            return False
        said = t.decode_triplet(_header(self)[2], t.ObjectClassification)
        return said is not None and said.object_id.startswith(_COLOUR_MAPPING_TABLE)

    def resource(self, file: RecordFile, end: int, findings: Findings) -> Resource:
        """The resource that ends at `end`, by its envelope or itself."""
        kind, name, triplets = _header(self)
        kind = kind or TYPE_OF_BEGIN.get(self.first, 0)
        names = [name] if name else []
        for triplet in t.split_triplets(triplets):
            if triplet.id == 0x02 and len(triplet.data) > 2 and triplet.data[0] in (
                FqnType.REPLACE_FIRST_GID,
                FqnType.DATA_OBJECT_EXTERNAL,
                FqnType.DATA_OBJECT_FONT_BASE,
            ):  # fmt: skip
                names += _spellings(triplet.data, triplets)
        found = tuple(n for n in dict.fromkeys(names) if n)
        return Resource(kind, found, findings, file, self.offset, end, linked=tuple(_linked_fonts(triplets)))


def begins_resource(type_: int) -> bool:
    """Whether a record begins a resource: an envelope, or a bare resource object."""
    return type_ == _BRS or type_ in TYPE_OF_BEGIN


def report_not_ended(stretch: Stretch, file: RecordFile, findings: Findings) -> None:
    """Record that an End field is missing; what was begun ends where something else begins."""
    name = mnemonic(stretch.begin)
    findings.at(file.origin(stretch.offset), name, "MO:DCA Data Stream States")(
        "resource-not-ended",
        f"{name} has no {mnemonic(stretch.closing)}; it ends where a field stands that cannot be inside",
        severity=Severity.INFO,
    )


def scan_resources(
    file: RecordFile,
    start: int | None,
    findings: Findings,
    *,
    used: Findings | None = None,
    window_size: int = 1 << 20,
) -> Iterator[Resource]:
    """The resources from `start` on: Begin Resource … End Resource, or bare resource objects.

    Stops at the End Resource Group, at a Begin Document, or at the end of the file. What is wrong with
    what is in them goes to `used` when they are used. `window_size` is as in `RecordFile.scan`.
    """
    used = findings if used is None else used
    stop_at = (CODES["ERG"], CODES["BDT"], CODES["BPG"])
    stretch: Stretch | None = None
    stop = 0
    for type_, offset, stop, window, at in file.scan(start, window_size=window_size):
        if stretch is not None:
            if type_ == stretch.closing:
                stretch.ends_as(file.data(offset, stop, window, at), file.origin(offset), findings)
                yield stretch.resource(file, stop, used)
                stretch = None
                continue
            if stretch.take(type_):
                continue
            report_not_ended(stretch, file, findings)
            yield stretch.resource(file, offset, used)
            stretch = None
        if type_ in stop_at:
            return
        if begins_resource(type_):
            stretch = Stretch(type_, offset, file.data(offset, stop, window, at))
        else:
            report_between(type_, findings.at(file.origin(offset), mnemonic(type_), "MO:DCA Chapter 4"))
    if stretch is not None:
        report_not_ended(stretch, file, findings)
        yield stretch.resource(file, stop, used)


def _header(stretch: Stretch) -> tuple[int, str, bytes]:
    """Kind, name and triplets of a Begin field."""
    data = stretch.data
    if stretch.begin != _BRS:
        bare = Begin.decode(data)
        name = decode_name(bare.name) if bare.name else ""
        return TYPE_OF_BEGIN.get(stretch.begin, 0), name, bare.triplets
    header = BeginReserved.decode(data)
    triplets = header.triplets
    if t.find_triplet(triplets, 0x21) is None and t.find_triplet(data[8:], 0x21) is not None:
        triplets = data[8:]  # a producer that leaves out the reserved bytes
    object_type = t.decode_triplet(triplets, t.ResourceObjectType)
    name = decode_name(header.name) if header.name else ""
    return object_type.object_type if object_type else 0, name, triplets


def _linked_fonts(triplets: bytes) -> Iterator[tuple[str, str]]:
    """(base font, linked font) by full name; a font container has one base font, which is ''
    (MO:DCA "Using the MDR to Map a TrueType/OpenType Font", X'6E' and X'7E')."""
    base = ""
    for triplet in t.split_triplets(triplets):
        if triplet.id == 0x02 and len(triplet.data) > 2:
            if triplet.data[0] == FqnType.DATA_OBJECT_FONT_BASE:
                base = _spellings(triplet.data, triplets)[-1]
            elif triplet.data[0] == FqnType.DATA_OBJECT_FONT_LINKED:
                yield base, _spellings(triplet.data, triplets)[-1]


def _spellings(fqn: bytes, triplets: bytes) -> list[str]:
    """A fully qualified name as readers may decode it: by its declared code page and as EBCDIC."""
    found = [t.name_of(fqn)]
    declared = t.decode_triplet(triplets, t.CodedGraphicCharacterSet)
    if declared is not None:
        found.append(t.name_of(fqn, declared.code_page))
    return found
