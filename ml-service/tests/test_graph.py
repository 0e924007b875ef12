import hashlib
from pathlib import Path

import pytest

from ml_service.graph import cached_graph
from ml_service.paths import default_cache
from ml_service.weights import weights_folder, weights_version


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    cached_graph(weights_folder(), folder)
    return folder


def graph_in(cache: Path) -> Path:
    return next(cache.glob("*.onnx"))


def test_is_named_after_its_weights_and_kept_with_its_hash(cache: Path) -> None:
    path = graph_in(cache)
    assert weights_version(weights_folder()) in path.name
    assert path.with_suffix(".sha256").read_text() == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sorted(file.suffix for file in cache.iterdir()) == [".onnx", ".sha256"]


def test_is_read_from_the_cache_when_it_is_sound(cache: Path) -> None:
    before = graph_in(cache).stat().st_mtime_ns
    cached_graph(weights_folder(), cache)
    assert graph_in(cache).stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", b"not a graph"])
def test_is_built_again_when_it_is_damaged(cache: Path, damage: bytes) -> None:
    sound = graph_in(cache).read_bytes()
    graph_in(cache).write_bytes(damage)
    assert cached_graph(weights_folder(), cache) == sound
    assert graph_in(cache).read_bytes() == sound


def test_the_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    monkeypatch.delenv("ML_CACHE_DIR", raising=False)
    assert default_cache() == Path("/xdg/twohop/models")
    monkeypatch.setenv("ML_CACHE_DIR", "/elsewhere")
    assert default_cache() == Path("/elsewhere")
