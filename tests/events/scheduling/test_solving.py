"""The solver against all timetables of small problems, and with nothing to do, too much, or no time."""

import threading
from dataclasses import replace

import pytest

from events.scheduling.problem import Person, Pool, Problem, Slot, Wish
from events.scheduling.solved import Clash, Objective, Progress, Reached
from events.scheduling.solving import NOT_FOUND, solve
from events.scheduling.timetable import Place, Rule, Timetable, value_of, violations
from tests.events.scheduling.random_problems import best_score, fair, random_problem, score

HOUR = (Slot(0, 20), Slot(20, 40), Slot(40, 60))
ALWAYS = frozenset(range(3))
HALL = (Pool("hall", "hall", (50, 50, 50)),)


@pytest.mark.parametrize("part", range(4))
def test_any_small_problem_is_solved_to_the_proven_best_or_shown_to_have_none(part: int) -> None:
    for seed in range(3000 + 100 * part, 3065 + 100 * part):
        problem = random_problem(seed)
        best = best_score(problem)

        solved = solve(problem, seconds=60)

        if best is None:
            assert solved.timetable is None, seed
            assert solved.clash not in (None, Clash()), seed
            continue
        assert solved.timetable is not None, seed
        assert solved.notes == ()
        assert violations(problem, solved.timetable) == [], seed
        assert score(problem, solved.timetable) == best, seed
        assert [each.reached for each in solved.reached[:3]] == [-best[0], best[1], best[2]], seed
        assert all(each.proven and each.bound == each.reached for each in solved.reached), seed


def test_nothing_to_do_gives_an_empty_timetable_that_is_proven() -> None:
    one = (Person("alone", ALWAYS),)
    for problem in (Problem((), (), (), ()), Problem(HOUR, (), HALL, ()), Problem(HOUR, one, HALL, ())):
        solved = solve(problem, seconds=10)

        assert solved.timetable == Timetable({})
        assert solved.reached == tuple(Reached(objective, 0.0, 0.0, proven=True) for objective in Objective)


def test_people_who_are_all_away_meet_nobody_and_are_promised_nothing() -> None:
    people = tuple(Person(f"p{n}", frozenset(), guaranteed=3) for n in range(3))
    problem = Problem(HOUR, people, HALL, (Wish("a", (0, 1), (0,)), Wish("b", (1, 2), (0,))))

    solved = solve(problem, seconds=10)

    assert solved.timetable == Timetable({})
    assert all(each.proven for each in solved.reached)


def test_meetings_fixed_against_each_other_are_named_as_the_clash() -> None:
    wishes = (
        Wish("spare", (2, 3), (0,)),
        Wish("a", (0, 1), (0,), fixed_slot=1),
        Wish("b", (1, 2), (0,), fixed_slot=1),
        Wish("c", (0, 3), (0,), fixed_slot=2),
    )
    problem = Problem(HOUR, tuple(Person(f"p{n}", ALWAYS) for n in range(4)), HALL, wishes)

    solved = solve(problem, seconds=10)

    assert solved.timetable is None
    assert solved.clash == Clash(wishes=(1, 2))
    assert solved.reached == ()


def test_a_thousand_wishes_of_one_person_fill_its_day_with_the_best() -> None:
    people = tuple(Person(f"p{n}", ALWAYS) for n in range(1001))
    wishes = tuple(Wish(f"w{n}", (0, n + 1), (0,), value=float(n)) for n in range(1000))

    solved = solve(Problem(HOUR, people, HALL, wishes), seconds=60)

    assert solved.timetable is not None
    assert set(solved.timetable.places) == {997, 998, 999}
    assert all(each.proven for each in solved.reached)


def test_a_start_is_improved_and_what_breaks_a_rule_in_it_is_left() -> None:
    problem = fair(people=8, wishes=12, slots=4)
    start = Timetable({wish: Place(0, problem.wishes[wish].pools[0], 0) for wish in range(len(problem.wishes))})

    solved = solve(problem, seconds=60, start=start)

    assert solved.timetable is not None
    assert violations(problem, solved.timetable) == []
    assert solved.reached[0] == solve(problem, seconds=60).reached[0]


def test_the_same_seed_gives_the_same_figures() -> None:
    problem = fair(people=8, wishes=10, slots=4)

    first, second = solve(problem, seconds=60, seed=7), solve(problem, seconds=60, seed=7)

    assert first.reached == second.reached
    assert first.timetable == second.timetable


