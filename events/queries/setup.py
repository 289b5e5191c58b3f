"""Reads for those who set an event up: the list, what stands where, and how far the preparation is."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.enums import (
    COMING,
    ActivityLevel,
    EventKind,
    EventState,
    MeetingState,
    OfferState,
    ParticipantState,
    QuestionState,
    RequestState,
    SessionPart,
)
from events.models import (
    Event,
    Hall,
    Meeting,
    MeetingRequest,
    Participant,
    Participation,
    ProgrammeSession,
    Publication,
    Question,
    SessionSeat,
    Slot,
    Stand,
    StandbyOffer,
    Suggestion,
    SuggestionRound,
    Table,
    Walk,
)
from events.queries.days import participant_ids
from events.queries.groups import lack_of, questions_held
from events.queries.mutual_wishes import pairs_waiting
from events.queries.stand_giving import standless
from hubs.policies import Viewer, may_organise, may_see_participants
from kernel.errors import NotFound
from profiles.models import Profile

LIVING_REQUESTS = (RequestState.ASKED, RequestState.ACCEPTED)
MOST_PAST = 60


@dataclass(frozen=True)
class EventList:
    """The hub's events as one viewer may know of them: soonest first, past ones latest first."""

    drafts: list[Event]
    coming: list[Event]
    past: list[Event]


def listed_events(viewer: Viewer, *, now: datetime) -> EventList:
    """What stands on the list; visitors see what is open to all, members everything but drafts."""
    rows = Event.objects.filter(hub_id=viewer.hub_id)
    if not may_organise(viewer):
        rows = rows.exclude(state=EventState.DRAFT)
    if not may_see_participants(viewer):
        rows = rows.filter(level=ActivityLevel.OPEN)
    # Counting groups the rows, and grouped rows lose the order that the model names.
    known: list[Event] = [*rows.annotate(coming_count=_people_coming()).order_by("starts_at", "pk")]
    drafts = [event for event in known if event.state == EventState.DRAFT]
    shown = [event for event in known if event.state != EventState.DRAFT]
    past = [event for event in shown if event.ends_at < now or event.state == EventState.OVER]
    coming = [event for event in shown if event not in past]
    return EventList(drafts, coming, past[::-1][:MOST_PAST])


def _people_coming() -> Count:
    return Count("people", filter=Q(people__state=ParticipantState.REGISTERED), distinct=True)


def earlier_events(event: Event) -> QuerySet[Event]:
    """Events of the hub that may be called the earlier edition."""
    return Event.objects.filter(hub_id=event.hub_id, starts_at__lt=event.starts_at).exclude(pk=event.pk).reverse()


@dataclass(frozen=True)
class Holdings:
    """What is planned in a slot."""

    meetings: int = 0
    fixed: int = 0
    questions: int = 0
    offers: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.meetings + self.fixed + self.questions + self.offers


def slot_holdings(slot_ids: Collection[int]) -> dict[int, Holdings]:
    """What is planned in each of these slots; slots that hold nothing are left out.

    A request that is fixed to the slot and has its meeting there counts once.
    """
    planned = Meeting.objects.filter(slot__in=slot_ids, state=MeetingState.PLANNED)
    meetings = _counted(planned, "slot_id")
    fixed = _counted(
        MeetingRequest.objects.filter(fixed_slot__in=slot_ids, state__in=LIVING_REQUESTS).exclude(
            meeting__in=planned.values("pk")
        ),
        "fixed_slot_id",
    )
    questions = _counted(Question.objects.filter(slot__in=slot_ids).exclude(state=QuestionState.LEFT_OUT), "slot_id")
    offers = _counted(StandbyOffer.objects.filter(slot__in=slot_ids, state=OfferState.OFFERED), "slot_id")
    return {
        key: Holdings(meetings[key], fixed[key], questions[key], offers[key])
        for key in sorted({*meetings, *fixed, *questions, *offers})
    }


def _counted(rows: QuerySet[Any], name: str) -> Counter[int]:
    return Counter(rows.values_list(name, flat=True))


