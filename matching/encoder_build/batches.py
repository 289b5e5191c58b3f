"""Put rows into batches in which every other row's passage may honestly serve as a negative."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from matching.encoder_build.mining import TrainingRow

_LEAST_ROWS = 2
Related = Mapping[str, set[str]]


def plan_batches(
    rows: Sequence[TrainingRow], related: Related, *, steps: int, size: int, generator: np.random.Generator
) -> list[list[TrainingRow]]:
    """`steps` batches of equal size, rows drawn by their gain; none when not even two rows go together.

    Within a batch no text stands twice, and no passage or negative is related to another row's query. When the
    rows do not reach for `size`, all batches are as small as the smallest.
    """
    gains = np.array([row.gain for row in rows], dtype=np.float64)
    shares = gains / gains.sum() if len(rows) else gains
    batches = [_batch(rows, related, size, _drawn(len(rows), shares, size, generator)) for _ in range(steps)]
    smallest = min(map(len, batches), default=0)
    return [batch[:smallest] for batch in batches] if smallest >= _LEAST_ROWS else []


def _drawn(count: int, shares: npt.NDArray[np.float64], size: int, generator: np.random.Generator) -> list[int]:
    """Positions to try: some by their share, then all of them, so that a batch is filled if it can be."""
    if not count:
        return []
    some = generator.choice(count, size=4 * size, p=shares)
    return list(dict.fromkeys(map(int, np.concatenate([some, generator.permutation(count)]))))


def _batch(rows: Sequence[TrainingRow], related: Related, size: int, order: Sequence[int]) -> list[TrainingRow]:
    batch: list[TrainingRow] = []
    for position in order:
        if len(batch) == size:
            break
        if all(_go_together(rows[position], other, related) for other in batch):
            batch.append(rows[position])
    return batch


def _go_together(one: TrainingRow, other: TrainingRow, related: Related) -> bool:
    if {one.query, one.passage, one.negative} & {other.query, other.passage, other.negative}:
        return False
    return not (
        {other.passage, other.negative, other.query} & related[one.query]
        or {one.passage, one.negative, one.query} & related[other.query]
    )
