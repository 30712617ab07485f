"""Forms and JSON as streams: however they are cut, the same; whatever they hold, little memory and time."""

from __future__ import annotations

import base64
import json
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from urllib.parse import quote_from_bytes, quote_plus, unquote_to_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afpcluster.web.errors import ServiceError
from afpcluster.web.forms import FormStream, JsonStream, UrlencodedStream, percent_decoded

NAMES = ("inputbuffer", "file")
MEBIBYTE = 1024 * 1024
Read = tuple[bytes, list[tuple[str, str]]]


def read(form: FormStream, data: bytes, cuts: set[int] | None = None) -> Read:
    """Document and parameters of a body that comes in pieces."""
    document = b""
    for start, end in pairwise([0, *sorted(cut for cut in cuts or () if cut < len(data)), len(data)]):
        document += form.feed(data[start:end])
    last, parameters = form.finish()
    return document + last, parameters


URLENCODED = [
    (b"", b"", []),
    (b"&&", b"", []),
    (b"a=1&b", b"", [("a", "1"), ("b", "")]),
    (b"a=1=2&=x", b"", [("a", "1=2"), ("", "x")]),
    (b"a+b=c+d%2B", b"", [("a b", "c d+")]),
    (b"Strict=On&InputBuffer=%5A%00+x&Filename=%C3%A9", b"Z\0 x", [("Strict", "On"), ("Filename", "é")]),
    (b"%49nputBuffer=a", b"a", []),
    (b"InputBuffer=", b"", []),
    (b"file=a=b%3D%zz%4%", b"a=b=%zz%4%", []),
    (b"file=%0D%0A\r\n=\n%\n", b"\r\n\r\n=\n%\n", []),
]
JSON_BODIES = [
    (b"", b"", []),
    (b" {} ", b"", []),
    (b'{"a": "1", "b": 2, "c": true, "d": false}', b"", [("a", "1"), ("b", "2"), ("c", "On"), ("d", "Off")]),
    (b'{"InputBuffer" : "WgAQ06g=" , "Strict":"On"}', b"Z\0\x10\xd3\xa8", [("Strict", "On")]),
    (b'{"Strict":"\\"}{:,\\\\","InputBuffer":"\\/\\/8\\u003d"}', b"\xff\xff", [("Strict", '"}{:,\\')]),
    (b'{"Input\\u0042uffer":"WgAQ"}', b"Z\0\x10", []),
    (b'{"InputBuffer":"Wg\\r\\nAQ\\n"}', b"Z\0\x10", []),
    (b'{"InputBuffer":"","a":"InputBuffer"}', b"", [("a", "InputBuffer")]),
]
CASES = [(UrlencodedStream, *case) for case in URLENCODED] + [(JsonStream, *case) for case in JSON_BODIES]


@pytest.mark.parametrize(("stream", "body", "document", "parameters"), CASES)
def test_bodies_cut_anywhere(
    stream: Callable[..., FormStream], body: bytes, document: bytes, parameters: list[tuple[str, str]]
) -> None:
    for cuts in [set(range(1, len(body))), *({cut} for cut in range(1, max(2, len(body))))]:
        assert read(stream(NAMES), body, cuts) == (document, parameters)


