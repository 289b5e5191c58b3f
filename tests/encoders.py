"""A small encoder for tests of the index itself: words hashed to directions, so that shared words mean nearness."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from matching.engine.stores import Vectors


class WordHashEncoder:
    """Counts hashed words; deterministic, fast, and knows how many texts it was asked to embed."""

    dimension = 64

    def __init__(self, fingerprint: str = "word-hash-1") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One vector a text."""
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One vector a text; the texts are noted."""
        self.encoded.extend(texts)
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        table = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()):
                table[
                    row,
                    int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16) % self.dimension,
                ] += 1
        table /= np.linalg.norm(table, axis=1, keepdims=True)
        return table


class CountingEncoder(WordHashEncoder):
    """Notes the queries it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        return super().encode_queries(texts)
