"""Sending a request: complete, within both caps, read by a facilitator first where somebody wants that."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hubs.policies import Viewer, may_broker
from kernel.errors import InvalidInput
from matching.domain.introductions.capacity import require_place, subject_of, take_place
from matching.domain.introductions.days import deadline, local_day
from matching.domain.introductions.drafting import EDITABLE
from matching.domain.introductions.errors import NoveltyNotSecured, TooManyOpen
from matching.domain.introductions.life import Event, lock_introduction, lock_parties, move, require_state
from matching.domain.introductions.pairs import require_awake, require_not_asked, require_writer
from matching.domain.introductions.rules import hub_rules, is_screened
from matching.domain.introductions.telling import tell_facilitators, tell_side
from matching.domain.learning.snapshots import features_of_pair
from matching.enums import OPEN_STATES, Channel, IntroductionState, Purpose, Side, TimelineKind
from matching.models import Introduction
from profiles.terms import code_of

_FEWEST_LETTERS = 10


@transaction.atomic
def submit_introduction(introduction: Introduction, *, viewer: Viewer, now: datetime) -> Introduction:
    """Hand in a draft: it goes to the other side, or to a facilitator first. Sending it is the seeker's own yes.

    Raises:
        NotFound, NotAllowed: the request is gone, or not the viewer's to send.
        WrongState: it was sent already.
        InvalidInput: something that the other side needs to know is missing.
        NoveltyNotSecured: a secret would be told.
        Paused: one of the two takes a break.
        AlreadyAsked: an open request between the two is there.
        TooManyOpen: the asking organisation has as many open requests as it may.
        CapReached: the other side's month is full.
    """
    lock_parties(introduction.seeker, introduction.receiver)
    locked = lock_introduction(introduction)
    require_writer(viewer, locked)
    require_state(locked, *EDITABLE)
    _require_complete(locked)
    require_awake(locked.seeker, locked.receiver)
    require_not_asked(locked.seeker, locked.receiver)
    if locked.seeker.organisation_id not in viewer.organisation_ids:
        if locked.seeker_consented_at is None:
            # The hub's own proposal: both are asked, and the case is the facilitator's.
            locked.channel, locked.facilitator_id = Channel.FACILITATOR, viewer.user_id
        return send_out(locked, actor_id=viewer.user_id, side="", now=now)
    _require_few_open(locked)
    locked.seeker_consented_at = now
    if not is_screened(locked) or may_broker(viewer):
        return send_out(locked, actor_id=viewer.user_id, side=Side.SEEKER, now=now)
    require_place(locked.receiver, today=local_day(now))
    handed_in = Event(TimelineKind.SUBMITTED, Side.SEEKER, viewer.user_id)
    move(locked, IntroductionState.SCREENING, handed_in, now=now, changed=("seeker_consented_at",))
    tell_facilitators(locked, "screening_waiting", now=now)
    return locked


def send_out(locked: Introduction, *, actor_id: int | None, side: str, now: datetime, text: str = "") -> Introduction:
    """Send a locked request: take the places, set the last day, tell whoever is asked.

    Raises:
        CapReached: an asked side's month is full; nothing is sent.
    """
    asked = asked_sides(locked)
    if locked.impression_id is None:
        # Before the places are taken: the request itself is no part of the load that it met.
        today = local_day(now)
        locked.features = features_of_pair(locked.hub_id, locked.seeker, locked.receiver, locked.purpose, today=today)
    # In order of id, so that two requests between the same two wait in the same order.
    for each in sorted(asked, key=lambda name: locked.party(name).pk):
        take_place(locked.party(each), channel=locked.channel, subject=subject_of(locked, each), now=now)
    locked.expires_at = deadline(now, hub_rules(locked.hub_id).answer_days)
    sent = Event(TimelineKind.SENT, side, actor_id, text)
    move(locked, IntroductionState.SENT, sent, now=now, changed=("expires_at", "seeker_consented_at", "features"))
    kind = "introduction_proposed" if locked.channel == Channel.FACILITATOR else "introduction_received"
    for each in asked:
        tell_side(locked, kind, side=each, now=now, not_after=locked.expires_at)
    return locked


def asked_sides(introduction: Introduction) -> tuple[str, ...]:
    """The sides from which a yes is still wanted."""
    sides = (
        (Side.SEEKER.value, introduction.seeker_consented_at),
        (Side.RECEIVER.value, introduction.receiver_consented_at),
    )
    return tuple(side for side, consented_at in sides if consented_at is None)


def _require_few_open(introduction: Introduction) -> None:
    """Requests of the organisation's own; what a facilitator proposed is not counted against it."""
    limit = hub_rules(introduction.hub_id).open_requests
    rows = Introduction.objects.filter(
        hub_id=introduction.hub_id,
        seeker__organisation_id=introduction.seeker.organisation_id,
        state__in=OPEN_STATES,
    )
    if rows.exclude(channel=Channel.FACILITATOR).count() < limit:
        return
    raise too_many_open(limit)


def too_many_open(limit: int) -> TooManyOpen:
    """The refusal of one more request or invitation than the hub lets an organisation have open."""
    return TooManyOpen(
        ngettext(
            "You have %(limit)d open request, which is the most at a time. Wait for its answer, or withdraw it.",
            "You have %(limit)d open requests, which is the most at a time. Wait for an answer, or withdraw one.",
            limit,
        )
        % {"limit": limit},
        limit=limit,
    )


def _require_complete(introduction: Introduction) -> None:
    if sum(character.isalpha() for character in introduction.asked) < _FEWEST_LETTERS:
        raise InvalidInput(_("Write what exactly you ask for, in a sentence or two."), field="asked")
    if introduction.contact_purpose_id is None:
        raise InvalidInput(_("Choose the one purpose of the contact."), field="contact_purpose")
    if introduction.minutes is None:
        raise InvalidInput(_("Say how many minutes it takes them."), field="minutes")
    tells_idea = introduction.purpose in (Purpose.OPI_LIGHT, Purpose.PROJECT)
    if tells_idea and code_of(introduction.ip_state_id) == "secret" and not introduction.novelty_checked:
        raise NoveltyNotSecured(
            _(
                "You say that it is kept secret. Tell nothing that is new in it before a patent is applied for or "
                "a confidentiality agreement is signed; confirm that novelty is secured, then send."
            ),
            field="novelty_checked",
        )
