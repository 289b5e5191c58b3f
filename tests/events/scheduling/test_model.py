"""The whole model against all timetables of small problems, objective by objective."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import permutations, product

import pytest

from events.scheduling.exact.aims import Aims, sessions_return
from events.scheduling.exact.costs import Costs
from events.scheduling.exact.model import Scope, TimetableModel, everything
from events.scheduling.exact.searching import Effort, Outcome, Watch, run
from events.scheduling.exact.sites import like_pools, single_seats
from events.scheduling.problem import Person, Pool, Problem, Slot, Wish
from events.scheduling.solved import Objective, go_on
from events.scheduling.timetable import Place, Timetable, moves_of_people, violations
from tests.events.scheduling.random_problems import best_score, every_timetable, fair, random_problem, score

STAGES = (Objective.VALUE, Objective.GUARANTEE, Objective.GAPS)


def solved(model: TimetableModel) -> Outcome:
    return run(model.cp, model.cells, Effort(60), Watch(60, go_on))


def best_of_model(problem: Problem) -> Timetable | None:
    """The stages one after the other; each cost is the one that the timetable has."""
    costs, timetable, kept = Costs(problem), Timetable({}), {}
    for objective in STAGES:
        model = TimetableModel(problem, everything(problem))
        aims = Aims(model, costs)
        aims.equal_gaps(Timetable({}))
        for earlier, cost in kept.items():
            aims.keep(earlier, cost)
        model.cp.minimize(aims.cost(objective))
        model.hint(timetable)
        outcome = solved(model)
        if outcome.impossible:
            return None
        timetable = model.timetable(outcome.cells or [], timetable)
        assert outcome.proven
        assert costs.of(objective, timetable) == outcome.cost
        kept[objective] = outcome.cost
    return timetable


@pytest.mark.parametrize("part", range(4))
def test_model_of_any_small_problem_gives_the_best_of_all_timetables(part: int) -> None:
    for seed in range(100 * part, 100 * part + 60):
        problem = random_problem(seed)

        timetable = best_of_model(problem)

        assert (timetable and score(problem, timetable)) == best_score(problem), seed
        assert timetable is None or violations(problem, timetable) == [], seed


def test_random_problems_hold_what_the_model_is_to_be_tried_with() -> None:
    problems = [random_problem(seed) for seed in range(60)]

    assert any(sessions_return(problem) for problem in problems)
    assert any(problem.walking for problem in problems)
    assert any(problem.equal_within == 0 for problem in problems)
    assert any(best_score(problem) is None for problem in problems)
    assert any(len(wish.people) > 2 for problem in problems for wish in problem.wishes)


def test_moves_of_small_problems_are_the_fewest_of_all_seatings() -> None:
    worse = 0
    for seed in range(60):
        problem = random_problem(seed, wishes=4, rules=False)
        best = [timetable for timetable in every_timetable(problem) if score(problem, timetable)[0] == top(problem)]
        model = TimetableModel(problem, everything(problem), single_seats(problem))
        aims = Aims(model, Costs(problem))
        aims.equal_gaps(Timetable({}))
        aims.keep(Objective.VALUE, Costs(problem).value(best[0].places))
        model.cp.minimize(aims.cost(Objective.MOVES))

        outcome = solved(model)

        timetable = model.timetable(outcome.cells or [], Timetable({}))
        counts = [sum(moves_of_people(problem, seated)) for one in best for seated in seatings(problem, one)]
        assert violations(problem, timetable) == [], seed
        assert sum(moves_of_people(problem, timetable)) == outcome.cost == min(counts), seed
        worse += max(counts) > min(counts)
    assert worse > 0


def top(problem: Problem) -> float:
    best = best_score(problem)
    assert best is not None
    return best[0]


def seatings(problem: Problem, timetable: Timetable) -> Iterator[Timetable]:
    """The same slots and pools with every choice of seats."""
    at: dict[tuple[int, int], list[int]] = defaultdict(list)
    for wish, place in timetable.places.items():
        at[place.slot, place.pool].append(wish)
    choices = [
        [dict(zip(wishes, seats, strict=True)) for seats in permutations(range(_seats(problem, *where)), len(wishes))]
        for where, wishes in at.items()
    ]
    for chosen in product(*choices):
        seat = {wish: number for each in chosen for wish, number in each.items()}
        yield Timetable({wish: Place(p.slot, p.pool, seat[wish]) for wish, p in timetable.places.items()})


def _seats(problem: Problem, slot: int, pool: int) -> int:
    return problem.pools[pool].capacity[slot]


def test_meetings_outside_of_the_scope_stay_where_they_are() -> None:
    problem = fair()
    costs = Costs(problem)
    whole = TimetableModel(problem, everything(problem))
    whole.cp.minimize(Aims(whole, costs).cost(Objective.VALUE))
    before = whole.timetable(run(whole.cp, whole.cells, Effort(2), Watch(60, go_on)).cells or [], Timetable({}))
    kept = {wish: place for wish, place in before.places.items() if place.slot > 2}
    free = [wish for wish in range(len(problem.wishes)) if wish not in kept]
    model = TimetableModel(problem, Scope(free, kept, frozenset({0, 1})))
    aims = Aims(model, costs)
    model.cp.minimize(aims.cost(Objective.GAPS))

    after = model.timetable(solved(model).cells or [], before)

    assert {wish: after.places[wish] for wish in kept} == kept
    assert {place.slot for wish, place in after.places.items() if wish not in kept} <= {0, 1}
    assert violations(problem, after) == []


def test_tables_that_no_rule_tells_apart_are_one_site_and_get_a_table_each() -> None:
    everybody = frozenset({0})
    problem = Problem(
        slots=(Slot(0, 20),),
        people=tuple(Person(f"p{number}", everybody) for number in range(6)),
        pools=(*(Pool(f"table {number}", "hall", (1,)) for number in range(3)), Pool("stand", "hall", (1,))),
        wishes=tuple(Wish(f"w{n}", (2 * n, 2 * n + 1), (0, 1, 2) if n else (0, 1, 2, 3)) for n in range(3)),
    )
    sites = like_pools(problem)
    model = TimetableModel(problem, everything(problem), sites)
    model.cp.minimize(Aims(model, Costs(problem)).cost(Objective.VALUE))

    timetable = model.timetable(solved(model).cells or [], Timetable({}))

    assert [site.pools for site in sites.sites] == [(0, 1, 2), (3,)]
    assert violations(problem, timetable) == []
    assert len(timetable.places) == 3


def test_values_of_a_few_digits_are_counted_exactly_and_others_closely() -> None:
    def costs(*values: float) -> Costs:
        wishes = tuple(Wish("w", (0, 1), (), value=value) for value in values)
        return Costs(Problem((), (Person("a", frozenset()), Person("b", frozenset())), (), wishes))

    assert costs(0.5, 2.5).weights == [1, 5]
    assert costs(0.12, 3.0).exact
    assert costs(0.12, 3.0).shown(Objective.VALUE, costs(0.12, 3.0).value([0, 1])) == pytest.approx(3.12)
    rough = costs(1 / 3, 1 / 7)
    assert not rough.exact
    assert rough.shown(Objective.VALUE, rough.value([0, 1])) == pytest.approx(1 / 3 + 1 / 7, rel=1e-8)
    assert costs().cost_of_value(0.0) == 0
    assert costs(0.0, 0.0).value([0, 1]) == 0
