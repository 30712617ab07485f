"""Structured logs: one JSON object per line on standard error.

Rules: no document content, no query strings, no secrets. An exception is logged as its type and its
frames, not its text, since the text may quote the document. Every line of a request carries its id.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from afpcluster.web.log_stream import PatientHandler
from afpcluster.web.settings import PropertiesError, ServiceSettings

AUDIT = "afpcluster.audit"
LEVELS = {"DEBUG": 10, "INFO": 20, "WARN": 30, "ERROR": 40, "OFF": 100}

_encode = json.JSONEncoder(default=str).encode  # made once: it costs as much as a line

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
request_level: ContextVar[int | None] = ContextVar("request_level", default=None)


class _JsonLines(logging.Formatter):
    def __init__(self, service: str, instance: str) -> None:
        super().__init__()
        self._fixed = {"service": service, "instance": instance}

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            **self._fixed,
            "message": record.getMessage(),
        }
        if (identity := request_id.get()) is not None:
            line["request_id"] = identity
        line.update(getattr(record, "data", {}))
        if record.exc_info and record.exc_info[1]:
            line["exception"] = describe_exception(record.exc_info[1])
        return _encode(line)


class _Threshold(logging.Filter):
    """Lets a line pass at the service's level; a request may ask for more lines of its own, not for fewer."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self._level = level

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == AUDIT:  # nobody switches that off
            return True
        wanted = request_level.get()
        return record.levelno >= (self._level if wanted is None else min(self._level, wanted))


def describe_exception(error: BaseException) -> str:
    """Type and frames, innermost last, without the exception's text."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(
        [*(f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames), type(error).__name__]
    )


def _gather_no_more_than_is_written() -> None:
    """Who logs a line from where is in none of them, and costs as much as the rest (logging HOWTO,
    "Optimization")."""
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def configure_logs(service: str, settings: ServiceSettings) -> None:
    """Send the package's lines, and the warnings of the libraries, to standard error; those of the audit to
    their file, too, which may be renamed away at any time. Raises PropertiesError."""
    _gather_no_more_than_is_written()
    instance, level, audit_file = settings.instance, settings.log_level, settings.audit_file
    handler = PatientHandler(sys.stderr.fileno())
    handler.setFormatter(_JsonLines(service, instance))
    handler.addFilter(_Threshold(LEVELS[level]))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # it warns of what clients are told anyway
    logging.getLogger("afpcluster").setLevel(logging.DEBUG)
    if audit_file is not None:
        try:
            to_file = logging.handlers.WatchedFileHandler(audit_file, encoding="utf-8")
        except OSError as error:
            raise PropertiesError(f"service.audit-file: {audit_file}: {error.strerror}") from error
        to_file.setFormatter(_JsonLines(service, instance))
        logging.getLogger(AUDIT).handlers = [to_file]
