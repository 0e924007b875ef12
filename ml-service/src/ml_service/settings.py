"""Settings, read from the environment when the app is made, never at import."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings

from ml_service.paths import default_cache

SHORTEST_KEY = 32


class Settings(BaseSettings):
    """Every field is an environment variable of the same name in capitals."""

    twohop_env: Literal["production", "development"] = "production"
    ml_key: str = Field(repr=False, description="The secret that opens /v1. Two, separated by a comma, while one is replaced.")
    ml_host: str = "127.0.0.1"
    ml_port: int = Field(default=8000, ge=0, le=65_535)
    ml_cache_dir: Path = Field(default_factory=default_cache)
    ml_threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    ml_batch_tokens: int = Field(default=1_024, ge=256, description="Padded tokens of one batch.")
    ml_queue_texts: int = Field(default=4_000, ge=1, description="Texts and sentences that may wait; more are refused.")

    @property
    def keys(self) -> list[bytes]:
        """The keys that open the service, as bytes: comparing non-ASCII strings raises."""
        return [key.strip().encode() for key in self.ml_key.split(",") if key.strip()]

    @model_validator(mode="after")
    def _refuse_weak_keys(self) -> Self:
        if not self.keys:
            message = "ML_KEY: must not be empty"
            raise ValueError(message)
        if self.twohop_env == "production" and any(len(key) < SHORTEST_KEY for key in self.keys):
            message = f"ML_KEY: must be a secret of at least {SHORTEST_KEY} characters"
            raise ValueError(message)
        return self
