"""Queueing the mails about groups around questions: who asks and who answers, when the programme says so or changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from events.enums import COMING, EventKind, EventState
from events.gone_entries import GoneEntry, packed
from events.models import Event, Participant
from events.queries.groups import questions_held
from mailgate.domain.outbox import queue_mail


@dataclass(frozen=True)
class Group:
    """What one person's group is: question, period, room, and whoever else sits there, by key.

    `entry` is what calendars have of it, for when the question loses its period, or is gone itself.
    """

    question: int
    slot: int | None
    hall: int | None
    people: frozenset[int]
    entry: GoneEntry = field(compare=False)


Groups = Mapping[int, frozenset[Group]]


def groups_by_person(event: Event) -> Groups:
    """Participant key -> the groups that hold the person, as asker or as one who answers, as far as they come."""
    found: dict[int, set[Group]] = defaultdict(set)
    version = Event.objects.values_list("version", flat=True).get(pk=event.pk)
    for question in questions_held(event):
        if question.slot is None:
            raise ValueError("A question on the programme has a slot.")
        people = frozenset({question.asker_id, *(seat.participant_id for seat in question.seats.all())})
        # One above what calendars count by now, so that calling off comes after it: see `events.calendars`.
        sequence = version + question.version + question.asker.version + 1
        entry = GoneEntry(question.public_id, question.slot.starts_at, question.slot.ends_at, sequence)
        for person in people:
            found[person].add(Group(question.pk, question.slot_id, question.hall_id, people, entry))
    return {person: frozenset(groups) for person, groups in found.items()}


def tell_groups(event: Event, *, now: datetime) -> int:
    """Mail everybody in a group what theirs are; how many mails wait."""
    return _tell(event, dict.fromkeys(groups_by_person(event), ()), now=now)


def tell_changed_groups(event: Event, before: Groups, *, now: datetime) -> int:
    """Mail those whose groups are no longer what they were, where people have been told; how many mails wait.

    The mail names the calendar entries that a person has no more: nothing else remembers them when it is written.
    """
    if event.state != EventState.PUBLISHED:
        return 0
    after = groups_by_person(event)
    none: frozenset[Group] = frozenset()
    changed = [person for person in before.keys() | after.keys() if before.get(person) != after.get(person)]
    lost = {person: _lost(before.get(person, none), after.get(person, none)) for person in changed}
    return _tell(event, lost, now=now)


def _lost(before: Iterable[Group], after: Iterable[Group]) -> tuple[GoneEntry, ...]:
    kept = {group.question for group in after}
    return tuple(group.entry for group in before if group.question not in kept)


@contextmanager
def telling_of_groups(event: Event, *, now: datetime) -> Iterator[None]:
    """Mail those whose groups change by what is done within: somebody of them cancels, or comes after all."""
    has_groups = event.kind == EventKind.AIMDAY and event.state == EventState.PUBLISHED
    before = groups_by_person(event) if has_groups else {}
    yield
    if has_groups:
        tell_changed_groups(event, before, now=now)


def _tell(event: Event, lost: Mapping[int, Iterable[GoneEntry]], *, now: datetime) -> int:
    """Nobody is mailed for an event of the demonstration, nor anybody who does not come."""
    if event.is_simulated:
        return 0
    rows = list(Participant.objects.filter(event=event, state__in=COMING, pk__in=list(lost)).order_by("pk"))
    for person in rows:
        queue_mail(
            event.hub_id,
            kind="event_groups",
            address=person.email,
            language=person.language,
            context={"participant": str(person.public_id), **packed(lost[person.pk])},
            once=f"event_groups:{event.public_id}:{now.isoformat()}:{person.public_id}",
            not_before=now,
            not_after=event.ends_at,
        )
    return len(rows)
