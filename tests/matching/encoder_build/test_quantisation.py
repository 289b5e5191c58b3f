"""Eight-bit layers and tables stay close to the numbers they stand for."""

import numpy as np
import pytest

from matching.encoder_build.packed_weights import BlockQuantised
from matching.encoder_build.quantisation import (
    ActivationRange,
    QuantisedLinear,
    pack_embeddings,
    quantise_embeddings,
    quantise_linear,
)


def _apply(layer: QuantisedLinear, rows: np.ndarray) -> np.ndarray:
    """What the processor computes: whole inputs times whole weights, scaled at the end."""
    scaled = np.round(rows / layer.smoothing / layer.input_scale) + layer.input_zero
    whole = np.clip(scaled, 0, 255).astype(np.int64) - int(layer.input_zero)
    return (whole @ layer.levels.astype(np.int64)) * layer.input_scale * layer.scales


@pytest.fixture
def rows() -> np.ndarray:
    """Inputs (200, 32) with two channels far larger than the rest, as transformers have them."""
    rows = np.random.default_rng(1).normal(0, 1, (200, 32)).astype(np.float32)
    rows[:, 3] *= 40
    rows[:, 20] = np.abs(rows[:, 20]) * 15
    return rows


@pytest.mark.parametrize(("highest_level", "error"), [(127, 0.02), (63, 0.03)])
def test_quantised_layer_is_near_the_float_layer(rows: np.ndarray, highest_level: int, error: float) -> None:
    weight = np.random.default_rng(2).normal(0, 0.1, (16, 32)).astype(np.float32)
    span = ActivationRange(rows.min(axis=0), rows.max(axis=0))
    layer = quantise_linear(weight, span, highest_level=highest_level)
    exact = rows @ weight.T
    assert np.abs(layer.levels).max() == highest_level
    assert np.linalg.norm(_apply(layer, rows) - exact) / np.linalg.norm(exact) < error


def test_input_of_zero_is_exactly_zero(rows: np.ndarray) -> None:
    weight = np.random.default_rng(2).normal(0, 0.1, (16, 32)).astype(np.float32)
    layer = quantise_linear(weight, ActivationRange(rows.min(axis=0), rows.max(axis=0)), highest_level=127)
    assert not _apply(layer, np.zeros((1, 32))).any()


def test_layer_that_never_saw_input_stays_finite() -> None:
    nothing = np.zeros(32, np.float32)
    weight = np.zeros((4, 32), np.float32)
    layer = quantise_linear(weight, ActivationRange(nothing, nothing), highest_level=127)
    assert np.isfinite(layer.scales).all()
    assert np.isfinite(layer.smoothing).all()


def test_packed_table_keeps_its_four_bits() -> None:
    levels = np.random.default_rng(3).integers(0, 16, (4, 32)).astype(np.uint8)
    scales = np.array([1, 2, 3, 4], np.float32)
    table = pack_embeddings(BlockQuantised(levels, scales), columns=64)
    assert table.levels.shape == (2, 32)
    assert np.array_equal(table.levels & 15, levels.reshape(2, 64)[:, 0::2])
    assert np.array_equal(table.levels >> 4, levels.reshape(2, 64)[:, 1::2])
    assert table.scales.tolist() == [[1, 2], [3, 4]]


def test_eight_bit_table_is_near_the_float_table() -> None:
    values = np.random.default_rng(4).normal(0, 1, (10, 64)).astype(np.float32)
    table = quantise_embeddings(values)
    restored = (table.levels.astype(np.float32) - 128).reshape(10, 2, 32) * table.scales[:, :, None]
    assert np.abs(restored.reshape(10, 64) - values).max() <= np.abs(values).max() / 127
