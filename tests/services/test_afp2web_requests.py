"""What afp2web answers to which request."""

from __future__ import annotations

import base64
import re
import socket
from urllib.parse import quote_from_bytes

import pytest
from service_processes import Afp2webProcess, eventually

from afpcluster import __version__
from afpcluster.afp2web.parameters import COMMON, TRANSFORM, VERSION

JSON = {"Accept": "application/json"}
AFP = "application/vnd.ibm.modcap"
MULTIPART = "multipart/form-data; boundary=cut"
FORM = "application/x-www-form-urlencoded"


def logged_ids(instance: Afp2webProcess) -> list[str]:
    return [line["request_id"] for line in instance.logged("request")]


def multipart(*parts: tuple[str, bytes]) -> bytes:
    body = b"".join(
        b'--cut\r\nContent-Disposition: form-data; name="%s"; filename="x.afp"\r\n\r\n%s\r\n'
        % (name.encode(), data)
        for name, data in parts
    )
    return body + b"--cut--\r\n"


@pytest.mark.parametrize(
    ("method", "path", "content_type", "body", "status", "code"),
    [
        ("GET", "/services/nothing", None, None, 404, "A2W-1009"),
        ("GET", "/", None, None, 404, "A2W-1009"),
        ("GET", "/services/", None, None, 404, "A2W-1009"),
        ("GET", "/services/transform", None, None, 405, "A2W-1010"),
        ("DELETE", "/services/version", None, None, 405, "A2W-1010"),
        ("GET", "/services?OutputFormat=PDF", None, None, 400, "A2W-1001"),
        ("GET", "/services/version?h2x=Perhaps", None, None, 400, "A2W-1002"),
        ("GET", "/services/version?h2x=On&H2X=Off", None, None, 400, "A2W-1003"),
        ("POST", "/services/asyncTransform", AFP, b"x", 501, "A2W-3005"),
        ("GET", "/services/getStatus?JobId=1", None, None, 501, "A2W-3005"),
        ("POST", "/services/transform", AFP, b"", 400, "A2W-1004"),
        ("POST", "/services/transform?Nonsense=1", AFP, b"x", 400, "A2W-1001"),
        ("POST", "/services/transform?OutputFormat=DOCX", AFP, b"x", 400, "A2W-1002"),
        ("POST", "/services/transform?OutputFormat=pcl", AFP, b"x", 501, "A2W-3003"),
        ("POST", "/services/transform?OutputMode=File", AFP, b"x", 501, "A2W-3002"),
        ("POST", "/services/transform?OutputFilePath=/tmp/x.pdf", AFP, b"x", 501, "A2W-3002"),
        ("POST", "/services/transform?InputURLs=/etc/passwd", AFP, b"", 501, "A2W-3001"),
        ("POST", "/services/transform?inputurls=http://127.0.0.1/", AFP, b"", 501, "A2W-3001"),
        ("POST", "/services/transform?ResourcePath=/etc", AFP, b"x", 501, "A2W-3004"),
        ("POST", "/services/transform", "text/plain", b"x", 415, "A2W-1006"),
        ("POST", "/services/transform", FORM, b"InputBuffer=", 400, "A2W-1004"),
        ("POST", "/services/transform", FORM, b"Strict=On&" * 70, 400, "A2W-1005"),
        ("POST", "/services/transform", "application/json", b"[1]", 400, "A2W-1005"),
        ("POST", "/services/transform", "application/json", b'{"InputBuffer": "%%"}', 400, "A2W-1005"),
        ("POST", "/services/transform", "application/json", b'{"InputBuffer": 5}', 400, "A2W-1005"),
        ("POST", "/services/transform", "application/json", b'{"Strict": {}}', 400, "A2W-1005"),
        ("POST", "/services/transform", "application/json", b'{"\\ud800": {}}', 400, "A2W-1005"),
        ("POST", "/services/transform", "application/json", b'{"\\ud800": "\\ud800"}', 400, "A2W-1001"),
        (
            "POST",
            "/services/transform",
            "application/json",
            b'{"InputBuffer": "", "inputbuffer": ""}',
            400,
            "A2W-1004",
        ),
        ("POST", "/services/transform", FORM, b"InputBuffer=x&InputBuffer=y", 400, "A2W-1004"),
        ("POST", "/services/transform", "application/json", b"{" * 100_000, 400, "A2W-1005"),
        ("POST", "/services/transform", "application/json", b"[" * 100_000, 400, "A2W-1005"),
        ("POST", "/services/transform", "multipart/form-data", b"x", 400, "A2W-1005"),
        ("POST", "/services/transform", MULTIPART, b"--cut\r\nbroken", 400, "A2W-1005"),
        ("POST", "/services/transform", MULTIPART, b"no boundary here", 400, "A2W-1005"),
        ("POST", "/services/transform", MULTIPART, multipart(("InputBuffer", b"x"))[:-6], 400, "A2W-1005"),
        ("POST", "/services/transform", MULTIPART, b"--cut--\r\n", 400, "A2W-1004"),
        (
            "POST",
            "/services/transform",
            MULTIPART,
            multipart(("InputBuffer", b"x"), ("inputbuffer", b"y")),
            400,
            "A2W-1004",
        ),
        ("POST", "/services/transform", MULTIPART, multipart(("Strict", b"x" * 70_000)), 400, "A2W-1005"),
        ("POST", "/services/transform", AFP, b"plainly not AFP", 422, "A2W-2001"),
        ("POST", "/services/transform", None, b"\x00" * 100, 422, "A2W-2001"),
    ],
)
def test_refusals(
    afp2web: Afp2webProcess,
    method: str,
    path: str,
    content_type: str | None,
    body: bytes | None,
    status: int,
    code: str,
) -> None:
    headers = JSON | ({"Content-Type": content_type} if content_type else {})
    reply = afp2web.call(method, path, body, headers)
    assert (reply.status, reply.json["ErrorCode"], reply.json["Status"]) == (status, code, "ERROR"), (
        reply.body
    )
    assert reply.json["RequestId"] == reply.headers["X-Request-ID"]
    assert reply.headers["X-AFP2web-ErrorCode"] == code


