"""A person's day: meetings and sessions in order, with whom, where and why; colleagues share their host's meetings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Prefetch

from events.enums import (
    COMING,
    EventKind,
    EventState,
    MeetingState,
    ParticipantState,
    QuestionState,
    RequestOrigin,
    SessionPart,
)
from events.models import (
    Event,
    Meeting,
    MeetingSide,
    Participant,
    ProgrammeSession,
    Question,
    RequestGuest,
    SessionSeat,
)
from events.queries.circles import circle_of, only_told
from hubs.policies import Viewer
from profiles.queries import visible_profiles


@dataclass(frozen=True)
class Met:
    """Somebody whom the person meets."""

    name: str
    title: str
    profile_name: str
    profile_slug: str


@dataclass(frozen=True)
class Entry:
    """One thing on the day: a meeting (`meeting` and `side` set) or a session."""

    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    hall: str
    others: tuple[Met, ...] = ()
    reason: str = ""
    own_text: str = ""
    their_text: str = ""
    meeting: Meeting | None = None
    side: MeetingSide | None = None
    session: ProgrammeSession | None = None
    speaks: bool = False
    question: Question | None = None
    # Nothing of it holds for the person any more: calendars that have it are told so.
    is_off: bool = False
    # The reader's side wrote the reason, which was meant for the other.
    is_sender: bool = False

    @property
    def is_organised(self) -> bool:
        """Whether the organiser planned the meeting and wrote the reason, for all of them."""
        return self.side is not None and self.side.meeting.request.origin == RequestOrigin.ORGANISER

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off, or goes on without the person."""
        return self.is_off or (self.meeting is not None and self.meeting.state == MeetingState.CANCELLED)

    @property
    def is_party(self) -> bool:
        """Whether the holder of the agenda is one of the two who agreed to meet: no guest calls their meeting off."""
        if self.side is None:
            return False
        request = self.side.meeting.request
        return self.side.participant_id in (request.sender_id, request.receiver_id)

    @property
    def is_rated(self) -> bool:
        """Whether the person has said what it was worth."""
        return self.side is not None and self.side.rated_at is not None


@dataclass(frozen=True)
class Agenda:
    """The whole day of one person."""

    person: Participant
    entries: tuple[Entry, ...]

    @property
    def planned(self) -> tuple[Entry, ...]:
        """What stands."""
        return tuple(entry for entry in self.entries if not entry.is_cancelled)

    def current(self, now: datetime) -> Entry | None:
        """What is on at that moment."""
        return next((entry for entry in self.planned if entry.starts_at <= now < entry.ends_at), None)

    def upcoming(self, now: datetime) -> Entry | None:
        """What comes next."""
        return next((entry for entry in self.planned if entry.starts_at > now), None)

    def to_rate(self, now: datetime) -> tuple[Entry, ...]:
        """Meetings that have begun and of which the person has said nothing."""
        return tuple(entry for entry in self.planned if entry.side and entry.starts_at <= now and not entry.is_rated)


def agenda_of(person: Participant) -> Agenda:
    """One person's day: four queries."""
    return agendas_of(person.event, (person,))[0]


def profiles_open_to(viewer: Viewer, agenda: Agenda) -> frozenset[str]:
    """Addresses of the profiles on the plan whose page opens for the viewer: who has a plan by link may read few."""
    slugs = {other.profile_slug for entry in agenda.planned for other in entry.others}
    return frozenset(visible_profiles(viewer).filter(slug__in=slugs).values_list("slug", flat=True))


def agendas_of(event: Event, people: Iterable[Participant]) -> tuple[Agenda, ...]:
    """The days of several people of one event: four queries whatever their number, a few more if some have cancelled.

    Whoever does not come has nothing that stands from then on, and everybody of an event that is called off nothing
    at all.
    """
    people = tuple(people)
    holders = {person.host_id or person.pk for person in people}
    meetings = _meetings(event, holders)
    told = only_told({side.meeting_id: side.meeting for sides in meetings.values() for side in sides}.values())
    seats = _seats(event, [person.pk for person in people])
    groups = _groups(event, {person.pk for person in people} | holders)
    left = _left(event, [person.pk for person in people if person.state == ParticipantState.CANCELLED])
    for_all = list(ProgrammeSession.objects.filter(event=event, is_for_all=True).select_related("hall"))
    return tuple(
        Agenda(
            person,
            _in_order(
                [
                    *(_of_meeting(side, told) for side in meetings[person.host_id or person.pk]),
                    *_day(seats[person.pk], for_all),
                    *(_of_question(question, person) for question in groups[person.pk]),
                    *(_of_left(meeting) for meeting in left[person.pk]),
                ],
                person,
                all_off=event.state == EventState.CANCELLED,
            ),
        )
        for person in people
    )


def _in_order(entries: list[Entry], person: Participant, *, all_off: bool) -> tuple[Entry, ...]:
    """What had begun when the person signed off was held, or not: that is left as it was."""
    has_left = person.state == ParticipantState.CANCELLED
    found = [
        replace(entry, is_off=entry.is_off or all_off or (has_left and lacks_from(person, entry.starts_at)))
        for entry in entries
    ]
    return tuple(sorted(found, key=lambda entry: (entry.starts_at, entry.ends_at, entry.title)))


