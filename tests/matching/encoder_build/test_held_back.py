"""The split: nothing that is measured on was ever seen in training."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.encoder_build.held_back import PairSplit, hold_back
from matching.encoder_build.json_lines import DataUnusableError
from matching.encoder_build.training_pairs import TrainingPair, gather_pairs


def _split(pairs: list[TrainingPair], share: float = 0.3, seed: int = 1) -> PairSplit:
    return hold_back(pairs, share=share, generator=np.random.default_rng(seed))


def _texts(pairs: list[TrainingPair]) -> set[str]:
    return {text for pair in pairs for text in (pair.query, pair.passage, *pair.hard_negatives)}


_NAMES = st.sampled_from([f"text {number}" for number in range(30)])
_PAIRS = st.builds(TrainingPair, _NAMES, _NAMES, st.tuples(_NAMES) | st.just(()), st.sampled_from([0.0, 1.0, 2.0]))


@given(st.lists(_PAIRS, max_size=60), st.floats(0.05, 0.9), st.integers(0, 100))
def test_no_text_is_on_both_sides(drawn: list[TrainingPair], share: float, seed: int) -> None:
    pairs = gather_pairs([drawn])
    try:
        split = _split(pairs, share, seed)
    except DataUnusableError:
        return
    assert _texts(split.training) & _texts(split.held_back) == set()
    both = [*split.training, *split.held_back]
    assert {(pair.query, pair.passage) for pair in both} <= {(pair.query, pair.passage) for pair in pairs}
    taught = [pair for pair in both if pair.grade > 0]
    assert len(taught) + split.left_out == sum(pair.grade > 0 for pair in pairs)


def test_small_groups_stay_whole_and_nothing_is_lost() -> None:
    pairs = [TrainingPair(f"query {n}", f"passage {n}-{m}") for n in range(20) for m in range(2)]
    split = _split(pairs)
    assert split.left_out == 0
    assert {pair.query for pair in split.training} & {pair.query for pair in split.held_back} == set()
    assert (len(split.training), len(split.held_back)) == (28, 12)


def test_one_great_group_is_cut() -> None:
    pairs = [TrainingPair(f"text {n}", f"text {m}") for n in range(20) for m in range(n)]
    split = _split(pairs)
    assert len(split.held_back) == 6 * 5 / 2
    assert len(split.training) == 14 * 13 / 2
    assert split.left_out == 6 * 14


def test_same_seed_holds_back_the_same() -> None:
    pairs = [TrainingPair(f"query {n}", f"passage {n}") for n in range(40)]
    assert _split(pairs, seed=3) == _split(pairs, seed=3)
    assert _split(pairs, seed=3) != _split(pairs, seed=4)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_pairs_are_said(count: int) -> None:
    with pytest.raises(DataUnusableError, match=f"^{count} different pairs are too few"):
        _split([TrainingPair(f"query {n}", f"passage {n}") for n in range(count)])
