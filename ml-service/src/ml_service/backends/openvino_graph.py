"""Builds the encoder in OpenVINO's own operators. Inputs and output are those of the ONNX graph."""

import numpy as np
from openvino import Model, Node, Output, Type
from openvino import opset13 as op

from ml_service.weights import Array, Dense, Encoder, Layer, Norm

Value = Node | Output
MASKED = np.float32(-1e9)
LARGEST_INTEGER = 127


def build_model(encoder: Encoder, *, integers: bool) -> Model:
    """Return the model; with `integers`, each row of a weight is kept as whole numbers of 8 bits and one scale.

    The activations stay as they are, or are scaled token by token where the CPU multiplies 8 bits: a scale over a whole batch
    would let a text's vector depend on its neighbours.
    """
    ids, positions = op.parameter([-1], Type.i32, "ids"), op.parameter([-1], Type.i32, "positions")
    rows, slots = op.parameter([-1, -1], Type.i32, "rows"), op.parameter([-1], Type.i32, "slots")
    lengths, pooling = op.parameter([-1], Type.i32, "lengths"), op.parameter([-1, -1], Type.f32, "pooling")
    mask = _mask(rows, lengths)

    def dense(value: Value, layer: Dense) -> Value:
        weight = _integers(layer.weight) if integers else op.constant(layer.weight)
        return op.add(op.matmul(value, weight, transpose_a=False, transpose_b=True), _row(layer.bias))

    def norm(value: Value, layer: Norm) -> Value:
        normed = op.mvn(value, _axes(1), normalize_variance=True, eps=encoder.epsilon, eps_mode="inside_sqrt")
        return op.add(op.multiply(normed, _row(layer.scale)), _row(layer.shift))

    def attention(hidden: Value, layer: Layer) -> Value:
        laid_out = _gather(dense(hidden, layer.qkv), rows)
        size = encoder.hidden // encoder.heads
        heads = op.reshape(laid_out, _axes(0, 0, 3 * encoder.heads, size), special_zero=True)
        queries, keys, values = op.split(op.transpose(heads, _axes(0, 2, 1, 3)), op.constant(np.int64(1)), 3).outputs()
        scaled = op.multiply(queries, op.constant(np.float32(size**-0.5)))
        scores = op.add(op.matmul(scaled, keys, transpose_a=False, transpose_b=True), mask)
        attended = op.matmul(op.softmax(scores, 3), values, transpose_a=False, transpose_b=False)
        joined = op.reshape(op.transpose(attended, _axes(0, 2, 1, 3)), _axes(-1, encoder.hidden), special_zero=False)
        return _gather(joined, slots)

    embedded = op.add(_gather(op.constant(encoder.words), ids), _gather(op.constant(encoder.positions), positions))
    hidden = norm(embedded, encoder.embedded_norm)
    for layer in encoder.layers:
        hidden = norm(op.add(dense(attention(hidden, layer), layer.attended), hidden), layer.attended_norm)
        wide = op.gelu(dense(hidden, layer.wide), "erf")
        hidden = norm(op.add(dense(wide, layer.narrow), hidden), layer.narrow_norm)
    mean = op.matmul(pooling, hidden, transpose_a=False, transpose_b=False)
    vectors = op.normalize_l2(mean, _axes(1), 1e-12, "max")
    return Model([vectors], [ids, positions, rows, slots, lengths, pooling], "sentence_encoder")  # pyright: ignore[reportGeneralTypeIssues] -- the stubs mix two of its classes


def _mask(rows: Value, lengths: Value) -> Value:
    """Return what is added to the scores, [texts, 1, 1, length]: nothing, or as good as minus infinity past a text's end."""
    longest = op.gather(op.shape_of(rows, "i32"), op.constant(np.int32(1)), op.constant(np.int64(0)))
    places = op.range(op.constant(np.int32(0)), longest, op.constant(np.int32(1)), "i32")
    past = op.greater_equal(places, op.unsqueeze(lengths, _axes(1, 2, 3)))
    return op.select(past, op.constant(MASKED), op.constant(np.float32(0)))


def _integers(weight: Array) -> Value:
    scales = np.abs(weight).max(axis=1, keepdims=True) / LARGEST_INTEGER
    whole = np.round(weight / scales).astype(np.int8)
    return op.multiply(op.convert(op.constant(whole), Type.f32), op.constant(scales.astype(np.float32)))


def _gather(table: Value, indices: Value) -> Value:
    return op.gather(table, indices, op.constant(np.int64(0)))


def _row(vector: Array) -> Value:
    return op.constant(vector[None])


def _axes(*numbers: int) -> Value:
    return op.constant(np.array(numbers, np.int64))
