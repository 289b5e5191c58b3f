"""Whole numbers for weights and activations, so that a processor can multiply eight bits at a time.

The range of each activation channel is measured on sample texts and part of it is moved into the weights;
what is left fits one fixed scale a tensor. With a fixed scale a text has the same vector whatever is beside
it in a batch.
Source: Xiao et al., "SmoothQuant", ICML 2023, equation 4.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.encoder_build.packed_weights import BLOCK_SIZE, BlockQuantised

Weights = npt.NDArray[np.float32]
MIGRATION_STRENGTH = 0.75  # 0 leaves all difficulty in the activations, 1 moves it all into the weights
RANGE_MARGIN = 1.3  # texts outside the sample reach a little further than it
_TINY = 1e-5


@dataclass(frozen=True)
class ActivationRange:
    """What one linear layer's input was seen to span: lowest and highest value a channel, (inputs,)."""

    lowest: Weights
    highest: Weights


@dataclass(frozen=True)
class QuantisedLinear:
    """A linear layer over whole numbers.

    The input is divided by `smoothing` (inputs,), then by `input_scale`, then `input_zero` is added (uint8).
    `levels` int8 (inputs, outputs) times `scales` (outputs,) are the weights that already hold the smoothing.
    """

    smoothing: Weights
    input_scale: np.float32
    input_zero: np.uint8
    levels: npt.NDArray[np.int8]
    scales: Weights


def quantise_linear(weight: Weights, span: ActivationRange, *, highest_level: int) -> QuantisedLinear:
    """Quantise `weight` (outputs, inputs) a row at a time to -highest_level..highest_level (at most 127)."""
    reach = np.maximum(np.maximum(np.abs(span.lowest), np.abs(span.highest)), _TINY)
    strongest = np.maximum(np.abs(weight).max(axis=0), _TINY)
    smoothing = (reach**MIGRATION_STRENGTH / strongest ** (1 - MIGRATION_STRENGTH)).astype(np.float32)
    low = min(0.0, float((span.lowest / smoothing).min()) * RANGE_MARGIN)
    high = max(_TINY, float((span.highest / smoothing).max()) * RANGE_MARGIN)
    input_scale = np.float32((high - low) / 255)
    smoothed = weight * smoothing
    scales = np.maximum(np.abs(smoothed).max(axis=1), 1e-12) / highest_level
    return QuantisedLinear(
        smoothing=smoothing,
        input_scale=input_scale,
        input_zero=np.uint8(np.clip(round(-low / float(input_scale)), 0, 255)),
        levels=np.round(smoothed / scales[:, None]).astype(np.int8).T,
        scales=scales.astype(np.float32),
    )


@dataclass(frozen=True)
class EmbeddingTable:
    """Word embeddings in blocks along rows: `levels` uint8 (rows, bytes), `scales` float32 (rows, blocks)."""

    levels: npt.NDArray[np.uint8]
    scales: Weights
    bits: int
    block_size: int


def pack_embeddings(quantised: BlockQuantised, columns: int) -> EmbeddingTable:
    """A 4-bit table as it is, two levels a byte, the first in the lower half."""
    levels = quantised.levels.reshape(-1, columns)
    packed = (levels[:, 0::2] | (levels[:, 1::2] << 4)).astype(np.uint8)
    block_size = quantised.levels.shape[1]
    return EmbeddingTable(packed, quantised.scales.reshape(-1, columns // block_size), bits=4, block_size=block_size)


def quantise_embeddings(table: Weights, block_size: int = BLOCK_SIZE) -> EmbeddingTable:
    """A float table (rows, columns) in 8 bits with a scale for each block of columns; level 128 is zero."""
    blocks = table.reshape(len(table), -1, block_size)
    scales = np.maximum(np.abs(blocks).max(axis=2), 1e-12) / 127
    levels = (np.round(blocks / scales[:, :, None]) + 128).astype(np.uint8).reshape(table.shape)
    return EmbeddingTable(levels, scales.astype(np.float32), bits=8, block_size=block_size)
