"""Text of embedded PDF pages, which outputs of text leave out: whether there is any, as PDFium reads it."""

from __future__ import annotations

from afpcluster.display.items import EmbeddedPdf
from afpcluster.findings import Findings, Severity

_MOST_KNOWN = 1 << 10  # PDF pages of which it is remembered


class EmbeddedText:
    """Takes note of the embedded PDF pages that are met; each is looked into once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], bool] = {}
        self._met = False

    def meet(self, item: EmbeddedPdf) -> None:
        """Take note of an embedded PDF page."""
        key = item.key, item.page
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = _has_text(item)
        self._met = self._met or self._known[key]

    def was_met(self) -> bool:
        """Whether there was text in those that were met since this was asked last."""
        met, self._met = self._met, False
        return met


def _has_text(item: EmbeddedPdf) -> bool:
    """What PDFium cannot read counts as text: nobody knows."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(item.data)
        try:
            return bool(document[item.page].get_textpage().get_text_range().strip())
        finally:
            document.close()
    except pypdfium2.PdfiumError:
        return True


def report_left_out(findings: Findings) -> None:
    """Record, once for all pages, that text of embedded PDF pages is left out."""
    with findings.kept():
        findings.add(
            "pdf-text-missing",
            Severity.SKIPPED,
            "Embedded PDF pages have text, which is not in this output; a PDF of the document has it",
        )
