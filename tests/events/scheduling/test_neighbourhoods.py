"""Search by neighbourhoods and by chains: valid at every step, never for worse, and nothing else is touched."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from events.scheduling.exact.board import Board, filled
from events.scheduling.exact.chains import Chains, Window
from events.scheduling.exact.costs import Costs
from events.scheduling.exact.neighbourhoods import Aim, Found, Neighbourhoods, Search
from events.scheduling.exact.searching import Watch
from events.scheduling.problem import Problem
from events.scheduling.solved import Objective, go_on
from events.scheduling.timetable import Place, Rule, Timetable, gaps_of_people, violations
from tests.events.scheduling.random_problems import best_score, every_timetable, fair, random_problem, score


def greedy(problem: Problem) -> Timetable:
    return filled(problem, Timetable({}), [-weight for weight in Costs(problem).weights])


def search_of(problem: Problem, seed: int = 0) -> Search:
    return Search(problem, Costs(problem), Watch(60, go_on), seed)


@pytest.mark.parametrize("part", range(4))
def test_filling_thousands_of_problems_breaks_no_rule_but_those_that_the_model_mends(part: int) -> None:
    left_to_the_model = {Rule.MUST_HOLD, Rule.EQUAL_GAPS}
    for seed in range(1000 * part, 1000 * part + 600):
        problem = random_problem(seed, wishes=12, slots=6, people=7)

        timetable = greedy(problem)

        assert {each.rule for each in violations(problem, timetable)} <= left_to_the_model, seed


def test_filling_keeps_of_a_start_what_breaks_no_rule() -> None:
    for seed in range(300):
        problem = random_problem(seed, wishes=8, rules=False)
        random = Random(seed)
        start = {
            wish: Place(random.randrange(len(problem.slots)), random.choice(asked.pools), random.randrange(3))
            for wish, asked in enumerate(problem.wishes)
            if asked.pools
        }

        timetable = filled(problem, Timetable(start), [0] * len(problem.wishes))

        assert {each.rule for each in violations(problem, timetable)} <= {Rule.EQUAL_GAPS}, seed
        valid = next(every_timetable(problem))
        again = filled(problem, valid, [0] * len(problem.wishes))
        assert {wish: again.places[wish] for wish in valid.places} == valid.places, seed


def test_steps_are_valid_and_never_worse_in_what_is_aimed_at_or_kept() -> None:
    problem, order = fair(), list(Objective)[:3]
    search, timetable = search_of(problem), greedy(fair())
    search.size = 25
    for number, objective in enumerate(order):
        aim = Aim(objective, tuple(order[:number]))
        best = Found(timetable, search.cost(timetable, aim), proven=False)
        begun = best.cost
        for _step in range(8):
            found = search.step(best, aim, 1.0)
            assert violations(problem, found.timetable) == []
            assert found.cost == search.costs.of(objective, found.timetable) <= best.cost
            for earlier in aim.keep:
                before, after = (search.costs.of(earlier, each.timetable) for each in (best, found))
                assert after <= before
            best = found
        timetable = best.timetable
        assert objective is Objective.GUARANTEE or best.cost < begun


def test_a_neighbourhood_of_everything_is_proven_best() -> None:
    tried = 0
    for seed in range(4000, 4080):
        problem = random_problem(seed, rules=False)
        search, timetable = search_of(problem, seed), Timetable({})
        if not search.near.possible:
            continue
        aim = Aim(Objective.VALUE)

        found = search.improve(timetable, aim, 60)

        best = best_score(problem)
        assert found.proven, seed
        assert best is not None
        assert score(problem, found.timetable)[0] == best[0], seed
        tried += 1
    assert tried > 40


@pytest.mark.parametrize("objective", [Objective.VALUE, Objective.GUARANTEE, Objective.GAPS])
def test_neighbourhoods_free_some_and_keep_all_others(objective: Objective) -> None:
    problem = fair()
    near = Neighbourhoods(problem, Costs(problem), np.random.default_rng(1))
    timetable = greedy(problem)
    kinds = set()
    for _pick in range(40):
        scope = near.pick(timetable, Aim(objective), 20)

        held_free = set(scope.free) & timetable.places.keys()
        assert set(scope.kept) == timetable.places.keys() - held_free
        assert all(scope.kept[wish] == timetable.places[wish] for wish in scope.kept)
        if scope.slots is not None:
            assert {timetable.places[wish].slot for wish in held_free} <= scope.slots
        kinds.add(scope.slots is None)
    assert kinds == {True, False}


def test_evening_out_makes_idle_gaps_equal_and_gives_up_little() -> None:
    problem = replace(fair(people=24, wishes=90), equal_within=1)
    search, timetable = search_of(problem), greedy(replace(fair(people=24, wishes=90)))
    assert Rule.EQUAL_GAPS in {each.rule for each in violations(problem, timetable)}

    evened = search.evened(timetable, 0, 30)

    assert violations(problem, evened) == []
    assert len(evened.places) > 0.7 * len(timetable.places)


def test_chains_hold_the_same_meetings_with_fewer_gaps_and_break_no_rule() -> None:
    for seed in range(150):
        problem = random_problem(seed, wishes=12, slots=6, people=7, rules=False)
        problem = replace(problem, equal_within=None)
        before = greedy(problem)
        chains = Chains(problem, before, Watch(60, go_on), seed, None)

        after = chains.run(0.01)

        assert violations(problem, after) == [], seed
        assert after.places.keys() == before.places.keys()
        assert sum(gaps_of_people(problem, after)) <= sum(gaps_of_people(problem, before)), seed


def test_chains_of_a_fair_remove_gaps_and_heed_a_window() -> None:
    problem = fair()
    before = greedy(problem)
    gaps = sum(gaps_of_people(problem, before))
    window = Window(0, max(gaps_of_people(problem, before)), strict=True)

    free = Chains(problem, before, Watch(60, go_on), 0, None).run(0.5)
    strict = Chains(problem, before, Watch(60, go_on), 0, window).run(0.5)
    evened = Chains(problem, before, Watch(60, go_on), 0, Window(0, 1, strict=False)).run(0.5)

    assert sum(gaps_of_people(problem, free)) < gaps
    assert max(gaps_of_people(problem, strict)) <= window.most
    assert sum(count > 1 for count in gaps_of_people(problem, evened)) < sum(
        count > 1 for count in gaps_of_people(problem, before)
    )


def test_a_board_forgets_what_is_dropped() -> None:
    problem = fair()
    timetable = greedy(problem)
    board = Board(problem, timetable)
    for wish in list(timetable.places):
        board.drop(wish)

    assert board.timetable() == Timetable({})
    assert not any(board.day)
    assert not any(board.seats.values())
