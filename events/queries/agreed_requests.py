"""Reads: what was agreed at an event, for its organisers: first the meetings on which something is set by hand.

Private wishes are read nowhere here: no must, no "no thanks", and not how two came to agree.
"""

from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from events.enums import MeetingState, RequestOrigin, RequestState
from events.models import Event, MeetingRequest, RequestGuest
from kernel.errors import NotFound

_PEOPLE = ("sender__participation__profile", "receiver__participation__profile")
_PLACES = (
    "fixed_slot",
    "fixed_table__hall",
    "stand__hall",
    "meeting__slot",
    "meeting__table__hall",
    "meeting__stand__hall",
)
MOST_WORDS = 8


def agreed_requests(event: Event, words: str = "") -> QuerySet[MeetingRequest]:
    """Agreed requests in which every word is found, with all that a page shows: four queries whatever the number.

    `is_by_hand` on each: an organiser planned it, or has set its time, its table, its order or guests.
    """
    rows = MeetingRequest.objects.filter(hub_id=event.hub_id, event=event, state=RequestState.ACCEPTED)
    for word in words.replace("\x00", " ").split()[:MOST_WORDS]:
        rows = rows.filter(_named("sender", word) | _named("receiver", word) | Exists(_guests_named(word)))
    is_fixed = Q(meeting__is_fixed=True, meeting__state=MeetingState.PLANNED)
    by_hand = is_fixed | Q(fixed_slot__isnull=False) | Q(fixed_table__isnull=False) | Q(before__isnull=False)
    guests = Exists(RequestGuest.objects.filter(request=OuterRef("pk")))
    is_by_hand = Case(
        When(by_hand | Q(origin=RequestOrigin.ORGANISER) | guests, then=Value(value=True)), default=Value(value=False)
    )
    return (
        _with_all(rows).annotate(is_by_hand=is_by_hand).order_by("-is_by_hand", "sender__name", "receiver__name", "pk")
    )


def find_agreed(event: Event, public_id: UUID) -> MeetingRequest:
    """One of them.

    Raises:
        NotFound: there is none, or it is agreed no longer.
    """
    found = agreed_requests(event).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("We cannot find that meeting request."))
    return found


def _with_all(rows: QuerySet[MeetingRequest]) -> QuerySet[MeetingRequest]:
    of_before = tuple(f"before__{each}" for each in _PEOPLE)
    guests = RequestGuest.objects.select_related("participant__participation__profile")
    after = MeetingRequest.objects.filter(state=RequestState.ACCEPTED).select_related(*_PEOPLE)
    return rows.select_related(
        "event", "sender__host", "receiver__host", *_PEOPLE, *_PLACES, *of_before
    ).prefetch_related(Prefetch("guests", guests), Prefetch("after", after.order_by("pk")))


def _named(side: str, word: str) -> Q:
    profile = f"{side}__participation__profile"
    return (
        Q(**{f"{side}__name__icontains": word})
        | Q(**{f"{profile}__name__icontains": word})
        | Q(**{f"{profile}__organisation__name__icontains": word})
        | Q(**{f"{side}__code__iexact": word})
    )


def _guests_named(word: str) -> QuerySet[RequestGuest]:
    return RequestGuest.objects.filter(_named("participant", word), request=OuterRef("pk"))
