"""Write a BERT encoder as an ONNX graph made for serving: token ids in, L2-normalised sentence vectors out.

The graph is written node by node instead of traced: it needs no torch, is the same on every machine, and uses
the form that was measured fastest on ONNX Runtime's processor kernels.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from matching.encoder_build.bert_weights import BertWeights, Weights
from matching.encoder_build.build_tools import build_tool
from matching.encoder_build.quantisation import ActivationRange, EmbeddingTable, quantise_linear

INPUT_IDS, ATTENTION_MASK, VECTORS = "input_ids", "attention_mask", "vectors"
_MICROSOFT = "com.microsoft"
_OPSET, _IR_VERSION = 20, 10
_MASKED = 1e9


class Graph:
    """Nodes and constants under construction."""

    def __init__(self) -> None:
        self.onnx = build_tool("onnx")
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: npt.ArrayLike) -> str:
        """Add a constant and return its name."""
        array = np.ascontiguousarray(values) if np.ndim(values) else np.asarray(values)
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def split(self, value: str, outputs: list[str], axis: int) -> list[str]:
        """Cut `value` into equal parts along `axis`."""
        node = self.onnx.helper.make_node("Split", [value], outputs, axis=axis, num_outputs=len(outputs))
        self.nodes.append(node)
        return outputs


class Linear(Protocol):
    """Adds one linear layer to a graph; `weight` is (outputs, inputs)."""

    def __call__(self, graph: Graph, name: str, value: str, weight: Weights, bias: Weights) -> str:
        """Return the name of the layer's output."""
        ...


def float_linear(graph: Graph, name: str, value: str, weight: Weights, bias: Weights) -> str:
    """A linear layer in float32."""
    product = graph.node("MatMul", [value, graph.constant(f"{name}.weight", weight.T)], f"{name}.product")
    return graph.node("Add", [product, graph.constant(f"{name}.bias", bias)], f"{name}.output")


class Int8Linear:
    """A linear layer over eight-bit numbers with fixed scales; `spans` holds each layer's input by name."""

    def __init__(self, spans: Mapping[str, ActivationRange], highest_level: int) -> None:
        self.spans = spans
        self.highest_level = highest_level

    def __call__(self, graph: Graph, name: str, value: str, weight: Weights, bias: Weights) -> str:
        """Return the name of the layer's output."""
        layer = quantise_linear(weight, self.spans[name], highest_level=self.highest_level)
        smoothed = graph.node("Mul", [value, graph.constant(f"{name}.smooth", 1 / layer.smoothing)], f"{name}.smoothed")
        scale = graph.constant(f"{name}.input_scale", layer.input_scale)
        zero = graph.constant(f"{name}.input_zero", layer.input_zero)
        whole = graph.node("QuantizeLinear", [smoothed, scale, zero], f"{name}.whole")
        levels = graph.constant(f"{name}.levels", layer.levels)
        scales = graph.constant(f"{name}.scales", layer.scales)
        zeros = graph.constant(f"{name}.zeros", np.zeros(len(layer.scales), np.int8))
        inputs = [whole, levels, scale, scales, zero, zeros, graph.constant(f"{name}.bias", bias)]
        return graph.node("MatMulIntegerToFloat", inputs, f"{name}.output", _MICROSOFT)


def build_serving_graph(
    weights: BertWeights, embeddings: EmbeddingTable, linear: Linear, *, taps: dict[str, str] | None = None
) -> Any:
    """An `onnx.ModelProto`: `input_ids`, `attention_mask` int64 (batch, tokens) to `vectors` (batch, hidden).

    Padding stands at the end of each row. With `taps`, each linear layer's input becomes an output as well,
    and `taps` is filled with layer name -> output name.
    """
    graph = Graph()
    recorded = linear if taps is None else _tapped(linear, taps)
    value = _embed(graph, weights, embeddings)
    mask = _attention_mask(graph, weights)
    for index in range(weights.layers):
        value = _transformer_layer(graph, weights, recorded, index, value, mask)
    _pool(graph, value)
    return _model(graph, weights.hidden_size, sorted(set((taps or {}).values())))


def _tapped(linear: Linear, taps: dict[str, str]) -> Linear:
    def recorded(graph: Graph, name: str, value: str, weight: Weights, bias: Weights) -> str:
        taps[name] = value
        return linear(graph, name, value, weight, bias)

    return recorded


def _embed(graph: Graph, weights: BertWeights, embeddings: EmbeddingTable) -> str:
    levels = graph.constant("words.levels", embeddings.levels)
    scales = graph.constant("words.scales", embeddings.scales)
    words = graph.node(
        "GatherBlockQuantized", [levels, INPUT_IDS, scales], "words", _MICROSOFT,
        gather_axis=0, quantize_axis=1, block_size=embeddings.block_size, bits=embeddings.bits,
    )  # fmt: skip
    table = weights.tensors["embeddings.position_embeddings.weight"][weights.first_position :]
    types = weights.tensors["embeddings.token_type_embeddings.weight"]
    positions = graph.constant("positions", table + types[0])
    zero = graph.constant("zero", np.array([0], np.int64))
    graph.node("Shape", [INPUT_IDS], "length", start=1, end=2)
    sliced = graph.node("Slice", [positions, zero, "length", zero], "positions.used")
    summed = graph.node("Add", [words, sliced], "embeddings.sum")
    return _normalise(graph, weights, "embeddings.LayerNorm", summed)