def lacks_from(person: Participant, moment: datetime) -> bool:
    """Whether the person does not come to what begins then."""
    return person.state not in COMING and (person.cancelled_at is None or person.cancelled_at < moment)


def _left(event: Event, cancelled: list[int]) -> dict[int, list[Meeting]]:
    """Meetings that go on without guests who have cancelled: nothing else remembers that they had them."""
    found: dict[int, list[Meeting]] = defaultdict(list)
    if not cancelled:
        return found
    rows = RequestGuest.objects.filter(participant__in=cancelled, request__event=event, request__meeting__isnull=False)
    sits = MeetingSide.objects.filter(meeting__event=event, participant__in=cancelled)
    there = set(sits.values_list("participant_id", "meeting_id"))
    for row in rows.select_related("request__meeting__slot"):
        if (row.participant_id, row.request.meeting.pk) not in there:
            found[row.participant_id].append(row.request.meeting)
    return found


def _of_left(meeting: Meeting) -> Entry:
    """When it was to be, and no words: with whom it goes on is no matter of who has left."""
    return Entry(meeting.slot.starts_at, meeting.slot.ends_at, "", "", "", meeting=meeting, is_off=True)


def _day(seats: list[SessionSeat], for_all: list[ProgrammeSession]) -> list[Entry]:
    own = {seat.session_id for seat in seats}
    entries = [_of_session(seat.session, speaks=seat.part == SessionPart.SPEAKS) for seat in seats]
    return entries + [_of_session(session, speaks=False) for session in for_all if session.pk not in own]


def _groups(event: Event, people: set[int]) -> dict[int, list[Question]]:
    """Questions on the published programme, by who asked or answers them; no query for events without.

    Those who have cancelled, or whose asker has, are in it still: their calendars are told. A programme that was never
    published is gone once the event is called off.
    """
    found: dict[int, list[Question]] = defaultdict(list)
    told = {EventState.PUBLISHED, EventState.OVER, EventState.CANCELLED}
    if event.kind != EventKind.AIMDAY or event.state not in told:
        return found
    rows = (
        Question.objects.filter(event=event, state=QuestionState.TAKEN, slot__isnull=False)
        .select_related("asker__participation__profile", "slot", "hall")
        .prefetch_related("seats__participant__participation__profile")
    )
    for question in rows:
        for person in {question.asker_id, *(seat.participant_id for seat in question.seats.all())} & people:
            found[person].append(question)
    return found


def _of_question(question: Question, person: Participant) -> Entry:
    """Everybody in the group but the reader; the question itself is the title."""
    if question.slot is None:
        raise ValueError("A question on the programme has a slot.")
    circle = [question.asker, *(seat.participant for seat in question.seats.all())]
    others = [each for each in circle if each.pk != person.pk and each.state in COMING]
    return Entry(
        starts_at=question.slot.starts_at,
        ends_at=question.slot.ends_at,
        title=question.title,
        place="",
        hall=question.hall.name if question.hall else "",
        others=tuple(_met(each) for each in others),
        reason=question.text,
        question=question,
        is_off=any(lacks_from(each, question.slot.starts_at) for each in (person, question.asker)),
    )


def _meetings(event: Event, holders: set[int]) -> dict[int, list[MeetingSide]]:
    told = MeetingSide.objects.select_related("participant__participation__profile")
    rows = (
        MeetingSide.objects.filter(meeting__event=event, participant_id__in=holders)
        .select_related("meeting__slot", "meeting__request", "meeting__table__hall", "meeting__stand__hall")
        .prefetch_related(Prefetch("meeting__sides", queryset=told))
    )
    found: dict[int, list[MeetingSide]] = defaultdict(list)
    for row in rows:
        found[row.participant_id].append(row)
    return found


def _seats(event: Event, people: list[int]) -> dict[int, list[SessionSeat]]:
    rows = SessionSeat.objects.filter(session__event=event, participant_id__in=people).select_related("session__hall")
    found: dict[int, list[SessionSeat]] = defaultdict(list)
    for row in rows:
        found[row.participant_id].append(row)
    return found


def _of_meeting(side: MeetingSide, told: Mapping[int, frozenset[int]]) -> Entry:
    meeting = side.meeting
    circle = circle_of(meeting, side.participant_id, told.get(meeting.pk, frozenset()))
    others = tuple(_met(other.participant) for other in circle.others)
    is_sender = meeting.request.sender_id in circle.own
    texts = (meeting.request.seeker_text, meeting.request.receiver_text)
    spot = meeting.stand or meeting.table
    return Entry(
        starts_at=meeting.slot.starts_at,
        ends_at=meeting.slot.ends_at,
        title=", ".join(other.name for other in others),
        place=str(spot) if spot else "",
        hall=spot.hall.name if spot else "",
        others=others,
        reason=meeting.request.reason,
        own_text=texts[0] if is_sender else texts[1],
        their_text=texts[1] if is_sender else texts[0],
        meeting=meeting,
        side=side,
        is_sender=is_sender,
    )


def _met(person: Participant) -> Met:
    profile = person.participation.profile
    return Met(person.name, person.title, profile.name, profile.slug)


def _of_session(session: ProgrammeSession, *, speaks: bool) -> Entry:
    return Entry(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=session.title,
        place="",
        hall=session.hall.name if session.hall else "",
        session=session,
        speaks=speaks,
    )
