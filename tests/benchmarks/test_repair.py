"""`bench repair`: figures of a tiny event, and what changes in it."""

import numpy as np
import pytest

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
    assert len(said) == 2
