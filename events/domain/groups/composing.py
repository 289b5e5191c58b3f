"""Composing groups of researchers around the questions of an AIMday, and putting them in place of those before.

What people have been told is changed only for what gains enough, and only after an organiser has seen for whom.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.groups.group_tasks import GroupsRead, read_groups
from events.domain.groups.leaving_out import require_ahead
from events.domain.groups.telling_groups import groups_by_person, tell_changed_groups
from events.domain.setup.changing import ChangedMeanwhile, change_event, save_change
from events.enums import EventState, QuestionState
from events.models import Event, GroupSeat, Question
from events.scheduling import group_task as engine
from hubs.policies import Viewer, require_organiser
from matching.domain.introductions.days import local_day

SECONDS = 6.0
# Of a fit from 0 to 1: what a change has to gain for each seat that people have been told of.
STAY = 0.25


@dataclass(frozen=True)
class Composition:
    """What was composed: groups held, questions that have none with the engine's reason, and how good it is."""

    held: int
    unheld: dict[int, engine.Unheld]
    worth: float
    bound: float
    proven: bool


@dataclass(frozen=True)
class PlannedGroup:
    """A question's slot and room, and the fit of each who sits there; all by key."""

    slot: int
    hall: int
    fits: Mapping[int, float]


@dataclass(frozen=True)
class Proposal:
    """Groups by question, not stored yet, composed from what `version` of the event and `mark` stand for."""

    version: int
    mark: str
    groups: Mapping[int, PlannedGroup]

    def packed(self) -> list[Any]:
        """As plain lists, to be kept by whoever is asked about it."""
        groups = [[key, each.slot, each.hall, list(each.fits.items())] for key, each in self.groups.items()]
        return [self.version, self.mark, groups]


def unpacked(kept: list[Any]) -> Proposal:
    """The proposal that was packed; never of what could have been written by somebody else."""
    version, mark, groups = kept
    return Proposal(version, mark, {key: PlannedGroup(slot, hall, dict(fits)) for key, slot, hall, fits in groups})


@dataclass(frozen=True)
class Proposed:
    """A proposal, what is to be said of it, and what was read for it."""

    proposal: Proposal
    composition: Composition
    read: GroupsRead


def compose_groups(event: Event, *, viewer: Viewer, version: int, now: datetime) -> Composition:
    """Compose the groups anew and store them with slots and rooms, in place of those before.

    Raises:
        NotAllowed, NotFound, EventCalledOff: as every change of an event.
        QuestionsClosed: the day is over, or called off.
        ChangedMeanwhile: the event, a question or who can sit in a group has changed since it was read.
        NotReady: the language model is not built on this machine.
    """
    proposed = propose_groups(event, viewer=viewer, version=version, now=now)
    apply_groups(event, viewer=viewer, proposal=proposed.proposal, now=now)
    return proposed.composition


def propose_groups(event: Event, *, viewer: Viewer, version: int, now: datetime) -> Proposed:
    """Compose the groups anew without storing them; once they are published, seats stay unless enough is gained.

    Raises:
        NotAllowed, QuestionsClosed, NotReady: as `compose_groups`.
    """
    # The solver works on what it read; nothing is locked meanwhile, and what changed in between stops the storing.
    require_organiser(viewer)
    require_ahead(event, now=now)
    read = read_groups(event)
    stay = STAY if event.state == EventState.PUBLISHED else 0.0
    task = read.task(fit=read.fit(today=local_day(now)), stay=stay)
    # Loaded only here: the solver is large, and a web process seldom composes.
    from events.scheduling.groups import compose

    composed = compose(task, seconds=SECONDS)
    unheld = {read.questions[number].pk: reason for number, reason in composed.unheld.items()}
    composition = Composition(len(composed.groups), unheld, composed.worth, composed.bound, composed.proven)
    return Proposed(Proposal(version, read.mark, _planned(read, task, composed)), composition, read)


