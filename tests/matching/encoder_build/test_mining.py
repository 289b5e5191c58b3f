"""Hard negatives and batches: near, and never an answer."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.encoder_build.batches import plan_batches
from matching.encoder_build.mining import TrainingRow, mine_rows
from matching.encoder_build.training_pairs import TrainingPair, gather_pairs, related_texts
from tests.encoders import WordHashEncoder


def _rows(pairs: list[TrainingPair], seed: int = 1) -> list[TrainingRow]:
    return mine_rows(pairs, WordHashEncoder(), generator=np.random.default_rng(seed))


def test_nearest_passage_that_is_no_answer_is_taken() -> None:
    pairs = [
        TrainingPair("sensor mod tryksår", "sensor mod tryksår i sengen"),
        TrainingPair("app til søvn", "sensor i sengen"),
        TrainingPair("robot der løfter", "løft med robot"),
    ]
    assert _rows(pairs)[0].negative == "sensor i sengen"


def test_passage_as_near_as_the_answer_is_left_alone() -> None:
    pairs = [
        TrainingPair("sensor mod tryksår", "sensor mod tryksår i seng"),
        TrainingPair("noget andet", "sensor mod tryksår i hus"),
        TrainingPair("tredje ting", "sensor for alle"),
    ]
    assert _rows(pairs)[0].negative == "sensor for alle"


def test_given_hard_negative_goes_first() -> None:
    pairs = [TrainingPair("sår", "plaster", ("gips",)), TrainingPair("fald", "sår og fald")]
    assert _rows(pairs)[0].negative == "gips"


def test_related_passage_is_never_a_negative() -> None:
    pairs = [
        TrainingPair("sensor", "sensor mod fald"),
        TrainingPair("sensor", "sensor i seng", grade=0.0),
        TrainingPair("app", "helt andre ord"),
        TrainingPair("mod fald", "sensor", grade=0.0),
    ]
    rows = _rows(pairs)
    assert [(row.query, row.gain) for row in rows] == [("sensor", 1.0), ("app", 1.0)]
    assert rows[0].negative == "helt andre ord"


def test_pair_without_any_possible_negative_is_dropped() -> None:
    assert _rows([TrainingPair("sensor", "seng"), TrainingPair("sensor", "fald")]) == []


_NAMES = st.sampled_from([f"text {number}" for number in range(12)])
_PAIRS = st.lists(st.builds(TrainingPair, _NAMES, _NAMES, grade=st.sampled_from([0.0, 1.0])), max_size=30)


@given(_PAIRS, st.integers(0, 20))
def test_no_batch_holds_an_answer_as_a_negative(drawn: list[TrainingPair], seed: int) -> None:
    pairs = gather_pairs([drawn])
    related = related_texts(pairs)
    batches = plan_batches(_rows(pairs, seed), related, steps=3, size=4, generator=np.random.default_rng(seed))
    for batch in batches:
        texts = [text for row in batch for text in (row.query, row.passage, row.negative)]
        assert len(set(texts)) == len(texts)
        for row in batch:
            others = {text for other in batch for text in (other.passage, other.negative)} - {row.passage}
            assert others & related[row.query] == set()
    assert len({len(batch) for batch in batches}) <= 1


def test_batches_are_as_many_and_as_large_as_asked() -> None:
    rows = [TrainingRow(f"q{n}", f"p{n}", f"n{n}", 1.0) for n in range(10)]
    related = {row.query: {row.passage} for row in rows}
    batches = plan_batches(rows, related, steps=7, size=4, generator=np.random.default_rng(1))
    assert [len(batch) for batch in batches] == [4] * 7
    assert len({row.query for batch in batches for row in batch}) > 4


def test_strong_pairs_are_drawn_more_often() -> None:
    rows = [TrainingRow(f"q{n}", f"p{n}", f"n{n}", 100.0 if n < 4 else 0.001) for n in range(100)]
    related = {row.query: {row.passage} for row in rows}
    batches = plan_batches(rows, related, steps=20, size=2, generator=np.random.default_rng(1))
    assert {row.query for batch in batches for row in batch} == {"q0", "q1", "q2", "q3"}
