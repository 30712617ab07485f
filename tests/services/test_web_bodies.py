"""Bodies in pieces and names from outside: whatever comes, the same result, and never a broken header."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afpcluster.web.answers import content_disposition
from afpcluster.web.errors import ServiceError
from afpcluster.web.multipart import FormReader
from afpcluster.web.server import ListenError, parse_listen

FORM = (
    b'--cut\r\nContent-Disposition: form-data; name="Strict"\r\n\r\nOn\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="file"; filename="\xc3\xa9.afp"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n\x5a\r\n--cu\r\n-cut--cut \x00\r\n--cut--\r\n"
)
DOCUMENT = b"\x5a\r\n--cu\r\n-cut--cut \x00"


@given(st.sets(st.integers(1, len(FORM) - 1)))
def test_a_form_reads_the_same_however_it_is_cut(cuts: set[int]) -> None:
    form = FormReader("cut")
    document, edges = b"", [0, *sorted(cuts), len(FORM)]
    for start, end in pairwise(edges):
        for part, data in form.feed(FORM[start:end]):
            if part.name == "file":
                assert part.file_name == "é.afp"
                document += data
            else:
                part.collect(data)
    form.finish()
    assert document == DOCUMENT
    assert form.fields(["file"]) == [("Strict", "On")]


@given(st.integers(0, len(FORM) - 3))
def test_a_form_that_ends_early_is_refused(length: int) -> None:
    form = FormReader("cut")
    form.feed(FORM[:length])
    with pytest.raises(ServiceError, match="closing boundary"):
        form.finish()


@given(st.binary(max_size=300))
def test_noise_is_refused_or_read_but_never_an_internal_error(noise: bytes) -> None:
    form = FormReader("cut")
    with suppress(ServiceError):
        form.feed(noise)
        form.finish()


@given(st.text(max_size=200))
def test_any_file_name_makes_a_safe_header(name: str) -> None:
    (value,) = content_disposition(name, ".pdf").values()
    assert re.fullmatch(
        r"inline; filename=\"[A-Za-z0-9._ -]+\.pdf\"; filename\*=UTF-8''[A-Za-z0-9._~%-]+\.pdf", value
    )


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        (None, "document"),
        ("", "document"),
        ("..", "document"),
        ("statement.afp", "statement"),
        ("C:\\spool\\job.0815.afp", "job.0815"),
        ("../../etc/passwd", "passwd"),
        ('a"\r\nX: y.afp', "a_X_ y"),
    ],
)
def test_file_names(name: str | None, plain: str) -> None:
    assert f'filename="{plain}.pdf"' in content_disposition(name, ".pdf")["Content-Disposition"]


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        ("127.0.0.1:9091", ("127.0.0.1", 9091)),
        ("[::1]:0", ("::1", 0)),
        ("localhost:65535", ("localhost", 65535)),
        ("localhost:65536", None),
        ("localhost", None),
        (":80", None),
        ("localhost:http", None),
        ("localhost:²", None),
    ],
)
def test_listen_addresses(listen: str, expected: tuple[str, int] | None) -> None:
    if expected is not None:
        assert parse_listen(listen) == expected
        return
    with pytest.raises(ListenError, match="expected ADDR:PORT"):
        parse_listen(listen)
