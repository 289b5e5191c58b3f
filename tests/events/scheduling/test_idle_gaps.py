"""The fewest idle gaps: right against trying everything, under every rule, provable, and stoppable."""

from dataclasses import replace

import pytest

from events.scheduling.gaps import idle_gaps
from events.scheduling.gaps.gap_process import GapProcess, Inbox, Task
from events.scheduling.gaps.gap_search import Finding, by_cores
from events.scheduling.gaps.idle_gaps import GapsProof, prove_fewest_gaps
from events.scheduling.problem import Person, Pool, Precedence, Problem, Wish
from events.scheduling.solved import Objective, Progress
from events.scheduling.timetable import gaps_of_people, violations
from tests.events.scheduling.gap_problems import fewest_gaps, plain_problem, random_problem

SECONDS = 60.0
# Person 0 meets everybody else; the others have one meeting more each, in pairs.
STAR = [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (3, 4)]


def proven(problem: Problem) -> GapsProof:
    """The proof, its timetable judged."""
    proof = prove_fewest_gaps(problem, seconds=SECONDS)
    assert proof.proven
    assert (proof.timetable is None) == proof.infeasible
    if proof.timetable is not None:
        assert set(proof.timetable.places) == set(range(len(problem.wishes)))
        assert violations(problem, proof.timetable) == []
        assert sum(gaps_of_people(problem, proof.timetable)) == proof.gaps == proof.bound
    return proof


@pytest.mark.parametrize("seed", range(40))
def test_random_problem_has_the_gaps_of_trying_everything(seed: int) -> None:
    problem = random_problem(seed)
    expected = fewest_gaps(problem)

    assert proven(problem).gaps == expected


@pytest.mark.parametrize("seed", range(40, 60))
def test_cores_find_the_gaps_of_trying_everything(seed: int) -> None:
    problem = random_problem(seed)
    expected = fewest_gaps(problem)
    findings: list[Finding] = []

    by_cores(problem, findings.append)

    last = findings[-1]
    assert last.infeasible == (expected is None)
    if last.timetable is not None:
        assert violations(problem, last.timetable) == []
        assert sum(gaps_of_people(problem, last.timetable)) == last.bound == expected
        assert [finding.bound for finding in findings] == sorted(finding.bound for finding in findings)


def test_random_problems_are_of_both_kinds() -> None:
    answers = [fewest_gaps(random_problem(seed)) for seed in range(60)]

    assert None in answers
    assert {0, 1} <= set(answers)


def test_star_needs_no_gap_with_tables_enough() -> None:
    assert proven(plain_problem(STAR, slots=4)).gaps == 0


def test_closed_slot_makes_a_gap_that_is_proven() -> None:
    problem = plain_problem([(0, 1), (0, 2), (0, 3)], slots=4)
    people = (replace(problem.people[0], free=frozenset({0, 1, 3})), *problem.people[1:])

    proof = proven(replace(problem, people=people))

    assert proof.gaps == 1


