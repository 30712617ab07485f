"""Bar codes of real producers, where the private corpus lies beside the project: each reads back."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from afpcluster.afp.bcoca import BarCodeSymbolData, DataMatrixParameters
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import RecordFile
from afpcluster.convert import convert
from afpcluster.findings import Findings
from corpus import afp_files, needs_corpus

BDA_TYPE = CODES["BDA"].to_bytes(3, "big")
FILES = [path for path in afp_files("real/*.afp") if BDA_TYPE in path.read_bytes()]


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=range(len(FILES)))
def test_data_matrix_on_its_page(path: Path) -> None:
    """All of the corpus's bar codes are Data Matrix symbols without translation or escapes."""
    data = path.read_bytes()
    records = RecordFile(io.BytesIO(data), Findings()).read(0, len(data))
    fields = [BarCodeSymbolData.decode(record.data) for record in records if record.type == CODES["BDA"]]
    expected = {DataMatrixParameters.decode(field.data).rest for field in fields}
    sink = io.BytesIO()
    result = convert(io.BytesIO(data), sink)
    assert [finding for finding in result.findings if finding.code.startswith("bar-code")] == []
    document = pypdfium2.PdfDocument(sink.getvalue())
    try:
        pictures = [page.render(scale=4).to_pil() for page in document]
    finally:
        document.close()
    found = {bytes(code.bytes) for picture in pictures for code in zxingcpp.read_barcodes(picture)}
    assert found == expected
