"""`bench repair`: figures of a tiny event, and what changes in it."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from benchmarks import repair
from benchmarks.repair import WISHES, Effort, changed_event, measure_repair
from benchmarks.schedule_size import generate
from events.scheduling.problem import Problem


def test_changed_event_cancels_and_adds_a_share() -> None:
    problem = generate(40, 3)

    changed = changed_event(problem, np.random.default_rng(1))

    gone = [number for number, person in enumerate(changed.problem.people) if not person.free]
    late = range(len(problem.people), len(changed.problem.people))
    assert (changed.cancelled, changed.late, len(gone), len(late)) == (2, 2, 2, 2)
    assert changed.problem.wishes[: len(problem.wishes)] == problem.wishes
    added = changed.problem.wishes[len(problem.wishes) :]
    assert len(added) == 2 * WISHES
    assert not {person for wish in added for person in wish.people} & set(gone)
    assert {wish.value for wish in added} <= {wish.value for wish in problem.wishes}


def test_changed_event_of_nobody_stays_empty() -> None:
    empty = Problem((), (), (), ())

    assert changed_event(empty, np.random.default_rng(1)).problem == empty


def test_figures_of_a_tiny_event_keep_the_bound_on_changes() -> None:
    said: list[str] = []

    figures = measure_repair(16, say=said.append, effort=Effort(publish=1.0, repair=1.0, replan=1.0))

    assert figures["violations"] == 0
    assert figures["changed"] <= 0.02 * figures["untouched"]
    assert figures["moved_percent"] <= 2.0
    assert (figures["cancelled"], figures["late"]) == (1, 1)
    assert figures["seconds"] > 0
    assert figures["value_loss_percent"] == pytest.approx(
        100 * (1 - figures["value"] / figures["value_anew"]), abs=0.02
    )
    assert 0 <= figures["elsewhere_percent"] <= figures["moved_percent"]
    assert figures["least_loss_percent"] <= figures["value_loss_percent"]
    assert len(said) == 2


def test_repair_comes_within_half_a_percent_of_what_is_proven_for_so_few_changes() -> None:
    figures = measure_repair(60, say=lambda _words: None, effort=Effort(publish=1.0, repair=30.0, replan=0.1))

    assert figures["moved_percent"] <= 2.0
    assert figures["violations"] == 0
    assert figures["gap_percent"] <= 0.5


def test_event_of_another_size_or_seed_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def measure(people: int, *, say: Callable[[str], None], seed: int) -> dict[str, Any]:
        asked.append((people, seed))
        return {"figure": 1.0}

    monkeypatch.setattr(repair, "measure_repair", measure)

    for options in (("--size", "30"), ("--seed", "0"), ("--size", "0", "--seed", "7")):
        call_command("bench", "repair", *options, stdout=io.StringIO(), stderr=io.StringIO())

    assert asked == [(30, repair.SEED), (repair.PEOPLE, 0), (0, 7)]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("repair", "--seed", "-1"), "seed must be 0 or more"),
        (("schedule", "--seed", "1"), "takes no --seed"),
        (("repair", "--seed", "one"), "invalid int value"),
    ],
)
def test_seed_that_does_not_fit_is_refused(arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("bench", *arguments, stderr=io.StringIO())
