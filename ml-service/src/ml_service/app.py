"""The shipped model's app: its routes, behind the same gate as a maker's own."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import orjson
from fastapi import APIRouter, FastAPI, Request, Response

from ml_service.encoder import Encoder, Wanted
from ml_service.protection import protect
from ml_service.route import BodyRoute
from ml_service.runs import Runs
from ml_service.schemas import (
    EmbeddingsReply,
    EmbeddingsRequest,
    HighlightsReply,
    HighlightsRequest,
    SearchReply,
    SearchRequest,
)
from ml_service.service import Body, Service
from ml_service.settings import Settings


def create_app(settings: Settings | None = None, give_up: Callable[[], None] | None = None) -> FastAPI:
    """Make the app. The model is loaded while it already answers; until then /v1 says upstream.cold.

    When the model cannot be loaded, `give_up` is called, and /healthz says 503 for whoever watches the process.
    """
    chosen = settings or Settings()  # pyright: ignore[reportCallIssue] -- the fields come from the environment
    encoder = Encoder(_wanted(chosen))
    runs = Runs(encoder, batch_cost=chosen.ml_batch_tokens, queue_items=chosen.ml_queue_texts)
    service = Service(encoder, runs)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        service.close()

    development = chosen.twohop_env == "development"
    app = FastAPI(
        title="Twohop model service",
        version="1",
        lifespan=lifespan,
        docs_url="/docs" if development else None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_url="/openapi.json" if development else None,
        # Its own spans and logs hold addresses as they were sent, and inputs that were refused.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.include_router(_model_routes(service))
    protect(app, runs, settings=chosen, give_up=give_up)
    return app


def _wanted(settings: Settings) -> Wanted:
    return Wanted(
        cache=settings.ml_cache_dir,
        backend=settings.ml_backend,
        model=settings.ml_model,
        threads=settings.ml_threads,
        workers=settings.ml_workers,
    )


def _model_routes(service: Service) -> APIRouter:
    routes = APIRouter(prefix="/v1", route_class=BodyRoute)

    @routes.post("/embeddings", operation_id="embeddings", response_model=EmbeddingsReply)
    async def embeddings(body: EmbeddingsRequest, request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _reply(await service.embeddings(body.texts, request.scope["call"]))

    @routes.post("/highlights", operation_id="highlights", response_model=HighlightsReply)
    async def highlights(body: HighlightsRequest, request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _reply(await service.highlights(body, request.scope["call"]))

    @routes.post("/search", operation_id="search", response_model=SearchReply)
    async def search(body: SearchRequest, request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _reply(await service.search(body, request.scope["call"]))

    return routes


def _reply(body: Body) -> Response:
    return Response(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")
