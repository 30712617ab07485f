"""Texts that no parameter should be are refused and cost no worker; a version takes no document."""

from __future__ import annotations

import base64
import json

import pytest
from service_processes import Afp2webProcess

TEXTS = (
    "Title",
    "Password",
    "Groups",
    "Permissions",
    "Filename",
    "PageRange",
    "Documents",
    "Split",
    "PartName",
)
JSON = {"Accept": "application/json", "Content-Type": "application/json"}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_half_a_character_is_refused(afp2web: Afp2webProcess, document: bytes, name: str, text: str) -> None:
    body = json.dumps({"InputBuffer": base64.b64encode(document).decode(), name: text}).encode()
    reply = afp2web.call("POST", "/services/transform", body, JSON)
    assert (reply.status, reply.json["ErrorCode"]) == (400, "A2W-1002"), reply.body


@pytest.mark.parametrize(("length", "status"), [(1000, 200), (4000, 400)])
def test_parameters_that_grow_on_their_way_to_a_worker_cost_none(
    afp2web: Afp2webProcess, document: bytes, length: int, status: int
) -> None:
    """A control character has one byte in a form and six in JSON."""
    text = b"\1" * length
    values = dict.fromkeys((b"Title", b"Password"), text) | {b"Split": b"tag:" + text, b"PartName": text}
    values |= {b"InputBuffer": document} | ({b"Groups": text} if status == 400 else {})
    part = b'--cut\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    form = b"".join(part % item for item in values.items()) + b"--cut--\r\n"
    before = afp2web.metric("workers_replaced_total")
    headers = {"Accept": "application/json", "Content-Type": "multipart/form-data; boundary=cut"}
    reply = afp2web.call("POST", "/services/transform", form, headers)
    assert afp2web.metric("workers_replaced_total") == before
    assert reply.status == status, reply.body[:300]


def test_a_version_is_asked_for_by_parameters_alone(afp2web: Afp2webProcess) -> None:
    """It needs no key, so nobody shall send documents there."""
    reply = afp2web.call("POST", "/services/version", bytes(1_000_000), {"Accept": "application/json"})
    assert (reply.status, reply.json["ErrorCode"]) == (413, "A2W-1007")
