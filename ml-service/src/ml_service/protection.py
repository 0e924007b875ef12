"""`protect(app)`: key, deadline, room, report, metrics and the table of errors, on any FastAPI app."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from ml_service.contract import documented
from ml_service.gate import Gate, Rules
from ml_service.model import MissingExtraError
from ml_service.refusals import add_error_handlers
from ml_service.settings import DoorSettings
from ml_service.spans import Spans
from ml_service.turns import Turns
from ml_service.work import Work

MAX_BODY_BYTES = 2 * 1024 * 1024
HEALTH = ("/healthz", "/readyz", "/metrics")
log = logging.getLogger("ml_service")


def protect(
    app: FastAPI,
    work: Work | None = None,
    *,
    settings: DoorSettings | None = None,
    max_body_bytes: int = MAX_BODY_BYTES,
    give_up: Callable[[], None] | None = None,
) -> None:
    """Put an app behind the gate, once, when its routes and its own middleware are there.

    `work` says how its calls share the machine: `Runs` for a model behind the batcher, else turns, one at a time. `settings`
    are those of the environment (ML_KEY, TWOHOP_ENV). When the model cannot be loaded, `give_up` is called, and /healthz says
    503 for whoever watches the process.
    """
    chosen = settings or DoorSettings()  # pyright: ignore[reportCallIssue] -- the fields come from the environment
    shared = work or Turns()
    documents = (app.openapi_url, app.docs_url, app.redoc_url, app.swagger_ui_oauth2_redirect_url)
    shown = documents if chosen.twohop_env == "development" else ()
    open_paths = frozenset([*HEALTH, *(path for path in shown if path)])
    app.include_router(_health_routes(shared))
    add_error_handlers(app)
    spans = Spans() if chosen.otel_exporter_otlp_endpoint else None
    _load_with(app, shared, give_up)
    if spans:
        _end_with(app, spans)
    _document(app, open_paths)
    app.add_middleware(Gate, rules=Rules(chosen.keys, open_paths, max_body_bytes), work=shared, spans=spans)


def _load_with(app: FastAPI, work: Work, give_up: Callable[[], None] | None) -> None:
    """Load when the app starts, after what it does then by itself, and close when it ends."""
    own = app.router.lifespan_context

    def loaded(loading: asyncio.Task[None]) -> None:
        if not loading.cancelled() and (error := loading.exception()):
            if isinstance(error, MissingExtraError):
                log.critical("%s", error)
            else:
                notes = ", ".join(getattr(error, "__notes__", ()))
                log.critical("The model cannot be loaded%s", f" ({notes})" if notes else "", exc_info=error)
            if give_up:
                give_up()

    @asynccontextmanager
    async def lifespan(started: FastAPI) -> AsyncGenerator[Any]:
        async with own(started) as state:
            loading = asyncio.create_task(work.load())
            loading.add_done_callback(loaded)
            yield state
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)
            await work.close()

    app.router.lifespan_context = lifespan


def _end_with(app: FastAPI, spans: Spans) -> None:
    """Export what is left of the spans when the app ends."""
    own = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(started: FastAPI) -> AsyncGenerator[Any]:
        async with own(started) as state:
            yield state
        await asyncio.to_thread(spans.close)

    app.router.lifespan_context = lifespan


def _document(app: FastAPI, open_paths: frozenset[str]) -> None:
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        return documented(plain(), open_paths)

    app.openapi = openapi


def _health_routes(work: Work) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/healthz")
    async def healthz(response: Response) -> dict[str, bool]:  # pyright: ignore[reportUnusedFunction]
        response.status_code = 503 if work.broken else 200
        return {"ok": not work.broken}

    @routes.get("/readyz")
    async def readyz(response: Response) -> dict[str, bool]:  # pyright: ignore[reportUnusedFunction]
        response.status_code = 200 if work.ready else 503
        return {"ok": work.ready}

    @routes.get("/metrics")
    async def prometheus() -> Response:  # pyright: ignore[reportUnusedFunction]
        return Response(generate_latest(work.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