@pytest.mark.parametrize(
    ("stream", "body", "code"),
    [
        (UrlencodedStream, b"file=a&InputBuffer=b", "document-twice"),
        (UrlencodedStream, b"&".join([b"a=1"] * 65), "too-many-parameters"),
        (UrlencodedStream, b"&" * 1_000_000, "too-many-parameters"),
        (UrlencodedStream, b"a=" + b"x" * 65_536, "too-many-parameters"),
        (UrlencodedStream, b"x" * 65_537, "too-many-parameters"),
        (UrlencodedStream, b"a=%ff", "body-malformed"),
        (JsonStream, b'{"file":"","InputBuffer":""}', "document-twice"),
        (JsonStream, b'{"file":"WgAQ06g=WgAQ"}', "body-malformed"),
        (JsonStream, b'{"file":"WgAQ06g"}', "body-malformed"),
        (JsonStream, b'{"file":"Wg*Q"}', "body-malformed"),
        (JsonStream, b'{"file":"Wg\\"Q"}', "body-malformed"),
        (JsonStream, b'{"file":5}', "body-malformed"),
        (JsonStream, b'{"file":["WgAQ"]}', "body-malformed"),
        (JsonStream, b'{"a":{"b":1}}', "body-malformed"),
        (JsonStream, b'{"a":null}', "body-malformed"),
        (JsonStream, b'{"file":"WgAQ"', "body-malformed"),
        (JsonStream, b'{"file":"Wg', "body-malformed"),
        (JsonStream, b"[1]", "body-malformed"),
        (JsonStream, b"[" * 60_000, "body-malformed"),
        (JsonStream, b'{"a":"' + b"x" * 65_536, "too-many-parameters"),
        (JsonStream, b"{" + b'"a":1,' * 11_000, "too-many-parameters"),
    ],
)
def test_refusals(stream: Callable[..., FormStream], body: bytes, code: str) -> None:
    for cuts in (set(), set(range(1, len(body), 7))):
        with pytest.raises(ServiceError) as caught:
            read(stream(NAMES), body, cuts)
        assert caught.value.code == code


def test_a_parameter_given_twice_in_json_is_seen() -> None:
    assert read(JsonStream(NAMES), b'{"a":"1","a":"2"}') == (b"", [("a", "1"), ("a", "2")])


@given(st.binary(max_size=200), st.sets(st.integers(1, 600)))
def test_any_document_survives_every_form(document: bytes, cuts: set[int]) -> None:
    forms = [
        (UrlencodedStream(NAMES), f"a=b&file={quote_plus(document)}&c=d".encode()),
        (UrlencodedStream(NAMES), f"a=b&file={quote_from_bytes(document, safe='=/:?')}&c=d".encode()),
        (UrlencodedStream(NAMES), b"a=b&file=" + b"".join(b"%%%02x" % byte for byte in document) + b"&c=d"),
        (
            JsonStream(NAMES),
            json.dumps({"a": "b", "file": base64.b64encode(document).decode(), "c": "d"}).encode(),
        ),
    ]
    for form, body in forms:
        assert read(form, body, cuts) == (document, [("a", "b"), ("c", "d")])


@given(
    st.dictionaries(st.text(max_size=20).filter(lambda name: name.lower() not in NAMES), st.text(max_size=50))
)
def test_any_parameters_survive_every_form(parameters: dict[str, str]) -> None:
    with suppress(UnicodeEncodeError):  # lone surrogates
        assert read(UrlencodedStream(NAMES), urlencode(parameters).encode())[1] == list(parameters.items())
    assert read(JsonStream(NAMES), json.dumps(parameters).encode())[1] == list(parameters.items())


@given(st.binary(max_size=300), st.sets(st.integers(1, 300)))
def test_noise_is_refused_or_read(noise: bytes, cuts: set[int]) -> None:
    for form in (UrlencodedStream(NAMES), JsonStream(NAMES)):
        with suppress(ServiceError):
            read(form, noise, cuts)


@given(st.binary(max_size=100))
def test_percent_decoding_as_the_library_does_it(data: bytes) -> None:
    assert percent_decoded(data) == unquote_to_bytes(data.replace(b"+", b" "))


@pytest.mark.parametrize(
    ("stream", "piece"),
    [
        (UrlencodedStream, b"%41" * 5_461),
        (UrlencodedStream, b"%" * 16_384),
        (UrlencodedStream, b"=+" * 8_192),
        (JsonStream, b"QUJD" * 4_096),
        (JsonStream, b"\\u0051" * 2_730),
    ],
)
def test_a_piece_takes_little_time_and_memory(stream: Callable[..., FormStream], piece: bytes) -> None:
    form = stream(NAMES)
    form.feed(b"file=" if stream is UrlencodedStream else b'{"file":"')
    times = []
    for _ in range(20):
        began = time.thread_time()
        form.feed(piece)
        times.append(time.thread_time() - began)
    tracemalloc.start()
    try:
        for _ in range(20):
            form.feed(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert min(times) < 0.01
    assert peak < 2 * MEBIBYTE
