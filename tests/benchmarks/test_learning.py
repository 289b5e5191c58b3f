"""`bench learning`: settings and worlds of others, figures of a small run, and options that do not fit."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import learning, learning_costs
from benchmarks.learning import load_factory, measure_hub, read_settings
from kernel.errors import InvalidInput
from matching.engine.priors import ASKS, STAGES
from matching.engine.simulate import Settings, SimulatedWorld
from matching.engine.simulation.cluster import make_cluster

SMALL = {"profiles": 30, "months": 2, "list_length": 3, "introductions_a_month": 5}


def silent_world(settings: Settings, number: int) -> SimulatedWorld:
    """A world of another seed than the usual one, as a stranger would give it."""
    return SimulatedWorld(make_cluster(settings, number, seed=99))


def written(folder: Path, content: str) -> Path:
    path = folder / "settings.json"
    path.write_text(content, encoding="utf-8")
    return path


def test_settings_of_a_file_replace_the_usual_ones(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"answer_rate": 0.3, "median_days": {"meeting_held": 60}}))

    found = read_settings(path)

    assert found.answer_rate == 0.3
    assert found.median_days == {**Settings().median_days, "meeting_held": 60}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "no JSON"),
        ("[1, 2]", "no JSON object"),
        ('{"answer_rates": 0.3}', "no setting answer_rates"),
        ('{"answer_rate": 3}', "answer_rate is a share"),
        ('{"answer_rate": NaN}', "answer_rate is a share"),
        ('{"negated": "everything"}', "no feature"),
    ],
)
def test_file_that_holds_no_settings_says_what_is_wrong(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        read_settings(written(tmp_path, content))


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no file"):
        read_settings(tmp_path / "settings.json")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("nowhere.at_all:factory", "No module named"),
        ("matching.engine.simulate:nothing", "no attribute 'nothing'"),
        ("matching.engine.simulate", "package.module:factory"),
        ("matching.engine.simulate:YES", "no function"),
        (":", "package.module:factory"),
    ],
)
def test_world_that_cannot_be_made_says_why(name: str, complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        load_factory(name)


def test_world_of_ones_own_is_measured() -> None:
    settings = Settings().with_changes(SMALL)

    own = measure_hub(settings, "tests.benchmarks.test_learning:silent_world", 0)
    usual = measure_hub(settings, learning.DEFAULT_WORLD, 0)

    assert own.worth["prior"].shape == (3, 2)
    assert not np.allclose(own.worth["prior"], usual.worth["prior"])


def test_run_with_settings_prints_figures_and_measures_no_costs(tmp_path: Path) -> None:
    said: list[str] = []

    found = learning.run(said.append, size=2, data=written(tmp_path, json.dumps(SMALL)))

    assert found["hubs"] == 2
    assert found["cap_violations"] == 0
    assert {"gap_closed", "worst_quarter_loss", "wrong_prior_recovery", "ece", "learner_value"} <= set(found)
    assert "train_100k_s" not in found
    assert said[-1] == "2 of 2 hubs"


def test_rates_out_of_reach_are_said(tmp_path: Path) -> None:
    changes = {**SMALL, "attention": 4.0, "ask_rate": 0.95}

    with pytest.raises(InvalidInput, match="cannot be simulated: asks"):
        learning.run(lambda words: None, size=1, data=written(tmp_path, json.dumps(changes)))


def test_impressions_are_of_all_stages() -> None:
    evidence = learning_costs.impressions_of_a_cluster(2_000, profiles=60)

    assert set(evidence) == set(STAGES)
    sizes = [len(evidence[stage].label) for stage in STAGES[:4]]
    assert sizes[0] == 2_000
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[1] == evidence[ASKS].label.sum() > 0


def test_costs_are_of_a_training() -> None:
    found = learning_costs.training_costs(500)

    assert found["train_100k_s"] > 0
    assert found["train_rss_mb"] > 10
