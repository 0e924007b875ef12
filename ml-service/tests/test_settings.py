import pytest
from pydantic import ValidationError

from ml_service.settings import Settings

SECRET = "a-secret-of-at-least-thirty-two-characters"


def test_production_is_the_default_and_wants_a_real_key() -> None:
    assert Settings(ml_key=SECRET).keys == [SECRET.encode()]
    with pytest.raises(ValidationError, match="ML_KEY: must be a secret of at least 32"):
        Settings(ml_key="short")
    with pytest.raises(ValidationError, match="ML_KEY: must be a secret"):
        Settings(ml_key=f"{SECRET},short")


@pytest.mark.parametrize("keys", ["", ",", " , "])
def test_no_key_is_no_key_even_in_development(keys: str) -> None:
    with pytest.raises(ValidationError, match="ML_KEY: must not be empty"):
        Settings(ml_key=keys, twohop_env="development")


def test_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ML_KEY", SECRET)
    monkeypatch.setenv("ML_PORT", "1234")
    assert Settings().ml_port == 1234  # pyright: ignore[reportCallIssue] -- the key comes from the environment
