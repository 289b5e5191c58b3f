"""Queueing the mails about published meetings: a person and the colleagues who share its agenda, each once."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from events.enums import COMING
from events.gone_entries import GoneEntry, packed
from events.models import Event, Meeting, MeetingRequest, Participant, Publication, Slot, StandbyOffer
from events.queries.left_meetings import left_key, left_out_key
from mailgate.domain.outbox import NewMail, queue_mail, queue_mails

_SHARED = {"shared": "1"}
_LEFT_OUT = {"left_out": "1"}


def tell_timetable(publication: Publication, people: Iterable[Participant], *, now: datetime) -> int:
    """Mail their timetable to people with agendas; how many mails wait. A second call queues none anew."""
    number = str(publication.number)
    once = f"event_timetable:{publication.event.public_id}:{number}"
    return _tell(publication.event, people, "event_timetable", {"publication": number}, once, now=now)


def tell_changed(event: Event, people: Iterable[Participant], *, now: datetime) -> int:
    """Mail people what was changed of their meetings at `now`: one mail each, however many meetings it is about."""
    since = now.isoformat()
    by_kind: dict[str, list[Participant]] = {"event_meeting_changed": [], "event_meeting_cancelled": []}
    called_off, living = _people_with_changes(event, since=now)
    for person in people:
        only_lost = person.pk in called_off and person.pk not in living
        by_kind["event_meeting_cancelled" if only_lost else "event_meeting_changed"].append(person)
    return sum(
        _tell(event, told, kind, {"since": since}, f"{kind}:{event.public_id}:{since}", now=now)
        for kind, told in by_kind.items()
    )


def tell_offer(offer: StandbyOffer, people: Iterable[Participant], *, now: datetime) -> int:
    """Mail an offered slot to those who would meet in it."""
    named = {"offer": str(offer.public_id)}
    return _tell(offer.event, people, "event_standby_offer", named, f"event_standby_offer:{offer.public_id}", now=now)


def tell_of_erasure(
    request: MeetingRequest, people: Iterable[Participant], slot: Slot | None, *, shared: bool = False, now: datetime
) -> int:
    """Mail those who lose a meeting because the other side is erased: the mail outlives the meeting.

    `shared`: it is their own side, a colleague whose agenda they shared. The mail names the meeting's calendar entry,
    so that calendars can still be told to drop it.
    """
    meeting = Meeting.objects.filter(request=request).first()
    named = {"slot": str(slot.public_id) if slot is not None else ""} | (_SHARED if shared else {})
    if meeting is not None:
        named |= {"meeting": str(meeting.public_id), "sequence": str(meeting.sequence)}
    return _tell(request.event, people, "event_meeting_gone", named, f"event_meeting_gone:{request.public_id}", now=now)


def tell_of_meetings_left(person: Participant, meetings: Iterable[Meeting], *, now: datetime) -> int:
    """Mail somebody who shared an agenda that has left these meetings, which go on without."""
    told = 0
    for meeting in meetings:
        gone = GoneEntry(meeting.public_id, meeting.slot.starts_at, meeting.slot.ends_at, meeting.sequence)
        named = _SHARED | packed((gone,))
        told += _tell(person.event, (person,), "event_meeting_gone", named, left_key(meeting), now=now)
    return told


def tell_left_out(event: Event, lost: Mapping[Participant, Iterable[GoneEntry]], *, now: datetime) -> int:
    """Mail guests, and those who share their agendas, that these meetings are held without them: one mail each, also
    to who has lost meetings of two agendas. As many queries as for one.
    """
    if event.is_simulated or not lost:
        return 0
    by_agenda = {guest.pk: tuple(entries) for guest, entries in lost.items()}
    mails = [_left_out_mail(person, by_agenda, now=now) for person in sharing(event, lost)]
    queue_mails(event.hub_id, mails, kind="event_meeting_gone", not_before=now, not_after=event.ends_at)
    return len(mails)


def _left_out_mail(person: Participant, by_agenda: Mapping[int, Iterable[GoneEntry]], *, now: datetime) -> NewMail:
    agendas = {person.pk, person.host_id}
    entries = {entry for key, lost in by_agenda.items() if key in agendas for entry in lost}
    named = {"participant": str(person.public_id)} | _LEFT_OUT | packed(entries)
    return NewMail(person.email, person.language, named, left_out_key(person, now))


def _people_with_changes(event: Event, *, since: datetime) -> tuple[set[int], set[int]]:
    """Who lost a meeting at that moment, and who has one that was made or moved then."""
    called_off: set[int] = set()
    living: set[int] = set()
    rows = Meeting.objects.filter(event=event, changed_at=since).values_list("state", "sides__participant_id")
    for state, person in rows:
        (living if state == "planned" else called_off).add(person)
    return called_off, living


def _tell(
    event: Event, people: Iterable[Participant], kind: str, named: dict[str, str], once: str, *, now: datetime
) -> int:
    """Nobody is mailed for an event of the demonstration, nor anybody who does not come."""
    if event.is_simulated:
        return 0
    told = 0
    for person in sharing(event, people):
        _queue(event, person, kind, named, f"{once}:{person.public_id}", now=now)
        told += 1
    return told


def _queue(event: Event, person: Participant, kind: str, named: dict[str, str], once: str, *, now: datetime) -> None:
    queue_mail(
        event.hub_id,
        kind=kind,
        address=person.email,
        language=person.language,
        context={"participant": str(person.public_id), **named},
        once=once,
        not_before=now,
        not_after=event.ends_at,
    )


def sharing(event: Event, people: Iterable[Participant]) -> list[Participant]:
    """The people and those who share their agendas, as far as they come; in order of their keys."""
    keys = {person.pk for person in people}
    rows = Participant.objects.filter(event=event, state__in=COMING).order_by("pk")
    return [row for row in rows if row.pk in keys or row.host_id in keys]
