"""Preferences: must meet, would like to meet, no thanks. Private; a "no thanks" is absolute and nobody is told."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from events.domain.locks import lock_event, lock_people
from events.domain.wishes.telling_wishes import tell_of_request
from events.domain.wishes.wish_errors import MeetingAgreed, NotComing, TooManyWishes, WishesClosed
from events.domain.wishes.wish_rules import require_pair, require_speaking_for, require_wishes_open
from events.enums import COMING, EventState, RequestState, Wanting
from events.models import MeetingRequest, Participant, Preference, Stand
from events.queries.wishes import host_of, is_silent, keeps_marks, keeps_no_thanks, requests_between, stand_people
from hubs.policies import Viewer
from kernel.audit import record_change
from kernel.errors import InvalidInput, NotAllowed, NotFound
from profiles.domain.fields import one_of

# Ten times what anybody can meet in a day; "no thanks" is not counted, since nobody is to be kept from saying it.
MOST_WISHES = 200


@transaction.atomic
def prefer(
    participant: Participant,
    *,
    other: Participant | None = None,
    stand: Stand | None = None,
    wanting: str | None,
    now: datetime,
    viewer: Viewer | None = None,
) -> Preference | None:
    """Note what the person wishes of another person or of a stand; None takes it back. Comes back as it is stored.

    "No thanks" can be said as long as the event is not over. An open request of the other is then not shown any more
    and expires as if nobody had answered; taken back while a request waits, its receiver is told of it then. Marks are
    the person's own: a colleague sets them only where nobody of the agenda can sign in or has said "no thanks".

    Raises:
        NotAllowed: also of a colleague who marks for somebody with an account or a "no thanks", or says one.
        NotFound, NotComing, SameOrganisation, WishesClosed
        InvalidInput: the wish is unknown, or of neither or both.
        TooManyWishes
        MeetingAgreed: a "no thanks" to somebody whom one has asked, or agreed to meet.
    """
    require_speaking_for(viewer, participant)
    person = _locked(participant)
    target = _target(person, other, stand)
    if wanting is not None:
        wanting = one_of(wanting, Wanting.values, field="wanting")
    is_private = keeps_no_thanks(viewer, person)
    if not keeps_marks(viewer, person):
        # Whatever is marked already: a mark that did not stick would tell of a "no thanks".
        raise NotAllowed(_("Only %(name)s can mark whom to meet here.") % {"name": person.name})
    if wanting == Wanting.NO_THANKS and not is_private:
        raise NotAllowed(_("Only %(name)s can say no thanks here.") % {"name": person.name})
    _require_time(person, wanting, now=now)
    if wanting == Wanting.NO_THANKS:
        _require_nothing_agreed(person, other, stand)
    found = Preference.objects.filter(person=person, **target).first()
    was_refused = found is not None and found.wanting == Wanting.NO_THANKS
    if (found.wanting if found else None) == wanting:
        return found
    stored = _store(person, found, target, wanting)
    _record(person, viewer)
    if other is not None:
        weigh_requests(person, host_of(other))
    if was_refused:
        _tell_what_waits(person, [host_of(other)] if other is not None else stand_people(stand) if stand else [], now)
    return stored


def _tell_what_waits(person: Participant, others: Iterable[Participant], now: datetime) -> None:
    """Whom an open request was kept from until now hears of it like everybody who is asked; nobody hears twice."""
    for other in others:
        for request in requests_between(person, other).filter(state=RequestState.ASKED, expires_at__gt=now):
            if not is_silent(request):
                tell_of_request(request, "event_request", reader=request.receiver, now=now)


def weigh_requests(one: Participant, other: Participant) -> None:
    """Let open requests between the two say whether either of them must meet the other."""
    both = Q(person=one, other=other) | Q(person=other, other=one)
    is_must = Preference.objects.filter(both, wanting=Wanting.MUST).exists()
    open_ones = requests_between(one, other).filter(state__in=(RequestState.ASKED, RequestState.ACCEPTED))
    open_ones.exclude(is_must=is_must).update(is_must=is_must)


def _locked(participant: Participant) -> Participant:
    """The agenda of the person, so that two clicks at once are counted one after the other.

    Raises:
        NotComing: the person has no place.
    """
    pk = participant.host_id or participant.pk
    lock_event(participant.event)
    lock_people((pk,))
    person = Participant.objects.select_related("event", "participation__profile").get(pk=pk)
    if person.state not in COMING:
        raise NotComing(_("You need a place at the event before you can wish for meetings."))
    return person


def _target(person: Participant, other: Participant | None, stand: Stand | None) -> dict[str, Participant | Stand]:
    if other is not None and stand is None:
        return {"other": require_pair(person, other)[1]}
    if stand is not None and other is None:
        if stand.event_id != person.event_id:
            raise NotFound(_("We cannot find that stand at this event."))
        return {"stand": stand}
    raise InvalidInput(_("Say of whom you wish it: a person or a stand."), field="other")


def _require_time(person: Participant, wanting: str | None, *, now: datetime) -> None:
    event = person.event
    if wanting in (Wanting.MUST, Wanting.WANT):
        require_wishes_open(event, now=now)
        rows = Preference.objects.filter(person=person).exclude(wanting=Wanting.NO_THANKS)
        if rows.count() >= MOST_WISHES:
            raise TooManyWishes(
                _("You have marked %(limit)d people and stands, which is the most. Take a mark away first.")
                % {"limit": MOST_WISHES},
                limit=MOST_WISHES,
            )
    elif event.state in (EventState.OVER, EventState.CANCELLED) or event.ends_at <= now:
        raise WishesClosed(_("The event is over, so nothing is noted any more."))


def _require_nothing_agreed(person: Participant, other: Participant | None, stand: Stand | None) -> None:
    others = [host_of(other)] if other is not None else stand_people(stand) if stand is not None else []
    both = Q(sender=person, receiver__in=others) | Q(sender__in=others, receiver=person)
    rows = MeetingRequest.objects.filter(both, event=person.event)
    if rows.filter(state=RequestState.ACCEPTED).exists():
        raise MeetingAgreed(_("You have agreed to meet. Call that off first, under your requests; then say no thanks."))
    if rows.filter(state=RequestState.ASKED, sender=person).exists():
        raise MeetingAgreed(_("You have asked them for a meeting. Take that back first; then say no thanks."))


def _store(
    person: Participant, found: Preference | None, target: dict[str, Participant | Stand], wanting: str | None
) -> Preference | None:
    if wanting is None:
        if found is not None:
            found.delete()
        return None
    row = found or Preference(hub_id=person.hub_id, event=person.event, person=person)
    for name, value in target.items():
        setattr(row, name, value)
    row.wanting = wanting
    row.save()
    return row


def _record(person: Participant, viewer: Viewer | None) -> None:
    """That a wish changed, not which: whom somebody does not want to meet is in no record."""
    record_change(
        person.hub_id, actor_id=viewer.user_id if viewer else None, action="wish",
        subject_type="event_participant", subject_id=person.public_id, changed_fields=["preferences"],
    )  # fmt: skip
