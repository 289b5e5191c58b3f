"""Off-policy estimates: against slow loops, against known truth, and what a broken log is told."""

from typing import Any

import numpy as np
import pytest

from matching.engine.offpolicy import LoggedImpressions, compare, effective_sample_size, estimate

NAMES = ("ips", "snips", "dr", "sndr")


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(17)


def some_log(generator: np.random.Generator, count: int = 300, **changes: Any) -> LoggedImpressions:
    columns = {
        "rewards": (generator.random(count) < 0.2).astype(float),
        "propensity": generator.uniform(0.05, 1.0, count),
        "target": generator.uniform(0.0, 1.0, count),
        "q_logged": generator.uniform(0.0, 0.4, count),
        "q_target": generator.uniform(0.0, 0.4, count),
    }
    return LoggedImpressions(**{**columns, **changes})


def slow_values(log: LoggedImpressions, clip: float) -> dict[str, float]:
    count = weight = rewarded = modelled = residual = 0.0
    for row in range(len(log.rewards)):
        w = min(log.target[row] / log.propensity[row], clip)
        q_logged = 0.0 if log.q_logged is None else log.q_logged[row]
        count, weight = count + 1, weight + w
        rewarded += w * log.rewards[row]
        modelled += 0.0 if log.q_target is None else log.q_target[row]
        residual += w * (log.rewards[row] - q_logged)
    return {
        "ips": rewarded / count,
        "snips": rewarded / weight,
        "dr": (modelled + residual) / count,
        "sndr": modelled / count + residual / weight,
    }


@pytest.mark.parametrize("clip", [0.7, 3.0, 1e9])
@pytest.mark.parametrize("with_model", [True, False])
def test_values_are_those_of_a_slow_loop(generator: np.random.Generator, clip: float, with_model: bool) -> None:
    log = some_log(generator, **({} if with_model else {"q_logged": None, "q_target": None}))

    found = estimate(log, clip=clip, generator=generator, resamples=100)

    assert {name: getattr(found, name).value for name in NAMES} == pytest.approx(slow_values(log, clip))


def test_effective_size_and_shares_are_those_of_a_slow_loop(generator: np.random.Generator) -> None:
    log = some_log(generator)

    found = estimate(log, clip=2.0, generator=generator, resamples=100)

    weights = [min(t / p, 2.0) for t, p in zip(log.target, log.propensity, strict=True)]
    assert found.ess == pytest.approx(sum(weights) ** 2 / sum(w * w for w in weights))
    assert found.clipped_share == np.mean([t / p > 2.0 for t, p in zip(log.target, log.propensity, strict=True)])
    assert (found.impressions, found.rewarded) == (300, int(log.rewards.sum()))


def test_weights_are_cut_at_the_root_of_the_number_unless_said(generator: np.random.Generator) -> None:
    log = some_log(generator, 100, propensity=np.full(100, 0.01), target=np.linspace(0, 1, 100))

    by_default, said = (estimate(log, clip=clip, generator=generator, resamples=100) for clip in (None, 10.0))

    assert by_default.ips.value == said.ips.value
    assert by_default.ess == effective_sample_size(np.minimum(log.target / 0.01, 10.0))


def test_logging_policy_itself_is_worth_what_was_seen(generator: np.random.Generator) -> None:
    log = some_log(generator)
    same = LoggedImpressions(log.rewards, log.propensity, log.propensity)

    found = estimate(same, generator=generator, resamples=100)

    assert [getattr(found, name).value for name in NAMES] == pytest.approx([log.rewards.mean()] * 4)
    assert found.ess == pytest.approx(300)


def test_doubly_robust_needs_no_rewards_where_the_model_is_right(generator: np.random.Generator) -> None:
    expected = generator.uniform(0.1, 0.4, 300)
    log = some_log(generator, rewards=expected, q_logged=expected, q_target=np.full(300, 0.3))

    found = estimate(log, generator=generator, resamples=100)

    assert (found.dr.value, found.sndr.value) == (pytest.approx(0.3), pytest.approx(0.3))
    assert abs(found.ips.value - 0.3) > 0.01


def test_self_normalised_moves_with_all_rewards(generator: np.random.Generator) -> None:
    log = some_log(generator, q_logged=None, q_target=None)
    higher = LoggedImpressions(log.rewards + 10.0, log.propensity, log.target)

    one, other = (estimate(each, generator=generator, resamples=100) for each in (log, higher))

    assert other.snips.value == pytest.approx(one.snips.value + 10.0)
    assert other.ips.value != pytest.approx(one.ips.value + 10.0, abs=0.1)


@pytest.mark.parametrize("base_rate", [0.02, 0.2])
def test_intervals_cover_known_truth(base_rate: float) -> None:
    generator = np.random.default_rng(29)
    covered = dict.fromkeys((*NAMES, "difference"), 0)
    for _ in range(150):
        champion, challenger, lists, truth, truth_champion = world(generator, base_rate)
        found = compare(champion, challenger, generator=generator, resamples=200, clusters=lists)
        for name in NAMES:
            covered[name] += getattr(found.challenger, name).covers(truth)
        covered["difference"] += found.difference.covers(truth - truth_champion)

    # 150 runs of a share of 0.9 lie within 0.9 +- 0.075 in 998 of 1000 cases.
    assert {name: hits for name, hits in covered.items() if not 0.82 <= hits / 150 <= 0.975} == {}


