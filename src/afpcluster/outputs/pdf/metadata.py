"""Document information (section 14.3.3) and its XMP packet (14.3.2): the same facts twice."""

from __future__ import annotations

from afpcluster.pdf.values import PdfDict

PRODUCER = "afpcluster"
_ESCAPED = {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
}  # as html.escape, which loads slowly


def information(title: str | None) -> PdfDict:
    """The information dictionary."""
    entries: PdfDict = {"Producer": PRODUCER}
    if title:
        entries["Title"] = title
    return entries


def xmp_packet(title: str | None, identification: str = "") -> bytes:
    """The XMP packet, without the padding that editing in place would need. `identification` is
    the description that PDF/A wants."""
    parts = [f"<pdf:Producer>{PRODUCER}</pdf:Producer>"]
    if title:
        shown = title.translate(_ESCAPED)
        parts.append(f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{shown}</rdf:li></rdf:Alt></dc:title>')
    body = "".join(parts)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f'{body}</rdf:Description>{identification}</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode("utf-8", "replace")