@pytest.mark.parametrize(
    ("accept", "query", "media_type"),
    [
        (None, "", "text/html"),
        ("*/*", "", "text/html"),
        ("text/html,application/json", "", "text/html"),
        ("application/json", "", "application/json"),
        ("application/json", "?ResponseFormat=HTML", "text/html"),
        (None, "?responseformat=json", "application/json"),
        ("text/html", "?ResponseFormat=JSON", "application/json"),
    ],
)
@pytest.mark.parametrize("path", ["/services", "/services/version", "/services/usid", "/services/nothing"])
def test_html_or_json(
    afp2web: Afp2webProcess, path: str, accept: str | None, query: str, media_type: str
) -> None:
    reply = afp2web.call("GET", path + query, headers={"Accept": accept} if accept else {})
    assert reply.headers.get_content_type() == media_type


def test_an_error_has_the_form_that_its_form_body_asks_for(afp2web: Afp2webProcess) -> None:
    body = multipart(("ResponseFormat", b"JSON"), ("Strict", b"Perhaps"))
    reply = afp2web.call("POST", "/services/transform", body, {"Content-Type": MULTIPART})
    assert reply.json["ErrorCode"] == "A2W-1002"


def test_markup_in_a_request_does_not_reach_the_page(afp2web: Afp2webProcess) -> None:
    reply = afp2web.call("GET", "/services/version?%3Cscript%3E=1")
    assert reply.status == 400
    assert b"<script>" not in reply.body
    assert b"&lt;script&gt;" in reply.body


@pytest.mark.parametrize("form", ["HTML", "JSON"])
def test_usage_lists_every_parameter(afp2web: Afp2webProcess, form: str) -> None:
    text = afp2web.call("GET", f"/services?ResponseFormat={form}").body.decode()
    missing = [p.name for p in (*COMMON, *VERSION, *TRANSFORM) if p.name not in text]
    assert missing == []