def world(
    generator: np.random.Generator, base_rate: float
) -> tuple[LoggedImpressions, LoggedImpressions, np.ndarray, float, float]:
    """200 lists of three places; four items, and rewards that depend on the item and on the day of the list."""
    logging, target = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.1, 0.2, 0.2, 0.5])
    reward = base_rate * np.array([0.5, 1.0, 1.5, 2.5])
    lists = np.repeat(np.arange(200), 3)
    day = generator.choice([0.5, 1.5], size=200)[lists]
    item = generator.choice(4, p=logging, size=600)
    rewards = (generator.random(600) < reward[item] * day).astype(float)
    modelled = np.full(4, base_rate) * [0.8, 0.9, 1.1, 1.2]
    views = [
        LoggedImpressions(rewards, logging[item], p[item], modelled[item], np.full(600, p @ modelled))
        for p in (logging, target)
    ]
    return views[0], views[1], lists, float(target @ reward), float(logging @ reward)


def test_clusters_that_hang_together_widen_the_interval(generator: np.random.Generator) -> None:
    lists = np.repeat(np.arange(40), 10)
    rewards = (generator.random(40) < 0.3)[lists].astype(float)
    log = LoggedImpressions(rewards, np.full(400, 0.5), np.full(400, 0.5))

    together, apart = (
        estimate(log, generator=np.random.default_rng(1), clusters=clusters).ips for clusters in (lists, None)
    )

    assert together.value == pytest.approx(apart.value)
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_same_seed_gives_the_same_intervals(generator: np.random.Generator) -> None:
    log = some_log(generator)

    one, other, third = (estimate(log, generator=np.random.default_rng(seed), resamples=200) for seed in (1, 1, 2))

    assert one == other
    assert one.dr != third.dr


def test_paired_difference_is_the_difference_and_narrower_than_both(generator: np.random.Generator) -> None:
    champion = some_log(generator, q_logged=None, q_target=None)
    nearly = np.clip(champion.target + 0.02, 0, 1)
    challenger = LoggedImpressions(champion.rewards, champion.propensity, nearly)

    found = compare(champion, challenger, clip=50.0, generator=generator, resamples=300)

    values = slow_values(challenger, 50.0), slow_values(champion, 50.0)
    assert {name: each.value for name, each in found.differences.items()} == pytest.approx(
        {name: values[0][name] - values[1][name] for name in NAMES}
    )
    assert found.difference == found.differences["sndr"]
    width = found.difference.high - found.difference.low
    assert width < 0.3 * (found.challenger.sndr.high - found.challenger.sndr.low)


def test_policy_compared_with_itself_differs_by_nothing(generator: np.random.Generator) -> None:
    log = some_log(generator)

    found = compare(log, log, generator=generator, resamples=100)

    assert found.difference.value == pytest.approx(0.0)
    assert not found.difference.low > 0
    assert not found.difference.high < 0


def test_log_without_rewards_says_how_little_it_says(generator: np.random.Generator) -> None:
    log = LoggedImpressions(np.zeros(300), np.full(300, 0.5), np.full(300, 0.25))

    found = estimate(log, generator=generator, resamples=100)

    # The rule of three: up to 3 of 300 may have been missed, at half weight each.
    assert (found.ips.value, found.ips.high) == (0.0, pytest.approx(3 * 0.5 / 300))
    assert (found.snips.high, found.rewarded) == (pytest.approx(3 / 300), 0)


def test_target_that_the_log_says_nothing_about_has_no_size(generator: np.random.Generator) -> None:
    log = LoggedImpressions(np.ones(300), np.full(300, 0.5), np.zeros(300))

    found = estimate(log, generator=generator, resamples=100)

    assert (found.ess, found.rewarded, found.snips.value) == (0.0, 0, 0.0)
    assert found.snips.high >= 1.0


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"propensity": np.zeros(300)}, "above 0"),
        ({"propensity": np.full(300, 1.5)}, "at most 1"),
        ({"target": np.full(300, -0.1)}, "between 0 and 1"),
        ({"target": np.full(300, np.nan)}, "finite"),
        ({"rewards": np.full(300, np.inf)}, "finite"),
        ({"rewards": np.zeros(299)}, "one finite number an impression"),
        ({"q_target": None}, "both expectations"),
    ],
)
def test_broken_log_is_refused(generator: np.random.Generator, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        some_log(generator, **changes)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"clip": 0.0}, "above 0"),
        ({"clip": float("nan")}, "above 0"),
        ({"clusters": np.zeros(299, np.int64)}, "its cluster"),
        ({"clusters": np.zeros(300, np.int64)}, "two clusters"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    generator: np.random.Generator, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        estimate(some_log(generator), generator=generator, **options)


def test_empty_log_is_refused(generator: np.random.Generator) -> None:
    with pytest.raises(ValueError, match="two clusters"):
        estimate(some_log(generator, 0), generator=generator)


def test_two_logs_are_not_compared(generator: np.random.Generator) -> None:
    with pytest.raises(ValueError, match="one log"):
        compare(some_log(generator), some_log(generator), generator=generator)
