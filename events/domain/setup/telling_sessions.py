"""Queueing the mails about sessions: whoever has one in the plan is told when it moves, ends, or goes on without them.

A plan holds the sessions for all and those with a seat of the person's own, just as in `events.queries.agenda`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from events.enums import COMING, EventState, SessionPart
from events.gone_entries import GoneEntry, packed
from events.models import Event, Participant, SessionSeat
from events.queries.left_sessions import KIND, sessions_key
from mailgate.domain.outbox import NewMail, queue_mails


@dataclass(frozen=True)
class Held:
    """A session as plans show it: when, where, and in which part those who come are in it, by key."""

    starts_at: datetime
    ends_at: datetime
    hall: int | None
    parts: Mapping[int, str]

    def looks_the_same(self, other: "Held", person: int) -> bool:
        """Whether the person's plan says the same of both."""
        here, there = (self.starts_at, self.ends_at, self.hall), (other.starts_at, other.ends_at, other.hall)
        return here == there and self.parts[person] == other.parts[person]


@dataclass
class _Told:
    """What one person is told of: sessions of the plan, and entries that it has no more."""

    sessions: list[UUID] = field(default_factory=list)
    gone: list[GoneEntry] = field(default_factory=list)

    def packed(self) -> dict[str, str]:
        named = {f"session_{number}": str(key) for number, key in enumerate(self.sessions, start=1)}
        return {**named, **packed(self.gone)}


@contextmanager
def telling_of_sessions(event: Event, *, now: datetime) -> Iterator[None]:
    """Mail those whose sessions change by what is done within, once the programme is published.

    `event` is the locked row, which counts its version up within.
    """
    is_told = event.state == EventState.PUBLISHED and not event.is_simulated and event.ends_at > now
    before = sessions_held(event) if is_told else {}
    yield
    if is_told:
        _tell(event, _differences(before, sessions_held(event), version=event.version), now=now)


def sessions_held(event: Event) -> dict[UUID, Held]:
    """The programme by the sessions' public ids: three queries."""
    coming = list(Participant.objects.filter(event=event, state__in=COMING).values_list("pk", flat=True))
    for_all = dict.fromkeys(coming, SessionPart.ATTENDS.value)
    seats: dict[int, dict[int, str]] = defaultdict(dict)
    rows = SessionSeat.objects.filter(session__event=event, participant__state__in=COMING)
    for session, person, part in rows.values_list("session_id", "participant_id", "part"):
        seats[session][person] = part
    return {
        each.public_id: Held(
            each.starts_at, each.ends_at, each.hall_id, {**(for_all if each.is_for_all else {}), **seats[each.pk]}
        )
        for each in event.sessions.all()
    }


def _differences(before: Mapping[UUID, Held], after: Mapping[UUID, Held], *, version: int) -> dict[int, _Told]:
    """By person, what is to be told; entries that are gone count as changed with that version of the event."""
    told: dict[int, _Told] = defaultdict(_Told)
    for key, held in after.items():
        was = before.get(key)
        for person in held.parts:
            if was is None or person not in was.parts or not held.looks_the_same(was, person):
                told[person].sessions.append(key)
    for key, was in before.items():
        kept = after[key].parts if key in after else {}
        for person in was.parts.keys() - kept.keys():
            told[person].gone.append(GoneEntry(key, was.starts_at, was.ends_at, version))
    return told


def _tell(event: Event, told: Mapping[int, _Told], *, now: datetime) -> None:
    if not told:
        return
    # Whom it is about comes anyway; read by the event, since four hundred keys are no parameters of one statement.
    people = Participant.objects.filter(event=event, state__in=COMING).order_by("pk")
    version = str(event.version)
    queue_mails(
        event.hub_id,
        [
            NewMail(
                person.email, person.language,
                {"participant": str(person.public_id), "version": version, **told[person.pk].packed()},
                sessions_key(event, person, event.version),
            )
            for person in people if person.pk in told
        ],
        kind=KIND, not_before=now, not_after=event.ends_at,
    )  # fmt: skip
