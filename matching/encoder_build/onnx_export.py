"""Turn encoder weights into one small file for ONNX Runtime, in the fastest form that stays true."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from matching.encoder_build.bert_weights import BertWeights
from matching.encoder_build.build_tools import build_tool
from matching.encoder_build.quantisation import ActivationRange, EmbeddingTable
from matching.encoder_build.sample_texts import CALIBRATION_TEXTS, VERIFICATION_TEXTS
from matching.encoder_build.serving_graph import (
    ATTENTION_MASK,
    INPUT_IDS,
    VECTORS,
    Int8Linear,
    Linear,
    build_serving_graph,
    float_linear,
)

LEAST_COSINE = 0.997
Vectors = npt.NDArray[np.float32]
Tokenise = Callable[[str], list[int]]


def export_onnx(
    weights: BertWeights,
    embeddings: EmbeddingTable,
    tokenise: Tokenise,
    target: Path,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Write the first form whose mean cosine to float32 is at least 0.997 here; returns what was chosen.

    Full eight-bit weights come first; processors without VNNI may overflow on them, so seven bits come next,
    float32 last.

    Args:
        weights: The encoder.
        embeddings: Its word embeddings, already quantised.
        tokenise: Text to token ids with special tokens, no longer than the model takes.
        target: The file to write.
        progress: Called with a line of text now and then.
    """
    spans, exact = _measure_float(weights, embeddings, tokenise)
    candidates: list[tuple[str, Linear]] = [
        ("int8", Int8Linear(spans, highest_level=127)),
        ("int7", Int8Linear(spans, highest_level=63)),
        ("float32", float_linear),
    ]
    for precision, linear in candidates:
        _save(build_serving_graph(weights, embeddings, linear), target)
        cosines = _cosines(_encode(_session(target), tokenise, VERIFICATION_TEXTS), exact)
        mean, least = float(cosines.mean()), float(cosines.min())
        progress(f"{precision}: cosine to float32 {mean:.4f} (lowest {least:.4f})")
        if mean >= LEAST_COSINE:
            break
    return {
        "precision": precision,
        "cosine_to_float32_mean": round(mean, 5),
        "cosine_to_float32_min": round(least, 5),
    }


def _measure_float(
    weights: BertWeights, embeddings: EmbeddingTable, tokenise: Tokenise
) -> tuple[dict[str, ActivationRange], Vectors]:
    """The range of each linear layer's input over sample texts, and the exact verification vectors."""
    taps: dict[str, str] = {}
    model = build_serving_graph(weights, embeddings, float_linear, taps=taps)
    session = _session(model.SerializeToString())
    outputs = sorted(set(taps.values()))
    lowest: dict[str, Vectors] = {}
    highest: dict[str, Vectors] = {}
    for text in CALIBRATION_TEXTS:
        for name, values in zip(outputs, session.run(outputs, _inputs(tokenise(text))), strict=True):
            rows = values.reshape(-1, values.shape[-1])
            lowest[name] = np.minimum(rows.min(axis=0), lowest.get(name, np.inf))
            highest[name] = np.maximum(rows.max(axis=0), highest.get(name, -np.inf))
    spans = {layer: ActivationRange(lowest[output], highest[output]) for layer, output in taps.items()}
    return spans, _encode(session, tokenise, VERIFICATION_TEXTS)


def _save(model: Any, target: Path) -> None:
    """Write the graph, and beside it its weights: ONNX Runtime maps that file, so workers share its memory."""
    weights = target.with_name(f"{target.name}.weights")
    weights.unlink(missing_ok=True)
    build_tool("onnx").save_model(model, str(target), save_as_external_data=True, location=weights.name)


def _session(model: Path | bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def _inputs(token_ids: list[int]) -> dict[str, npt.NDArray[np.int64]]:
    ids = np.array([token_ids], dtype=np.int64)
    return {INPUT_IDS: ids, ATTENTION_MASK: np.ones_like(ids)}


def _encode(session: Any, tokenise: Tokenise, texts: Sequence[str]) -> Vectors:
    return np.concatenate([session.run([VECTORS], _inputs(tokenise(text)))[0] for text in texts])


def _cosines(left: Vectors, right: Vectors) -> Vectors:
    product: Vectors = (left * right).sum(axis=1)
    return product
