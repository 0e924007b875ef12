"""Settings, read from the environment when the app is made, never at import."""

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings

from ml_service.paths import default_cache

SHORTEST_KEY = 32

Kind = TypeVar("Kind", bound=BaseSettings)


def usable_cores() -> int:
    """Return how many cores this process may use, which may be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class DoorSettings(BaseSettings):
    """What a protected app needs. Every field is an environment variable of the same name in capitals."""

    twohop_env: Literal["production", "development"] = "production"
    otel_exporter_otlp_endpoint: str = Field(default="", description="Where spans of calls are exported; empty: nowhere.")
    ml_key: str = Field(repr=False, description="The secret that opens it. Two, separated by a comma, while one is replaced.")

    @property
    def keys(self) -> list[bytes]:
        """The keys that open the service, as bytes: comparing non-ASCII strings raises."""
        return [key.strip().encode() for key in self.ml_key.split(",") if key.strip()]

    @model_validator(mode="after")
    def _refuse_spans_without_their_extra(self) -> Self:
        if not self.otel_exporter_otlp_endpoint:
            return self
        try:
            version("opentelemetry-exporter-otlp-proto-http")
        except PackageNotFoundError as error:
            message = "OTEL_EXPORTER_OTLP_ENDPOINT: needs an extra: `uv pip install -e 'ml-service[traces]'`"
            raise ValueError(message) from error
        return self

    @model_validator(mode="after")
    def _refuse_weak_keys(self) -> Self:
        if not self.keys:
            message = "ML_KEY: must not be empty"
            raise ValueError(message)
        if self.twohop_env == "production" and any(len(key) < SHORTEST_KEY for key in self.keys):
            message = f"ML_KEY: must be a secret of at least {SHORTEST_KEY} characters"
            raise ValueError(message)
        return self


class Settings(DoorSettings):
    """The same for the service that ships."""

    ml_host: str = "127.0.0.1"
    ml_port: int = Field(default=8000, ge=0, le=65_535)
    ml_cache_dir: Path = Field(default_factory=default_cache)
    ml_backend: Literal["auto", "onnx", "openvino", "openvino-int8", "fast", "torch"] = "auto"
    ml_model: str = Field(default="", description="For the torch backend: an encoder's name on the hub, or its folder.")
    ml_threads: int = Field(default_factory=usable_cores, ge=1)
    ml_workers: int = Field(default=0, ge=0, description="Batches that run at once; 0: measured.")
    ml_batch_tokens: int = Field(default=0, ge=0, description="Tokens of one batch; 0: what the backend likes best.")
    ml_queue_texts: int = Field(default=4_000, ge=1, description="Texts and sentences that may wait; more are refused.")

    @model_validator(mode="after")
    def _refuse_what_does_not_fit(self) -> Self:
        if self.ml_model and self.ml_backend != "torch":
            message = "ML_MODEL: needs ML_BACKEND=torch; the other backends run the shipped model"
            raise ValueError(message)
        if self.ml_workers > self.ml_threads:
            message = "ML_WORKERS: must not be above ML_THREADS, because each worker has a thread at least"
            raise ValueError(message)
        return self


def read_settings(kind: type[Kind]) -> Kind | None:
    """Return the environment's settings; None when they are wrong, and then a line of standard error names the first of them."""
    try:
        return kind()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else ""
        sys.stderr.write(f"ml-service: {f'{name}: ' if name else ''}{first['msg'].removeprefix('Value error, ')}\n")
        return None
