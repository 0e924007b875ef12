"""`python -m ml_service.serve`: the same service as a Ray Serve deployment, as many replicas as the queue asks for."""

import asyncio
import logging.config
import os
import secrets
import signal
import sys
from typing import Any, Self

from pydantic import Field, model_validator

from ml_service.app import create_app
from ml_service.logs import log_config
from ml_service.replica import Headers, Replica
from ml_service.settings import Settings, read_settings, usable_cores

NAME = "model"
PROXY_CALLBACK = "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH"
OK = 200
CANCEL_SECONDS = 1.0
HEALTH_SECONDS = 0.05


class ServeSettings(Settings):
    """What the replicas share, beside what each of them is set to."""

    ml_replicas_min: int = Field(default=1, ge=1, description="Replicas that are always on.")
    ml_replicas_max: int = Field(default=4, ge=1, description="Replicas at most.")
    ml_replica_cpus: int = Field(default=1, ge=1, description="Cores of a replica, and threads of its model.")
    ml_replica_gpus: float = Field(default=0, ge=0, description="GPUs of a replica; a part of one is a share.")
    ml_replica_calls: int = Field(default=32, ge=1, description="Calls that a replica takes at a time.")
    ml_replica_target: int = Field(default=8, ge=1, description="Calls in a replica or before it from which another is started.")
    ml_waiting_calls: int = Field(default=64, ge=1, description="Calls that may wait for a replica; more are refused with 503.")

    @model_validator(mode="after")
    def _refuse_fewer_than_the_least(self) -> Self:
        if self.ml_replicas_max < self.ml_replicas_min:
            message = "ML_REPLICAS_MAX: must not be below ML_REPLICAS_MIN"
            raise ValueError(message)
        return self


class Model:
    """One replica: the whole service, with a batcher of its own."""

    def __init__(self) -> None:
        settings = ServeSettings()  # pyright: ignore[reportCallIssue] -- the fields come from the environment
        lines = log_config()
        # Ray has handlers of its own at the root.
        logging.config.dictConfig(
            {
                **{name: value for name, value in lines.items() if name != "root"},
                "loggers": {"ml_service": {"level": "INFO", "handlers": ["lines"], "propagate": False}},
            }
        )
        mine = settings.model_copy(update={"ml_threads": settings.ml_replica_cpus})
        self._replica = Replica(create_app(mine), self._ask_all)

    def __serve_build_asgi_app__(self) -> Replica:
        """Return what Ray sends the calls to."""
        return self._replica

    async def check_health(self) -> None:
        """Return once the model is loaded. Raises when it cannot be: then Ray starts another in its place.

        Ray asks this before it sends the first call to a replica, and then every few seconds.
        """
        while (await self._replica.ask("GET", "/readyz", [])).status != OK:
            if (await self._replica.ask("GET", "/healthz", [])).status != OK:
                message = "the model cannot be loaded"
                raise RuntimeError(message)
            await asyncio.sleep(HEALTH_SECONDS)

    async def cancel(self, path: str, headers: Headers) -> int:
        """Cancel a call if it is here; return the status."""
        return (await self._replica.ask("DELETE", path, headers)).status

    async def _ask_all(self, path: str, headers: Headers) -> list[int]:
        from ray import serve  # noqa: PLC0415 # pyright: ignore[reportMissingImports] -- an extra

        asked = serve.get_deployment_handle(NAME, NAME).broadcast("cancel", path, headers)
        answers = await asked.results_async(timeout_s=CANCEL_SECONDS, return_exceptions=True)
        return [answer for answer in answers if isinstance(answer, int)]


def application() -> Any:  # noqa: ANN401 -- Ray's `Application`, and Ray is an extra
    """Return what Ray Serve runs, its `Application`: `ml_service.serve:application` in a Serve config, too."""
    from ray import serve  # noqa: PLC0415 # pyright: ignore[reportMissingImports] -- an extra

    settings = ServeSettings()  # pyright: ignore[reportCallIssue] -- the fields come from the environment
    deployment = serve.deployment(
        name=NAME,
        ray_actor_options={"num_cpus": settings.ml_replica_cpus, "num_gpus": settings.ml_replica_gpus},
        max_ongoing_requests=settings.ml_replica_calls,
        max_queued_requests=settings.ml_waiting_calls,
        autoscaling_config={
            "min_replicas": settings.ml_replicas_min,
            "initial_replicas": settings.ml_replicas_min,
            "max_replicas": settings.ml_replicas_max,
            "target_ongoing_requests": settings.ml_replica_target,
            "upscale_delay_s": 5,
            "downscale_delay_s": 300,
        },
        health_check_period_s=2,
        health_check_timeout_s=60,
        graceful_shutdown_timeout_s=25,
        logging_config={"enable_access_log": False, "encoding": "JSON"},
    )
    return deployment(serve.ingress(None)(Model)).bind()


def main() -> int:
    """Serve on ML_HOST and ML_PORT until a signal; return the exit code."""
    settings = read_settings(ServeSettings)
    if settings is None:
        return 1
    _prepare()
    try:
        import ray  # noqa: PLC0415 # pyright: ignore[reportMissingImports] -- an extra, and it reads its settings at import
        from ray import serve  # noqa: PLC0415 # pyright: ignore[reportMissingImports] -- likewise
    except ModuleNotFoundError as error:
        sys.stderr.write(f"ml-service: {error.name} is missing; install the extra: `uv pip install -e 'ml-service[serve]'`\n")
        return 1
    endings = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, endings)
    ray.init(
        address="local",
        num_cpus=usable_cores(),
        include_dashboard=False,
        _node_ip_address="127.0.0.1",
        object_store_memory=128 * 2**20,
    )
    serve.start(proxy_location="HeadOnly", http_options={"host": settings.ml_host, "port": settings.ml_port})
    serve.run(application(), name=NAME)
    signal.sigwait(endings)
    # First the replicas, which end the calls that they have while the proxy still hands on their replies; then the proxy.
    serve.delete(NAME)
    serve.shutdown()
    ray.shutdown()
    return 0


def _prepare() -> None:
    """Set what Ray reads from the environment, for this process and all that it starts."""
    os.environ[PROXY_CALLBACK] = "ml_service.doorway.middlewares"
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Whoever reaches an open port of Ray runs code there; only this run's own processes know the token.
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


if __name__ == "__main__":
    sys.exit(main())
