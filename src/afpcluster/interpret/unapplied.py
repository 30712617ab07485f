"""Fields that are understood, or unknown, and triplets, that are not applied: a finding each, never silence.

What they ask for does not change where things are on a page: colour management, toner, conditional
overlay processing. MO:DCA Chapters 5 and 6.
"""

from __future__ import annotations

from afpcluster.afp import triplets as t
from afpcluster.afp.fields import DATA, FIELDS, INCLUDES, LINE_DATA_FIELDS, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.document.out_of_place import report_line_data
from afpcluster.findings import Findings, Severity

SHOWN = DATA | INCLUDES
"""Fields with what an object or page shows: where they have no place, that is lost."""

UNAPPLIED = {
    0x46: "Page Overlay Conditional Processing: the overlay is shown whatever the condition",
    0x91: "Color management resource: colours keep their device space",
    0x95: "Rendering Intent: colours are not converted, so it plays no part",
    0x97: "Device Appearance: colours are shown as they are",
}
"""What is done instead, by identifier."""


def report_unapplied(triplets: bytes, record: Record, findings: Findings) -> None:
    """Record a finding for every triplet in `triplets` (of `record`) that is not applied."""
    for triplet in t.split_triplets(triplets):
        instead = UNAPPLIED.get(triplet.id)
        if instead is not None:
            findings.at(record, spec="MO:DCA Chapter 6")(
                "triplet-not-applied", f"Triplet X'{triplet.id:02X}' {instead}", severity=Severity.INFO
            )


def report_field(record: Record, findings: Findings) -> None:
    """Record a finding for a structured field that nothing handles where it stands."""
    if record.type in LINE_DATA_FIELDS:
        report_line_data(record.type, findings.at(record))
        return
    known = FIELDS.get(record.type)
    findings.at(record, spec="MO:DCA Chapter 5")(
        "field-not-applied" if known else "field-unknown",
        f"{known.name} ({known.mnemonic}) is not applied"
        if known
        else f"Structured field {mnemonic(record.type)} is unknown and was skipped",
        severity=Severity.SKIPPED if record.type in SHOWN else Severity.INFO,
    )
