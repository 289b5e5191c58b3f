"""Queueing the mails about groups around questions: who asks and who answers, when the programme says so or changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from events.enums import COMING, EventKind, EventState
from events.models import Event, Participant
from events.queries.groups import questions_held
from mailgate.domain.outbox import queue_mail

# What one person's groups are: question, period, room, and whoever else sits there, by key.
Group = tuple[int, int | None, int | None, frozenset[int]]
Groups = Mapping[int, frozenset[Group]]


def groups_by_person(event: Event) -> Groups:
    """Participant key -> the groups that hold the person, as asker or as one who answers, as far as they come."""
    found: dict[int, set[Group]] = defaultdict(set)
    for question in questions_held(event):
        people = frozenset({question.asker_id, *(seat.participant_id for seat in question.seats.all())})
        for person in people:
            found[person].add((question.pk, question.slot_id, question.hall_id, people))
    return {person: frozenset(groups) for person, groups in found.items()}


def tell_groups(event: Event, *, now: datetime) -> int:
    """Mail everybody in a group what theirs are; how many mails wait."""
    return _tell(event, groups_by_person(event), now=now)


def tell_changed_groups(event: Event, before: Groups, *, now: datetime) -> int:
    """Mail those whose groups are no longer what they were, where people have been told; how many mails wait."""
    if event.state != EventState.PUBLISHED:
        return 0
    after = groups_by_person(event)
    changed = [person for person in before.keys() | after.keys() if before.get(person) != after.get(person)]
    return _tell(event, changed, now=now)


@contextmanager
def telling_of_groups(event: Event, *, now: datetime) -> Iterator[None]:
    """Mail those whose groups change by what is done within: somebody of them cancels, or comes after all."""
    has_groups = event.kind == EventKind.AIMDAY and event.state == EventState.PUBLISHED
    before = groups_by_person(event) if has_groups else {}
    yield
    if has_groups:
        tell_changed_groups(event, before, now=now)


def _tell(event: Event, people: Iterable[int], *, now: datetime) -> int:
    """Nobody is mailed for an event of the demonstration, nor anybody who does not come."""
    if event.is_simulated:
        return 0
    rows = list(Participant.objects.filter(event=event, state__in=COMING, pk__in=list(people)).order_by("pk"))
    for person in rows:
        queue_mail(
            event.hub_id,
            kind="event_groups",
            address=person.email,
            language=person.language,
            context={"participant": str(person.public_id)},
            once=f"event_groups:{event.public_id}:{now.isoformat()}:{person.public_id}",
            not_before=now,
            not_after=event.ends_at,
        )
    return len(rows)