def slots_with_holdings(event: Event) -> list[tuple[Slot, Holdings]]:
    """Every slot of the grid with what is planned in it, in order."""
    slots = list(event.slots.all())
    held = slot_holdings([slot.pk for slot in slots])
    return [(slot, held.get(slot.pk, Holdings())) for slot in slots]


def find_slot(event: Event, public_id: UUID) -> Slot:
    """A slot of the event's grid.

    Raises:
        NotFound: there is none, or it was taken away.
    """
    return _found(
        event.slots.filter(public_id=public_id).select_related("event"),
        _("We cannot find that meeting period. Somebody may have removed it."),
    )


def halls_of(event: Event) -> list[Hall]:
    """Halls with their tables and stands."""
    stands = Stand.objects.select_related("organisation", "profile")
    return list(event.halls.prefetch_related("tables", Prefetch("stands", queryset=stands)))


def find_hall(event: Event, public_id: UUID) -> Hall:
    """A hall of the event.

    Raises:
        NotFound
    """
    return _found(event.halls.filter(public_id=public_id), _("We cannot find that hall. Somebody may have removed it."))


def find_table(event: Event, public_id: UUID) -> Table:
    """A table of the event.

    Raises:
        NotFound
    """
    rows = event.tables.filter(public_id=public_id).select_related("event")
    return _found(rows, _("We cannot find that table. Somebody may have removed it."))


def find_stand_by_id(event: Event, public_id: UUID) -> Stand:
    """A stand of the event.

    Raises:
        NotFound
    """
    rows = event.stands.filter(public_id=public_id).select_related("event", "hall", "organisation", "profile")
    return _found(rows, _("We cannot find that stand. Somebody may have removed it."))


def find_session(event: Event, public_id: UUID) -> ProgrammeSession:
    """A session of the event.

    Raises:
        NotFound
    """
    rows = event.sessions.filter(public_id=public_id).select_related("event", "hall")
    return _found(rows, _("We cannot find that session. Somebody may have removed it."))


def _found(rows: QuerySet[Any], message: str) -> Any:
    row = rows.first()
    if row is None:
        raise NotFound(message)
    return row


def walks_of(event: Event) -> dict[frozenset[int], int]:
    """Minutes between two halls by the pair of their ids."""
    rows = Walk.objects.filter(event=event).values_list("one_id", "other_id", "minutes")
    return {frozenset((one, other)): minutes for one, other, minutes in rows}


def planned_at(*, tables: Iterable[int] = (), stands: Iterable[int] = ()) -> int:
    """How many planned meetings are held at these tables and stands."""
    where = Q(table__in=list(tables)) | Q(stand__in=list(stands))
    return Meeting.objects.filter(where, state=MeetingState.PLANNED).count()


def exhibitors_of(event: Event) -> list[Profile]:
    """Profiles that take part, by name, with their organisations: who may be given a stand."""
    rows = Profile.objects.filter(pk__in=participant_ids(event)).select_related("organisation")
    return sorted(rows, key=lambda profile: profile.name.casefold())


def sessions_of(event: Event) -> list[ProgrammeSession]:
    """The programme in order, with hall and speakers."""
    speaking = SessionSeat.objects.filter(part=SessionPart.SPEAKS).select_related("participant")
    return list(
        event.sessions.select_related("hall").prefetch_related(
            Prefetch("seats_taken", queryset=speaking, to_attr="speakers")
        )
    )


def clashing_meetings(session: ProgrammeSession) -> int:
    """Planned meetings that lie in the session: of its people, or all of them where everybody takes part."""
    rows = Meeting.objects.filter(
        event_id=session.event_id, state=MeetingState.PLANNED,
        slot__starts_at__lt=session.ends_at, slot__ends_at__gt=session.starts_at,
    )  # fmt: skip
    if not session.is_for_all:
        rows = rows.filter(sides__participant__sessions__session=session)
    return rows.distinct().count()


