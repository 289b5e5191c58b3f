"""Generated texts, and two ways timed in turn."""

import numpy as np

from benchmarks.texts import stitched_texts
from benchmarks.timing import interleaved


def test_stitched_texts_have_their_length_and_repeat_with_the_seed() -> None:
    one = stitched_texts(20, 50, np.random.default_rng(1))

    assert [len(text.split()) for text in one] == [50] * 20
    assert one == stitched_texts(20, 50, np.random.default_rng(1))
    assert len(set(one)) == 20


def test_interleaved_runs_both_in_turn() -> None:
    calls: list[str] = []

    interleaved(lambda: calls.append("ours"), lambda: calls.append("reference"), 2)

    assert calls == ["ours", "reference", "ours", "reference", "reference", "ours"]
