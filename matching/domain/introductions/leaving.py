"""A person who leaves in the middle: whoever waits is told kindly, and what is erased is gone.

A paused profile is no "no": what it was asked becomes "not now", what it asked itself is withdrawn.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal

from hubs.policies import Action, Viewer, require
from kernel.audit import record_change
from kernel.errors import NotFound
from matching.domain.introductions.changing import end_request
from matching.domain.introductions.life import Event, lock_introduction, lock_parties, move, not_found
from matching.domain.introductions.telling import tell_of_erasure, tell_side
from matching.enums import ANSWERABLE_STATES, CONSENTED_STATES, OPEN_STATES, IntroductionState, Side, TimelineKind
from matching.models import Introduction
from profiles.models import Profile

# Contacts that the other side still counts on; what has ended needs no word.
_LIVING = OPEN_STATES | CONSENTED_STATES - {IntroductionState.CLOSED}
# Sent with `profile` and `now` inside the transaction that erases a profile, before any of its rows is locked or
# gone: packages above settle what their own people count on. What a receiver raises keeps the profile.
profile_leaves = Signal()


def settle_paused(now: datetime) -> int:
    """Settle every open request of which a side is paused; returns how many. The worker calls it."""
    rows = Introduction.objects.filter(
        Q(seeker__is_paused=True) | Q(receiver__is_paused=True), state__in=OPEN_STATES, is_simulated=False
    ).order_by("pk")
    return sum(_settle(row, now) for row in rows.select_related("seeker", "receiver"))


@transaction.atomic
def _settle(introduction: Introduction, now: datetime) -> bool:
    try:
        seeker, receiver = lock_parties(introduction.seeker, introduction.receiver)
        locked = lock_introduction(introduction)
    except NotFound:
        return False
    if locked.state not in OPEN_STATES:
        return False
    if receiver.is_paused and locked.state in ANSWERABLE_STATES:
        _postpone(locked, Side.RECEIVER.value, now)
    elif seeker.is_paused and locked.seeker_consented_at is None and locked.state in ANSWERABLE_STATES:
        _postpone(locked, Side.SEEKER.value, now)
    elif seeker.is_paused:
        end_request(locked, Event(TimelineKind.WITHDRAWN, Side.SEEKER), now=now)
    # Left over: a request that waits for a facilitator while the asked side takes a break; it waits on.
    return locked.state not in OPEN_STATES


def _postpone(locked: Introduction, side: str, now: datetime) -> None:
    other = Side.SEEKER.value if side == Side.RECEIVER else Side.RECEIVER.value
    locked.declined_by = side
    move(locked, IntroductionState.NOT_NOW, Event(TimelineKind.NOT_NOW, side), now=now, changed=("declined_by",))
    tell_side(locked, "introduction_not_now", side=other, now=now)


@transaction.atomic
def erase_profile(profile: Profile, *, viewer: Viewer, now: datetime) -> None:
    """Delete a profile with its statements and requests; the other sides of living ones get a kind word.

    Raises:
        NotAllowed: the viewer does not speak for the profile.
        NotFound: it is gone already.
    """
    require(viewer, Action.EDIT, profile)
    profile_leaves.send(sender=Profile, profile=profile, now=now)
    locked = Profile.objects.select_for_update().filter(pk=profile.pk, hub_id=viewer.hub_id).first()
    if locked is None:
        raise not_found()
    tell_of_leaving(locked, now=now)
    record_change(
        locked.hub_id,
        actor_id=viewer.user_id,
        action="erase",
        subject_type="profile",
        subject_id=locked.public_id,
    )
    locked.delete()


def tell_of_leaving(profile: Profile, *, now: datetime) -> int:
    """Inside the transaction that erases a profile: tell the other sides; returns how many were told.

    The mails carry no name and no words: their cause will be gone when they are written.
    """
    told = 0
    rows = Introduction.objects.filter(Q(seeker=profile) | Q(receiver=profile), hub_id=profile.hub_id)
    for row in rows.select_related("seeker__hub", "receiver__hub").order_by("pk"):
        if row.was_sent and row.state in _LIVING and not row.is_simulated:
            other = Side.RECEIVER.value if row.seeker_id == profile.pk else Side.SEEKER.value
            tell_of_erasure(row, side=other, now=now)
            told += 1
    return told
