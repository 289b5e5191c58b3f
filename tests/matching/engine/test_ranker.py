"""The value of a contact is its chain of chances times what it leads to; each stage learns from its own evidence."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.engine.bayesian import Evidence, Posterior
from matching.engine.contact_features import HIGH, LOW, NAMES, NEUTRAL
from matching.engine.ladder import CODES, VALUES
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, PRIORS, STAGES, TYPICAL, edited_tables
from matching.engine.ranker import ContactRanker, prior_ranker, train

FEATURES = len(NAMES)


def pairs(count: int, seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return np.clip(TYPICAL + generator.normal(size=(count, FEATURES)) * 0.6, LOW, HIGH)


def typical_with(**changes: float) -> np.ndarray:
    row = TYPICAL.copy()
    for name, value in changes.items():
        row[NAMES.index(name)] = value
    return row[None, :]


def test_value_is_the_chain_times_what_the_rungs_are_worth() -> None:
    ranker, matrix = prior_ranker(), pairs(5)

    chances = {stage: ranker.stages[stage].probabilities(matrix) for stage in STAGES}

    chain = chances[ASKS] * chances[ANSWERS] * chances[ACCEPTS]
    worth = sum(chances[f"rung:{code}"] * VALUES[code] for code in CODES)
    np.testing.assert_allclose(ranker.accepted(matrix), chain)
    np.testing.assert_allclose(ranker.expected_value(matrix), chain * worth)
    found = ranker.stage_probabilities(matrix)
    assert tuple(found) == STAGES
    for stage in STAGES:
        np.testing.assert_allclose(found[stage], chances[stage])


def test_without_outcomes_the_typical_pair_has_the_base_rates() -> None:
    assert prior_ranker().accepted(TYPICAL[None, :])[0] == pytest.approx(0.10 * 0.60 * 0.50)


def test_hub_that_values_only_projects_ranks_by_projects() -> None:
    ranker = prior_ranker(values=dict.fromkeys(CODES, 0.0) | {"project_formed": 1.0})
    matrix = pairs(5)

    chance = ranker.stage_probabilities(matrix)["rung:project_formed"]

    np.testing.assert_allclose(ranker.expected_value(matrix), ranker.accepted(matrix) * chance)


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        ("need_offer_meaning", 2.0, 0.0),
        ("capacity_left", 1.0, 0.1),
        ("small_unit", 1.0, -1.0),
        ("declined_before", 0.0, 1.0),
        ("other_role", 1.0, 0.0),
    ],
)
def test_prior_prefers_what_its_sources_say(name: str, better: float, worse: float) -> None:
    ranker = prior_ranker()

    assert ranker.expected_value(typical_with(**{name: better})) > ranker.expected_value(typical_with(**{name: worse}))


@given(arrays(np.float64, (4, FEATURES), elements=st.floats(-3, 3)))
@settings(max_examples=30)
def test_chances_are_shares_and_values_bounded(matrix: np.ndarray) -> None:
    ranker = prior_ranker()

    for chance in ranker.stage_probabilities(matrix).values():
        assert ((chance > 0) & (chance < 1)).all()
    value = ranker.expected_value(matrix)
    assert ((value > 0) & (value < ranker.accepted(matrix) * sum(VALUES.values()))).all()


def test_scores_do_not_depend_on_who_else_is_scored() -> None:
    ranker, matrix = prior_ranker(), pairs(20)

    alone = np.concatenate([ranker.expected_value(row[None, :]) for row in matrix])

    np.testing.assert_allclose(ranker.expected_value(matrix), alone, rtol=1e-12)


def test_no_candidates_have_no_values() -> None:
    ranker, nobody = prior_ranker(), np.empty((0, FEATURES))

    assert ranker.expected_value(nobody).shape == (0,)
    assert ranker.sampled_values(nobody, np.random.default_rng(1), 7).shape == (7, 0)
    assert ranker.contributions(nobody).shape == (0, FEATURES)


def test_sampled_values_average_to_the_expected_ones() -> None:
    ranker, matrix = prior_ranker(), pairs(6)

    sampled = ranker.sampled_values(matrix, np.random.default_rng(1), 20_000)

    np.testing.assert_allclose(sampled.mean(axis=0), ranker.expected_value(matrix), rtol=0.2)
    assert (sampled.std(axis=0) > 0.3 * sampled.mean(axis=0)).all()


def test_sampled_values_repeat_with_their_seed() -> None:
    ranker, matrix = prior_ranker(), pairs(3)

    first, second, other = (ranker.sampled_values(matrix, np.random.default_rng(seed), 4) for seed in (1, 1, 2))

    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_draws_are_those_of_the_posterior_of_each_stage() -> None:
    ranker = trained(pairs(400))

    row = typical_with(small_unit=1.0, freshness=0.9)
    drawn = ranker.sampled_values(row, np.random.default_rng(1), 20_000)[:, 0]

    generator = np.random.default_rng(2)
    chances = {
        stage: posterior.of_draws(posterior.draws(generator, 20_000), row)[:, 0]
        for stage, posterior in ranker.stages.items()
    }
    chain = chances[ASKS] * chances[ANSWERS] * chances[ACCEPTS]
    expected = chain * sum(chances[f"rung:{code}"] * VALUES[code] for code in CODES)
    np.testing.assert_allclose(np.quantile(drawn, [0.1, 0.5, 0.9]), np.quantile(expected, [0.1, 0.5, 0.9]), rtol=0.06)


def test_contribution_is_what_putting_the_feature_to_neutral_takes_away() -> None:
    ranker, matrix = prior_ranker(), pairs(3)

    found = ranker.contributions(matrix)

    for number in range(FEATURES):
        without = matrix.copy()
        without[:, number] = NEUTRAL[number]
        fallen = np.log(ranker.expected_value(matrix)) - np.log(ranker.expected_value(without))
        np.testing.assert_allclose(found[:, number], fallen, atol=1e-12)


def test_neutral_pair_has_nothing_to_explain() -> None:
    np.testing.assert_array_equal(prior_ranker().contributions(NEUTRAL[None, :]), np.zeros((1, FEATURES)))


@pytest.mark.parametrize("strange", [np.nan, np.inf])
def test_what_is_no_number_gives_a_value_all_the_same(strange: float) -> None:
    ranker, row = prior_ranker(), typical_with(earlier_relation=strange)

    np.testing.assert_array_equal(ranker.expected_value(row), ranker.expected_value(typical_with(earlier_relation=0.0)))
    assert np.isfinite(ranker.contributions(row)).all()
    assert np.isfinite(ranker.sampled_values(row, np.random.default_rng(1), 3)).all()


def trained(matrix: np.ndarray, **labels: np.ndarray) -> ContactRanker:
    """A ranker that has seen `labels` by stage; by default that small units answer and others do not."""
    labels = labels or {ANSWERS: (matrix[:, NAMES.index("small_unit")] > 0).astype(float)}
    return train(PRIORS, {stage: Evidence(matrix, label) for stage, label in labels.items()}, None, "v1")


def test_training_moves_the_stage_that_was_seen_and_no_other() -> None:
    before, after = prior_ranker(), trained(pairs(300))

    place = NAMES.index("small_unit")
    assert after.stages[ANSWERS].mean[place] > before.stages[ANSWERS].mean[place] + 0.5
    assert after.stages[ANSWERS].observations == 300
    assert after.version == "v1"
    for stage in set(STAGES) - {ANSWERS}:
        assert after.stages[stage].to_json() == before.stages[stage].to_json()


def test_silence_teaches_about_attention_and_never_about_fit() -> None:
    matrix = pairs(200)

    silent = trained(matrix, answers=np.zeros(200))

    before = prior_ranker().stage_probabilities(matrix)
    found = silent.stage_probabilities(matrix)
    assert (found[ANSWERS] < before[ANSWERS]).all()
    np.testing.assert_array_equal(found[ACCEPTS], before[ACCEPTS])


def test_training_on_nothing_is_the_prior() -> None:
    nothing = Evidence(np.empty((0, FEATURES)), np.empty(0))

    found = train(PRIORS, dict.fromkeys(STAGES, nothing), None, "v1")

    matrix = pairs(5)
    np.testing.assert_allclose(found.expected_value(matrix), prior_ranker().expected_value(matrix))


@pytest.mark.parametrize(("shown", "least"), [(4_800, 0.0), (9_600, 0.1)], ids=["a year", "two years"])
def test_weights_of_the_wrong_sign_are_recovered_from_requests(shown: int, least: float) -> None:
    right = {"relevance": 1.5, "declined_before": -0.6, "same_field": 0.3}
    wrong = edited_tables(PRIORS, {ASKS: {name: -mean for name, mean in right.items()}})
    generator = np.random.default_rng(1)
    matrix = pairs(shown)
    asked = generator.random(shown) < prior_ranker().stage_probabilities(matrix)[ASKS]

    found = train(wrong, {ASKS: Evidence(matrix, asked.astype(float))}, None, "v1").stages[ASKS]

    truth = prior_ranker().stages[ASKS]
    for name, mean in right.items():
        assert found.mean[NAMES.index(name)] * np.sign(mean) > least, name
    right_order = matrix @ truth.mean[:-1]
    assert np.corrcoef(matrix @ wrong[ASKS].means, right_order)[0, 1] < -0.8
    assert np.corrcoef(matrix @ found.mean[:-1], right_order)[0, 1] > 0.8


def test_ranker_survives_json() -> None:
    ranker, matrix = trained(pairs(100)), pairs(4, seed=2)

    found = ContactRanker.from_json(json.loads(json.dumps(ranker.to_json())))

    assert found.version == ranker.version
    np.testing.assert_array_equal(found.expected_value(matrix), ranker.expected_value(matrix))
    assert found.to_json() == ranker.to_json()


@pytest.mark.parametrize("stage", [ASKS, "rung:funding_raised"])
def test_stored_ranker_without_a_stage_is_refused(stage: str) -> None:
    stored = prior_ranker().to_json()
    del stored["stages"][stage]

    with pytest.raises(ValueError, match=stage):
        ContactRanker.from_json(stored)


@pytest.mark.parametrize("part", ["version", "stages", "values"])
def test_stored_ranker_without_a_part_is_refused(part: str) -> None:
    stored = prior_ranker().to_json()
    del stored[part]

    with pytest.raises(ValueError, match=part):
        ContactRanker.from_json(stored)


def test_stored_ranker_of_other_features_is_refused() -> None:
    stored = prior_ranker().to_json()
    stored["stages"][ASKS]["names"][-1] = "sponsor"

    with pytest.raises(ValueError, match="unknown sponsor; missing relevance"):
        ContactRanker.from_json(stored)


def test_stored_ranker_without_a_value_is_refused() -> None:
    stored = prior_ranker().to_json()
    del stored["values"]["project_formed"]

    with pytest.raises(ValueError, match="no value for project_formed"):
        ContactRanker.from_json(stored)


def test_stage_that_is_not_there_is_refused() -> None:
    nothing = Evidence(np.empty((0, FEATURES)), np.empty(0))
    ranker = prior_ranker()

    with pytest.raises(ValueError, match="no stage buys"):
        train(PRIORS, {"buys": nothing}, None, "v1")
    with pytest.raises(ValueError, match="no stage buys"):
        prior_ranker({**PRIORS, "buys": PRIORS[ASKS]})
    with pytest.raises(ValueError, match="no stage asks"):
        replace(ranker, stages={stage: each for stage, each in ranker.stages.items() if stage != ASKS})


def test_model_of_other_features_is_refused() -> None:
    other = Posterior(("a",), np.zeros(2), np.eye(2), True, 0, 0)

    with pytest.raises(ValueError, match="unknown a"):
        replace(prior_ranker(), stages={**prior_ranker().stages, ASKS: other})


@pytest.mark.parametrize("width", [FEATURES - 1, FEATURES + 1])
def test_table_of_another_width_is_refused(width: int) -> None:
    with pytest.raises(ValueError, match=f"{FEATURES} features"):
        prior_ranker().expected_value(np.zeros((1, width)))
