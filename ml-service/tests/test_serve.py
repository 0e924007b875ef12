import sys

import pytest
from pydantic import ValidationError

from ml_service.serve import ServeSettings, main


def settings(**more: int) -> ServeSettings:
    return ServeSettings.model_validate({"ml_key": "k" * 32, **more})


def test_replicas_are_bounded_by_default() -> None:
    chosen = settings()
    assert (chosen.ml_replicas_min, chosen.ml_replicas_max) == (1, 4)
    assert (chosen.ml_replica_calls, chosen.ml_waiting_calls) == (32, 64)


def test_the_most_is_not_below_the_least() -> None:
    with pytest.raises(ValidationError, match="ML_REPLICAS_MAX: must not be below ML_REPLICAS_MIN"):
        settings(ml_replicas_min=3, ml_replicas_max=2)


@pytest.mark.parametrize("name", ["ml_replicas_min", "ml_replica_calls", "ml_waiting_calls"])
def test_nothing_of_it_is_zero(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        settings(**{name: 0})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    # What main() sets for Ray is taken back with these.
    for name in ("RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH", "RAY_USAGE_STATS_ENABLED", "RAY_AUTH_MODE", "RAY_AUTH_TOKEN"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("TWOHOP_ENV", "development")
    monkeypatch.setenv("ML_KEY", "test-key")
    return monkeypatch


def test_does_not_start_with_a_wrong_setting_and_names_it(told: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told.setenv("ML_REPLICAS_MAX", "none")
    assert main() == 1
    said = capsys.readouterr().err
    assert said.startswith("ml-service: ML_REPLICAS_MAX: ")
    assert len(said.splitlines()) == 1


def test_says_in_one_sentence_that_the_extra_is_missing(told: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told.setitem(sys.modules, "ray", None)
    assert main() == 1
    assert capsys.readouterr().err == "ml-service: ray is missing; install the extra: `uv pip install -e 'ml-service[serve]'`\n"
