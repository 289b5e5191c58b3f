"""Taking a mean off the vectors of each language, so that nearness says topic and not language.

Raw cosines of this model lie close together whether texts match or not, and favour the query's own language.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.rows import LANGUAGES
from matching.engine.stores import Vectors

_MIN_TEXTS = 100
_MIN_TEXTS_A_LANGUAGE = 50


@dataclass(frozen=True)
class Centring:
    """One mean vector a language, (len(LANGUAGES), dimension) in the order of `LANGUAGES`; none for too few texts."""

    means: Vectors | None = None

    @classmethod
    def of(cls, vectors: Vectors, languages: Sequence[str]) -> "Centring":
        """Means of passage vectors (n, dimension) whose languages are given.

        Fewer than 100 texts have no mean worth taking off; a language with fewer than 50 takes that of all.
        """
        if len(vectors) < _MIN_TEXTS:
            return cls()
        spoken = np.asarray(languages)
        whole = vectors.mean(axis=0, dtype=np.float64)
        means = [
            vectors[spoken == language].mean(axis=0, dtype=np.float64)
            if (spoken == language).sum() >= _MIN_TEXTS_A_LANGUAGE
            else whole
            for language in LANGUAGES
        ]
        return cls(np.asarray(means, dtype=np.float32))

    def apply(self, vectors: Vectors, languages: Sequence[str]) -> Vectors:
        """The vectors (n, dimension) without their language's mean, L2-normalised again; float32.

        Source: Mu and Viswanath, "All-but-the-Top" (ICLR 2018), the mean only, here for each language.
        """
        if self.means is None or not len(vectors):
            return vectors
        rows = [LANGUAGES.index(language) if language in LANGUAGES else 0 for language in languages]
        moved = vectors - self.means[rows]
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.ascontiguousarray(moved / np.maximum(lengths, 1e-12), dtype=np.float32)
