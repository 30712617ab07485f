"""The structured fields of MO:DCA and FOCA: identifier, mnemonic, name.

Begin and End fields are rows, not classes: `BEGIN` and `END` are those identifiers. What a field's
data looks like stands in `modca` (and the object architectures' modules), by the same name.
MO:DCA Chapter 5 "MO:DCA Structured Fields", Appendix C "AFP Migration"; FOCA "Structured Fields".
"""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """One kind of structured field."""

    type: int
    mnemonic: str
    name: str


_ROWS = """
D3A088 MFC Medium Finishing Control
D3A090 TLE Tag Logical Element
D3A288 MCC Medium Copy Count
D3A289 FNM Font Patterns Map
D3A66B OBD Object Area Descriptor
D3A67B IID Image Input Descriptor
D3A687 CPD Code Page Descriptor
D3A688 MDD Medium Descriptor
D3A689 FND Font Descriptor
D3A692 CDD Container Data Descriptor
D3A69B PTD Presentation Text Data Descriptor (Format 1)
D3A6AF PGD Page Descriptor
D3A6BB GDD Graphics Data Descriptor
D3A6C5 FGD Form Environment Group Descriptor
D3A6E3 DXD Data Map Transmission Subcase Descriptor
D3A6EB BDD Bar Code Data Descriptor
D3A6FB IDD Image Data Descriptor
D3A77B IOC Image Output Control
D3A787 CPC Code Page Control
D3A788 MMC Medium Modification Control
D3A789 FNC Font Control
D3A78A CFC Coded Font Control
D3A79B CTC Composed Text Control
D3A7A8 PEC Presentation Environment Control
D3A7AF PMC Page Modification Control
D3A877 BCA Begin Color Attribute Table
D3A87B BII Begin IM Image
D3A887 BCP Begin Code Page
D3A889 BFN Begin Font
D3A88A BCF Begin Coded Font
D3A892 BOC Begin Object Container
D3A89B BPT Begin Presentation Text Object
D3A8A5 BPF Begin Print File
D3A8A7 BDI Begin Document Index
D3A8A8 BDT Begin Document
D3A8AD BNG Begin Named Page Group
D3A8AF BPG Begin Page
D3A8BB BGR Begin Graphics Object
D3A8C4 BDG Begin Document Environment Group
D3A8C5 BFG Begin Form Environment Group
D3A8C6 BRG Begin Resource Group
D3A8C7 BOG Begin Object Environment Group
D3A8C9 BAG Begin Active Environment Group
D3A8CC BMM Begin Medium Map
D3A8CD BFM Begin Form Map
D3A8CE BRS Begin Resource
D3A8D9 BSG Begin Resource Environment Group
D3A8DF BMO Begin Overlay
D3A85F BPS Begin Page Segment
D3A8EB BBC Begin Bar Code Object
D3A8FB BIM Begin Image Object
D3A977 ECA End Color Attribute Table
D3A97B EII End IM Image
D3A987 ECP End Code Page
D3A989 EFN End Font
D3A98A ECF End Coded Font
D3A992 EOC End Object Container
D3A99B EPT End Presentation Text Object
D3A9A5 EPF End Print File
D3A9A7 EDI End Document Index
D3A9A8 EDT End Document
D3A9AD ENG End Named Page Group
D3A9AF EPG End Page
D3A9BB EGR End Graphics Object
D3A9C4 EDG End Document Environment Group
D3A9C5 EFG End Form Environment Group
D3A9C6 ERG End Resource Group
D3A9C7 EOG End Object Environment Group
D3A9C9 EAG End Active Environment Group
D3A9CC EMM End Medium Map
D3A9CD EFM End Form Map
D3A9CE ERS End Resource
D3A9D9 ESG End Resource Environment Group
D3A9DF EMO End Overlay
D3A95F EPS End Page Segment
D3A9EB EBC End Bar Code Object
D3A9FB EIM End Image Object
D3AB77 MCA Map Color Attribute Table
D3AB88 MMT Map Media Type
D3AB89 FNN Font Names (Outline Fonts Only)
D3AB8A MCF Map Coded Font (Format 2)
D3AB92 MCD Map Container Data
D3AB9B MPT Map Presentation Text
D3ABAF MPG Map Page
D3ABBB MGO Map Graphics Object
D3ABC3 MDR Map Data Resource
D3ABCC IMM Invoke Medium Map
D3ABCD MMD Map Media Destination
D3ABD8 MPO Map Page Overlay
D3ABEA MSU Map Suppression
D3ABEB MBC Map Bar Code Object
D3ABFB MIO Map Image Object
D3AC6B OBP Object Area Position
D3AC7B ICP Image Cell Position
D3AC89 FNP Font Position
D3ADC3 PPO Preprocess Presentation Object
D3AE89 FNO Font Orientation
D3AF5F IPS Include Page Segment
D3AFAF IPG Include Page
D3AFC3 IOB Include Object
D3AFD8 IPO Include Page Overlay
D3B077 CAT Color Attribute Table
D3B15F MPS Map Page Segment
D3B18A MCF Map Coded Font (Format 1)
D3B19B PTD Presentation Text Data Descriptor (Format 2)
D3B1AF PGP Page Position (Format 2)
D3ACAF PGP Page Position (Format 1)
D3B1DF MMO Map Medium Overlay
D3B288 PFC Presentation Fidelity Control
D3B2A7 IEL Index Element
D3B490 LLE Link Logical Element
D38C87 CPI Code Page Index
D38C89 FNI Font Index
D38C8A CFI Coded Font Index
D3EE7B IRD Image Raster Data
D3EE89 FNG Font Patterns
D3EE92 OCD Object Container Data
D3EE9B PTX Presentation Text Data
D3EEBB GAD Graphics Data
D3EEEB BDA Bar Code Data
D3EEEE NOP No Operation
D3EEFB IPD Image Picture Data
"""


