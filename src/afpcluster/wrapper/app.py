"""wrapper-service, the gateway that applications call: its routes, its life.

Rules: it converts nothing itself. The heartbeat tells about this instance alone, with the afp2web
target in force; whether afp2web is well, afp2web's own heartbeat tells.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp

from afpcluster import __version__
from afpcluster.web import audit, pages
from afpcluster.web.answers import PiecesAnswer, content_disposition, suffix_of, while_client_waits
from afpcluster.web.bodies import Body
from afpcluster.web.client import LANE_HEADER
from afpcluster.web.errors import ServiceError
from afpcluster.web.followed import Followed
from afpcluster.web.intake import Submission, read_submission
from afpcluster.web.lifecycle import State
from afpcluster.web.logs import configure_logs
from afpcluster.web.properties import Loaded, start, tell
from afpcluster.web.routes import Route
from afpcluster.web.server import bind, serve
from afpcluster.web.service import Service
from afpcluster.web.settings import PropertiesError
from afpcluster.web.tls import Tls, client_tls
from afpcluster.wrapper import contract
from afpcluster.wrapper.gateway import Converted, Gateway
from afpcluster.wrapper.health import Health
from afpcluster.wrapper.places import Place, Places
from afpcluster.wrapper.problems import problem
from afpcluster.wrapper.settings import Target, WrapperSettings
from afpcluster.wrapper.watcher import PropertiesWatcher

NAME = "wrapper-service"
_KEY = "key for afp2web"


class Wrapper:
    """One instance: the handlers of its routes."""

    def __init__(self, loaded: Loaded[WrapperSettings], properties: Path) -> None:
        self.settings = settings = loaded.settings
        self.service = Service(NAME, settings, problem)
        registry = self.service.metrics.registry
        self._watcher = PropertiesWatcher(properties, loaded, registry)
        self._tls = self._tls_of_afp2web()
        key = self._key_for_afp2web()
        self._gateway = Gateway(
            settings,
            lambda: self._watcher.in_force.targets,
            self._context,
            key,
            registry,
        )
        self._places = Places(settings.max_conversions)
        self._health = Health(
            settings,
            self.service.lifecycle,
            self.service.storage,
            self._gateway,
            lambda: self._watcher.in_force.targets,
            lambda: self._places.taken,
            registry,
        )

    def _key_for_afp2web(self) -> Callable[[], str | None]:
        """Asked at each call: a file is followed. Raises PropertiesError."""
        settings = self.settings
        if settings.afp2web_api_key_file is not None:
            followed = self.service.follow(Followed(_KEY, [settings.afp2web_api_key_file], _one_key))
            return lambda: followed.value
        if not settings.afp2web_api_key_env:
            return lambda: None
        try:
            key = _one_key([os.environb.get(settings.afp2web_api_key_env.encode(), b"")])
        except ValueError as error:
            raise PropertiesError(
                f"{_KEY}: {settings.afp2web_api_key_env} in the environment: {error}"
            ) from error
        return lambda: key

    def _tls_of_afp2web(self) -> Followed[Tls] | None:
        """None where the authorities of the system are enough."""
        settings = self.settings
        files = settings.afp2web_tls_ca, settings.afp2web_tls_certificate, settings.afp2web_tls_key
        return self.service.follow(client_tls(*files)) if any(files) else None

    def _context(self) -> ssl.SSLContext | bool:
        """As aiohttp takes it: True verifies with the authorities of the system."""
        return True if self._tls is None else self._tls.value.context

    def app(self) -> ASGIApp:
        """The ASGI application."""
        look = ("GET", "HEAD")
        return self.service.app(
            self._lifespan,
            [
                Route(contract.CONVERT, self.service.gate.guard(self.convert), ("POST",), audited=True),
                Route(contract.HEARTBEAT, self.heartbeat, look),
                Route(contract.ROOT, self.about, look),
                Route(contract.LIVEZ, self.livez, look),
                Route(contract.READYZ, self.readyz, look),
                Route(contract.OPENAPI, self.openapi, ("GET",)),
            ],
        )

    async def about(self, request: Request) -> Response:
        """What this service is and what it offers."""
        rows = [(method, path, text) for path, (method, text) in contract.OFFERED.items()]
        if pages.accepts_json(request):
            offered = [{"method": method, "path": path, "description": text} for method, path, text in rows]
            return JSONResponse(
                {
                    "service": NAME,
                    "instance": self.settings.instance,
                    "version": __version__,
                    "offers": offered,
                }
            )
        text = f"Converts AFP print files to PDF. Instance {self.settings.instance}, version {__version__}."
        table = pages.table(("Method", "Path", "What"), rows)
        return HTMLResponse(pages.page(NAME, pages.paragraph(text), table))

    async def heartbeat(self, _request: Request) -> Response:
        """503 while draining, and while this instance cannot keep documents."""
        storage = self.service.storage.trouble
        state = self.service.lifecycle.state(storage is None)
        in_force = self._watcher.in_force
        primary, *fallbacks = (target.url for target in in_force.targets)
        members: dict[str, Any] = {
            "status": state,
            "instance": self.settings.instance,
            "version": __version__,
            "afp2web": {"target": primary, "fallbackTargets": fallbacks, "since": in_force.since},
        }
        if storage is not None:
            members["reasons"] = [f"storage: {storage}"]
        if in_force.refused:
            members["afp2web"]["refusedEdit"] = in_force.refused
        if warnings := [*filter(None, [in_force.refused]), *in_force.warnings, *self.service.warnings]:
            members["warnings"] = warnings
        return JSONResponse(members, 200 if state is State.UP else 503)

    async def openapi(self, _request: Request) -> Response:
        """This interface, as OpenAPI."""
        return JSONResponse(contract.openapi(NAME))

    async def livez(self, _request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": State.UP})

    async def readyz(self, _request: Request) -> Response:
        """503 with the reasons while conversions would not succeed here."""
        report = await self._health.report()
        status = "NOT_READY" if report.reasons else "READY"
        members = {"status": status, "instance": self.settings.instance, "reasons": list(report.reasons)}
        return JSONResponse(members | report.members, 503 if report.reasons else 200)

    async def convert(self, request: Request) -> Response:
        """AFP in, PDF out. A place is taken when the document is whole; before, it is only looked for."""
        body = Body(asyncio.get_running_loop().time, request.state.lane)
        place = Place(body)
        with self._places.coming(place):
            submission = await read_submission(
                request, self.settings, self.service.bodies, contract.DOCUMENT_NAMES, body
            )
        try:
            async with self._places.converting(place):
                return await self._convert(request, submission)
        finally:
            submission.close()

    async def _convert(self, request: Request, submission: Submission) -> Response:
        parameters = contract.for_afp2web(submission.parameters)
        document = submission.document
        if document is None:
            raise ServiceError(
                400, "document-missing", "No document: send it as the raw body, or in a form as file."
            )
        headers = {"X-Request-ID": request.state.request_id, **request.state.trace}
        if request.client and request.client.host:
            headers["X-Forwarded-For"] = request.client.host
        if request.state.lane:
            headers[LANE_HEADER] = request.state.lane
        audit.note_document(request, document, parameters.get("Filename") or submission.file_name)

        def calling(attempts: int, target: Target) -> None:
            called = {"attempts": attempts, "target": target.url}
            request.state.log.update(called)
            audit.note(request, **called)

        call = self._gateway.convert(document, parameters, headers, calling)
        converted = await while_client_waits(request, call)
        file_name = parameters.get("Filename") or submission.file_name
        return self._answer(
            request, converted, None if parameters.get("Findings") == "On" else file_name or ""
        )

    def _answer(self, request: Request, converted: Converted, file_name: str | None) -> Response:
        """`file_name` is that of the document, None where the answer is not a file."""
        audit.note(request, pages=_number(converted.headers.get("X-AFP2web-Pages", "")))
        headers = {
            **converted.headers,
            "X-Wrapper-Attempts": str(converted.attempts),
            "X-Wrapper-Target": converted.target.url,
        }
        if file_name is not None:
            headers |= content_disposition(file_name, suffix_of(converted.media_type))
        return PiecesAnswer(
            converted.body.pieces(),
            converted.body.size,
            close=converted.body.close,
            headers=headers,
            media_type=converted.media_type,
            timeout=self.settings.answer_timeout,
            answers=self.service.answers,
        )

    @asynccontextmanager
    async def _lifespan(self, _app: object) -> AsyncIterator[None]:
        self._gateway.open()
        following = asyncio.create_task(self._watcher.follow())
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            await self._gateway.close()


def _one_key(contents: list[bytes]) -> str:
    """Raises ValueError."""
    key = contents[0].decode("ascii", "replace").strip()
    if not re.fullmatch(r"[!-~]{8,256}", key):
        raise ValueError("expected one key alone there")
    return key


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def run(listen: str, properties: Path) -> None:
    """Serve until SIGTERM. Raises PropertiesError and ListenError before anything is started."""
    loaded = start(WrapperSettings, properties)
    settings = loaded.settings
    configure_logs(NAME, settings)
    tell(loaded)
    wrapper = Wrapper(loaded, properties)
    serve(wrapper.app(), settings, wrapper.service, bind(listen))
