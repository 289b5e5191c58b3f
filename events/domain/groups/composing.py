"""Groups of researchers around the questions of an AIMday: who fits, who can, and the engine's best composition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.groups.fitting import fit_of
from events.domain.groups.telling_groups import groups_by_person, tell_changed_groups
from events.domain.setup.changing import ChangedMeanwhile, change_event, save_change
from events.enums import COMING, EventState, QuestionState, Wanting
from events.models import (
    Availability,
    Event,
    GroupSeat,
    Hall,
    Participant,
    Preference,
    ProgrammeSession,
    Question,
    SessionSeat,
    Slot,
)
from events.scheduling import group_task as engine
from hubs.policies import Viewer, require_organiser
from matching.domain.introductions.days import local_day
from profiles.enums import ProfileKind

ANSWERING_KINDS = (ProfileKind.RESEARCHER, ProfileKind.CLINICIAN, ProfileKind.KNOWLEDGE_INSTITUTION)
MOST_GROUPS = 3
SECONDS = 6.0


@dataclass(frozen=True)
class Composition:
    """What was composed: groups held, questions that have none with the engine's reason, and how good it is."""

    held: int
    unheld: dict[int, engine.Unheld]
    worth: float
    bound: float
    proven: bool


def compose_groups(event: Event, *, viewer: Viewer, version: int, now: datetime) -> Composition:
    """Compose the groups anew and store them with slots and rooms, in place of those before.

    Raises:
        NotAllowed, NotFound, EventCalledOff: as every change of an event.
        ChangedMeanwhile: the event, a question or who can sit in a group has changed since it was read.
        NotReady: the language model is not built on this machine.
    """
    # The solver works on what it read; nothing is locked meanwhile, and what changed in between stops the storing.
    require_organiser(viewer)
    questions = _questions(event)
    researchers = researchers_of(event)
    slots = list(event.slots.order_by("starts_at", "pk"))
    halls = list(event.halls.order_by("position", "pk"))
    read = _read(event, questions, researchers, slots)
    task = _task(event, questions, researchers, slots, len(halls), today=local_day(now))
    # Loaded only here: the solver is large, and a web process seldom composes.
    from events.scheduling.groups import compose

    composed = compose(task, seconds=SECONDS)
    with transaction.atomic():
        locked = change_event(event, viewer=viewer, version=version)
        # Whoever changes a question counts up its version, not the event's, which does not tell therefore.
        list(Question.objects.select_for_update().filter(event=locked).order_by("pk").values_list("pk"))
        if _read(locked, _questions(locked), researchers_of(locked), slots) != read:
            raise ChangedMeanwhile(
                _("A question, or who can answer, has changed meanwhile. Nothing is lost: try again.")
            )
        before = groups_by_person(locked)
        _store(locked, questions, researchers, slots, halls, task, composed)
        save_change(locked, viewer=viewer, action="compose_groups", changed=["questions"])
        tell_changed_groups(locked, before, now=now)
    unheld = {questions[number].pk: reason for number, reason in composed.unheld.items()}
    return Composition(len(composed.groups), unheld, composed.worth, composed.bound, composed.proven)


@dataclass(frozen=True)
class _Read:
    """What of people and questions decides the groups; whoever changes it does not count the event's version up."""

    questions: tuple[tuple[int, int, str], ...]
    researchers: tuple[tuple[int, bool, int | None], ...]
    closed: dict[int, frozenset[int]]
    apart: frozenset[tuple[int, int]]


def _read(
    event: Event, questions: Sequence[Question], researchers: Sequence[Participant], slots: Sequence[Slot]
) -> _Read:
    return _Read(
        tuple((question.pk, question.version, question.state) for question in questions),
        tuple((person.pk, person.is_senior, person.most_meetings) for person in researchers),
        _closed([*researchers, *(question.asker for question in questions)], slots),
        _apart(event, questions, researchers),
    )


def researchers_of(event: Event) -> list[Participant]:
    """Those who can sit in groups: researchers, clinicians and people of knowledge institutions who come."""
    rows = Participant.objects.filter(
        event=event, state__in=COMING, participation__profile__kind__in=ANSWERING_KINDS
    ).select_related("participation__profile__organisation")
    return list(rows.order_by("pk"))


def _questions(event: Event) -> list[Question]:
    """Those whose asker comes, unless they were taken back."""
    rows = Question.objects.filter(event=event, asker__state__in=COMING).exclude(state=QuestionState.LEFT_OUT)
    return list(rows.select_related("asker__participation__profile").order_by("pk"))


