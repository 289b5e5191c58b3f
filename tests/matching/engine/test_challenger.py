"""Boosted trees: the same as scikit-learn's, scored without it, true to the prior's signs, and refused without data."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from matching.engine.bayesian import Evidence, Prior
from matching.engine.challenger import (
    Challenger,
    NothingLearned,
    TooFewOutcomes,
    as_arrays,
    monotone_signs,
    train_challenger,
)

NAMES = ("fit", "words", "distance", "noise")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(41)


def some_evidence(generator: np.random.Generator, count: int = 600, **changes: Any) -> Evidence:
    matrix = generator.normal(size=(count, len(NAMES)))
    label = (generator.random(count) < expit(1.5 * matrix[:, 0] - 1.5 * np.abs(matrix[:, 2]) - 0.5)).astype(float)
    return Evidence(**{"matrix": matrix, "label": label, **changes})


def fitted(matrix: np.ndarray, label: np.ndarray, **options: Any) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=6, early_stopping=False, **options)
    return model.fit(matrix, label)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_probabilities_are_those_of_scikit_learn(generator: np.random.Generator, missing: float) -> None:
    evidence = some_evidence(generator)
    matrix = np.where(generator.random(evidence.matrix.shape) < missing, np.nan, evidence.matrix)
    model = fitted(matrix, evidence.label, monotonic_cst=[1, 0, 0, 0])
    asked = np.concatenate([matrix, generator.normal(size=(100, 4)), np.full((1, 4), np.nan), np.full((1, 4), 1e300)])

    said = as_arrays(NAMES, model).probabilities(asked)

    np.testing.assert_allclose(said, model.predict_proba(asked)[:, 1], rtol=0, atol=1e-9)


def test_missing_values_that_split_by_themselves_are_those_of_scikit_learn(generator: np.random.Generator) -> None:
    matrix = np.where(generator.random((400, 4)) < 0.5, np.nan, 1.0)
    label = np.isnan(matrix[:, 0]).astype(float)
    model = fitted(matrix, label)
    arrays = as_arrays(NAMES, model)

    json.dumps(arrays.to_json(), allow_nan=False)
    np.testing.assert_allclose(arrays.probabilities(matrix), model.predict_proba(matrix)[:, 1], rtol=0, atol=1e-9)
    assert np.ptp(arrays.probabilities(matrix)) > 0.5


def test_json_and_back_is_the_same_trees(generator: np.random.Generator) -> None:
    trained = train_challenger(NAMES, some_evidence(generator), signs={}, generator=generator)
    asked = generator.normal(size=(50, 4))

    read = Challenger.from_json(json.loads(json.dumps(trained.to_json(), allow_nan=False)), NAMES)

    np.testing.assert_array_equal(read.probabilities(asked), trained.probabilities(asked))


@pytest.mark.parametrize("sign", [1, -1])
def test_trees_keep_the_sign_of_the_prior_even_against_the_data(generator: np.random.Generator, sign: int) -> None:
    trained = train_challenger(NAMES, some_evidence(generator), signs={"words": sign}, generator=generator)
    rows = np.repeat(generator.normal(size=(30, 4)), 40, axis=0)
    rows[:, 1] = np.tile(np.linspace(-3, 3, 40), 30)

    steps = np.diff(trained.probabilities(rows).reshape(30, 40), axis=1)

    assert (sign * steps >= -1e-12).all()


def test_signs_are_those_of_the_prior_where_it_has_an_opinion() -> None:
    prior = Prior(NAMES, np.array([0.7, 0.0, -0.2, 0.0]), np.ones(4), 0.0, 1.0)

    assert monotone_signs(prior) == {"fit": 1, "distance": -1}


def test_probabilities_are_calibrated_on_new_pairs(generator: np.random.Generator) -> None:
    trained = train_challenger(NAMES, some_evidence(generator, 2000), signs={"fit": 1}, generator=generator)
    new = some_evidence(generator, 4000)

    said = trained.probabilities(new.matrix)

    bins = np.minimum((said * 10).astype(int), 9)
    gaps = [abs(said[bins == b].mean() - new.label[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    assert sum(gaps) < 0.05
    assert said[new.label > 0].mean() - said[new.label == 0].mean() > 0.1


def test_overconfident_trees_are_drawn_back(generator: np.random.Generator) -> None:
    evidence = some_evidence(generator, 400)
    noisy = np.where(generator.random(400) < 0.4, generator.integers(0, 2, 400), evidence.label).astype(float)

    trained = train_challenger(NAMES, Evidence(evidence.matrix, noisy), signs={}, generator=generator)

    assert 0 < trained.slope < 1


def test_same_seed_gives_the_same_trees(generator: np.random.Generator) -> None:
    evidence = some_evidence(generator)

    one, other = (
        train_challenger(NAMES, evidence, signs={"fit": 1}, generator=np.random.default_rng(5)) for _ in range(2)
    )

    assert one.to_json() == other.to_json()


def test_rows_whose_time_has_not_come_count_only_with_the_event(generator: np.random.Generator) -> None:
    evidence = some_evidence(generator, 600)
    young = np.arange(600) < 200
    with_young = Evidence(evidence.matrix, np.where(young, 0.0, evidence.label), matured=np.where(young, 0.1, 1.0))
    without = Evidence(evidence.matrix[~young], evidence.label[~young])

    one, other = (
        train_challenger(NAMES, each, signs={}, generator=np.random.default_rng(5)) for each in (with_young, without)
    )

    assert one.to_json() == other.to_json()


def test_infinite_and_missing_features_are_learnt_from_as_missing(generator: np.random.Generator) -> None:
    evidence = some_evidence(generator)
    holes = generator.random(evidence.matrix.shape) < 0.2

    one, other = (
        train_challenger(
            NAMES,
            Evidence(np.where(holes, hole, evidence.matrix), evidence.label),
            signs={},
            generator=np.random.default_rng(5),
        )
        for hole in (np.inf, np.nan)
    )

    assert one.to_json() == other.to_json()


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (np.empty(0), "0 with and 0 without"),
        (np.zeros(400), "0 with and 400 without"),
        (np.ones(400), "400 with and 0 without"),
        ((np.arange(400) < 29).astype(float), "29 with and 371 without"),
    ],
)
def test_too_few_outcomes_are_refused_with_their_numbers(
    generator: np.random.Generator, label: np.ndarray, words: str
) -> None:
    evidence = Evidence(generator.normal(size=(len(label), 4)), label)

    with pytest.raises(TooFewOutcomes, match=words):
        train_challenger(NAMES, evidence, signs={}, generator=generator)


def test_outcomes_of_one_group_alone_are_refused(generator: np.random.Generator) -> None:
    evidence = Evidence(generator.normal(size=(400, 4)), (np.arange(400) < 50).astype(float))
    groups = np.where(np.arange(400) < 50, 0, 1 + np.arange(400) % 9)

    with pytest.raises(TooFewOutcomes, match="one group"):
        train_challenger(NAMES, evidence, signs={}, generator=generator, groups=groups)
    with pytest.raises(TooFewOutcomes, match="3 groups; there are 2"):
        train_challenger(NAMES, evidence, signs={}, generator=generator, groups=groups % 2)


def test_group_never_helps_to_calibrate_itself(generator: np.random.Generator) -> None:
    """Each group has a mark and an outcome of its own: what is learnt by heart says nothing of another group."""
    groups = np.repeat(np.arange(40), 15)
    marks = generator.normal(size=(40, 4))[groups]
    evidence = Evidence(marks, generator.permutation(np.arange(40) % 2)[groups].astype(float))

    alone = train_challenger(NAMES, evidence, signs={}, generator=np.random.default_rng(5))
    try:
        grouped = train_challenger(NAMES, evidence, signs={}, generator=np.random.default_rng(5), groups=groups).slope
    except NothingLearned:
        grouped = 0.0

    assert grouped < 0.5 * alone.slope


def test_constant_features_teach_nothing(generator: np.random.Generator) -> None:
    evidence = Evidence(np.ones((400, 4)), (np.arange(400) % 2).astype(float))

    with pytest.raises(NothingLearned, match="keep the ranker"):
        train_challenger(NAMES, evidence, signs={}, generator=generator)


def test_features_that_are_not_there_are_refused(generator: np.random.Generator) -> None:
    with pytest.raises(ValueError, match="no feature fee"):
        train_challenger(NAMES, some_evidence(generator), signs={"fee": 1}, generator=generator)
    with pytest.raises(ValueError, match="3 features and 4 columns"):
        train_challenger(NAMES[:3], some_evidence(generator), signs={}, generator=generator)


def stump(**changes: Any) -> dict[str, Any]:
    """One tree of one split: `fit` at most 0 is unlikely, above it likely."""
    return {
        "names": list(NAMES),
        "baseline": 0.0,
        "slope": 1.0,
        "intercept": 0.0,
        "roots": [0],
        "feature": [0, 0, 0],
        "threshold": [0.0, 0.0, 0.0],
        "missing_left": [True, False, False],
        "left": [1, 1, 2],
        "right": [2, 1, 2],
        "value": [0.0, -1.0, 1.0],
        **changes,
    }


def test_stump_is_scored_by_hand() -> None:
    tree = Challenger.from_json(stump(slope=2.0, intercept=0.5))
    rows = np.array([[0.0, 9, 9, 9], [0.1, 9, 9, 9], [np.nan, 9, 9, 9]])

    assert tree.scores(rows).tolist() == [-1.0, 1.0, -1.0]
    assert tree.probabilities(rows) == pytest.approx(expit([-1.5, 2.5, -1.5]))
    assert tree.probabilities(np.empty((0, 4))).shape == (0,)


@pytest.mark.parametrize(
    "changes",
    [
        {"left": [0, 1, 2]},
        {"left": [1, 0, 2]},
        {"right": [3, 1, 2]},
        {"right": [-1, 1, 2]},
        {"left": [1, 1]},
        {"roots": [3]},
        {"roots": [[0]]},
        {"feature": [4, 0, 0]},
        {"value": [0.0, float("nan"), 1.0]},
        {"threshold": [float("inf"), 0.0, 0.0]},
        {"slope": 0.0},
        {"baseline": float("nan")},
        {"value": None},
        {"value": ["a", "b", "c"]},
        {"names": ["fit", "words"]},
    ],
)
def test_arrays_that_are_no_trees_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"tree|features|could not convert"):
        Challenger.from_json(stump(**changes), NAMES)


def test_arrays_with_a_part_missing_are_refused() -> None:
    data = stump()
    del data["left"]

    with pytest.raises(ValueError, match="left"):
        Challenger.from_json(data)


def test_table_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="4 features"):
        Challenger.from_json(stump()).scores(np.zeros((3, 5)))


def test_scoring_never_loads_scikit_learn() -> None:
    program = (
        "import sys, json, numpy; from matching.engine.challenger import Challenger;"
        "Challenger.from_json(json.loads(sys.stdin.read())).probabilities(numpy.zeros((2, 4)));"
        "print([name for name in sys.modules if name.split('.')[0] == 'sklearn'])"
    )

    answer = subprocess.run(
        [sys.executable, "-B", "-c", program],
        input=json.dumps(stump()),
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.strip() == "[]"
