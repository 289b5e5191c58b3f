"""Generated texts of a given length, stitched from the demo's sentences by a seeded generator."""

from collections.abc import Sequence

import numpy as np

from demo.judgements import read_statements


def sentence_parts() -> list[list[str]]:
    """The demo's statements as lists of words, in the files' order."""
    return [row.text.split() for row in read_statements().values()]


def stitched_texts(count: int, words: int, generator: np.random.Generator) -> list[str]:
    """`count` different texts of `words` words each, from stretches of the demo's statements."""
    parts = sentence_parts()
    return [_stitch(parts, words, generator) for _number in range(count)]


def _stitch(parts: Sequence[Sequence[str]], words: int, generator: np.random.Generator) -> str:
    text: list[str] = []
    while len(text) < words:
        part = parts[int(generator.integers(len(parts)))]
        start = int(generator.integers(max(1, len(part) - 6)))
        text.extend(part[start : start + int(generator.integers(6, 14))])
    return " ".join(text[:words])
