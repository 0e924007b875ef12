"""Builds the encoder's ONNX graph from its weights, without torch, in onnxruntime's own fused operators.

`python -m ml_service.graph` builds it into the cache, once, so that no start has to wait for it. Its inputs are the fields of
`Packed`; the output is `vectors`, float32 of shape [texts, hidden], mean pooled and of length 1.
"""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from ml_service.paths import default_cache, write_whole
from ml_service.weights import MODEL_NAME, Dense, Encoder, Layer, Norm, load_encoder, weights_folder, weights_version

BUILDER_VERSION = 2
"""Part of the cache's name: raise it when the graph changes."""

FUSED_OPERATORS = {"SkipLayerNormalization", "BiasGelu", "MultiHeadAttention"}


class _Drawing:
    """Nodes and constants, as they come. Every method returns the name of what it has drawn."""

    def __init__(self, encoder: Encoder) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._encoder = encoder
        self._flat = self.constant("flat", np.array([-1, encoder.hidden], np.int64))
        self._three = self.constant("three", np.full(3, encoder.hidden, np.int64))

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, *more: str, **attributes: float) -> str:
        domain = "com.microsoft" if operator in FUSED_OPERATORS else ""
        outputs = [output, *more]
        self.nodes.append(helper.make_node(operator, inputs, outputs, output, None, domain, None, **attributes))
        return output

    def product(self, name: str, value: str, dense: Dense) -> str:
        """Without the bias, which the node after it adds."""
        return self.node("MatMul", [value, self.constant(f"{name}.weight", dense.weight.T)], name)

    def norm(self, name: str, inputs: list[str], norm: Norm, *biases: str) -> str:
        scale, shift = self.constant(f"{name}.scale", norm.scale), self.constant(f"{name}.shift", norm.shift)
        operator = "LayerNormalization" if len(inputs) == 1 else "SkipLayerNormalization"
        return self.node(operator, [*inputs, scale, shift, *biases], name, epsilon=self._encoder.epsilon)

    def attention(self, name: str, hidden: str, layer: Layer) -> str:
        laid_out = self.node("Gather", [self.product(f"{name}.qkv", hidden, layer.qkv), "rows"], f"{name}.rows")
        parts = [f"{name}.{part}" for part in ("queries", "keys", "values")]
        self.node("Split", [laid_out, self._three], *parts, axis=2)
        bias = self.constant(f"{name}.qkv.bias", layer.qkv.bias)
        heads = self.node("MultiHeadAttention", [*parts, bias, "lengths"], f"{name}.heads", num_heads=self._encoder.heads)
        return self.node("Gather", [self.node("Reshape", [heads, self._flat], f"{name}.flat"), "slots"], f"{name}.packed")

    def layer(self, name: str, hidden: str, layer: Layer) -> str:
        attended = self.product(f"{name}.attended", self.attention(name, hidden, layer), layer.attended)
        bias = self.constant(f"{name}.attended.bias", layer.attended.bias)
        hidden = self.norm(f"{name}.attended.norm", [attended, hidden], layer.attended_norm, bias)
        wide = self.product(f"{name}.wide", hidden, layer.wide)
        active = self.node("BiasGelu", [wide, self.constant(f"{name}.wide.bias", layer.wide.bias)], f"{name}.active")
        narrow = self.product(f"{name}.narrow", active, layer.narrow)
        bias = self.constant(f"{name}.narrow.bias", layer.narrow.bias)
        return self.norm(f"{name}.norm", [narrow, hidden], layer.narrow_norm, bias)


def build_graph(encoder: Encoder) -> bytes:
    """Return the serialized graph."""
    drawing = _Drawing(encoder)
    words = drawing.node("Gather", [drawing.constant("words.table", encoder.words), "ids"], "words")
    places = drawing.node("Gather", [drawing.constant("positions.table", encoder.positions), "positions"], "places")
    embedded = drawing.node("Add", [words, places], "embedded")
    hidden = drawing.norm("embedded.norm", [embedded], encoder.embedded_norm)
    for index, layer in enumerate(encoder.layers):
        hidden = drawing.layer(f"layer.{index}", hidden, layer)
    drawing.node("LpNormalization", [drawing.node("MatMul", ["pooling", hidden], "mean")], "vectors", axis=1, p=2)

    def value(name: str, kind: int, *shape: str | int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    inputs = [
        value("ids", TensorProto.INT32, "tokens"),
        value("positions", TensorProto.INT32, "tokens"),
        value("rows", TensorProto.INT32, "texts", "length"),
        value("slots", TensorProto.INT32, "tokens"),
        value("lengths", TensorProto.INT32, "texts"),
        value("pooling", TensorProto.FLOAT, "texts", "tokens"),
    ]
    outputs = [value("vectors", TensorProto.FLOAT, "texts", encoder.hidden)]
    graph = helper.make_graph(drawing.nodes, "sentence_encoder", inputs, outputs, drawing.constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()


def cached_graph(folder: Path, cache: Path) -> bytes:
    """Return the graph of these weights from the cache, rebuilt when it is missing or its hash does not match."""
    path = cache / f"{MODEL_NAME}-{weights_version(folder)}-{BUILDER_VERSION}.onnx"
    digest = path.with_suffix(".sha256")
    if path.exists() and digest.exists():
        graph = path.read_bytes()
        if hashlib.sha256(graph).hexdigest() == digest.read_text():
            return graph
    graph = build_graph(load_encoder(folder))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, graph)
    write_whole(digest, hashlib.sha256(graph).hexdigest().encode())
    return graph


if __name__ == "__main__":
    cached_graph(weights_folder(), default_cache())
