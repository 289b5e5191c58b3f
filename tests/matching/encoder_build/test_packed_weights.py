"""The reader of packed model files, on a file written here and on damaged ones."""

import struct
from pathlib import Path

import numpy as np
import pytest

from matching.encoder_build.packed_weights import (
    BadModelFileError,
    BlockQuantised,
    parse_packed_model,
    read_packed_model,
)

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "æ", "▁hej"]
SCORES = [0.0, 0.0, 0.0, 0.0, -1.5, -2.25, -3.0]
FLOATS = np.arange(4, dtype="<f4")
LEVELS = np.arange(64, dtype=np.uint8).reshape(2, 32) % 16
SCALES = np.array([0.5, -2.0], dtype="<f2")


def packed_file(*, block: int = 32, magic: bytes = b"E5S1") -> bytes:
    """A model file with seven pieces, two mapped characters and two tensors."""
    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
    normalisation = struct.pack("<IBII", 0xFB01, 2, ord("f"), ord("i")) + struct.pack("<IB", 1, 0)
    head = magic + struct.pack("<I7ifi", 1, 32, 2, 4, 64, 9, 16, 2, 1e-12, block)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, texts)))
    head += offsets.tobytes() + np.array(SCORES, "<f4").tobytes() + b"".join(texts)
    head += struct.pack("<iI", 2, len(normalisation)) + normalisation
    packed = b"".join(
        scale.tobytes() + (levels[:16] | (levels[16:] << 4)).astype(np.uint8).tobytes()
        for scale, levels in zip(SCALES, LEVELS, strict=True)
    )
    entries = [(b"plain", 0, 4, FLOATS.tobytes()), (b"small", 1, 64, packed)]
    start = len(head) + 4 + sum(2 + len(name) + 21 for name, *_rest in entries)
    directory = struct.pack("<i", len(entries))
    for name, kind, count, content in entries:
        directory += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, count, start, len(content))
        start += len(content)
    return head + directory + b"".join(content for *_rest, content in entries)


def test_sizes_pieces_and_normalisation_are_read() -> None:
    model = parse_packed_model(packed_file())
    assert (model.hidden_size, model.layers, model.heads, model.intermediate_size) == (32, 2, 4, 64)
    assert (model.embedding_rows, model.positions, model.token_types) == (9, 16, 2)
    assert (model.beginning_id, model.end_id, model.padding_id, model.unknown_id) == (0, 2, 1, 3)
    assert list(model.pieces) == PIECES
    assert model.scores.tolist() == SCORES
    assert model.normalisation == {"\ufb01": "fi", "\x01": ""}


def test_four_bit_tensor_has_low_halves_first_and_signed_scales() -> None:
    tensor = parse_packed_model(packed_file()).tensors["small"]
    assert isinstance(tensor, BlockQuantised)
    expected = np.concatenate([(LEVELS[0] - 8.0) * 0.5, (LEVELS[1] - 8.0) * -2.0])
    assert np.array_equal(tensor.values(), expected)


def test_values_come_in_the_shape_asked_for() -> None:
    model = parse_packed_model(packed_file())
    assert np.array_equal(model.values("plain", 2, 2), FLOATS.reshape(2, 2))
    assert model.values("small", 4, 16).dtype == np.float32


@pytest.mark.parametrize(("name", "shape"), [("missing", (4,)), ("plain", (5,))])
def test_unknown_tensor_or_wrong_size_is_refused(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(BadModelFileError, match=name):
        parse_packed_model(packed_file()).values(name, *shape)


def test_wrong_magic_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(packed_file(magic=b"GGUF"))
    with pytest.raises(BadModelFileError, match="E5S1") as caught:
        read_packed_model(path)
    assert caught.value.code == "bad_model_file"


def test_another_block_size_is_refused() -> None:
    with pytest.raises(BadModelFileError, match="blocks of 64"):
        parse_packed_model(packed_file(block=64))


def test_file_cut_anywhere_is_refused() -> None:
    whole = packed_file()
    for size in range(len(whole)):
        with pytest.raises(BadModelFileError):
            parse_packed_model(whole[:size])
