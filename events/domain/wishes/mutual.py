"""Where the organiser plans from wishes: two who both wish to meet have a meeting to plan, without a request."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.locks import lock_profiles
from events.domain.setup.changing import change_event
from events.domain.wishes.asking import record_request
from events.domain.wishes.pair_words import PairWords, request_of, words_between
from events.domain.wishes.wish_errors import RequestsOnly, WishesClosed
from events.enums import EventState, RequestMode, RequestOrigin, RequestState
from events.models import Event, Participant
from events.queries.mutual_wishes import mutual_wishes
from events.queries.wishes import people_who_take_meetings
from hubs.policies import Viewer
from matching.domain.introductions.capacity import take_place
from matching.domain.introductions.errors import CapReached
from matching.enums import Channel
from matching.models import ContactRules

_PLANNABLE = (EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED)


@transaction.atomic
def make_mutual_requests(event: Event, *, viewer: Viewer, now: datetime) -> int:
    """Note an agreed meeting for each two who both wish it, what is worth most first; returns how many are new.

    Whose month is full is left out, as are two who have an open request, whose meeting was called off for good or
    whom something keeps apart. Doing it again adds only what is new.

    Raises:
        NotAllowed: the viewer is no organiser.
        NotFound, EventCalledOff
        RequestsOnly: at this event meetings come from requests.
        WishesClosed: the event is not planned any more, or not yet.
    """
    locked = change_event(event, viewer=viewer)
    if locked.request_mode != RequestMode.MUTUAL:
        raise RequestsOnly(_("At this event meetings come from requests that are accepted, not from wishes alone."))
    if locked.state not in _PLANNABLE or locked.ends_at <= now:
        raise WishesClosed(_("Open the event first: there are no wishes to plan from now."))
    people = {person.pk: person for person in people_who_take_meetings(locked)}
    wanted = mutual_wishes(locked, people)
    words = {pair: words_between(people[pair[0]], people[pair[1]], now=now) for pair in wanted}
    lock_profiles(people[key].participation.profile_id for pair in wanted for key in pair)
    order = sorted(wanted, key=lambda pair: (-words[pair].worth, pair))
    return sum(_agree(people[one], people[other], words[one, other], viewer, is_must=wanted[one, other], now=now)
               for one, other in order)  # fmt: skip


def _agree(
    one: Participant, other: Participant, words: PairWords, viewer: Viewer, *, is_must: bool, now: datetime
) -> bool:
    """Whether a meeting is noted: not where the month of the one who is counted is full."""
    if _has_cap(one) and not _has_cap(other):
        one, other, words = other, one, words.turned()
    request = request_of(
        one,
        other,
        words,
        now=now,
        public_id=uuid4(),
        stand=other.stand or one.stand,
        origin=RequestOrigin.MUTUAL,
        state=RequestState.ACCEPTED,
        is_must=is_must,
        expires_at=one.event.starts_at,
        answered_at=now,
        made_by_id=viewer.user_id,
    )
    try:
        if not other.beside_cap:
            take_place(other.participation.profile, channel=Channel.EVENT, subject=request.public_id, now=now)
    except CapReached:
        return False
    request.save()
    record_request(request, viewer, "agree")
    return True


def _has_cap(person: Participant) -> bool:
    """Whether the profile counts its contacts: it is then the one that is asked."""
    if person.beside_cap:
        return False
    return ContactRules.objects.filter(profile_id=person.participation.profile_id, monthly_cap__isnull=False).exists()