@pytest.mark.parametrize(
    ("query", "listed", "not_listed"),
    [
        ("", {"afp2web": __version__}, {"python", "a2w", "h2x"}),
        ("?version=off", {}, {"afp2web"}),
        ("?VERSION_ALL=ON&version=Off", {"afp2web": __version__}, {"fonttools"}),
        ("?h2x=on", {"h2x": "not installed"}, {"a2w"}),
        ("?h2x_all=on", {"h2x": "not installed"}, {"a2w"}),
        ("?a2w=On", {"a2w": __version__}, {"fonttools"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_versions(
    afp2web: Afp2webProcess, method: str, query: str, listed: dict[str, str], not_listed: set[str]
) -> None:
    versions = afp2web.call(method, f"/services/version{query}", headers=JSON).json["Versions"]
    assert listed.items() <= versions.items()
    assert not not_listed & versions.keys()


def test_versions_of_a_form_body(afp2web: Afp2webProcess) -> None:
    reply = afp2web.call("POST", "/services/version", b"a2w_all=On", {**JSON, "Content-Type": FORM})
    assert "fonttools" in reply.json["Versions"]


def test_head_of_the_heartbeat_has_no_body(afp2web: Afp2webProcess) -> None:
    reply = afp2web.call("HEAD", "/services/version")
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize(
    ("content_type", "wrap"),
    [
        (AFP, lambda data: data),
        ("application/vnd.afpc.modca", lambda data: data),
        ("application/octet-stream", lambda data: data),
        (None, lambda data: data),
        (MULTIPART, lambda data: multipart(("inputBUFFER", data), ("Strict", b"off"))),
        (FORM, lambda data: data),  # as `curl --data-binary` sends it
        (FORM, lambda data: b"Strict=Off&inputbuffer=" + quote_from_bytes(data).encode()),
        (
            "application/json",
            lambda data: b'{"Strict": false, "InputBuffer": "%s"}' % base64.b64encode(data),
        ),
    ],
)
def test_every_form_of_body_gives_the_same_pdf(
    afp2web: Afp2webProcess, document: bytes, converted: bytes, content_type: str | None, wrap: object
) -> None:
    assert callable(wrap)
    headers = {"Content-Type": content_type} if content_type else {}
    reply = afp2web.call("POST", "/services/transform?Filename=a/B%22%C3%A9.afp", wrap(document), headers)
    assert (reply.status, reply.headers.get_content_type()) == (200, "application/pdf"), reply.body
    assert reply.body == converted
    assert int(reply.headers["Content-Length"]) == len(converted)
    assert reply.headers["X-AFP2web-Pages"] == "1"
    assert (
        reply.headers["Content-Disposition"]
        == "inline; filename=\"B__.pdf\"; filename*=UTF-8''B%22%C3%A9.pdf"
    )


def test_findings_as_json(afp2web: Afp2webProcess, document: bytes, converted: bytes) -> None:
    reply = afp2web.transform(document, "?Findings=On")
    assert (reply.json["Status"], reply.json["Pages"], reply.json["Bytes"]) == ("OK", 1, len(converted))
    assert (
        str(sum(finding["count"] for finding in reply.json["Findings"]))
        == reply.headers["X-AFP2web-Findings"]
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-1.2_X", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("a;b", False), ("", False)],
)
def test_request_id(afp2web: Afp2webProcess, given: str, kept: bool) -> None:
    answered = afp2web.call("GET", "/services/nothing", headers={"X-Request-ID": given}).headers[
        "X-Request-ID"
    ]
    assert (answered == given) is kept
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", answered)
    eventually(lambda: answered in logged_ids(afp2web))


def test_a_request_may_ask_for_more_log_lines_but_not_for_fewer(afp2web: Afp2webProcess) -> None:
    for path, level in (("version", "INFO"), ("version", "DEBUG"), ("usid", "OFF"), ("nothing", "OFF")):
        query = f"/services/{path}?server_log_level={level}"
        afp2web.call("GET", query, headers={"X-Request-ID": f"{path}-{level}"})
    eventually(lambda: "nothing-OFF" in logged_ids(afp2web))
    assert {"version-DEBUG", "usid-OFF"} <= set(logged_ids(afp2web))
    assert "version-INFO" not in logged_ids(afp2web)


@pytest.mark.parametrize("path", ["/services", "/services/version", "/services/nothing", "/metrics"])
def test_security_headers(afp2web: Afp2webProcess, path: str) -> None:
    headers = afp2web.call("GET", path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Server"] is None


def test_an_error_as_a_problem_document(afp2web: Afp2webProcess) -> None:
    reply = afp2web.transform(b"not AFP", "", Accept="application/problem+json", **{"X-Request-ID": "mine"})
    assert reply.headers.get_content_type() == "application/problem+json"
    expected = {"status": 422, "title": "Unprocessable Entity", "code": "A2W-2001", "requestId": "mine"}
    assert {name: reply.json[name] for name in expected} == expected
    assert reply.json["ErrorCode"] == "A2W-2001"
    assert reply.json["detail"] == reply.json["ErrorMessage"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 200), ("?fail-on=skipped", 422), ("?Fail-On=Error&Findings=On", 422), ("?fail-on=all", 400)],
)
def test_fail_on(afp2web: Afp2webProcess, document: bytes, query: str, status: int) -> None:
    """A damaged document is converted, or refused by its gravest finding; a sound one never is."""
    damaged = afp2web.transform(document + b"\xfe\x01\x02" * 10, query)
    assert damaged.status == status
    assert damaged.headers["X-AFP2web-Bytes-Lost"] == ("30" if status == 200 else None)
    assert afp2web.transform(document, query).status == (400 if status == 400 else 200)


@pytest.mark.parametrize(("format_", "conformance"), [("PDFA-1B", b"1</pdfaid"), ("pdfa-2u", b"2</pdfaid")])
def test_archives(afp2web: Afp2webProcess, document: bytes, format_: str, conformance: bytes) -> None:
    reply = afp2web.transform(document, f"?OutputFormat={format_}")
    assert (reply.status, reply.headers.get_content_type()) == (200, "application/pdf")
    assert b"<pdfaid:part>" + conformance in reply.body


def test_logs_hold_neither_document_nor_query(afp2web: Afp2webProcess) -> None:
    """But the audit has the document's name: who sent what is what it is for."""
    afp2web.transform(b"SECRETDOCUMENT", "?Filename=SECRETNAME", **{"X-Request-ID": "discreet"})
    eventually(lambda: "discreet" in logged_ids(afp2web))
    lines = [line for line in afp2web.log() if line["message"] != "audit"]
    assert "SECRET" not in str(lines)
    assert "SECRETDOCUMENT" not in str(afp2web.log())


def test_a_refused_upload_leaves_the_connection_usable(afp2web: Afp2webProcess) -> None:
    """The rest of a body that nobody wants is swallowed, so that the client sees the answer."""
    request = b"POST /services/transform?Nonsense=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", afp2web.port), timeout=10) as connection:
        connection.sendall(request + b"x" * 3_000_000)
        connection.sendall(b"GET /services/usid HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answers.startswith(b"HTTP/1.1 400 ")
    assert answers.count(b"HTTP/1.1 200 ") == 1
