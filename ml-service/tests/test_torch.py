"""The torch extra. Where it is not installed this file is not collected: see conftest.py."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch  # pyright: ignore[reportMissingImports] -- an extra
from conftest import running
from safetensors.numpy import load_file, save_file

from ml_service.accuracy import DEFAULT_COSINE, NEIGHBOUR_COSINE, embed, least_cosine
from ml_service.backends.onnx import load_onnx
from ml_service.encoder import Encoder, Wanted, load_encoder
from ml_service.paths import default_cache
from ml_service.probe import probe_texts
from ml_service.weights import weights_folder


@pytest.fixture(scope="module")
def loaded() -> Encoder:
    return load_encoder(Wanted(default_cache(), backend="torch", threads=2))


def test_computes_in_fp16_on_a_gpu_and_in_fp32_elsewhere(loaded: Encoder) -> None:
    assert loaded.backend.name == ("torch-cuda-fp16" if torch.cuda.is_available() else "torch-fp32")


def test_is_as_exact_as_a_default_must_be_and_the_same_in_any_company(loaded: Encoder) -> None:
    tokens = loaded.tokenize(probe_texts(loaded.tokenizer, 256))
    reference = embed(load_onnx(weights_folder(), default_cache(), 2, 2), tokens)
    alone, few, many = (embed(loaded.backend, tokens, size) for size in (1, 8, 100))
    for vectors in (alone, few, many):
        assert least_cosine(vectors, reference) >= DEFAULT_COSINE
        assert least_cosine(vectors, alone) >= NEIGHBOUR_COSINE


def test_serves_an_encoder_of_ones_own_by_its_path(tmp_path: Path) -> None:
    """The shipped model without its last layer: another model, which nobody has a name for."""
    own = tmp_path / "own-encoder"
    own.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        (own / name).write_bytes((weights_folder() / name).read_bytes())
    config = json.loads((weights_folder() / "config.json").read_text())
    (own / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 5}))
    weights = load_file(weights_folder() / "model.safetensors")
    save_file({name: each for name, each in weights.items() if ".layer.5." not in name}, own / "model.safetensors")
    with running(ml_backend="torch", ml_model=str(own)) as client:
        reply = client.post("/v1/embeddings", json={"texts": ["A cat sleeps.", "A pet is resting."]})
        assert reply.status_code == 200
        assert reply.json()["model"] == f"{own}@local"
        vectors = np.array(reply.json()["embeddings"])
        assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)
        assert vectors[0] @ vectors[1] > 0.3