@transaction.atomic
def apply_groups(event: Event, *, viewer: Viewer, proposal: Proposal, now: datetime) -> None:
    """Store the groups that were proposed and, where people know of theirs, tell those whose groups change.

    Raises:
        NotAllowed, NotFound, EventCalledOff: as every change of an event.
        QuestionsClosed: the day has ended since, or an organiser has said that it is over.
        ChangedMeanwhile: the event, a question or who can sit in a group has changed since they were composed.
    """
    # Before the version: a day that was said to be over has another one, and to try again would be the wrong advice.
    require_ahead(change_event(event, viewer=viewer), now=now)
    locked = change_event(event, viewer=viewer, version=proposal.version)
    list(Question.objects.select_for_update().filter(event=locked).order_by("pk").values_list("pk"))
    read = read_groups(locked)
    if read.mark != proposal.mark:
        raise ChangedMeanwhile(_("A question, or who can answer, has changed meanwhile. Nothing is lost: try again."))
    before = groups_by_person(locked)
    _store(read, proposal.groups)
    save_change(locked, viewer=viewer, action="compose_groups", changed=["questions"])
    tell_changed_groups(locked, before, now=now)


def _planned(read: GroupsRead, task: engine.GroupTask, composed: engine.Composed) -> dict[int, PlannedGroup]:
    halls = dict(_halls(read, composed.groups))
    return {
        read.questions[number].pk: PlannedGroup(
            read.slots[group.slot].pk,
            halls[number],
            {read.researchers[who].pk: task.fit[number, who] for who in group.researchers},
        )
        for number, group in composed.groups.items()
    }


def _halls(read: GroupsRead, groups: Mapping[int, engine.Group]) -> Iterator[tuple[int, int]]:
    """A room for each group: its own of before where it keeps its time, else the first that is free."""
    free = {slot: [hall.pk for hall in read.halls] for slot in range(len(read.slots))}
    moved = []
    for number, group in sorted(groups.items()):
        own = read.questions[number].hall_id
        before = read.present.get(number)
        if before is not None and before.slot == group.slot and own is not None and own in free[group.slot]:
            free[group.slot].remove(own)
            yield number, own
        else:
            moved.append((number, group.slot))
    for number, slot in moved:
        yield number, free[slot].pop(0)


def _store(read: GroupsRead, groups: Mapping[int, PlannedGroup]) -> None:
    """Whatever stays as it is keeps its row, and its question its version."""
    without_asker = Question.objects.filter(event=read.event, state=QuestionState.TAKEN)
    without_asker = without_asker.exclude(pk__in=[question.pk for question in read.questions])
    without_asker.update(state=QuestionState.HANDED_IN, slot=None, hall=None)
    stored = {(seat.question_id, seat.participant_id): seat for seat in _seats(read)}
    wanted = {(key, person): fit for key, group in groups.items() for person, fit in group.fits.items()}
    gone, new = stored.keys() - wanted.keys(), wanted.keys() - stored.keys()
    changed = {question for question, _person in gone | new}
    for question in read.questions:
        _place(question, groups.get(question.pk), is_changed=question.pk in changed)
    Question.objects.bulk_update(read.questions, ("state", "slot", "hall", "version"))
    GroupSeat.objects.filter(pk__in=[stored[key].pk for key in gone]).delete()
    for key in stored.keys() & wanted.keys():
        stored[key].fit = wanted[key]
    GroupSeat.objects.bulk_update([stored[key] for key in stored.keys() & wanted.keys()], ("fit",))
    GroupSeat.objects.bulk_create(
        GroupSeat(hub_id=read.event.hub_id, question_id=key, participant_id=person, fit=wanted[key, person])
        for key, person in sorted(new)
    )


def _seats(read: GroupsRead) -> list[GroupSeat]:
    return list(GroupSeat.objects.filter(question__event=read.event))


def _place(question: Question, group: PlannedGroup | None, *, is_changed: bool) -> None:
    before = question.state, question.slot_id, question.hall_id
    question.state = QuestionState.TAKEN if group else QuestionState.HANDED_IN
    question.slot_id = group.slot if group else None
    question.hall_id = group.hall if group else None
    question.version += is_changed or before != (question.state, question.slot_id, question.hall_id)


def groups_are_open(event: Event) -> bool:
    """Whether people may see the groups: once the programme is published."""
    return event.state in {EventState.PUBLISHED, EventState.OVER}