def test_no_time_at_all_still_gives_a_valid_timetable_and_claims_nothing_unproven() -> None:
    problem = fair()

    solved = solve(problem, seconds=0)

    assert solved.timetable is not None
    assert violations(problem, solved.timetable) == []
    assert len(solved.timetable.places) > 20
    assert solved.reached[0].bound >= solve(problem, seconds=1).reached[0].reached
    assert not any(each.proven and each.bound != each.reached for each in solved.reached)


def test_no_time_to_find_what_must_be_held_is_said_and_no_clash_claimed() -> None:
    wishes = tuple(Wish(f"w{n}", (n, (n + 1) % 5), (0,), must_hold=True) for n in range(5))
    tight = Problem(HOUR, tuple(Person(f"p{n}", ALWAYS) for n in range(5)), (Pool("t", "t", (2, 2, 1)),), wishes)

    solved = solve(tight, seconds=0)

    if solved.timetable is None:
        assert solved.clash is None
        assert solved.notes == (NOT_FOUND,)
    else:
        assert violations(tight, solved.timetable) == []


def test_progress_is_valid_never_worse_and_ends_at_what_is_returned() -> None:
    problem = fair()
    heard: list[Progress] = []

    solved = solve(problem, seconds=3, on_progress=lambda progress: heard.append(progress) or True)

    assert solved.timetable is not None
    assert {progress.objective for progress in heard} == set(Objective)
    for progress in heard:
        assert progress.timetable == Timetable({}) or violations(problem, progress.timetable) == []
    values = [value_of(problem, progress.timetable) for progress in heard if progress.objective is Objective.VALUE]
    assert values == sorted(values)
    assert value_of(problem, solved.timetable) == max(values)
    gaps = [progress.reached for progress in heard if progress.objective is Objective.GAPS]
    assert gaps == sorted(gaps, reverse=True)
    assert all(progress.bound <= progress.reached for progress in heard if progress.objective is not Objective.VALUE)


@pytest.mark.parametrize("calls", [1, 2, 6])
def test_a_cancelled_search_asks_no_more_and_returns_what_it_has(calls: int) -> None:
    problem = fair()
    heard: list[Progress] = []

    def listen(progress: Progress) -> bool:
        heard.append(progress)
        return len(heard) < calls

    solved = solve(problem, seconds=120, on_progress=listen)

    assert solved.cancelled
    assert len(heard) == calls
    assert solved.timetable is not None
    assert violations(problem, solved.timetable) == []
    assert [each.objective for each in solved.reached] == list(Objective)
    assert solver_threads() == []


@pytest.mark.parametrize("calls", [1, 5])
def test_an_exception_of_the_listener_passes_and_leaves_no_thread(calls: int) -> None:
    heard: list[Progress] = []

    def listen(progress: Progress) -> bool:
        heard.append(progress)
        if len(heard) == calls:
            raise LookupError("The listener is gone.")
        return True

    with pytest.raises(LookupError, match="gone"):
        solve(fair(), seconds=120, on_progress=listen)
    assert solver_threads() == []


def test_the_listener_is_called_in_the_thread_of_the_caller() -> None:
    threads = set()

    def listen(_progress: Progress) -> bool:
        threads.add(threading.get_ident())
        return True

    solve(fair(people=16, wishes=60), seconds=1, on_progress=listen)

    assert threads == {threading.get_ident()}


def test_gaps_are_proven_where_it_is_settled_which_meetings_are_held() -> None:
    slots = tuple(Slot(20 * number, 20 * number + 20) for number in range(12))
    people = tuple(Person(f"p{n}", frozenset(range(12))) for n in range(20))
    pairs = [(n, (n + step) % 20) for n in range(20) for step in (1, 3)]
    wishes = tuple(Wish(f"{a}-{b}", (a, b), (0,)) for a, b in pairs)
    problem = Problem(slots, people, (Pool("hall", "hall", (10,) * 12),), wishes)

    solved = solve(problem, seconds=120, on_progress=lambda progress: progress.objective is not Objective.MOVES)

    assert solved.timetable is not None
    assert violations(problem, solved.timetable) == []
    assert solved.reached[0] == Reached(Objective.VALUE, 40.0, 40.0, proven=True)
    assert solved.reached[2] == Reached(Objective.GAPS, 0.0, 0.0, proven=True)


def test_equal_gaps_of_a_larger_problem_are_reached_or_noted() -> None:
    problem = replace(fair(), equal_within=1)

    solved = solve(problem, seconds=4)

    assert solved.timetable is not None
    broken = {each.rule for each in violations(problem, solved.timetable)}
    assert broken == ({Rule.EQUAL_GAPS} if solved.notes else set())


def solver_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "solver" in thread.name]
