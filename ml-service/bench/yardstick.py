"""What to be measured against: onnxruntime alone, fp32, on the graph as an exporter writes it, in padded batches of 8."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from ml_service.accuracy import embed
from ml_service.backend import Backend, Tokens, Vectors
from ml_service.calibration import batches_of
from ml_service.weights import Dense, Encoder, Norm, load_encoder, weights_folder

BATCH = 8
IDS, MASK = "input_ids", "attention_mask"


def plain_graph(encoder: Encoder, *, pooled: bool = True) -> bytes:
    """Return the encoder in ONNX's own operators alone, over token ids and their mask of shape [texts, tokens].

    It gives a vector of length 1 a text; not pooled, one a token, which is what exporters leave to whoever runs it.
    """
    nodes: list[onnx.NodeProto] = []
    constants: list[onnx.TensorProto] = []
    size = encoder.hidden // encoder.heads

    def constant(value: npt.ArrayLike) -> str:
        constants.append(numpy_helper.from_array(np.array(value, order="C"), f"c{len(constants)}"))
        return constants[-1].name

    def node(operator: str, *inputs: str, **attributes: float | list[int]) -> str:
        output = f"n{len(nodes)}"
        nodes.append(helper.make_node(operator, list(inputs), [output], output, None, "", None, **attributes))
        return output

    def dense(value: str, layer: Dense) -> str:
        return node("Add", node("MatMul", value, constant(layer.weight.T)), constant(layer.bias))

    def norm(value: str, layer: Norm) -> str:
        return node("LayerNormalization", value, constant(layer.scale), constant(layer.shift), axis=-1, epsilon=encoder.epsilon)

    def heads(value: str, layer: Dense, part: int, order: list[int]) -> str:
        rows = slice(part * encoder.hidden, (part + 1) * encoder.hidden)
        shape = constant(np.array([0, 0, encoder.heads, size], np.int64))
        return node("Transpose", node("Reshape", dense(value, Dense(layer.weight[rows], layer.bias[rows])), shape), perm=order)

    def scalar(value: float) -> str:
        return constant(np.float32(value))

    tokens = node("Gather", node("Shape", IDS), constant(np.int64(1)))
    places = node("Range", constant(np.int64(0)), tokens, constant(np.int64(1)))
    embedded = node("Add", node("Gather", constant(encoder.words), IDS), node("Gather", constant(encoder.positions), places))
    hidden = norm(embedded, encoder.embedded_norm)
    floats = node("Cast", MASK, to=TensorProto.FLOAT)
    rows = node("Unsqueeze", node("Unsqueeze", MASK, constant(np.array([1], np.int64))), constant(np.array([2], np.int64)))
    kept = node("Cast", rows, to=TensorProto.FLOAT)
    hidden_scores = node("Mul", node("Sub", scalar(1), kept), scalar(-10_000))
    for layer in encoder.layers:
        queries, values = (heads(hidden, layer.qkv, part, [0, 2, 1, 3]) for part in (0, 2))
        scores = node("Div", node("MatMul", queries, heads(hidden, layer.qkv, 1, [0, 2, 3, 1])), scalar(size**0.5))
        attended = node("MatMul", node("Softmax", node("Add", scores, hidden_scores), axis=-1), values)
        shape = constant(np.array([0, 0, encoder.hidden], np.int64))
        joined = node("Reshape", node("Transpose", attended, perm=[0, 2, 1, 3]), shape)
        hidden = norm(node("Add", dense(joined, layer.attended), hidden), layer.attended_norm)
        wide = dense(hidden, layer.wide)
        bell = node("Add", node("Erf", node("Div", wide, scalar(2**0.5))), scalar(1))
        active = node("Mul", node("Mul", wide, bell), scalar(0.5))
        hidden = norm(node("Add", dense(active, layer.narrow), hidden), layer.narrow_norm)
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in (IDS, MASK)]
    if pooled:
        column = node("Unsqueeze", floats, constant(np.array([2], np.int64)))
        axes = constant(np.array([1], np.int64))
        summed = node("ReduceSum", node("Mul", hidden, column), axes, keepdims=0)
        mean = node("Div", summed, node("ReduceSum", column, axes, keepdims=0))
        nodes.append(helper.make_node("LpNormalization", [mean], ["vectors"], axis=1, p=2))
        output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", encoder.hidden])
    else:
        nodes.append(helper.make_node("Identity", [hidden], ["last_hidden_state"]))
        output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", encoder.hidden])
    graph = helper.make_graph(nodes, "plain", inputs, [output], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10).SerializeToString()


class Yardstick:
    """A session of two threads, or of as many as the machine has."""

    def __init__(self, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = ort.InferenceSession(plain_graph(load_encoder(weights_folder())), options, ["CPUExecutionProvider"])

    def run(self, batch: list[Tokens]) -> Vectors:
        """Return one vector a text."""
        longest = max(map(len, batch))
        ids, mask = np.zeros((2, len(batch), longest), np.int64)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        (vectors,) = self._session.run(None, {IDS: ids, MASK: mask})
        return np.asarray(vectors, np.float32)

    def per_second(self, texts: list[Tokens], seconds: float) -> float:
        """Return texts a second, in batches of 8 in the order given."""
        batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
        return _rate(batches, seconds, self.run)


def raw_per_second(backend: Backend, texts: list[Tokens], seconds: float) -> float:
    """Return texts a second of a backend in this process, kept busy with the batches that it likes best: its limit."""
    embed(backend, texts[:BATCH])
    batches = batches_of(backend, texts)
    if backend.workers == 1:
        return _rate(batches, seconds, backend.run)
    with ThreadPoolExecutor(backend.workers) as pool:
        parts = [batches[start :: backend.workers] for start in range(backend.workers)]
        return sum(pool.map(partial(_rate, seconds=seconds, run=backend.run), parts))


def _rate(batches: list[list[Tokens]], seconds: float, run: Callable[[list[Tokens]], Vectors]) -> float:
    """Whole passes alone count: batches are made by length, and the short ones come first."""
    done, started = 0, time.perf_counter()
    while True:
        for batch in batches:
            run(batch)
            done += len(batch)
        if (elapsed := time.perf_counter() - started) > seconds:
            return done / elapsed
