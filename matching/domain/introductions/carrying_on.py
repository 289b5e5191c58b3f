"""A contact that began elsewhere, at an event's meeting: once both opened their details it goes on like any other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from matching.domain.introductions.days import local_day
from matching.domain.introductions.history import new_to_each_other
from matching.domain.introductions.life import Event, keep, lock_introduction, lock_parties, move
from matching.domain.learning.snapshots import features_of_pair
from matching.domain.outcomes.planning import plan_follow_ups
from matching.enums import CONSENTED_STATES, Channel, IntroductionState, Purpose, Side, TimelineKind
from matching.models import Impression, Introduction, Quote
from profiles.models import Profile


@dataclass(frozen=True)
class Begun:
    """What is known of the meeting: when it was, what was asked, and the words of both sides it rested on."""

    met_at: datetime
    asked: str = ""
    seeker_text: str = ""
    receiver_text: str = ""
    seeker_language: str = "da"
    receiver_language: str = "da"
    impression: Impression | None = None
    # Where the meeting happened, for the timeline.
    place: str = ""
    # Written by a demonstration, never of a real record.
    is_simulated: bool = False


@transaction.atomic
def carry_on(*, seeker: Profile, receiver: Profile, begun: Begun, now: datetime, public_id: UUID) -> Introduction:
    """The contact of the two from now on: the one that runs already, else a new one that both have said yes to.

    Called twice with the same `public_id` (of the meeting) it is the same contact; follow-ups are planned from the day
    they met.

    Raises:
        ValueError: the two are one.
    """
    if seeker.pk == receiver.pk:
        raise ValueError("A contact is between two.")
    lock_parties(seeker, receiver)
    running = _running(seeker, receiver, public_id)
    if running is not None:
        return _note(running, begun, now)
    introduction = Introduction(
        public_id=public_id,
        hub_id=seeker.hub_id,
        seeker=seeker,
        receiver=receiver,
        purpose=Purpose.EVENT,
        channel=Channel.EVENT,
        asked=begun.asked,
        state=IntroductionState.MET,
        impression=begun.impression,
        seeker_consented_at=now,
        receiver_consented_at=now,
        sent_at=begun.met_at,
        answered_at=now,
        expires_at=now,
        meeting_at=begun.met_at,
        met_at=begun.met_at,
        new_to_each_other=new_to_each_other(seeker, receiver, before=begun.met_at),
        is_simulated=begun.is_simulated,
    )
    if begun.impression is None:
        introduction.features = features_of_pair(
            seeker.hub_id, seeker, receiver, Purpose.EVENT, today=local_day(begun.met_at)
        )
    introduction.save()
    _quote(introduction, begun)
    keep(introduction, Event(TimelineKind.MET, text=begun.place), now=now)
    plan_follow_ups(introduction, now=now)
    return introduction


def _running(seeker: Profile, receiver: Profile, public_id: UUID) -> Introduction | None:
    """A contact of the two that both agreed to, whoever began it; the newest."""
    pair = (seeker.pk, receiver.pk)
    rows = Introduction.objects.filter(hub_id=seeker.hub_id, seeker_id__in=pair, receiver_id__in=pair)
    same = rows.filter(public_id=public_id).first()
    open_states = CONSENTED_STATES - {IntroductionState.CLOSED}
    found = same or rows.filter(state__in=open_states).order_by("-answered_at", "-pk").first()
    return lock_introduction(found) if found else None


def _note(introduction: Introduction, begun: Begun, now: datetime) -> Introduction:
    if introduction.met_at is not None:
        return introduction
    introduction.met_at = begun.met_at
    met = Event(TimelineKind.MET, text=begun.place)
    if introduction.state == IntroductionState.ACCEPTED:
        move(introduction, IntroductionState.MET, met, now=now, changed=("met_at",))
    else:
        keep(introduction, met, now=now, changed=("met_at",))
    plan_follow_ups(introduction, now=now)
    return introduction


def _quote(introduction: Introduction, begun: Begun) -> None:
    texts = (
        (Side.SEEKER, begun.seeker_text, begun.seeker_language),
        (Side.RECEIVER, begun.receiver_text, begun.receiver_language),
    )
    Quote.objects.bulk_create(
        Quote(hub_id=introduction.hub_id, introduction=introduction, side=side, text=text, language=language)
        for side, text, language in texts
        if text
    )
