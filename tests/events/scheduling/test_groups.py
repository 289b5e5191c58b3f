"""Groups around questions: rules kept, the best of all compositions found, and a reason for each question left."""

from itertools import combinations, product
from random import Random

import pytest

from events.scheduling.errors import InvalidProblem
from events.scheduling.group_task import Group, GroupTask, Question, Researcher, Unheld, why_beside, worth_of
from events.scheduling.groups import bound_of, compose


def broken(task: GroupTask, groups: dict[int, Group]) -> list[str]:
    """Every rule that groups break, checked apart from the solver."""
    found = []
    seats = [(who, group.slot) for group in groups.values() for who in group.researchers]
    for number, group in groups.items():
        question, who = task.questions[number], group.researchers
        found += ["slot"] * (group.slot not in question.slots)
        found += ["size"] * (not question.least <= len(who) <= question.most)
        found += ["senior"] * (question.needs_senior and not any(task.researchers[one].senior for one in who))
        found += ["pair"] * sum(not task.may_sit(number, one, group.slot) for one in who)
    found += ["twice"] * (len(seats) - len(set(seats)))
    found += ["cap" for one, r in enumerate(task.researchers) if sum(who == one for who, _slot in seats) > r.most]
    for slot, rooms in enumerate(task.rooms):
        there = [number for number, group in groups.items() if group.slot == slot]
        firms = [name for number in there if (name := task.questions[number].organisation)]
        found += ["rooms"] * (len(there) > rooms) + ["firm"] * (len(firms) - len(set(firms)))
    return found


def random_task(random: Random, *, questions: int = 3, researchers: int = 4, slots: int = 2) -> GroupTask:
    def some(share: float) -> frozenset[int]:
        return frozenset(slot for slot in range(slots) if random.random() < share)

    asked = []
    for number in range(questions):
        least = random.randint(1, 2)
        most = least + random.randint(0, 1)
        asked.append(Question(f"q{number}", some(0.8), least, most, random.random() < 0.6, random.choice(("", "a"))))
    who = [
        Researcher(f"r{number}", some(0.8), random.random() < 0.4, random.randint(0, 2))
        for number in range(researchers)
    ]
    pairs = list(product(range(questions), range(researchers)))
    return GroupTask(
        tuple(asked),
        tuple(who),
        tuple(random.randint(0, 2) for _slot in range(slots)),
        {pair: random.randint(0, 4) / 4 for pair in pairs if random.random() < 0.8},
        frozenset(pair for pair in pairs if random.random() < 0.1),
        held=random.choice((None, 0.0, 1.0)),
        present={0: Group(0, (0, 1))},
        stay=random.choice((0.0, 0.3)),
    )


def best_worth(task: GroupTask) -> float:
    """By trying every composition."""
    choices = []
    for number, question in enumerate(task.questions):
        able = [
            Group(slot, who)
            for slot in question.slots
            for size in range(question.least, question.most + 1)
            for who in combinations(range(len(task.researchers)), size)
            if not broken(task, {number: Group(slot, who)})
        ]
        choices.append([None, *able])
    compositions = ({q: g for q, g in enumerate(each) if g is not None} for each in product(*choices))
    return max(worth_of(task, groups) for groups in compositions if not broken(task, groups))


@pytest.mark.parametrize("seed", range(25))
def test_compose_finds_the_best_of_all(seed: int) -> None:
    task = random_task(Random(seed))

    found = compose(task, workers=1)

    assert broken(task, dict(found.groups)) == []
    assert found.proven
    assert found.worth == pytest.approx(best_worth(task), abs=1e-4)
    assert bound_of(task) >= found.worth - 1e-6
    assert found.groups.keys() | found.unheld.keys() == set(range(len(task.questions)))


def test_compose_of_more_than_one_model_keeps_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.scheduling.groups._SMALL", 0)
    task = random_task(Random(5), questions=8, researchers=12, slots=3)

    found = compose(task, seconds=0.5, workers=1)

    assert broken(task, dict(found.groups)) == []
    assert found.groups
    assert found.bound >= found.worth == worth_of(task, found.groups)


