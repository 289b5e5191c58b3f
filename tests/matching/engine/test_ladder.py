"""The rungs are those of the effect chain, late ones mature later, and the hub's own delays are learned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.ladder import CODES, RUNGS, VALUES, Rung, SeenDelays, learned_delays, matured, values_of

MEETING = RUNGS[0]
NONE = SeenDelays(np.empty(0), np.empty(0))


def truncated(median: float, count: int, seed: int = 1) -> SeenDelays:
    """Delays of that median as they are seen today, from contacts of all ages up to two medians."""
    generator = np.random.default_rng(seed)
    age = generator.uniform(0, 2 * median, count * 3)
    delay = generator.exponential(median / np.log(2), count * 3)
    visible = np.flatnonzero(delay <= age)[:count]
    return SeenDelays(delay[visible], age[visible])


def test_rungs_are_those_that_carry_value() -> None:
    assert CODES == (
        "meeting_held",
        "input_received",
        "test_or_evidence",
        "project_formed",
        "funding_raised",
        "commercial_result",
        "stopped_with_learning",
    )
    for rung in RUNGS:
        assert 0 < rung.base_rate < 1
        assert rung.median_delay_days > 0
        assert rung.value > 0
        assert rung.source


def test_learning_early_that_it_should_stop_is_a_success() -> None:
    assert VALUES["stopped_with_learning"] > VALUES["meeting_held"]


def test_half_of_the_outcomes_have_come_at_the_median() -> None:
    found = matured(MEETING, np.array([-1.0, 0.0, 14.0, 28.0, 1e9]))

    assert found == pytest.approx([0.0, 0.0, 0.5, 0.75, 1.0])


@given(st.sampled_from(RUNGS), st.lists(st.floats(0, 5000), min_size=2, max_size=10))
def test_older_contacts_have_matured_more(rung: Rung, ages: list[float]) -> None:
    found = matured(rung, np.sort(np.array(ages)))

    assert (np.diff(found) >= 0).all()
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("age", [np.nan, np.inf])
def test_age_that_is_no_number_is_refused(age: float) -> None:
    with pytest.raises(ValueError, match="finite number of days"):
        matured(MEETING, np.array([age]))


def test_rung_without_outcomes_keeps_its_documented_delay() -> None:
    assert learned_delays({}) == RUNGS
    assert learned_delays({"meeting_held": NONE}) == RUNGS


@pytest.mark.parametrize("median", [5.0, 14.0, 60.0])
def test_enough_outcomes_teach_the_hubs_own_delay_despite_truncation(median: float) -> None:
    seen = truncated(median, 3_000)

    found = learned_delays({"meeting_held": seen})

    assert found[0].median_delay_days == pytest.approx(median, rel=0.12)
    assert found[0].code == "meeting_held"
    assert found[1:] == RUNGS[1:]
    assert np.median(seen.delay_days) < 0.8 * median


def test_few_outcomes_move_the_delay_a_little() -> None:
    few = learned_delays({"meeting_held": truncated(60.0, 3)})[0].median_delay_days
    many = learned_delays({"meeting_held": truncated(60.0, 300)})[0].median_delay_days

    assert MEETING.median_delay_days < few < many


def test_stronger_prior_moves_less() -> None:
    seen = {"meeting_held": truncated(60.0, 30)}

    strong, weak = (learned_delays(seen, strength=strength)[0].median_delay_days for strength in (100.0, 1.0))

    assert MEETING.median_delay_days < strong < weak


def test_outcome_of_the_same_day_is_no_certainty() -> None:
    found = learned_delays({"meeting_held": SeenDelays(np.zeros(5), np.zeros(5))})[0].median_delay_days

    assert 5.0 < found < 30.0


@pytest.mark.parametrize(
    ("delay", "age"), [([5.0], [4.0]), ([-1.0], [4.0]), ([np.nan], [4.0]), ([1.0], [np.inf]), ([1.0, 2.0], [4.0])]
)
def test_delay_that_cannot_be_is_refused(delay: list[float], age: list[float]) -> None:
    with pytest.raises(ValueError, match=r"[Dd]elay"):
        SeenDelays(np.array(delay), np.array(age))


def test_rung_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no rung profit"):
        learned_delays({"profit": NONE})
    with pytest.raises(ValueError, match="above 0"):
        learned_delays({}, strength=0.0)


def test_hub_edits_some_values() -> None:
    assert values_of() == VALUES
    assert values_of({"project_formed": 20}) == {**VALUES, "project_formed": 20.0}


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({"profit": 1.0}, "no rung profit"),
        ({"meeting_held": -1.0}, "from 0 up"),
        ({"meeting_held": np.nan}, "from 0 up"),
        (dict.fromkeys(CODES, 0.0), "worth something"),
    ],
)
def test_values_that_cannot_be_are_refused(edits: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        values_of(edits)
