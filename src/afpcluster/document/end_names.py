"""Names of Begin and End fields: those that belong together must be equal.

MO:DCA Chapter 3 "Name": an End without a name, or with one that begins with X'FFFF',
ends whatever was begun. Files cut by other tools end another group than they begin: their pages are then
shown under a name and tags that may not be theirs.
"""

from __future__ import annotations

from afpcluster.afp.fields import CODES, end_of, mnemonic
from afpcluster.afp.names import decode_name
from afpcluster.document.attributes import begin_name
from afpcluster.findings import Findings, Severity

_SIZE = 8  # of a token name
_ANY = b"\xff\xff"
_CONSEQUENCES = {
    CODES["BNG"]: ("some of its pages may belong to somebody else", Severity.ERROR),
    CODES["BDT"]: ("some of its pages may belong to somebody else", Severity.ERROR),
    CODES["BPG"]: ("parts of two pages may be on one", Severity.ERROR),
    **{
        CODES[name]: ("parts of two resources may be in one", Severity.SUBSTITUTED)
        for name in ("BRS", "BMO", "BPS", "BFN", "BCP", "BCF", "BFM", "BMM")
    },
    CODES["BRG"]: ("some of its resources may belong to somebody else", Severity.SUBSTITUTED),
}
"""What it may mean on paper, and how much is lost then; of other objects it is a producer's quirk."""


def report_other_name(begin: int, began: bytes, ended: bytes, offset: int, findings: Findings) -> None:
    """Record a finding where the data `ended` of the End field at `offset` names something else than the
    data `began` of its Begin field, whose type is `begin`."""
    name, other = began[:_SIZE], ended[:_SIZE]
    if name == other or len(other) < _SIZE or _ANY in (name[:2], other[:2]):
        return
    if _plain(other) in (b"", _plain(name)) or begin_name(began) == begin_name(ended):
        return
    fields = f"{mnemonic(begin)} and {mnemonic(end_of(begin))}"
    consequence = _CONSEQUENCES.get(begin)
    severity = Severity.INFO
    if consequence is not None:
        meaning, severity = consequence
        names = f"begins as {decode_name(name)} and ends as {decode_name(other)}"
        message = f"What {names} ({fields}) is not the same: {meaning}"
    else:
        message = f"{fields} give different names; they are taken for one object's"
    findings.at(offset, mnemonic(end_of(begin)), 'MO:DCA Chapter 3 "Begin/End"')(
        "name-differs", message, severity=severity
    )


def _plain(name: bytes) -> bytes:
    """Without padding, which is spaces or zeros."""
    return name.rstrip(b"\x40\0")