@dataclass(frozen=True)
class SetUp:
    """Figures of an event for its organiser."""

    slots: int
    days: int
    tables: int
    lost_tables: int
    stands: int
    filled_stands: int
    standless: int
    halls: int
    sessions: int
    terms: int
    registered: int
    waiting: int
    profiles: int
    requests_asked: int
    requests_accepted: int
    questions: int
    groups: int
    groups_lacking: int
    rounds_asked: int
    meetings: int
    stranded: int
    came: int
    publications: int
    pairs_waiting: int
    unplaced: int
    listed: int


def set_up_of(event: Event) -> SetUp:
    """How much of everything there is; a count each."""
    people = Counter(Participant.objects.filter(event=event).values_list("state", flat=True))
    requests = Counter(MeetingRequest.objects.filter(event=event).values_list("state", flat=True))
    tables = Counter(Table.objects.filter(event=event).values_list("is_lost", flat=True))
    stands = list(Stand.objects.filter(event=event).values_list("organisation_id", flat=True))
    starts = list(event.slots.values_list("starts_at", flat=True))
    held = list(questions_held(event)) if event.kind == EventKind.AIMDAY else []
    return SetUp(
        slots=len(starts),
        days=len({moment.astimezone(event.zone).date() for moment in starts}),
        tables=tables[False],
        lost_tables=tables[True],
        stands=len(stands),
        filled_stands=sum(key is not None for key in stands),
        standless=standless(event).count(),
        halls=event.halls.count(),
        sessions=event.sessions.count(),
        terms=event.terms.count(),
        registered=people[ParticipantState.REGISTERED],
        waiting=people[ParticipantState.WAITING],
        profiles=Participation.objects.filter(event=event).count(),
        requests_asked=requests[RequestState.ASKED],
        requests_accepted=requests[RequestState.ACCEPTED],
        questions=Question.objects.filter(event=event).exclude(state=QuestionState.LEFT_OUT).count(),
        groups=len(held),
        groups_lacking=sum(lack_of(question) is not None for question in held),
        rounds_asked=SuggestionRound.objects.filter(event=event, asked_at__isnull=False).count(),
        meetings=Meeting.objects.filter(event=event, state=MeetingState.PLANNED).count(),
        stranded=Meeting.objects.filter(event=event, state=MeetingState.PLANNED, table__is_lost=True).count(),
        came=Participant.objects.filter(event=event, state__in=COMING, checked_in_at__isnull=False).count(),
        publications=Publication.objects.filter(event=event).count(),
        pairs_waiting=pairs_waiting(event, now=timezone.now()),
        unplaced=unplaced_meetings(event),
        listed=Suggestion.objects.filter(event=event).values("person").distinct().count(),
    )


def unplaced_meetings(event: Event) -> int:
    """Agreed meetings that have no time and place."""
    planned = Meeting.objects.filter(event=event, state=MeetingState.PLANNED)
    agreed = MeetingRequest.objects.filter(event=event, state=RequestState.ACCEPTED)
    return agreed.exclude(pk__in=planned.values("request")).count()


def overlapping_stands(stands: Iterable[Stand]) -> set[int]:
    """Ids of stands that lie on another one in the same hall."""
    halls: dict[int, list[Stand]] = defaultdict(list)
    for stand in stands:
        halls[stand.hall_id].append(stand)
    found: set[int] = set()
    for here in halls.values():
        for number, one in enumerate(here):
            for other in here[number + 1 :]:
                if _overlap(one, other):
                    found |= {one.pk, other.pk}
    return found


def _overlap(one: Stand, other: Stand) -> bool:
    return (
        one.left < other.left + other.width
        and other.left < one.left + one.width
        and one.top < other.top + other.height
        and other.top < one.top + one.height
    )


def speakers_of(session: ProgrammeSession) -> list[Participant]:
    """Who speaks in the session, by name."""
    seats = SessionSeat.objects.filter(session=session, part=SessionPart.SPEAKS)
    return list(Participant.objects.filter(pk__in=seats.values("participant")))
