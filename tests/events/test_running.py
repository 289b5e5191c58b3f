"""Computing: asked for once at a time, done in a process of its own, stopped, broken off; what was found is kept."""

import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from events.domain.timetable import computing, running
from events.domain.timetable.running import ask_run, run_due, stop_run
from events.domain.timetable.timetable_errors import EventNotPlannable, NothingToPlan, RunUnderWay
from events.enums import RunKind, RunState
from events.models import Availability, TimetableRun
from events.scheduling.solved import Objective, Progress, Solved
from events.scheduling.timetable import Place, Timetable
from hubs.enums import Role
from hubs.models import Hub
from kernel.errors import InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from tests.events.timetable_days import NOW, Day, computed, organiser, small_day, three_meet
from tests.factories import HubFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def fresh(run: TimetableRun) -> TimetableRun:
    return TimetableRun.objects.get(pk=run.pk)


def running_one(day: Day, hub: Hub) -> TimetableRun:
    """A run that the worker has claimed."""
    run = ask_run(day.event, viewer=organiser(hub), seconds=5, now=NOW)
    TimetableRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, started_at=NOW, beat_at=NOW)
    return fresh(run)


def test_run_holds_every_wish_and_proves_it(hub: Hub) -> None:
    day = three_meet(hub)

    run = computed(day.event, organiser(hub))

    assert (run.state, len(run.plan), run.unmet, run.clash) == (RunState.DONE, 2, {}, {})
    assert run.reached[0] | {"proven": True} == {"objective": "value", "reached": 2.0, "bound": 2.0, "proven": True}
    assert len({place[0] for place in run.plan.values()}) == 2
    assert (len(run.fingerprint), run.finished_at is not None) == (64, True)


def test_unmet_wish_is_told_with_what_stands_in_the_way(hub: Hub) -> None:
    day = three_meet(hub)
    lonely = day.wish(day.person("Dan"), day.person("Eva"))
    for slot in day.slots:
        Availability.objects.create(hub=hub, participant=lonely.sender, slot=slot)
    away = day.wish(lonely.receiver, day.person("Fie", state="cancelled"))

    run = computed(day.event, organiser(hub))

    assert run.state == RunState.DONE
    assert run.unmet[str(lonely.public_id)]["code"] == "no_common_slot"
    assert sorted(run.unmet[str(lonely.public_id)]["people"]) == sorted(
        [str(lonely.sender.public_id), str(lonely.receiver.public_id)]
    )
    assert run.unmet[str(away.public_id)] == {"code": "not_coming"}


def test_everybody_unavailable_is_an_empty_timetable(hub: Hub) -> None:
    day = three_meet(hub)
    for person in day.event.people.all():
        for slot in day.slots:
            Availability.objects.create(hub=hub, participant=person, slot=slot)

    run = computed(day.event, organiser(hub))

    assert (run.state, run.plan, len(run.unmet)) == (RunState.DONE, {}, 2)


def test_contradictory_fixed_meetings_name_each_other(hub: Hub) -> None:
    day = three_meet(hub)
    day.event.requests.update(fixed_slot=day.slots[0])

    run = computed(day.event, organiser(hub))

    requests = {str(each.public_id) for each in day.event.requests.all()}
    assert (run.state, run.plan) == (RunState.IMPOSSIBLE, {})
    assert set(run.clash["requests"]) == requests


@pytest.mark.parametrize(
    ("slots", "tables", "words"), [(0, 2, "time grid"), (2, 0, "meeting tables"), (2, 2, "nothing to plan")]
)
def test_event_that_lacks_something_says_what_to_do(
    hub: Hub, english: None, slots: int, tables: int, words: str
) -> None:
    day = small_day(hub, slots=slots, tables=tables)

    with pytest.raises(NothingToPlan, match=words):
        ask_run(day.event, viewer=organiser(hub), seconds=5, now=NOW)
    assert not TimetableRun.objects.exists()


@pytest.mark.parametrize("state", ["draft", "over"])
def test_event_in_no_fit_state_is_not_planned(hub: Hub, state: str) -> None:
    day = three_meet(hub, state=state)

    with pytest.raises(EventNotPlannable):
        ask_run(day.event, viewer=organiser(hub), seconds=5, now=NOW)