def _task(
    event: Event,
    questions: Sequence[Question],
    researchers: Sequence[Participant],
    slots: Sequence[Slot],
    rooms: int,
    *,
    today: date,
) -> engine.GroupTask:
    closed = _closed([*researchers, *(question.asker for question in questions)], slots)
    every = frozenset(range(len(slots)))
    most = event.most_meetings or MOST_GROUPS
    fit = fit_of(questions, researchers, today=today)
    return engine.GroupTask(
        questions=tuple(
            engine.Question(
                key=str(question.public_id),
                slots=every - closed.get(question.asker_id, frozenset()),
                least=question.least,
                most=question.most,
                organisation=str(question.asker.organisation_id),
            )
            for question in questions
        ),
        researchers=tuple(
            engine.Researcher(
                key=str(person.public_id),
                free=every - closed.get(person.pk, frozenset()),
                senior=person.is_senior,
                most=min(most, person.most_meetings or most),
            )
            for person in researchers
        ),
        rooms=(rooms,) * len(slots),
        fit={(q, r): float(fit[q, r]) for q in range(len(questions)) for r in range(len(researchers))},
        forbidden=_apart(event, questions, researchers),
    )


def _closed(people: Sequence[Participant], slots: Sequence[Slot]) -> dict[int, frozenset[int]]:
    """For each person the numbers of the slots that do not suit, sessions included."""
    numbers = {slot.pk: number for number, slot in enumerate(slots)}
    found: dict[int, set[int]] = {}
    rows = Availability.objects.filter(participant__in=people, slot__in=slots)
    for participant_id, slot_id in rows.values_list("participant_id", "slot_id"):
        found.setdefault(participant_id, set()).add(numbers[slot_id])
    for seat in SessionSeat.objects.filter(participant__in=people).select_related("session"):
        found.setdefault(seat.participant_id, set()).update(_during(seat.session, slots))
    for session in ProgrammeSession.objects.filter(event__in={person.event_id for person in people}, is_for_all=True):
        for person in people:
            found.setdefault(person.pk, set()).update(_during(session, slots))
    return {person: frozenset(numbers) for person, numbers in found.items()}


def _during(session: ProgrammeSession, slots: Sequence[Slot]) -> set[int]:
    return {
        number
        for number, slot in enumerate(slots)
        if slot.starts_at < session.ends_at and session.starts_at < slot.ends_at
    }


def _apart(
    event: Event, questions: Sequence[Question], researchers: Sequence[Participant]
) -> frozenset[tuple[int, int]]:
    """Nobody answers a question of the own organisation, nor meets whom one of the two does not want to meet."""
    refused = set(
        Preference.objects.filter(event=event, wanting=Wanting.NO_THANKS, other__isnull=False).values_list(
            "person_id", "other_id"
        )
    )
    return frozenset(
        (q, r)
        for q, question in enumerate(questions)
        for r, person in enumerate(researchers)
        if question.asker.organisation_id == person.organisation_id
        or (question.asker_id, person.pk) in refused
        or (person.pk, question.asker_id) in refused
    )


def _store(
    event: Event,
    questions: Sequence[Question],
    researchers: Sequence[Participant],
    slots: Sequence[Slot],
    halls: Sequence[Hall],
    task: engine.GroupTask,
    composed: engine.Composed,
) -> None:
    GroupSeat.objects.filter(question__event=event).delete()
    without_asker = Question.objects.filter(event=event, state=QuestionState.TAKEN).exclude(
        pk__in=[question.pk for question in questions]
    )
    without_asker.update(state=QuestionState.HANDED_IN, slot=None, hall=None)
    used = dict.fromkeys(range(len(slots)), 0)
    seats: list[GroupSeat] = []
    for number, question in enumerate(questions):
        group = composed.groups.get(number)
        question.state = QuestionState.TAKEN if group else QuestionState.HANDED_IN
        question.slot = slots[group.slot] if group else None
        question.hall = None
        question.version += 1
        if group is None:
            continue
        question.hall = halls[used[group.slot]]
        used[group.slot] += 1
        seats += [
            GroupSeat(
                hub_id=question.hub_id,
                question=question,
                participant=researchers[person],
                fit=task.fit[number, person],
            )
            for person in group.researchers
        ]
    Question.objects.bulk_update(questions, ("state", "slot", "hall", "version"))
    GroupSeat.objects.bulk_create(seats)


def groups_are_open(event: Event) -> bool:
    """Whether people may see the groups: once the programme is published."""
    return event.state in {EventState.PUBLISHED, EventState.OVER}
