"""The audit: one line for each conversion that was asked for, refused ones too.

Rules: a line is begun with the request, in front of all that may refuse it. Nobody can switch it off, neither
a client nor the log level. Who (address, client, certificate), what (name, bytes, SHA-256, pages), when, how
long, with what result; never the document itself. Lines go where the service's log goes, and into
`service.audit-file` as well if there is one.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from afpcluster.web import logs
from afpcluster.web.spool import Spool

_MAX_NAME = 200
_CLIENT_GONE = 499
_logger = logging.getLogger(logs.AUDIT)


def begin(state: MutableMapping[str, Any]) -> None:
    """The request with this state asks for a conversion: its end is written down."""
    state["audit"] = {"began": datetime.now(UTC).isoformat(timespec="milliseconds")}


def note(request: Request, **what: Any) -> None:
    """Add to the line."""
    request.state.audit.update(what)


def note_document(request: Request, document: Spool, name: str | None) -> None:
    """What was sent."""
    note(request, document=(name or "")[:_MAX_NAME], bytes=document.size, sha256=document.sha256())


def write(state: Mapping[str, Any], request: Mapping[str, Any]) -> None:
    """The line, if one was begun: `state` is the request's, `request` its log line's members."""
    if (entry := state.get("audit")) is None:
        return
    status = request["status"]
    result = request.get("error") or ("client-gone" if status == _CLIENT_GONE else "failed")
    kept = {name: request[name] for name in ("method", "path", "client", "status", "ms", "bytes_out")}
    data = {**entry, **kept, "result": "ok" if status < 400 else result}
    _logger.info("audit", extra={"data": data})