def test_one_run_at_a_time(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    first = ask_run(day.event, viewer=viewer, seconds=5, now=NOW)

    with pytest.raises(RunUnderWay):
        ask_run(day.event, viewer=viewer, seconds=5, now=NOW)
    stop_run(first, viewer=viewer, now=NOW)
    second = ask_run(day.event, viewer=viewer, seconds=5, now=NOW)

    assert (fresh(first).state, fresh(second).state) == (RunState.CANCELLED, RunState.WAITING)
    actions = AuditRecord.objects.filter(subject_type="timetable_run").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["ask_timetable", "stop_timetable", "ask_timetable"]


def test_strangers_compute_nothing(hub: Hub) -> None:
    day = three_meet(hub)
    elsewhere = organiser(HubFactory(slug="nordbro"))

    with pytest.raises(NotAllowed):
        ask_run(day.event, viewer=organiser(hub, Role.MEMBER), seconds=5, now=NOW)
    with pytest.raises(NotFound):
        ask_run(day.event, viewer=elsewhere, seconds=5, now=NOW)
    run = running_one(day, hub)
    stop_run(run, viewer=elsewhere, now=NOW)

    assert not fresh(run).wants_stop


@pytest.mark.parametrize("seconds", [0, -1, 100_000])
def test_time_without_measure_is_refused(hub: Hub, seconds: int) -> None:
    with pytest.raises(InvalidInput):
        ask_run(three_meet(hub).event, viewer=organiser(hub), seconds=seconds, now=NOW)


def test_worker_begins_a_process_and_returns(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    day = three_meet(hub)
    run = ask_run(day.event, viewer=organiser(hub), seconds=5, now=NOW)
    begun: list[str] = []

    def begin(row: TimetableRun) -> subprocess.Popen[bytes]:
        begun.append(str(row.public_id))
        return subprocess.Popen([sys.executable, "-c", "raise SystemExit(9)"])

    monkeypatch.setattr(running, "start_solver", begin)
    first = run_due(NOW)
    started = fresh(run)
    running._children[run.pk].wait(timeout=60)  # killed, or out of memory: it leaves without a word
    second = run_due(NOW + SECOND)

    assert (first, second, run_due(NOW + 2 * SECOND)) == (1, 1, 0)
    assert (begun, started.state, started.beat_at) == ([str(run.public_id)], RunState.RUNNING, NOW)
    assert fresh(run).state == RunState.FAILED


def test_silent_solver_is_closed_and_its_last_plan_stays(hub: Hub) -> None:
    day = three_meet(hub)
    run = running_one(day, hub)
    TimetableRun.objects.filter(pk=run.pk).update(plan={"a": ["b", "c"]})

    early, late = run_due(NOW + 30 * SECOND), run_due(NOW + 60 * SECOND)

    assert (early, late) == (0, 1)
    assert (fresh(run).state, fresh(run).plan) == (RunState.FAILED, {"a": ["b", "c"]})


def test_solver_that_was_stopped_and_is_silent_was_stopped(hub: Hub) -> None:
    day = three_meet(hub)
    run = running_one(day, hub)
    stop_run(run, viewer=organiser(hub), now=NOW)

    run_due(NOW + 60 * SECOND)

    assert fresh(run).state == RunState.CANCELLED


def test_stop_ends_the_solver_with_what_it_has(hub: Hub) -> None:
    day = three_meet(hub)
    run = running_one(day, hub)

    state = computing.compute(run, stop_asked=lambda: True)

    assert (state, fresh(run).state) == (RunState.CANCELLED, RunState.CANCELLED)


def test_solver_that_dies_halfway_leaves_its_last_good_plan(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    day = three_meet(hub)
    run = running_one(day, hub)

    def dies(problem: object, *, on_progress: computing.Callable[[Progress], bool], **_options: object) -> Solved:
        good = Timetable({0: Place(0, 0, 0)})
        bad = Timetable({0: Place(0, 0, 0), 1: Place(0, 0, 1)})  # one person twice at a time
        on_progress(Progress(Objective.VALUE, 1.0, 2.0, 0.1, good))
        on_progress(Progress(Objective.VALUE, 2.0, 2.0, 0.2, bad))
        raise MemoryError

    monkeypatch.setattr(computing, "solve", dies)
    with pytest.raises(MemoryError):
        computing.compute(run, stop_asked=lambda: False, write_every=0.0)

    kept = fresh(run)
    assert (kept.state, len(kept.plan)) == (RunState.RUNNING, 1)
    assert kept.reached == [{"objective": "value", "reached": 1.0, "bound": 2.0, "proven": False}]


def test_timetable_that_breaks_a_rule_is_thrown_away(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    day = three_meet(hub)
    run = running_one(day, hub)
    broken = Timetable({0: Place(0, 0, 0), 1: Place(0, 0, 1)})
    monkeypatch.setattr(computing, "solve", lambda *_a, **_o: Solved(broken))

    state = computing.compute(run, stop_asked=lambda: False)

    assert (state, fresh(run).notes, fresh(run).plan) == (RunState.FAILED, ["rules_broken"], {})


def test_run_that_was_closed_meanwhile_is_not_written(hub: Hub) -> None:
    day = three_meet(hub)
    run = running_one(day, hub)
    TimetableRun.objects.filter(pk=run.pk).update(state=RunState.FAILED)

    computing.compute(run, stop_asked=lambda: False)

    assert (fresh(run).state, fresh(run).plan) == (RunState.FAILED, {})


def test_next_run_begins_from_the_one_before(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    first = computed(day.event, viewer)
    starts: list[Timetable | None] = []

    def listens(_problem: object, *, start: Timetable | None, **_options: object) -> Solved:
        starts.append(start)
        return Solved(start)

    monkeypatch.setattr(computing, "solve", listens)
    second = computed(day.event, viewer)

    assert starts[0] is not None
    assert (len(starts[0].places), second.plan) == (2, first.plan)


def test_groups_are_not_the_timetables(hub: Hub) -> None:
    day = three_meet(hub)
    ask_run(day.event, viewer=organiser(hub), kind=RunKind.GROUPS, seconds=5, now=NOW)

    assert run_due(NOW) == 0


def test_process_of_no_run_says_so() -> None:
    with pytest.raises(CommandError, match="no such run"):
        call_command("solve_timetable", str(uuid4()))
