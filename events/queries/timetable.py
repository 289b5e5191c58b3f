"""Reads: computings of a timetable, what is published, and who has how many meetings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from events.enums import COMING, MeetingState, OfferState, RequestState, RunKind, RunState
from events.models import (
    Event,
    Meeting,
    MeetingRequest,
    Participant,
    Publication,
    Slot,
    Stand,
    StandbyOffer,
    Table,
    TimetableRun,
)
from events.queries.catalogue import natural, stands_in_order
from kernel.errors import NotFound

UNDER_WAY = (RunState.WAITING, RunState.RUNNING)


def runs_of(event: Event) -> QuerySet[TimetableRun]:
    """Computings of a timetable or its repair, the newest first; those of groups are not among them."""
    rows = TimetableRun.objects.filter(hub_id=event.hub_id, event=event).exclude(kind=RunKind.GROUPS)
    return rows.select_related("event", "asked_by").order_by("-pk")


def find_run(event: Event, public_id: UUID) -> TimetableRun:
    """One computing of the event.

    Raises:
        NotFound
    """
    run = runs_of(event).filter(public_id=public_id).first()
    if run is None:
        raise NotFound(_("We cannot find that timetable."))
    return run


def run_under_way(event: Event) -> TimetableRun | None:
    """What waits or is being computed now."""
    return runs_of(event).filter(state__in=UNDER_WAY).first()


def unpublished_run(event: Event) -> TimetableRun | None:
    """The newest computing that has ended, unless it was published or is out of date."""
    latest = runs_of(event).exclude(state__in=UNDER_WAY).first()
    if latest is None or latest.state == RunState.REPLACED or hasattr(latest, "publication"):
        return None
    return latest


def latest_publication(event: Event) -> Publication | None:
    """The publication that holds now."""
    rows = Publication.objects.filter(hub_id=event.hub_id, event=event)
    return rows.select_related("run", "published_by").order_by("-number").first()


def publications_of(event: Event) -> QuerySet[Publication]:
    """All publications, the newest first."""
    return Publication.objects.filter(hub_id=event.hub_id, event=event).order_by("-number")


def meetings_of_person(person: Participant) -> QuerySet[Meeting]:
    """Meetings of the person's agenda, those called off among them, in order of time."""
    owner = person.host_id or person.pk
    rows = Meeting.objects.filter(hub_id=person.hub_id, event_id=person.event_id, sides__participant=owner)
    rows = rows.select_related("slot", "table__hall", "stand__hall", "request")
    return rows.prefetch_related("sides__participant__participation__profile").order_by("slot__starts_at", "pk")


def find_meeting(event: Event, public_id: UUID) -> Meeting:
    """One meeting of the event, called off or not.

    Raises:
        NotFound
    """
    rows = Meeting.objects.filter(hub_id=event.hub_id, event=event, public_id=public_id)
    rows = rows.select_related("event", "slot", "table__hall", "stand__hall", "request")
    meeting = rows.prefetch_related("sides__participant__participation__profile").first()
    if meeting is None:
        raise NotFound(_("We cannot find that meeting."))
    return meeting


def find_request(event: Event, public_id: UUID) -> MeetingRequest:
    """One accepted request of the event.

    Raises:
        NotFound
    """
    rows = MeetingRequest.objects.filter(hub_id=event.hub_id, event=event, state=RequestState.ACCEPTED)
    request = rows.select_related("event").filter(public_id=public_id).first()
    if request is None:
        raise NotFound(_("We cannot find that meeting request."))
    return request


def accepted_requests(event: Event) -> QuerySet[MeetingRequest]:
    """What was agreed, with both sides, by name of the sender."""
    rows = MeetingRequest.objects.filter(hub_id=event.hub_id, event=event, state=RequestState.ACCEPTED)
    people = ("sender__participation__profile", "receiver__participation__profile")
    return rows.select_related(*people).order_by("sender__name", "receiver__name", "pk")


def requests_to_hold(event: Event) -> QuerySet[MeetingRequest]:
    """The same without those whose meeting was called off: nothing can be held before or after them."""
    return accepted_requests(event).exclude(meeting__state=MeetingState.CANCELLED)


def slots_to_come(event: Event, *, now: datetime) -> QuerySet[Slot]:
    """Slots that have not begun, in order."""
    return event.slots.filter(starts_at__gt=now).order_by("starts_at", "pk")


def places_of(event: Event) -> list[Table | Stand]:
    """Tables that can be used, then stands, hall by hall, T2 before T10."""
    tables = event.tables.filter(is_lost=False).select_related("hall")
    in_order = sorted(tables, key=lambda each: (each.hall.position, each.hall_id, natural(each.label)))
    return [*in_order, *stands_in_order(event)]


def meetings_changed_by(publication: Publication) -> int:
    """How many meetings carry its moment still: made, moved, called off by it, or with other guests."""
    return Meeting.objects.filter(event=publication.event_id, changed_at=publication.at).count()


def offers_of(event: Event) -> QuerySet[StandbyOffer]:
    """Offers of freed slots that are open."""
    rows = StandbyOffer.objects.filter(hub_id=event.hub_id, event=event, state=OfferState.OFFERED)
    return rows.select_related("slot", "table", "stand", *_SIDES).order_by("slot__starts_at", "pk")


def offers_for(person: Participant) -> QuerySet[StandbyOffer]:
    """Open offers that a person, or whose agenda it shares, is asked about."""
    owner = person.host_id or person.pk
    return offers_of(person.event).filter(Q(request__sender=owner) | Q(request__receiver=owner))


def find_offer(event: Event, public_id: UUID) -> StandbyOffer:
    """One offer of the event.

    Raises:
        NotFound
    """
    rows = StandbyOffer.objects.filter(hub_id=event.hub_id, event=event, public_id=public_id)
    offer = rows.select_related("event", "slot", "table", "stand", *_SIDES).first()
    if offer is None:
        raise NotFound(_("We cannot find that offer."))
    return offer


def linked_offer(hub_id: int, public_id: str) -> StandbyOffer | None:
    """The offer that a signed link names, if its row is still there."""
    rows = StandbyOffer.objects.filter(hub_id=hub_id)
    rows = rows.select_related("event", "slot", "table__hall", "stand__hall", *_SIDES)
    try:
        return rows.filter(public_id=public_id).first()
    except ValidationError:
        return None


_SIDES = (
    "request__sender__participation__profile__organisation",
    "request__receiver__participation__profile__organisation",
)


@dataclass(frozen=True)
class Numbers:
    """What a timetable has to work with."""

    slots: int
    tables: int
    stands: int
    people: int
    accepted: int
    asked: int


def numbers_of(event: Event) -> Numbers:
    """Counts of what a timetable is made of."""
    people = Participant.objects.filter(event=event, host__isnull=True, meets=True, state__in=COMING)
    states = dict(MeetingRequest.objects.filter(event=event).order_by().values_list("state").annotate(Count("id")))
    return Numbers(
        slots=event.slots.count(),
        tables=event.tables.filter(is_lost=False).count(),
        stands=event.stands.count(),
        people=people.count(),
        accepted=states.get(RequestState.ACCEPTED.value, 0),
        asked=states.get(RequestState.ASKED.value, 0),
    )
