"""The life of a request: which state may follow which, as one table, and the one way through which it changes.

Whoever changes a request locks what it needs in this order: the asking organisation, the profiles by id, the request.
A profile's own editors lock the profile first as well, so that nobody waits for somebody who waits for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kernel.audit import record_change
from kernel.errors import NotFound
from matching.domain.introductions.errors import WrongState
from matching.enums import IntroductionState, TimelineKind
from matching.models import Introduction, TimelineEntry
from profiles.models import Organisation, Profile

S = IntroductionState
_ANSWERS = frozenset({S.ACCEPTED, S.NOT_NOW, S.DECLINED, S.EXPIRED, S.WITHDRAWN})

# What a state may become; a state that is not named here is an end. A yes cannot be taken back into a request:
# contact details are out. MET goes back when the meeting that was taken for held is put off.
TRANSITIONS: Mapping[str, frozenset[IntroductionState]] = {
    S.DRAFT: frozenset({S.SCREENING, S.SENT, S.WITHDRAWN}),
    S.SCREENING: frozenset({S.SENT, S.RETURNED, S.WITHDRAWN}),
    S.RETURNED: frozenset({S.SCREENING, S.SENT, S.WITHDRAWN}),
    S.SENT: _ANSWERS | {S.SEEN},
    S.SEEN: _ANSWERS,
    S.ACCEPTED: frozenset({S.MET, S.CLOSED}),
    S.MET: frozenset({S.ACCEPTED, S.CLOSED}),
}
# When a state was reached; the first moment counts.
_STAMPS: Mapping[str, str] = {
    S.SENT: "sent_at",
    S.SEEN: "seen_at",
    S.ACCEPTED: "answered_at",
    S.NOT_NOW: "answered_at",
    S.DECLINED: "answered_at",
    S.MET: "met_at",
    S.CLOSED: "closed_at",
}


@dataclass(frozen=True)
class Event:
    """What is told on the timeline: by which side (empty: the hub or the clock), in whose name."""

    kind: TimelineKind
    side: str = ""
    actor_id: int | None = None
    text: str = ""
    staff_only: bool = False


def lock_introduction(introduction: Introduction) -> Introduction:
    """The row as it stands now, locked until the transaction ends, with both parties.

    Raises:
        NotFound: it was erased in between.
    """
    rows = Introduction.objects.select_for_update(of=("self",)).select_related(
        "hub", "seeker__organisation", "receiver__organisation"
    )
    locked = rows.filter(pk=introduction.pk, hub_id=introduction.hub_id).first()
    if locked is None:
        raise not_found()
    return locked


def lock_parties(seeker: Profile, receiver: Profile) -> tuple[Profile, Profile]:
    """Both profiles as they stand now, locked, after the asking organisation whose requests are counted.

    Raises:
        NotFound: one of them was erased in between.
    """
    found = lock_circle(seeker, (receiver.pk,))
    if seeker.pk not in found or receiver.pk not in found:
        raise NotFound(_("One of the two is not here any more. Look for somebody else who fits."))
    return found[seeker.pk], found[receiver.pk]


def lock_circle(seeker: Profile, receiver_ids: Iterable[int]) -> dict[int, Profile]:
    """The asking organisation and then all profiles in order of id, locked at once; those that are there, by id.

    For a change of several requests: pair by pair would lock the profiles in the order of the requests.
    """
    # A list, since a query that nobody reads locks nothing.
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=seeker.organisation_id))
    rows = Profile.objects.select_for_update(no_key=True).filter(pk__in={seeker.pk, *receiver_ids}).order_by("pk")
    return {profile.pk: profile for profile in rows}


def not_found() -> NotFound:
    """The one answer for what is not there and for what is not open to the reader."""
    return NotFound(_("We cannot find that request. It may be gone because one of the two has left the hub."))


def require_state(introduction: Introduction, *states: IntroductionState) -> None:
    """Stop unless the request stands in one of the states.

    Raises:
        WrongState: it does not; the message says where it stands.
    """
    if introduction.state not in states:
        raise WrongState(
            _("This cannot be done any more: the request stands at “%(state)s”. Load the page again to go on.")
            % {"state": introduction.get_state_display()},
            state=introduction.state,
        )


def move(
    introduction: Introduction, to: IntroductionState, event: Event, *, now: datetime, changed: Iterable[str] = ()
) -> Introduction:
    """Bring a locked request to another state, with its moment, its timeline entry and its audit record.

    Raises:
        WrongState: the table has no such way.
    """
    if to not in TRANSITIONS.get(introduction.state, frozenset()):
        require_state(introduction)
    introduction.state = to
    stamp = _STAMPS.get(to)
    if stamp and getattr(introduction, stamp) is None:
        setattr(introduction, stamp, now)
    return keep(introduction, event, now=now, changed=("state", *changed))


def keep(introduction: Introduction, event: Event, *, now: datetime, changed: Iterable[str] = ()) -> Introduction:
    """Save a locked request with one more entry on its timeline, whatever its state."""
    introduction.version += 1
    introduction.save()
    TimelineEntry.objects.create(
        hub_id=introduction.hub_id,
        introduction=introduction,
        kind=event.kind,
        side=event.side,
        actor_id=event.actor_id,
        text=event.text,
        staff_only=event.staff_only,
        at=now,
    )
    record_change(
        introduction.hub_id,
        actor_id=event.actor_id,
        action=event.kind,
        subject_type="introduction",
        subject_id=introduction.public_id,
        changed_fields=changed,
    )
    return introduction
