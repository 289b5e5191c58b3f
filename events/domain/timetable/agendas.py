"""Who meets at an event and when: people with agendas of their own, as the timetable engine counts them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from events.enums import COMING
from events.models import Availability, Event, Participant, ProgrammeSession, SessionSeat, Slot
from events.scheduling import problem as engine


@dataclass(frozen=True)
class People:
    """Those who meet, numbered by key, and whose agenda each person of the event shares.

    `number_of[participant key]` is the number of the agenda; missing: the person does not come, or does not meet.
    """

    hosts: tuple[Participant, ...]
    number_of: Mapping[int, int]


def people_who_meet(event: Event) -> People:
    """Hosts of agendas who come and take meetings, in order of their keys; colleagues count as their host."""
    rows = list(event.people.select_related("participation__profile").order_by("pk"))
    hosts = tuple(row for row in rows if row.has_own_agenda and row.meets and row.state in COMING)
    number_of = {host.pk: number for number, host in enumerate(hosts)}
    shared = {row.pk: number_of[row.host_id] for row in rows if row.host_id in number_of and row.state in COMING}
    return People(hosts, number_of | shared)


def persons_of(event: Event, people: People, slots: Sequence[Slot]) -> tuple[engine.Person, ...]:
    """Each agenda as the engine sees it: free slots, halls in which sessions hold the person, caps."""
    closed = _closed_slots(people.hosts)
    sessions = _sessions_of(event, people.hosts)
    return tuple(_person(event, host, slots, closed[host.pk], sessions[host.pk]) for host in people.hosts)


def _person(
    event: Event, host: Participant, slots: Sequence[Slot], closed: set[int], sessions: list[ProgrammeSession]
) -> engine.Person:
    busy = {
        number: session
        for number, slot in enumerate(slots)
        for session in sessions
        if session.starts_at < slot.ends_at and slot.starts_at < session.ends_at
    }
    free = frozenset(number for number, slot in enumerate(slots) if slot.pk not in closed and number not in busy)
    caps = [cap for cap in (host.most_meetings, event.most_meetings) if cap is not None]
    return engine.Person(
        key=str(host.public_id),
        free=free,
        organisation=str(host.organisation_id),
        most=min(caps) if caps else None,
        guaranteed=event.guaranteed_meetings,
        busy_at={number: zone_of(session.hall_id) for number, session in busy.items() if session.hall_id is not None},
    )


def zone_of(hall_id: int) -> str:
    """The engine's name of a hall: walking is counted between them."""
    return f"hall:{hall_id}"


def _closed_slots(hosts: Iterable[Participant]) -> defaultdict[int, set[int]]:
    closed: defaultdict[int, set[int]] = defaultdict(set)
    rows = Availability.objects.filter(participant__in=[host.pk for host in hosts])
    for participant_id, slot_id in rows.values_list("participant_id", "slot_id"):
        closed[participant_id].add(slot_id)
    return closed


def _sessions_of(event: Event, hosts: Iterable[Participant]) -> defaultdict[int, list[ProgrammeSession]]:
    """Sessions in which each host speaks or sits; those for everybody hold everybody."""
    for_all = [session for session in event.sessions.all() if session.is_for_all]
    found: defaultdict[int, list[ProgrammeSession]] = defaultdict(lambda: list(for_all))
    seats = SessionSeat.objects.filter(session__event=event, participant__in=[host.pk for host in hosts])
    for seat in seats.select_related("session").order_by("session__starts_at", "pk"):
        if not seat.session.is_for_all:
            found[seat.participant_id].append(seat.session)
    return found
