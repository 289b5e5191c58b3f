"""Read a packed `E5S1` model file, so that its weights can live on as an ordinary Hugging Face folder.

The file holds the sizes, the Unigram pieces with their scores, a map that normalises single code points,
a directory of tensors, and the tensors: float32, or 4 bits in blocks of 32 with one float16 scale a block.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from kernel.errors import DomainError

MAGIC = b"E5S1"
BLOCK_SIZE = 32
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK_SIZE // 2,))])


class BadModelFileError(DomainError):
    """The model file is not what its name promises."""

    code: ClassVar[str] = "bad_model_file"


@dataclass(frozen=True)
class BlockQuantised:
    """A tensor in 4 bits: `levels` uint8 (blocks, 32) in 0..15, `scales` float32 (blocks,).

    A value is (level - 8) * scale.
    """

    levels: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float32]

    def values(self) -> npt.NDArray[np.float32]:
        """All values in order, float32, one dimension."""
        centred = self.levels.astype(np.int8) - 8
        return (centred * self.scales[:, None]).astype(np.float32).reshape(-1)


Tensor = npt.NDArray[np.float32] | BlockQuantised


@dataclass(frozen=True)
class PackedModel:
    """The whole file: sizes, vocabulary with scores, normalisation (code point to text), tensors by name."""

    hidden_size: int
    layers: int
    heads: int
    intermediate_size: int
    embedding_rows: int
    positions: int
    token_types: int
    layer_norm_epsilon: float
    beginning_id: int
    end_id: int
    padding_id: int
    unknown_id: int
    pieces: tuple[str, ...]
    scores: npt.NDArray[np.float32]
    normalisation: Mapping[str, str]
    tensors: Mapping[str, Tensor]

    def values(self, name: str, *shape: int) -> npt.NDArray[np.float32]:
        """The tensor `name` as float32 in `shape`.

        Raises:
            BadModelFileError: there is no such tensor, or it has another size.
        """
        tensor = self.tensors.get(name)
        if tensor is None:
            raise BadModelFileError(f"The model file has no tensor {name}. Reinstall the package that carries it.")
        values = tensor.values() if isinstance(tensor, BlockQuantised) else tensor
        if values.size != int(np.prod(shape)):
            raise BadModelFileError(f"Tensor {name} has {values.size} values, not {shape}. Reinstall its package.")
        return values.reshape(shape)


class _Cursor:
    """Reads forward through the bytes and refuses to read past their end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def take(self, size: int) -> int:
        start = self.offset
        _check_range(self.data, start, size)
        self.offset = start + size
        return start

    def unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack_from(layout, self.data, self.take(struct.calcsize(layout)))

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        start = self.take(np.dtype(dtype).itemsize * count)
        return np.frombuffer(self.data, dtype, count, start)

    def bytes(self, size: int) -> bytes:
        start = self.take(size)
        return self.data[start : start + size]


def read_packed_model(path: Path) -> PackedModel:
    """Read the file at `path`.

    Raises:
        BadModelFileError: wrong magic, another block size, or the file ends too early.
    """
    return parse_packed_model(path.read_bytes())


def parse_packed_model(data: bytes) -> PackedModel:
    """Parse the bytes of a packed model file; see `read_packed_model`."""
    if data[:4] != MAGIC:
        raise BadModelFileError("The model file does not start with E5S1. Reinstall the package that carries it.")
    cursor = _Cursor(data)
    cursor.take(8)
    hidden, layers, heads, intermediate, rows, positions, types, epsilon, block = cursor.unpack("<7ifi")
    if block != BLOCK_SIZE:
        raise BadModelFileError(f"The model file uses blocks of {block}; only blocks of {BLOCK_SIZE} are supported.")
    count, beginning, end, padding, unknown = cursor.unpack("<5i")
    pieces, scores = _read_pieces(cursor, count)
    return PackedModel(
        hidden_size=hidden,
        layers=layers,
        heads=heads,
        intermediate_size=intermediate,
        embedding_rows=rows,
        positions=positions,
        token_types=types,
        layer_norm_epsilon=epsilon,
        beginning_id=beginning,
        end_id=end,
        padding_id=padding,
        unknown_id=unknown,
        pieces=pieces,
        scores=scores,
        normalisation=_read_normalisation(cursor),
        tensors=_read_tensors(cursor),
    )


def _check_range(data: bytes, start: int, size: int) -> None:
    if size < 0 or start < 0 or start + size > len(data):
        raise BadModelFileError(
            f"The model file ends early, at byte {len(data)}. Reinstall the package that carries it."
        )


def _read_pieces(cursor: _Cursor, count: int) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    (text_size,) = cursor.unpack("<Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count)
    text = cursor.bytes(text_size)
    return tuple(text[a:b].decode() for a, b in pairwise(offsets)), scores


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    count, size = cursor.unpack("<iI")
    entries = _Cursor(cursor.bytes(size))
    mapping: dict[str, str] = {}
    for _ in range(count):
        code_point, length = entries.unpack("<IB")
        mapping[chr(code_point)] = "".join(map(chr, entries.unpack(f"<{length}I")))
    return mapping


def _read_tensors(cursor: _Cursor) -> dict[str, Tensor]:
    (count,) = cursor.unpack("<i")
    tensors: dict[str, Tensor] = {}
    for _ in range(count):
        (name_size,) = cursor.unpack("<H")
        name = cursor.bytes(name_size).decode()
        kind, length, start, _size = cursor.unpack("<BIQQ")
        tensors[name] = _read_tensor(cursor.data, kind, length, start)
    return tensors


def _read_tensor(data: bytes, kind: int, length: int, start: int) -> Tensor:
    if kind == 0:
        _check_range(data, start, 4 * length)
        return np.frombuffer(data, "<f4", length, start)
    blocks = length // BLOCK_SIZE
    _check_range(data, start, _BLOCK.itemsize * blocks)
    packed = np.frombuffer(data, _BLOCK, blocks, start)
    levels = np.concatenate([packed["nibbles"] & 15, packed["nibbles"] >> 4], axis=1)
    return BlockQuantised(levels=levels, scales=packed["scale"].astype(np.float32))