def _rows(rows: str) -> dict[int, Field]:
    split = (row.split(" ", 2) for row in rows.strip().splitlines())
    return {int(code, 16): Field(int(code, 16), mnemonic, name) for code, mnemonic, name in split}


FIELDS: dict[int, Field] = _rows(_ROWS)

_LINE_DATA_ROWS = """
D3A68D RCD Record Descriptor
D3A68E XMD XML Descriptor
D3A6E7 LND Line Descriptor
D3A7CA CCP Conditional Processing Control
D3A8CA BDM Begin Data Map
D3A8CB BPM Begin Page Map
D3A8E3 BDX Begin Data Map Transmission Subcase
D3A9CA EDM End Data Map
D3A9CB EPM End Page Map
D3A9E3 EDX End Data Map Transmission Subcase
D3AAE7 LNC Line Descriptor Count
D3AAEC FDS Fixed Data Size
D3ABCA IDM Invoke Data Map
D3EEEC FDX Fixed Data Text
"""

LINE_DATA_FIELDS: dict[int, Field] = _rows(_LINE_DATA_ROWS)
"""Fields of page definitions and of data that they lay out, which is not shown (Line Data Reference)."""

_FORMAT_1 = {0xD3A69B: "PTD1", 0xD3B18A: "MCF1", 0xD3ACAF: "PGP1"}
"""Mnemonics that two formats share: format 1 gets a name of its own here."""

CODES: dict[str, int] = {_FORMAT_1.get(f.type, f.mnemonic): f.type for f in FIELDS.values()}
"""Identifier by mnemonic; format 1 of MCF, PTD and PGP as MCF1, PTD1, PGP1."""

BEGIN, END = 0xD3A800, 0xD3A900
"""The first two bytes of Begin and End fields; the third one says of what."""


def is_begin(type_: int) -> bool:
    return type_ & 0xFFFF00 == BEGIN


def is_end(type_: int) -> bool:
    return type_ & 0xFFFF00 == END


def end_of(begin: int) -> int:
    """The End field's identifier that closes a Begin field."""
    return END | begin & 0xFF


def mnemonic(type_: int) -> str:
    """The mnemonic, or the identifier in hexadecimal for a field that the references do not have."""
    found = known(type_)
    return found.mnemonic if found else f"X'{type_:06X}'"


def known(type_: int) -> Field | None:
    """What the references say of an identifier, those of line data included."""
    return FIELDS.get(type_) or LINE_DATA_FIELDS.get(type_)


DATA = frozenset(CODES[name] for name in ("PTX", "GAD", "IPD", "BDA", "OCD", "IRD"))
"""Fields with what an object shows."""

INCLUDES = frozenset(CODES[name] for name in ("IPO", "IPS", "IOB"))
"""Fields in whose place a page shows a resource."""


def _codes(names: str) -> frozenset[int]:
    return frozenset(CODES[name] for name in names.split())


MEDIUM_CONTROLS = _codes("MMO MCC MMC PMC PGP PGP1 MDD MFC PEC MMT MMD MSU PFC")
"""Fields of medium maps and of the environment group for all of them that ask for overlays, copies, places of
pages and paper."""

IN_MEDIUM_MAPS = MEDIUM_CONTROLS | _codes("NOP MPO MDR FGD")
"""What may stand there (MO:DCA "Medium Map", "Document Environment Group")."""

BETWEEN_PAGES = _codes(
    "NOP BPF EPF BDT EDT BRG ERG BNG ENG BSG ESG MDR MPO PPO MCF MCF1 MPS IMM IPG TLE LLE "
    "BAG EAG PGD PTD PTD1 OBD OBP"
)
"""What may stand outside of pages and resources, or maps resources for printers to load ahead (MO:DCA
"Document", "Resource Environment Group"); and what a page begins with, which shows nothing by itself."""
