"""Reads: which two both wish to meet where the organiser plans from wishes, and how many of them wait for a meeting."""

from datetime import datetime

from django.db.models import Q

from events.enums import EventState, RequestMode, RequestState, Wanting
from events.models import Event, MeetingRequest, Participant, Preference
from events.queries.wishes import OPEN, learn_both, pairs_kept_apart, people_who_take_meetings
from matching.domain.introductions.capacity import full_profiles
from matching.domain.introductions.days import local_day
from matching.models import ContactRules

Pair = tuple[int, int]
_PLANNED_IN = (EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED)


def mutual_wishes(event: Event, people: dict[int, Participant]) -> dict[Pair, bool]:
    """Each two of these who both wish to meet, smaller key first, and whether one of them must; open ones left out."""
    rows = Preference.objects.filter(event=event, person__in=people, other__in=people)
    wants = rows.filter(wanting__in=(Wanting.MUST, Wanting.WANT)).values_list("person_id", "other_id", "wanting")
    wished = {(person, other): wanting == Wanting.MUST for person, other, wanting in wants}
    # What one side or the organiser called off for good does not come back: it was answered once.
    called_off = Q(state=RequestState.WITHDRAWN, answered_at__isnull=False)
    settled = Q(state__in=OPEN) | Q(state=RequestState.DECLINED) | called_off
    taken = MeetingRequest.objects.filter(settled, event=event)
    apart = pairs_kept_apart(event) | frozenset(taken.values_list("sender_id", "receiver_id"))
    return {
        (one, other): must or wished[other, one]
        for (one, other), must in wished.items()
        if one < other and (other, one) in wished and apart.isdisjoint({(one, other), (other, one)})
        and not _are_colleagues(event, people[one], people[other]) and not learn_both(people[one], people[other])
    }  # fmt: skip


def _are_colleagues(event: Event, one: Participant, other: Participant) -> bool:
    return event.keeps_colleagues_apart and one.organisation_id == other.organisation_id


def pairs_waiting(event: Event, *, now: datetime) -> int:
    """How many pairs would have a meeting if it were made now; none where meetings come from requests.

    Pairs whose counted side takes no more contacts this month wait for nothing that an organiser can do.
    """
    if event.request_mode != RequestMode.MUTUAL or event.state not in _PLANNED_IN or event.ends_at <= now:
        return 0
    people = {person.pk: person for person in people_who_take_meetings(event)}
    wanted = mutual_wishes(event, people)
    if not wanted:
        return 0
    full = full_profiles(event.hub_id, today=local_day(now))
    capped = frozenset(
        ContactRules.objects.filter(hub_id=event.hub_id, monthly_cap__isnull=False).values_list("profile_id", flat=True)
    )
    counted = (_counted_of(people[one], people[other], capped) for one, other in wanted)
    return sum(each.beside_cap or each.participation.profile_id not in full for each in counted)


def _counted_of(one: Participant, other: Participant, capped: frozenset[int]) -> Participant:
    """Whose contact of the month the meeting takes: the second's, unless only the first has a cap."""
    has_cap = [not each.beside_cap and each.participation.profile_id in capped for each in (one, other)]
    return one if has_cap == [True, False] else other