def test_compose_tells_why_a_question_has_no_group() -> None:
    everywhere = frozenset({0, 1})
    task = GroupTask(
        questions=(
            Question("held", everywhere, 1, 2),
            Question("never there", frozenset(), 1, 2),
            Question("nobody knows", everywhere, 1, 2),
            Question("juniors only", everywhere, 1, 2),
            Question("less worth", everywhere, 1, 1),
        ),
        researchers=(Researcher("senior", frozenset({0}), senior=True), Researcher("junior", everywhere)),
        rooms=(1, 0),
        fit={(0, 0): 1.0, (0, 1): 1.0, (1, 0): 1.0, (3, 1): 1.0, (4, 0): 0.1},
    )

    found = compose(task, workers=1)

    assert dict(found.groups) == {0: Group(0, (0, 1))}
    assert found.unheld == {1: Unheld.NO_SLOT, 2: Unheld.TOO_FEW, 3: Unheld.NO_SENIOR, 4: Unheld.CROWDED_OUT}
    assert found.gap == 0.0


def test_compose_keeps_a_conflict_of_interest_though_it_fits_best() -> None:
    here = frozenset({0})
    people = (Researcher("rival", here, senior=True), Researcher("other", here, senior=True))
    task = GroupTask((Question("q", here, 1, 2),), people, (1,), {(0, 0): 9.0, (0, 1): 1.0}, frozenset({(0, 0)}))

    assert dict(compose(task, workers=1).groups) == {0: Group(0, (1,))}


@pytest.mark.parametrize(("gain", "who"), [(0.2, "sits"), (0.3, "fits better")])
def test_seat_is_kept_unless_a_change_gains_more_than_it_counts(gain: float, who: str) -> None:
    here = frozenset({0})
    people = (Researcher("sits", here, senior=True), Researcher("fits better", here, senior=True))
    fit = {(0, 0): 0.5, (0, 1): 0.5 + gain}
    task = GroupTask((Question("q", here, 1, 1),), people, (1,), fit, present={0: Group(0, (0,))}, stay=0.25)

    found = compose(task, workers=1)

    assert [people[number].key for number in found.groups[0].researchers] == [who]
    assert found.proven


def test_question_held_beside_groups_that_stay_needs_a_room_people_and_a_senior_that_are_free() -> None:
    both, first = frozenset({0, 1}), frozenset({0})
    task = GroupTask(
        questions=(
            Question("held", both, 1, 2, organisation="a"),
            Question("same firm", first, 1, 2, organisation="a"),
            Question("beside", first, 1, 2),
            Question("two", first, 2, 2),
            Question("later", frozenset({1}), 1, 2),
        ),
        researchers=(Researcher("sits", both, senior=True, most=1), Researcher("free", first, senior=True)),
        rooms=(2, 1),
        fit=dict.fromkeys(product(range(5), range(2)), 0.0),
    )
    groups = {0: Group(0, (0,))}

    assert [why_beside(task, groups, number) for number in (1, 2, 3, 4)] == [
        Unheld.CROWDED_OUT, None, Unheld.CROWDED_OUT, Unheld.CROWDED_OUT,
    ]  # fmt: skip
    assert why_beside(task, {}, 4) is None


def test_compose_of_nothing_is_proven() -> None:
    found = compose(GroupTask((), (), (), {}), workers=1)

    assert (dict(found.groups), dict(found.unheld), found.worth, found.proven) == ({}, {}, 0.0, True)


@pytest.mark.parametrize(
    "task",
    [
        {"questions": (Question("q", frozenset({0}), 3, 2),)},
        {"questions": (Question("q", frozenset({4})),)},
        {"researchers": (Researcher("r", frozenset({-1})),)},
        {"researchers": (Researcher("r", frozenset(), most=-1),)},
        {"rooms": (-1,)},
        {"fit": {(0, 0): 1.0}},
        {"held": float("nan")},
        {"stay": -1.0},
        {"present": {0: Group(0, ())}},
    ],
)
def test_task_that_means_nothing_is_refused(task: dict[str, object]) -> None:
    given: dict[str, object] = {"questions": (), "researchers": (), "rooms": (1,), "fit": {}} | task

    with pytest.raises(InvalidProblem):
        GroupTask(**given)  # type: ignore[arg-type]
