"""livez, readyz and the metrics of wrapper-service: why it is not ready."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from service_processes import Afp2webProcess, Reply, ServiceProcess, WrapperProcess, eventually, freeze, thaw

Start = Callable[..., ServiceProcess]


def ready(wrapper: ServiceProcess) -> Reply:
    return wrapper.call("GET", "/wrapperservice/readyz")


def wrapper_of(start: Start, port: int, more: str = "") -> WrapperProcess:
    made = start(lambda folder: WrapperProcess(folder, port, more))
    assert isinstance(made, WrapperProcess)
    return made


def test_ready_while_one_target_is(start: Start, afp2web: Afp2webProcess) -> None:
    more = f"afp2web.fallback-targets = http://127.0.0.1:{afp2web.port}"
    reply = ready(wrapper_of(start, 1, more))
    assert (reply.status, reply.json["status"], reply.json["reasons"]) == (200, "READY", [])
    dead, alive = reply.json["targets"]
    assert (dead["ready"], alive["ready"]) == (False, True)
    assert "does not answer" in dead["reason"]


def test_not_ready_and_why(start: Start) -> None:
    reason = "afp2web: http://127.0.0.1:1 does not answer within 1 s"
    wrapper = wrapper_of(start, 1)
    reply = ready(wrapper)
    assert (reply.status, reply.json["status"]) == (503, "NOT_READY")
    assert any(told.startswith(reason) for told in reply.json["reasons"])
    assert wrapper.heartbeat().status == 200  # it tells of itself alone
    assert wrapper.call("GET", "/wrapperservice/livez").status == 200


def test_places_and_circuits_are_told(start: Start, document: bytes) -> None:
    server = start(Afp2webProcess)
    assert isinstance(server, Afp2webProcess)
    more = f"wrapper.max-conversions = 1\nafp2web.fallback-targets = http://127.0.0.1:{server.port}"
    wrapper = wrapper_of(start, 1, more)
    for _ in range(3):
        assert wrapper.convert(document).headers["X-Wrapper-Attempts"] == "2"
    assert wrapper.convert(document).headers["X-Wrapper-Attempts"] == "1"  # the dead one is passed over
    assert [target["circuit"] for target in ready(wrapper).json["targets"]] == ["open", "closed"]
    metrics = wrapper.call("GET", "/metrics").body.decode()
    assert 'afp2web_circuit_open{target="http://127.0.0.1:1"} 1.0' in metrics
    assert 'afp2web_attempts_total{outcome="unreachable",target="http://127.0.0.1:1"} 3.0' in metrics
    workers = server.workers()
    freeze(*workers)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(wrapper.convert, document)
        eventually(lambda: "slots: all 1 are taken" in ready(wrapper).json["reasons"])
        assert ready(wrapper).json["slots"] == {"taken": 1, "all": 1}
        assert 'conversion_places{what="taken"} 1.0' in wrapper.call("GET", "/metrics").body.decode()
        thaw(*workers)
        assert waiting.result().status == 200
    assert ready(wrapper).status == 200


def test_a_target_that_is_not_ready_is_told(start: Start) -> None:
    server = start(Afp2webProcess)
    wrapper = wrapper_of(start, server.port)
    assert ready(wrapper).status == 200
    os.kill(server.process.pid, 15)  # it drains
    eventually(lambda: "answers 503" in str(ready(wrapper).json) or "not answer" in str(ready(wrapper).json))
    assert ready(wrapper).status == 503