def test_idle_run_over_a_long_break_counts_only_where_it_is_meant_to() -> None:
    problem = plain_problem([(0, 1), (0, 2)], slots=4)
    slots = tuple(replace(slot, session=number // 2) for number, slot in enumerate(problem.slots))
    wishes = (replace(problem.wishes[0], slots=frozenset({0})), replace(problem.wishes[1], slots=frozenset({3})))
    problem = replace(problem, slots=slots, wishes=wishes)

    assert proven(problem).gaps == 1
    assert proven(replace(problem, gaps_over_breaks=False)).gaps == 0


@pytest.mark.parametrize(("within", "gaps"), [(None, 1), (1, 1), (0, None)])
def test_equal_within_rules_out_uneven_gaps(within: int | None, gaps: int | None) -> None:
    # Person 0 has a gap in any case, person 3 has one meeting and so none.
    problem = plain_problem([(0, 1), (0, 2)], slots=3)
    people = (replace(problem.people[0], free=frozenset({0, 2})), *problem.people[1:])

    assert proven(replace(problem, people=people, equal_within=within)).gaps == gaps


def test_equal_within_may_ask_for_gaps_elsewhere() -> None:
    # Person 0 must wait once; under 0 everybody who meets must: 1, 2 and 3 meet each other around the same slots.
    pairs = [(0, 1), (0, 2), (1, 3), (2, 3)]
    problem = plain_problem(pairs, slots=4)
    people = (replace(problem.people[0], free=frozenset({0, 3})), *problem.people[1:])
    problem = replace(problem, people=people)

    loose, tight = proven(problem), proven(replace(problem, equal_within=0))

    assert loose.gaps == fewest_gaps(problem)
    assert tight.gaps == fewest_gaps(replace(problem, equal_within=0))
    assert (tight.gaps is None) or tight.gaps > (loose.gaps or 0)


def test_precedence_against_the_slots_is_infeasible() -> None:
    problem = plain_problem([(0, 1), (2, 3)], slots=2)
    wishes = (replace(problem.wishes[0], slots=frozenset({1})), problem.wishes[1])

    assert proven(replace(problem, wishes=wishes, precedences=(Precedence(1, 0),))).gaps == 0
    assert proven(replace(problem, wishes=wishes, precedences=(Precedence(0, 1),))).infeasible


def test_forbidden_and_fixed_slots_are_kept() -> None:
    problem = plain_problem([(0, 1), (0, 2), (0, 3)], slots=3)
    wishes = (
        replace(problem.wishes[0], forbidden=frozenset({0, 2})),
        replace(problem.wishes[1], fixed_slot=2),
        problem.wishes[2],
    )

    proof = proven(replace(problem, wishes=wishes))

    assert proof.timetable is not None
    assert [proof.timetable.places[wish].slot for wish in range(3)] == [1, 2, 0]


def test_group_and_pair_share_a_person_but_no_slot() -> None:
    problem = plain_problem([(0, 1)], slots=2)
    group = Wish("group", (0, 2, 3, 4), (0,), must_hold=True)
    people = tuple(Person(f"p{number}", frozenset(range(2))) for number in range(5))

    proof = proven(replace(problem, people=people, wishes=(*problem.wishes, group)))

    assert proof.timetable is not None
    assert {place.slot for place in proof.timetable.places.values()} == {0, 1}


def test_pools_that_overlap_are_filled_no_further_than_they_go() -> None:
    # Two seats in a slot, one of them for the first two meetings only: the third meeting takes the other.
    problem = plain_problem([(0, 1), (2, 3), (4, 5)], slots=1)
    pools = (Pool("stand", "a", (1,)), Pool("hall", "b", (2,)))
    wishes = (
        replace(problem.wishes[0], pools=(0, 1)),
        replace(problem.wishes[1], pools=(0, 1)),
        replace(problem.wishes[2], pools=(1,)),
    )
    problem = replace(problem, pools=pools, wishes=wishes)

    assert not proven(problem).infeasible
    assert proven(replace(problem, pools=(pools[0], Pool("hall", "b", (1,))))).infeasible


def test_walk_longer_than_the_pause_makes_a_gap() -> None:
    problem = plain_problem([(0, 1), (0, 2)], slots=3, pause=5)
    pools = (Pool("a", "north", (1,) * 3), Pool("b", "south", (1,) * 3))
    wishes = (problem.wishes[0], replace(problem.wishes[1], pools=(1,)))
    problem = replace(problem, pools=pools, wishes=wishes, walking={("north", "south"): 10})

    assert proven(problem).gaps == 1
    assert proven(replace(problem, walking={("north", "south"): 5})).gaps == 0


def test_walk_from_a_session_closes_the_slot_after_it() -> None:
    problem = plain_problem([(0, 1)], slots=2)
    people = (Person("p0", frozenset({1}), busy_at={0: "stage"}), problem.people[1])

    assert proven(replace(problem, people=people)).gaps == 0
    assert proven(replace(problem, people=people, walking={("stage", "hall"): 1})).infeasible


@pytest.mark.parametrize(
    "people",
    [
        (Person("p0", frozenset({0, 1}), most=1), *(Person(f"p{n}", frozenset({0, 1})) for n in (1, 2))),
        (Person("p0", frozenset({0})), *(Person(f"p{n}", frozenset({0, 1})) for n in (1, 2))),
        (*(Person(f"p{n}", frozenset({0, 1})) for n in (0, 1)), Person("p2", frozenset())),
    ],
    ids=["own cap", "too few free slots", "never free"],
)
def test_impossible_person_is_infeasible_at_once(people: tuple[Person, ...]) -> None:
    assert proven(replace(plain_problem([(0, 1), (0, 2)], slots=2), people=people)).infeasible


def test_pair_kept_apart_is_infeasible() -> None:
    assert proven(replace(plain_problem([(0, 1)], slots=2), apart=frozenset({(1, 0)}))).infeasible


def test_problem_without_wishes_is_proven_empty() -> None:
    proof = proven(plain_problem([], slots=2))

    assert (proof.gaps, proof.bound, dict(proof.timetable.places if proof.timetable else {0: 0})) == (0, 0, {})


def test_no_time_proves_nothing() -> None:
    proof = prove_fewest_gaps(plain_problem(STAR, slots=4), seconds=0)

    assert (proof.timetable, proof.proven, proof.infeasible) == (None, False, False)


def test_processes_prove_what_is_proven_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_gaps, "_SMALL", -1)

    # One table: six meetings one after the other, found by trying all 720 orders.
    assert proven(plain_problem(STAR, slots=6, tables=1)).gaps == 2


def test_cancelled_search_ends_its_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_gaps, "_SMALL", -1)
    started: list[GapProcess] = []

    class Watched(GapProcess):
        def __init__(self, task: Task, inbox: Inbox) -> None:
            super().__init__(task, inbox)
            started.append(self)

    monkeypatch.setattr(idle_gaps, "GapProcess", Watched)
    said: list[Progress] = []

    def stop(progress: Progress) -> bool:
        said.append(progress)
        return False

    proof = prove_fewest_gaps(plain_problem(STAR, slots=6, tables=1), seconds=SECONDS, on_progress=stop)

    assert (proof.cancelled, len(said), said[0].objective) == (True, 1, Objective.GAPS)
    assert proof.timetable is not None
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


def test_fault_of_a_process_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_gaps, "_SMALL", -1)
    monkeypatch.setattr(idle_gaps, "WAYS", ("by_magic",))

    with pytest.raises(RuntimeError, match="by_magic"):
        prove_fewest_gaps(plain_problem(STAR, slots=4), seconds=SECONDS)
