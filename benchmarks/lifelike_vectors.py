"""Any number of generated vectors that lie as sentence vectors do: in clusters, with wide and uneven noise around.

Mixtures of two or three of the demo's passages, plus noise shaped like the passages' own spread and a little evenly
in all directions. The shares were chosen so that nearness falls off as among 10,900 sentences of European research
projects: cosine to the 1st, 10th and 100th neighbour 0.46, 0.36, 0.25 (theirs 0.51, 0.35, 0.25), local dimension
29 (theirs 32).
"""

import numpy as np

from demo.judgements import read_statements
from matching.engine.encoders import Encoder
from matching.engine.rows import LANGUAGES
from matching.engine.stores import Vectors

_SHAPED_NOISE, _EVEN_NOISE = 1.2, 0.3
_BLOCK = 16_384


def demo_passage_vectors(encoder: Encoder) -> Vectors:
    """The demo's passages (n, dimension), each language's mean taken off, L2-normalised."""
    statements = list(read_statements().values())
    vectors = encoder.encode_passages([statement.passage for statement in statements])
    spoken = np.array([statement.language for statement in statements])
    for language in LANGUAGES:
        if (spoken == language).any():
            vectors[spoken == language] -= vectors[spoken == language].mean(axis=0)
    return _normalised(vectors)


def fill_with_lifelike(out: Vectors, sources: Vectors, generator: np.random.Generator) -> None:
    """Overwrite `out` (n, dimension), block by block, with L2-normalised mixtures of `sources` (m, dimension)."""
    for start in range(0, len(out), _BLOCK):
        block = out[start : start + _BLOCK]
        block[:] = _lifelike(len(block), sources, generator)


def _lifelike(count: int, sources: Vectors, generator: np.random.Generator) -> Vectors:
    chosen = generator.integers(len(sources), size=(count, 3))
    weights = generator.dirichlet(np.ones(3), size=count).astype(np.float32)
    weights[generator.random(count) < 0.5, 2] = 0
    mixture = _normalised(np.einsum("np,npd->nd", weights, sources[chosen]))
    shaped = _normalised(generator.standard_normal((count, len(sources)), dtype=np.float32) @ sources)
    even = generator.standard_normal(mixture.shape, dtype=np.float32) / np.float32(np.sqrt(mixture.shape[1]))
    return _normalised(mixture + _SHAPED_NOISE * shaped + _EVEN_NOISE * even)


def _normalised(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
