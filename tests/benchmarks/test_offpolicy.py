"""bench offpolicy on small logs: the true policy is recovered, the truth of synthetic logs is true, faults are told."""

from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from benchmarks import offpolicy
from benchmarks.data_files import DataMissing
from benchmarks.offpolicy import BanditLog, as_impressions, coverage, read_log, run_data, shares
from benchmarks.synthetic_logs import WORLDS, SyntheticPolicies
from tests.benchmarks.written_data import silent, write_text

RATES = np.array([0.02, 0.05, 0.1, 0.2])
UNIFORM, LEANING = np.full(4, 0.25), np.array([0.1, 0.1, 0.3, 0.5])
HEADING = ",item_id,position,click,propensity_score,user\n"


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(3)


def write_log(folder: Path, name: str, policy: np.ndarray, generator: np.random.Generator, count: int = 3000) -> None:
    items = generator.choice(4, p=policy, size=count)
    clicks = generator.random(count) < RATES[items]
    places = generator.integers(1, 3, count)
    rows = (
        f"{n},{i},{p},{int(c)},{policy[i]},x" for n, (i, p, c) in enumerate(zip(items, places, clicks, strict=True))
    )
    write_text(folder / f"{name}-men.csv.gz", HEADING + "\n".join(rows) + "\n")


@pytest.fixture
def folder(tmp_path: Path, generator: np.random.Generator) -> Path:
    write_log(tmp_path, "random", UNIFORM, generator)
    write_log(tmp_path, "bts", LEANING, generator)
    return tmp_path


def test_each_policy_is_valued_from_the_other_log(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offpolicy, "SYNTHETIC_LOGS", 6)

    figures = run_data(folder, silent)

    for name, truth in (("bts_from_random", LEANING @ RATES), ("random_from_bts", UNIFORM @ RATES)):
        on_policy = figures[f"{name}_on_policy"]
        assert figures[f"{name}_on_policy_low"] < truth < figures[f"{name}_on_policy_high"]
        assert 1000 < figures[f"{name}_ess"] < 3000
        for estimator in ("ips", "snips", "dr", "sndr"):
            low, high = figures[f"{name}_{estimator}_low"], figures[f"{name}_{estimator}_high"]
            assert low < on_policy + figures[f"{name}_{estimator}_error"] < high
            assert abs(figures[f"{name}_{estimator}_error"]) < 0.02
            assert figures[f"{name}_{estimator}_ess"] == figures[f"{name}_ess"]
    assert figures["coverage_90"] == figures["coverage_90_sndr"]
    assert all(np.isfinite(value) for value in figures.values())


def test_policy_is_the_share_of_each_item_at_its_position(folder: Path) -> None:
    log = read_log(folder, "bts")

    policy = shares(log)

    assert policy.shape == (3, 4)
    assert policy[0].tolist() == [0.0] * 4
    assert policy[2, 3] == np.mean(log.item[log.position == 2] == 3)
    np.testing.assert_allclose(policy[1:], np.tile(LEANING, (2, 1)), atol=0.05)


def test_mean_of_logged_propensities_would_count_likely_items_twice(generator: np.random.Generator) -> None:
    """An item shown with 0.9 or 0.1, half of the time each, is shown half of the time; the logged mean says 0.82."""
    likely = np.where(generator.random(20_000) < 0.5, 0.9, 0.1)
    item = (generator.random(20_000) < likely).astype(np.int64)
    log = BanditLog(item, np.zeros(20_000, np.int64), item * 0.0, np.where(item == 1, likely, 1 - likely))

    assert shares(log)[0, 1] == pytest.approx(0.5, abs=0.02)
    assert log.propensity[item == 1].mean() == pytest.approx(0.82, abs=0.02)


def test_reward_model_never_saw_the_click_it_speaks_about() -> None:
    """One click among the impressions of an item: only the other folds may know of it."""
    click = np.zeros(100)
    click[7] = 1.0
    log = BanditLog(np.arange(100) % 2, np.zeros(100, np.int64), click, np.full(100, 0.5))

    seen = as_impressions(log, np.array([[0.5, 0.5]]), np.random.default_rng(1))

    assert seen.q_logged is not None
    assert seen.q_logged[7] == 0.0
    assert (seen.q_logged > 0).sum() == 80


def test_items_that_the_other_policy_never_shows_have_no_weight() -> None:
    log = BanditLog(np.array([0, 1, 5]), np.array([0, 0, 2]), np.array([1.0, 0, 0]), np.full(3, 0.5))

    seen = as_impressions(log, np.array([[0.25, 0.75]]), np.random.default_rng(1))

    assert seen.target.tolist() == [0.25, 0.75, 0.0]


@pytest.mark.parametrize("name", list(WORLDS))
def test_true_values_of_synthetic_policies_are_what_long_logs_show(name: str, generator: np.random.Generator) -> None:
    policies = SyntheticPolicies(WORLDS[name])
    logs = [policies.log(generator) for _ in range(40)]

    rewards = [log.logging.rewards.mean() for log in logs]
    valued = [(log.target.weights() * log.target.rewards).mean() for log in logs]

    assert np.mean(rewards) == pytest.approx(policies.logging_value, abs=4 * np.std(rewards) / 40**0.5)
    assert np.mean(valued) == pytest.approx(policies.target_value, abs=4 * np.std(valued) / 40**0.5)
    assert np.mean([log.target.weights().mean() for log in logs]) == pytest.approx(1.0, abs=0.05)


def test_coverage_counts_every_world_and_repeats_itself() -> None:
    figures = coverage(8, silent)

    assert figures == coverage(8, silent)
    assert {f"coverage_90_{world}" for world in WORLDS} <= set(figures)
    assert all(0.0 <= figures[key] <= 1.0 for key in figures if key.startswith("coverage"))
    assert figures["synthetic_logs"] == 8


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0,1,1,2,0.5,x\n", "a click is 0 or 1"),
        ("0,1,1,1,0,x\n", "propensity_score is above 0"),
        ("0,1,1,1,,x\n", "propensity_score is above 0"),
        ("0,1,1,0,0.5,x\n", "nobody clicked"),
        ("0,-1,1,1,0.5,x\n", "numbers from 0"),
        ("0,,1,1,0.5,x\n", "numbers from 0"),
        ("0,1e9,1,1,0.5,x\n", "numbers from 0"),
        ("0,1,1,1\n", "4 cells"),
    ],
)
def test_broken_log_says_what_is_wrong(folder: Path, text: str, complaint: str) -> None:
    write_text(folder / "bts-men.csv.gz", HEADING + text)

    with pytest.raises(DataMissing, match=complaint):
        run_data(folder, silent)


def test_folder_without_logs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="it holds 0"):
        run_data(tmp_path, silent)
    with pytest.raises(DataMissing, match="is a file"):
        run_data(write_text(tmp_path / "random.csv", HEADING), silent)


def test_machine_without_the_shared_logs_says_so_and_measures_the_rest(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BASE_DIR = tmp_path / "checkout"
    monkeypatch.setattr(offpolicy, "SYNTHETIC_LOGS", 6)
    said: list[str] = []

    figures = offpolicy.run(said.append)

    assert "SKIPPED" in said[0]
    assert {key.split("_")[0] for key in figures} == {"coverage", "synthetic"}
