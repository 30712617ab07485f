"""afp2web, the transform server: its routes, its pool, its life.

Rules: AFP2web Server's HTTP interface; what it does not publish is our choice and stands in
`parameters.py` and `errors.py` alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp

from afpcluster.afp2web import parameters
from afpcluster.afp2web.errors import error_answer, wants_json
from afpcluster.afp2web.health import Health
from afpcluster.afp2web.metrics import PoolMetrics
from afpcluster.afp2web.openapi import PATH, openapi
from afpcluster.afp2web.pool import Pool
from afpcluster.afp2web.settings import Afp2webSettings
from afpcluster.afp2web.transform import Transform, parse_request
from afpcluster.afp2web.usage import usage, usage_page
from afpcluster.afp2web.versions import versions
from afpcluster.web import pages
from afpcluster.web.errors import ServiceError
from afpcluster.web.forms import MAX_PARAMETER_BYTES
from afpcluster.web.intake import read_submission
from afpcluster.web.lifecycle import State
from afpcluster.web.logs import configure_logs
from afpcluster.web.properties import Loaded, start, tell
from afpcluster.web.routes import Route
from afpcluster.web.server import bind, serve
from afpcluster.web.service import Service
from afpcluster.web.settings import load_settings

NAME = "afp2web"


class Afp2web:
    """One instance: the handlers of its routes."""

    def __init__(self, loaded: Loaded[Afp2webSettings]) -> None:
        self.settings = settings = loaded.settings
        self._warnings = list(loaded.warnings)
        # Whoever asks for a version needs no key, and sends parameters alone.
        small = {"max_body_bytes": MAX_PARAMETER_BYTES, "max_form_bytes": MAX_PARAMETER_BYTES}
        self._parameters_alone = settings.model_copy(update=small)
        self.service = Service(NAME, settings, error_answer)
        metrics = PoolMetrics(self.service.metrics.registry)
        self._pool = Pool(settings, metrics)
        self._health = Health(settings, self.service, self._pool)
        self._transform = Transform(settings, self._pool, metrics, self.service.bodies, self.service.answers)

    def app(self) -> ASGIApp:
        """The ASGI application."""
        look = ("GET", "HEAD")
        return self.service.app(
            self._lifespan,
            [
                Route(
                    "/services/transform", self.service.gate.guard(self._transform), ("POST",), audited=True
                ),
                Route("/services/version", self.version, (*look, "POST")),
                Route("/services", self.usage, look),
                Route(PATH, self.openapi, ("GET",)),
                Route("/services/livez", self.livez, look),
                Route("/services/readyz", self.readyz, look),
                Route("/services/usid", self.usid, look),
                Route("/services/asyncTransform", self.not_built, ("POST",), audited=True),
                Route("/services/getStatus", self.not_built, ("GET",)),
            ],
        )

    async def usage(self, request: Request) -> Response:
        parse_request(request, request.query_params.multi_items(), ())
        return JSONResponse(usage()) if wants_json(request) else HTMLResponse(usage_page())

    async def version(self, request: Request) -> Response:
        """The versions asked for; also the heartbeat: 503 while starting and while draining."""
        given = request.query_params.multi_items()
        if request.method == "POST":
            submission = await read_submission(request, self._parameters_alone, self.service.bodies, [])
            submission.close()
            given = submission.parameters
        values = parse_request(request, given, parameters.VERSION)
        reasons = self._health.reasons
        state = self.service.lifecycle.state(not reasons, self._pool.started)
        status = 200 if state is State.UP else 503
        listed = versions(values.on)
        identity: dict[str, Any] = {
            "Status": "OK" if status == 200 else state,
            "Instance": self.settings.instance,
        }
        if reasons:
            identity["Reasons"] = reasons
        if wants_json(request):
            told = [*self._warnings, *self.service.warnings]
            return JSONResponse(
                identity | {"Versions": listed} | ({"Warnings": told} if told else {}), status
            )
        return HTMLResponse(pages.page(NAME, pages.table((), [*identity.items(), *listed.items()])), status)

    async def openapi(self, _request: Request) -> Response:
        """This interface, as OpenAPI."""
        return JSONResponse(openapi())

    async def livez(self, _request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": State.UP})

    async def readyz(self, _request: Request) -> Response:
        """503 with the reasons while documents would not be converted here."""
        report = self._health.report()
        return JSONResponse(report, 503 if report["reasons"] else 200)

    async def usid(self, request: Request) -> Response:
        """A stable id of this installation, and which instance answers."""
        parse_request(request, request.query_params.multi_items(), ())
        members = {"Status": "OK", "Usid": self.settings.usid, "Instance": self.settings.instance}
        if wants_json(request):
            return JSONResponse(members)
        return HTMLResponse(pages.page(NAME, pages.table((), members.items())))

    async def not_built(self, request: Request) -> Response:
        raise ServiceError(
            501,
            "service-not-built",
            f"{request.url.path} is not offered by this server; POST /services/transform answers at once.",
        )

    @asynccontextmanager
    async def _lifespan(self, _app: object) -> AsyncIterator[None]:
        self._pool.start()
        try:
            yield
        finally:
            await self._pool.stop()


def run(listen: str, config: Path | None) -> None:
    """Serve until SIGTERM. Raises PropertiesError and ListenError before anything is started."""
    loaded = start(Afp2webSettings, config) if config else Loaded(load_settings(Afp2webSettings, None))
    settings = loaded.settings
    configure_logs(NAME, settings)
    tell(loaded)
    instance = Afp2web(loaded)
    serve(instance.app(), settings, instance.service, bind(listen))
