"""Document information (section 14.3.3) and its XMP packet (14.3.2): the same facts twice."""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape

from afpcluster.pdf.values import PdfDict

PRODUCER = "afpcluster"


def information(title: str | None, created: datetime | None) -> PdfDict:
    """The information dictionary."""
    entries: PdfDict = {"Producer": PRODUCER}
    if title:
        entries["Title"] = title
    if created is not None:
        entries["CreationDate"] = _pdf_date(created)
    return entries


def _pdf_date(moment: datetime) -> str:
    """Section 7.9.4. A naive time stays without a zone."""
    offset = moment.strftime("%z")
    return moment.strftime("D:%Y%m%d%H%M%S") + (f"{offset[:3]}'{offset[3:5]}" if offset else "")


def xmp_packet(title: str | None, created: datetime | None) -> bytes:
    """The XMP packet, without the padding that editing in place would need."""
    parts = [f"<pdf:Producer>{PRODUCER}</pdf:Producer>"]
    if title:
        parts.append(
            f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
        )
    if created is not None:
        parts.append(f"<xmp:CreateDate>{created.isoformat(timespec='seconds')}</xmp:CreateDate>")
    body = "".join(parts)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f'{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode("utf-8", "replace")
