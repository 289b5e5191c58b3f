"""Reads: who comes to an event, who waits, and what of it a viewer may see."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from events.enums import EventState, ParticipantState
from events.models import Event, EventTerms, MeetingRequest, Participant, Participation, RequestGuest
from events.queries.days import OPEN_LEVELS, find_event
from hubs.models import User
from hubs.policies import Viewer, may_organise, may_see_participants
from kernel.errors import NotFound
from profiles.models import Profile, Statement
from profiles.queries import visible_profiles, visible_statements

S = ParticipantState


def people_of(event: Event) -> QuerySet[Participant]:
    """Everybody who ever signed up, whatever became of it, with profile, stand and host."""
    rows = Participant.objects.filter(hub_id=event.hub_id, event=event)
    return rows.select_related("event", "participation__profile__organisation", "stand", "host")


def people_in(event: Event, *states: str) -> QuerySet[Participant]:
    """Those in one of the states."""
    return people_of(event).filter(state__in=states)


def find_participant(hub_id: int, event: Event, public_id: UUID) -> Participant:
    """One person of the event.

    Raises:
        NotFound: there is none, or the event is another hub's.
    """
    person = people_of(event).filter(hub_id=hub_id, public_id=public_id).first()
    if person is None:
        raise NotFound(_("We cannot find that person at this event."))
    return person


def linked_place(hub_id: int, public_id: str) -> Participant | None:
    """The person that a signed link names, if the row is still there."""
    rows = Participant.objects.select_related("event__hub", "participation__profile__organisation", "stand", "host")
    try:
        return rows.filter(hub_id=hub_id, public_id=public_id).first()
    except ValidationError:
        return None


def own_places(viewer: Viewer, event: Event) -> QuerySet[Participant]:
    """The viewer's own place first, then those of colleagues; those who cancelled are left out."""
    if not viewer.is_signed_in or viewer.hub_id != event.hub_id:
        return Participant.objects.none()
    address = User.objects.filter(pk=viewer.user_id or 0, email=OuterRef("email"))
    is_self = Q(user_id=viewer.user_id) | Q(Exists(address), user__isnull=True)
    rows = people_of(event).exclude(state=S.CANCELLED)
    rows = rows.filter(is_self | Q(participation__profile__organisation_id__in=viewer.organisation_ids))
    order = Case(When(is_self, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(order, "name", "id")


def left_place(viewer: Viewer, event: Event) -> Participant | None:
    """The viewer's own place that was given up; what was said then stands in it still."""
    if not viewer.is_signed_in or viewer.hub_id != event.hub_id:
        return None
    address = User.objects.filter(pk=viewer.user_id or 0, email=OuterRef("email"))
    is_self = Q(user_id=viewer.user_id) | Q(Exists(address), user__isnull=True)
    return people_of(event).filter(is_self, state=S.CANCELLED).order_by("-cancelled_at", "-id").first()


def is_own(viewer: Viewer, person: Participant) -> bool:
    """Whether the viewer is that person, by account or by the address of the account."""
    if person.user_id is not None or not viewer.is_signed_in:
        return person.user_id is not None and person.user_id == viewer.user_id
    return User.objects.filter(pk=viewer.user_id or 0, email=person.email.lower()).exists()


def queue_of(event: Event) -> QuerySet[Participant]:
    """Who is next for a free place: those who wait, then those on the standby list who said that they come."""
    waits = Q(state=S.WAITING) | Q(state=S.STANDBY, reconfirmed_at__isnull=False)
    is_standby = Case(When(state=S.STANDBY, then=Value(1)), default=Value(0), output_field=IntegerField())
    return people_of(event).filter(waits).order_by(is_standby, "queued_at", "id")


def people_in_requests(event: Event) -> frozenset[int]:
    """Keys of those who ask, are asked, or are guests in a request of the event, whatever became of it."""
    rows = MeetingRequest.objects.filter(event=event).order_by()
    guests = RequestGuest.objects.filter(request__event=event).order_by()
    found = (rows.values_list("sender_id"), rows.values_list("receiver_id"), guests.values_list("participant_id"))
    return frozenset(key for each in found for (key,) in each.distinct())


def place_in_queue(person: Participant) -> int:
    """How many come before the person in the queue, and one; 0 for those who are not in it."""
    ids = list(queue_of(person.event).values_list("pk", flat=True))
    return ids.index(person.pk) + 1 if person.pk in ids else 0


def places_left(event: Event) -> int | None:
    """Free places, below 0 where an organiser took more than fit; None where there is no limit."""
    if event.capacity is None:
        return None
    return event.capacity - Participant.objects.filter(event=event, state=S.REGISTERED).count()


def people_counts(event: Event) -> dict[str, int]:
    """How many people there are in each state."""
    rows = Participant.objects.filter(event=event).order_by().values_list("state").annotate(Count("id"))
    return {state.value: 0 for state in S} | dict(rows)


def kind_counts(event: Event) -> dict[str, int]:
    """How many people with a place come as what."""
    rows = Participant.objects.filter(event=event, state=S.REGISTERED).order_by()
    return dict(rows.values_list("kind").annotate(Count("id")))


def latest_terms(event: Event) -> EventTerms | None:
    """The terms of now."""
    return EventTerms.objects.filter(hub_id=event.hub_id, event=event).order_by("-number").first()


@dataclass(frozen=True)
class PeopleFilter:
    """What an organiser looks for; empty parts look for everybody."""

    words: str = ""
    state: str = ""
    kind: str = ""
    stand: str = ""


def filtered_people(event: Event, wanted: PeopleFilter) -> QuerySet[Participant]:
    """The people of the event that pass, by name."""
    rows = people_of(event)
    for word in wanted.words.replace("\x00", " ").split()[:8]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(email__icontains=word)
            | Q(code__iexact=word)
            | Q(participation__profile__name__icontains=word)
            | Q(participation__profile__organisation__name__icontains=word)
        )
    if wanted.state in S.values:
        rows = rows.filter(state=wanted.state)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.stand:
        rows = rows.filter(stand__number=wanted.stand)
    return rows.order_by("name", "id")


def find_open_event(viewer: Viewer, slug: str) -> Event:
    """The event, if the viewer may read its page: drafts are the organisers', closer levels the hub's people's.

    Raises:
        NotFound: there is none, or it is not open to the viewer (the two look alike on purpose).
    """
    event = find_event(viewer.hub_id, "" if "\x00" in slug else slug)
    if may_organise(viewer):
        return event
    is_open = event.level in OPEN_LEVELS or may_see_participants(viewer) or own_places(viewer, event).exists()
    if event.state == EventState.DRAFT or not is_open:
        raise NotFound(_("We cannot find that event."))
    return event


def example_profiles(viewer: Viewer, event: Event, *, limit: int = 6) -> list[Profile]:
    """Some of those who come, only for viewers who may see who takes part, and only profiles open to them."""
    if not may_see_participants(viewer):
        return []
    coming = Participation.objects.filter(event=event, people__state=S.REGISTERED).values("profile_id")
    rows = visible_profiles(viewer).filter(pk__in=coming).select_related("organisation")
    return list(rows.exclude(organisation_id__in=viewer.organisation_ids).order_by("-pk")[:limit])


def statements_to_choose(viewer: Viewer, profile: Profile, *, today: date) -> QuerySet[Statement]:
    """The profile's offers and needs, which it can bring to an event."""
    rows = visible_statements(viewer, today=today).filter(profile=profile, kind__in=("offer", "need"))
    return rows.order_by("-kind", "position", "id")
