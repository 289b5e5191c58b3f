"""Write a map of code points to text in the form that the `Precompiled` normaliser of `tokenizers` reads.

That form is a double-array trie over UTF-8 bytes followed by zero-terminated replacement texts.
Source: J. Aoe, "An efficient digital search algorithm by using a double-array structure", IEEE TSE 1989.
"""

import struct
from collections import deque
from collections.abc import Mapping
from typing import TypeAlias, cast

import numpy as np

_PAGE = 256
_LEAF = 1 << 31
_HAS_LEAF = 1 << 8
_OFFSET_SHIFT = 10
_Node: TypeAlias = "dict[int, _Node | int]"


def precompiled_charsmap(mapping: Mapping[str, str]) -> bytes:
    """The bytes for `tokenizers.normalizers.Precompiled`; an empty replacement deletes the character.

    Raises:
        ValueError: a text holds NUL, which the form uses as its own mark.
    """
    if any("\0" in text for pair in mapping.items() for text in pair):
        raise ValueError("NUL cannot be mapped.")
    positions, texts = _replacement_texts(mapping)
    units = np.array(_double_array(_trie(mapping, positions)), dtype="<u4").tobytes()
    return struct.pack("<I", len(units)) + units + texts


def _replacement_texts(mapping: Mapping[str, str]) -> tuple[dict[str, int], bytes]:
    positions: dict[str, int] = {}
    texts = bytearray()
    for text in sorted(set(mapping.values())):
        positions[text] = len(texts)
        texts += text.encode() + b"\0"
    return positions, bytes(texts)


def _trie(mapping: Mapping[str, str], positions: Mapping[str, int]) -> _Node:
    """Nested dictionaries by byte; byte 0 holds the position of the replacement."""
    root: _Node = {}
    for source, target in mapping.items():
        node = root
        for byte in source.encode():
            node = cast(_Node, node.setdefault(byte, {}))
        node[0] = positions[target]
    return root


def _double_array(root: _Node) -> list[int]:
    """Lay the trie out so that child `label` of the unit at `index` stands at `index ^ offset ^ label`."""
    units = [0] * (4 * _PAGE)
    used = bytearray(len(units))
    used[0] = 1
    bases_used: set[int] = set()
    pending = deque([(root, 0)])
    while pending:
        node, index = pending.popleft()
        labels = sorted(node)
        base = _free_base(labels, used, bases_used)
        bases_used.add(base)
        if base + _PAGE > len(units):
            units.extend([0] * (4 * _PAGE))
            used.extend(bytes(4 * _PAGE))
        units[index] |= ((index ^ base) << _OFFSET_SHIFT) | (_HAS_LEAF if 0 in node else 0)
        for label in labels:
            child = node[label]
            used[base ^ label] = 1
            if isinstance(child, dict):
                units[base ^ label] = label
                pending.append((child, base ^ label))
            else:
                units[base ^ label] = child | _LEAF
    last = used.rfind(1)
    return units[: (last // _PAGE + 1) * _PAGE]


def _free_base(labels: list[int], used: bytearray, bases_used: set[int]) -> int:
    """The first base not yet used whose slots for all `labels` are free; slots past the end are free."""
    size = len(used)
    slot = 0
    while True:
        slot = used.find(0, slot + 1)
        if slot < 0:
            return _next_page_base(size, bases_used)
        base = slot ^ labels[0]
        if base and base not in bases_used and all(base ^ label >= size or not used[base ^ label] for label in labels):
            return base


def _next_page_base(size: int, bases_used: set[int]) -> int:
    base = size
    while base in bases_used:
        base += 1
    return base
