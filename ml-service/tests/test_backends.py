"""The accuracy gate, on every backend that is installed by default."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnxruntime.quantization import quantize_dynamic

from ml_service.accuracy import DEFAULT_COSINE, FAST_COSINE, NEIGHBOUR_COSINE, embed, least_cosine, passes
from ml_service.backend import Backend, Tokens, Vectors
from ml_service.backends.onnx import OnnxBackend, load_onnx
from ml_service.backends.openvino import computes_bf16, load_openvino
from ml_service.encoder import Encoder, Wanted, load_encoder
from ml_service.model import MissingExtraError
from ml_service.paths import default_cache
from ml_service.probe import probe_texts
from ml_service.weights import weights_folder

FLOATS = {"DefaultTensorType": onnx.TensorProto.FLOAT}

BACKENDS: dict[str, tuple[Callable[[], Backend], float]] = {
    "onnx": (lambda: load_onnx(weights_folder(), default_cache(), 2, 2), DEFAULT_COSINE),
    "openvino": (
        lambda: load_openvino(weights_folder(), "bf16" if computes_bf16() else "fp32", 2, 2),
        DEFAULT_COSINE,
    ),
    "openvino-int8": (lambda: load_openvino(weights_folder(), "int8", 2, 2), FAST_COSINE),
}


@pytest.fixture(scope="module")
def texts(model: Encoder) -> list[Tokens]:
    return model.tokenize([*probe_texts(model.tokenizer, 254), "Yes.", "long " * 300])


@pytest.fixture(scope="module")
def reference(model: Encoder, texts: list[Tokens]) -> Vectors:
    return np.concatenate([model.run_alone([tokens]) for tokens in texts])


@pytest.mark.parametrize("name", BACKENDS)
def test_is_exact_and_the_same_in_any_company(name: str, texts: list[Tokens], reference: Vectors) -> None:
    load, least = BACKENDS[name]
    backend = load()
    alone = np.concatenate([backend.run([tokens], alone=True) for tokens in texts])
    backwards = embed(backend, texts[::-1], 7)[::-1]
    for vectors in (alone, backwards):
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert least_cosine(vectors, reference) >= least
    assert least_cosine(alone, backwards) >= NEIGHBOUR_COSINE
    assert passes(backend, texts, reference, least)


def test_scales_over_a_whole_batch_do_not_pass(tmp_path: Path, model: Encoder, texts: list[Tokens], reference: Vectors) -> None:
    """`quantize_dynamic` is fast and small, and lets one user's text change another's vector."""
    backend = model.backend
    assert isinstance(backend, OnnxBackend)
    (tmp_path / "fp32.onnx").write_bytes(next(default_cache().glob("*-2.onnx")).read_bytes())
    quantize_dynamic(tmp_path / "fp32.onnx", tmp_path / "int8.onnx", op_types_to_quantize=["MatMul"], extra_options=FLOATS)
    quantized = OnnxBackend(onnx.load(tmp_path / "int8.onnx").SerializeToString(), 2, 2)
    alone = np.concatenate([quantized.run([tokens]) for tokens in texts])
    assert least_cosine(alone, embed(quantized, texts)) < NEIGHBOUR_COSINE
    assert not passes(quantized, texts, reference, 0.9)


@pytest.mark.parametrize(
    ("backend", "package", "told"),
    [("openvino", "openvino", "ML_BACKEND=onnx does without"), ("torch", "torch", "uv pip install -e 'ml-service\\[torch\\]'")],
)
def test_an_absent_package_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, backend: str, package: str, told: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for module in [name for name in sys.modules if name.startswith(f"ml_service.backends.{backend}")]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(MissingExtraError, match=told) as error:
        load_encoder(Wanted(tmp_path, backend=backend, threads=2))
    assert str(error.value).startswith(f"ML_BACKEND={backend}: {package} is ")
    assert "\n" not in str(error.value)
