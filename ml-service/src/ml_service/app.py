"""The HTTP side of the second hop."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import APIKeyHeader
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from ml_service.call import Call
from ml_service.errors import STATUS, ErrorCode, ServiceError
from ml_service.gate import Gate, error_body, error_headers
from ml_service.metrics import Metrics
from ml_service.model import MissingExtraError
from ml_service.route import BodyRoute
from ml_service.schemas import (
    EmbeddingsReply,
    EmbeddingsRequest,
    ErrorReply,
    HighlightsReply,
    HighlightsRequest,
    SearchReply,
    SearchRequest,
)
from ml_service.service import Body, Service
from ml_service.settings import Settings

DEFAULT_DEADLINE_MS = 30_000
LONGEST_FIELD_CHARS = 100
LONGEST_DEADLINE_MS = 300_000
log = logging.getLogger("ml_service")

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")

_KEY = APIKeyHeader(name="x-api-key", auto_error=False, description="The secret that opens the model.")
_REFUSALS = (
    ErrorCode.INPUT_INVALID,
    ErrorCode.AUTH_MISSING,
    ErrorCode.AUTH_INVALID,
    ErrorCode.INPUT_TOO_LARGE,
    ErrorCode.INTERNAL_BUG,
    ErrorCode.CAPACITY_OVERLOADED,
    ErrorCode.UPSTREAM_COLD,
    ErrorCode.UPSTREAM_TIMEOUT,
)


def _documented(reply: type, /) -> dict[str, Any]:
    compute = {"description": "Model compute of this run, in whole microseconds.", "schema": {"type": "integer"}}
    responses: dict[int | str, dict[str, Any]] = {
        STATUS[code]: {
            "model": ErrorReply,
            "description": ", ".join(each for each in _REFUSALS if STATUS[each] == STATUS[code]),
        }
        for code in _REFUSALS
    }
    responses[200] = {"headers": {"x-compute-us": compute}}
    return {"response_model": reply, "responses": responses}


def create_app(settings: Settings | None = None, give_up: Callable[[], None] | None = None) -> FastAPI:
    """Make the app. The model is loaded while it already answers; until then /v1 says upstream.cold.

    When the model cannot be loaded, `give_up` is called, and /healthz says 503 for whoever watches the process.
    """
    chosen = settings or Settings()  # pyright: ignore[reportCallIssue] -- the fields come from the environment
    metrics = Metrics()
    service = Service(chosen, metrics)

    def loaded(loading: asyncio.Task[None]) -> None:
        if not loading.cancelled() and (error := loading.exception()):
            if isinstance(error, MissingExtraError):
                log.critical("%s", error)
            else:
                log.critical("The model cannot be loaded (ML_CACHE_DIR: %s)", chosen.ml_cache_dir, exc_info=error)
            if give_up:
                give_up()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        loading = asyncio.create_task(service.load())
        loading.add_done_callback(loaded)
        yield
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)
        await service.close()

    development = chosen.twohop_env == "development"
    app = FastAPI(
        title="Twohop model service",
        version="1",
        lifespan=lifespan,
        docs_url="/docs" if development else None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_url="/openapi.json" if development else None,
    )
    app.add_middleware(Gate, keys=chosen.keys, metrics=metrics, admit=service.admit)
    app.include_router(_model_routes(service))
    app.include_router(_health_routes(service, metrics))
    _add_error_handlers(app)
    _document_only_what_happens(app)
    return app


def _document_only_what_happens(app: FastAPI) -> None:
    """Take FastAPI's own 422 out of the contract: here a bad input is 400 or 413, in the table's words."""
    made = app.openapi()
    for path in made["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)


def _model_routes(service: Service) -> APIRouter:
    # The key is checked before the body is read, in the gate; here it is only documented.
    routes = APIRouter(prefix="/v1", dependencies=[Security(_KEY)], route_class=BodyRoute)

    @routes.post("/embeddings", operation_id="embeddings", **_documented(EmbeddingsReply))
    async def embeddings(body: EmbeddingsRequest, request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _reply(await service.embeddings(body.texts, _call(request)))

    @routes.post("/highlights", operation_id="highlights", **_documented(HighlightsReply))
    async def highlights(body: HighlightsRequest, request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _reply(await service.highlights(body, _call(request)))

    @routes.post("/search", operation_id="search", **_documented(SearchReply))
    async def search(body: SearchRequest, request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _reply(await service.search(body, _call(request)))

    return routes


def _health_routes(service: Service, metrics: Metrics) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/healthz")
    async def healthz(response: Response) -> dict[str, bool]:  # pyright: ignore[reportUnusedFunction]
        response.status_code = 503 if service.broken else 200
        return {"ok": not service.broken}

    @routes.get("/readyz")
    async def readyz(response: Response) -> dict[str, bool]:  # pyright: ignore[reportUnusedFunction]
        response.status_code = 200 if service.ready else 503
        return {"ok": service.ready}

    @routes.get("/metrics")
    async def prometheus() -> Response:  # pyright: ignore[reportUnusedFunction]
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes


def _call(request: Request) -> Call:
    """Return the gate's call of this request, with the deadline that its header asks for, counted from its arrival."""
    call: Call = request.scope["call"]
    header = request.headers.get("x-deadline-ms")
    if header is None:
        wanted = DEFAULT_DEADLINE_MS
    elif _WHOLE_NUMBER.fullmatch(header) and int(header) <= LONGEST_DEADLINE_MS:
        wanted = int(header)
    else:
        message = f"x-deadline-ms: must be whole milliseconds, at most {LONGEST_DEADLINE_MS}"
        raise ServiceError(ErrorCode.INPUT_INVALID, message, field="x-deadline-ms")
    call.deadline = call.arrived_at + wanted / 1000
    call.user = request.headers.get("x-user-key", "")[:LONGEST_FIELD_CHARS]
    return call


def _reply(body: Body) -> Response:
    return Response(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


def _refusal(error: ServiceError) -> Response:
    return Response(error_body(error), status_code=STATUS[error.code], headers=error_headers(error))


def _add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(ServiceError)
    async def refused(_request: Request, error: ServiceError) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _refusal(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:  # pyright: ignore[reportUnusedFunction]
        first = error.errors()[0]
        # The field's name may be the client's own, so it may be of any length.
        field = ".".join(str(part) for part in first["loc"][1:])[:LONGEST_FIELD_CHARS] or "body"
        if first["type"] == "json_invalid":
            return _refusal(ServiceError(ErrorCode.INPUT_INVALID, "body: must be valid JSON", field="body"))
        code = ErrorCode.INPUT_TOO_LARGE if first["type"] in {"string_too_long", "too_long"} else ErrorCode.INPUT_INVALID
        return _refusal(ServiceError(code, f"{field}: {first['msg'].removeprefix('Value error, ')}", field=field))

    @app.exception_handler(HTTPException)
    async def unknown(_request: Request, error: HTTPException) -> Response:  # pyright: ignore[reportUnusedFunction]
        if error.status_code in {404, 405}:
            return _refusal(ServiceError(ErrorCode.REQUEST_NOT_FOUND, "There is nothing at this address."))
        return _refusal(ServiceError(ErrorCode.INPUT_INVALID, "body: is not readable", field="body"))