def _attention_mask(graph: Graph, weights: BertWeights) -> str:
    """0 for tokens, very low for padding, float32 (batch, 1, 1, tokens); and the shapes each layer uses."""
    heads = weights.heads
    graph.constant("shape.heads", np.array([0, 0, 3 * heads, weights.hidden_size // heads]))
    graph.constant("shape.joined", np.array([0, 0, weights.hidden_size]))
    kept = graph.node("Cast", [ATTENTION_MASK], "mask.float", to=graph.onnx.TensorProto.FLOAT)
    less = graph.node("Sub", [kept, graph.constant("one", np.float32(1))], "mask.less")
    low = graph.node("Mul", [less, graph.constant("masked", np.float32(_MASKED))], "mask.low")
    return graph.node("Unsqueeze", [low, graph.constant("mask.axes", np.array([1, 2]))], "mask")


def _transformer_layer(graph: Graph, weights: BertWeights, linear: Linear, index: int, value: str, mask: str) -> str:
    name = f"layer{index}"
    context = _attention(graph, weights, linear, index, value, mask)
    attended = linear(graph, f"{name}.attended", context, *_dense(weights, index, "attention.output.dense"))
    summed = graph.node("Add", [attended, value], f"{name}.attended.sum")
    value = _normalise(graph, weights, f"encoder.layer.{index}.attention.output.LayerNorm", summed)
    wide = linear(graph, f"{name}.wide", value, *_dense(weights, index, "intermediate.dense"))
    active = graph.node("Gelu", [wide], f"{name}.active", _MICROSOFT)
    narrow = linear(graph, f"{name}.narrow", active, *_dense(weights, index, "output.dense"))
    summed = graph.node("Add", [narrow, value], f"{name}.narrow.sum")
    return _normalise(graph, weights, f"encoder.layer.{index}.output.LayerNorm", summed)


def _attention(graph: Graph, weights: BertWeights, linear: Linear, index: int, value: str, mask: str) -> str:
    name = f"layer{index}"
    parts = [_dense(weights, index, f"attention.self.{part}") for part in ("query", "key", "value")]
    weight, bias = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    joined = linear(graph, f"{name}.attention", value, weight, bias)
    heads = graph.node("Reshape", [joined, "shape.heads"], f"{name}.heads")
    ordered = graph.node("Transpose", [heads], f"{name}.ordered", perm=[0, 2, 1, 3])
    query, key, content = graph.split(ordered, [f"{name}.{part}" for part in ("query", "key", "content")], axis=1)
    factor = (weights.hidden_size // weights.heads) ** -0.5
    scores = graph.node("FusedMatMul", [query, key], f"{name}.scores", _MICROSOFT, transB=1, alpha=factor)
    masked = graph.node("Add", [scores, mask], f"{name}.masked")
    shares = graph.node("Softmax", [masked], f"{name}.shares", axis=-1)
    mixed = graph.node("MatMul", [shares, content], f"{name}.mixed")
    back = graph.node("Transpose", [mixed], f"{name}.back", perm=[0, 2, 1, 3])
    return graph.node("Reshape", [back, "shape.joined"], f"{name}.context")


def _dense(weights: BertWeights, index: int, name: str) -> tuple[Weights, Weights]:
    return weights.layer(index, f"{name}.weight"), weights.layer(index, f"{name}.bias")


def _normalise(graph: Graph, weights: BertWeights, name: str, value: str) -> str:
    inputs = [graph.constant(f"{name}.{part}", weights.tensors[f"{name}.{part}"]) for part in ("weight", "bias")]
    epsilon = weights.layer_norm_epsilon
    return graph.node("LayerNormalization", [value, *inputs], f"{name}.output", axis=-1, epsilon=epsilon)


def _pool(graph: Graph, value: str) -> str:
    """The sum over tokens, L2-normalised: the length makes the division of a mean unnecessary."""
    weights = graph.node("Unsqueeze", ["mask.float", graph.constant("pool.axis", np.array([1]))], "pool.weights")
    total = graph.node("MatMul", [weights, value], "pool.total")
    flat = graph.node("Squeeze", [total, "pool.axis"], "pool.flat")
    return graph.node("LpNormalization", [flat], VECTORS, axis=-1, p=2)


def _model(graph: Graph, hidden_size: int, extra_outputs: list[str]) -> Any:
    helper, kinds = graph.onnx.helper, graph.onnx.TensorProto
    inputs = [helper.make_tensor_value_info(n, kinds.INT64, ["batch", "tokens"]) for n in (INPUT_IDS, ATTENTION_MASK)]
    outputs = [helper.make_tensor_value_info(VECTORS, kinds.FLOAT, ["batch", hidden_size])]
    outputs += [helper.make_tensor_value_info(name, kinds.FLOAT, None) for name in extra_outputs]
    body = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="videnbro")
