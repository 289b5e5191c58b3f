"""What composing anew would change for people, and why a question has no group, told from what stands now."""

from collections.abc import Mapping
from dataclasses import dataclass

from events.domain.groups.composing import PlannedGroup, Proposed
from events.domain.groups.group_tasks import GroupsRead, read_groups
from events.models import Event, Hall, Participant, Question, Slot
from events.scheduling.group_task import Unheld, why_beside


@dataclass(frozen=True)
class Seat:
    """Where and when a person sits, for whichever question; who asks it sits there too."""

    question: Question
    slot: Slot
    hall: Hall | None


@dataclass(frozen=True)
class SeatChange:
    """Seats that a person has no more and those that are new, in order of time."""

    person: Participant
    loses: tuple[Seat, ...]
    gets: tuple[Seat, ...]


_Key = tuple[int, int, int, int | None]


def seat_changes(proposed: Proposed) -> tuple[SeatChange, ...]:
    """Everybody whose seats would not be what they are, by name."""
    read = proposed.read
    before, after = set(_present(read)), set(_planned(read, proposed.proposal.groups))
    people = {person.pk: person for person in (*read.researchers, *(each.asker for each in read.questions))}
    changed = sorted({key[0] for key in before ^ after}, key=lambda pk: (people[pk].name.casefold(), pk))
    return tuple(
        SeatChange(people[pk], _seats(read, before - after, pk), _seats(read, after - before, pk)) for pk in changed
    )


def reasons_now(event: Event) -> dict[int, Unheld | None]:
    """Why each question without a group has none, by key: None where it could have one beside those that stand."""
    read = read_groups(event)
    task = read.task()
    return {
        question.pk: why_beside(task, read.present, number)
        for number, question in enumerate(read.questions)
        if number not in read.present
    }


def _present(read: GroupsRead) -> list[_Key]:
    """Person, question, slot and hall of every seat that is taken now."""
    found = []
    for number, group in read.present.items():
        question = read.questions[number]
        people = [question.asker_id, *(read.researchers[who].pk for who in group.researchers)]
        found += [(person, question.pk, read.slots[group.slot].pk, question.hall_id) for person in people]
    return found


def _planned(read: GroupsRead, groups: Mapping[int, PlannedGroup]) -> list[_Key]:
    askers = {question.pk: question.asker_id for question in read.questions}
    return [
        (person, key, group.slot, group.hall)
        for key, group in groups.items()
        for person in (askers[key], *group.fits)
    ]  # fmt: skip


def _seats(read: GroupsRead, keys: set[_Key], person: int) -> tuple[Seat, ...]:
    questions = {question.pk: question for question in read.questions}
    slots, halls = {slot.pk: slot for slot in read.slots}, {hall.pk: hall for hall in read.halls}
    found = [
        Seat(questions[question], slots[slot], halls.get(hall) if hall is not None else None)
        for who, question, slot, hall in keys
        if who == person
    ]
    return tuple(sorted(found, key=lambda seat: (seat.slot.starts_at, seat.question.pk)))
