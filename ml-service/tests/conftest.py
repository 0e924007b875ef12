"""Shared: one loaded model and one app a run."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ml_service.app import create_app
from ml_service.encoder import Encoder, Wanted, load_encoder
from ml_service.paths import default_cache
from ml_service.settings import Settings

KEY = "test-key"

# Tests of an extra belong to whoever has installed it.
collect_ignore = [] if find_spec("torch") and find_spec("sentence_transformers") else ["test_torch.py"]


@pytest.fixture(scope="session")
def model() -> Encoder:
    return load_encoder(Wanted(default_cache(), backend="onnx", threads=2))


@contextmanager
def running(**settings: Any) -> Generator[TestClient]:
    """Yield a client of an app of its own, as soon as its model is loaded."""
    app = create_app(Settings.model_validate({"ml_key": KEY, "twohop_env": "development", **settings}))
    with TestClient(app, base_url="http://ml", headers={"x-api-key": KEY}, raise_server_exceptions=False) as client:
        ends = time.monotonic() + 60
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < ends, "the model was not loaded within 60 s"
        yield client


@pytest.fixture(scope="session")
def client() -> Generator[TestClient]:
    with running() as shared:
        yield shared
