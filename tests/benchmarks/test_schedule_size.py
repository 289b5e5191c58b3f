"""`bench schedule --size`: the generated event, its figures, and sizes at which little or nothing can be held."""

import numpy as np
import pytest

from benchmarks import schedule_size
from benchmarks.schedule_size import generate, measure_size, seconds_for
from kernel.errors import InvalidInput


@pytest.fixture(autouse=True)
def _little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_size, "_SECONDS", ((0, 1.0), (150, 1.0)))


def test_generated_event_is_as_described() -> None:
    problem = generate(150, seed=3)

    asked = sum(len(each) for each in problem.wishes_of) / 150
    free = np.mean([len(person.free) for person in problem.people])
    assert len(problem.slots) == 12
    assert problem.pools[0].capacity == (60,) * 12
    assert 2 * schedule_size.WISHES * 0.8 < asked <= 2 * schedule_size.WISHES
    assert free == pytest.approx(0.85 * 12, abs=0.4)


def test_same_seed_generates_the_same_event() -> None:
    assert generate(30, seed=1) == generate(30, seed=1)
    assert generate(30, seed=1) != generate(30, seed=2)


def test_slots_and_time_grow_with_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    assert [len(generate(size).slots) for size in (20, 400, 600)] == [12, 13, 15]
    assert [seconds_for(size) for size in (0, 150, 500, 1500, 3700, 7400)] == [30, 30, 60, 120, 300, 600]


def test_figures_of_a_small_event_fit_together() -> None:
    said: list[str] = []

    figures = measure_size(40, say=said.append, seed=5)

    assert figures["broken_rules"] == 0
    assert figures["people"] == 40
    assert figures["gap_percent"] == pytest.approx(100 * (1 - figures["value"] / figures["bound"]))
    assert 0 <= figures["gap_percent"] <= 5
    assert figures["meetings_min"] <= figures["meetings_median"] <= figures["meetings_max"] <= 12
    assert said[0].startswith("40 people, 12 slots")


@pytest.mark.parametrize("people", [0, 1, 2])
def test_hardly_any_people_yield_no_meeting_and_no_gap(people: int) -> None:
    figures = measure_size(people)

    assert (figures["held"], figures["gap_percent"], figures["broken_rules"]) == (0, 0.0, 0)


def test_three_people_share_the_one_table() -> None:
    figures = measure_size(3)

    assert figures["held"] == figures["wishes"] == 3


def test_negative_size_is_refused() -> None:
    with pytest.raises(InvalidInput, match="0 or more"):
        measure_size(-1)
