"""Print files through the façade, for the tests of outputs."""

from __future__ import annotations

import io

from afpcluster.convert import convert
from afpcluster.options import Options


def output_of_file(data: bytes, options: Options) -> bytes:
    sink = io.BytesIO()
    result = convert(io.BytesIO(data), sink, options)
    assert result.bytes_written == len(sink.getvalue())
    return sink.getvalue()
