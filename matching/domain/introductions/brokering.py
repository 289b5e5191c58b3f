"""The facilitator's own part: bringing two others together, stepping in, handing cases over to a colleague."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.models import User
from hubs.policies import BROKER_ROLES, Viewer, require_broker
from hubs.queries import role_of
from kernel.errors import InvalidInput
from matching.domain.introductions.drafting import quote_statements
from matching.domain.introductions.fields import RequestFields
from matching.domain.introductions.life import Event, keep, lock_introduction, lock_parties, not_found
from matching.domain.introductions.pairs import require_awake, require_not_asked, require_pair
from matching.domain.introductions.sending import send_out
from matching.domain.introductions.wording import guessed_purpose, suggestion_for
from matching.enums import Channel, IntroductionState, Purpose, TimelineKind
from matching.models import Introduction, Project
from matching.models.introductions import MAX_NOTE_CHARACTERS
from profiles.domain.fields import one_of
from profiles.domain.saving import save_valid
from profiles.enums import Taxonomy
from profiles.models import Profile, Statement
from profiles.terms import code_of, key_of
from profiles.texts import clean_text

S = IntroductionState
ENDED = frozenset({S.DECLINED, S.EXPIRED, S.WITHDRAWN, S.CLOSED})


@transaction.atomic
def introduce_two(
    viewer: Viewer,
    *,
    seeker: Profile,
    receiver: Profile,
    purpose: str,
    reason: str,
    asked: str,
    minutes: int | None = None,
    now: datetime,
    contact_purpose: str = "",
    ours: Statement | None = None,
    theirs: Statement | None = None,
    project: Project | None = None,
) -> Introduction:
    """Propose two profiles to each other; both are asked, and contact opens when both have said yes.

    `reason` says why these two, and both read it. Each side gives one of its places of the month.

    Raises:
        NotAllowed: the viewer brokers no contacts.
        NotFound: one of them is another hub's.
        Paused, AlreadyAsked, CapReached: one takes a break, they are in touch already, or a month is full.
        InvalidInput: a text is missing or breaks a rule, or both are the same.
    """
    require_broker(viewer)
    require_pair(viewer, seeker, receiver)
    asking, answering = lock_parties(seeker, receiver)
    require_awake(asking, answering)
    require_not_asked(seeker, receiver)
    code = code_of(key_of(Taxonomy.CONTACT_PURPOSE, contact_purpose)) or guessed_purpose(ours, theirs, purpose)
    fields = RequestFields(contact_purpose=code, asked=asked, minutes=minutes or suggestion_for(code).minutes).cleaned()
    introduction = save_valid(
        Introduction(
            hub_id=viewer.hub_id,
            seeker=seeker,
            receiver=receiver,
            purpose=one_of(purpose, Purpose.values, field="purpose"),
            channel=Channel.FACILITATOR,
            made_by_id=viewer.user_id,
            facilitator_id=viewer.user_id,
            project=project,
            **{**fields, "asked": _words(asked, "asked"), "opi_step": _step(purpose, code)},
        )
    )
    quote_statements(introduction, ours=ours, theirs=theirs)
    return send_out(introduction, actor_id=viewer.user_id, side="", now=now, text=_words(reason, "reason"))


@transaction.atomic
def step_in(introduction: Introduction, *, viewer: Viewer, now: datetime) -> Introduction:
    """Take a case on; both sides see that a facilitator is there. Doing it twice changes nothing.

    Raises:
        NotAllowed: the viewer brokers no contacts.
        NotFound: another hub's, or gone.
    """
    require_broker(viewer)
    if introduction.hub_id != viewer.hub_id:
        raise not_found()
    locked = lock_introduction(introduction)
    if locked.facilitator_id == viewer.user_id:
        return locked
    locked.facilitator_id = viewer.user_id
    return keep(locked, Event(TimelineKind.STEPPED_IN, "", viewer.user_id), now=now, changed=("facilitator",))


@transaction.atomic
def hand_over(
    viewer: Viewer,
    *,
    to: User,
    now: datetime,
    introductions: Collection[Introduction] | None = None,
    note: str = "",
) -> list[Introduction]:
    """Give cases to a colleague: those named, or all of the viewer's that have not ended. The timeline stays.

    The note is read by the staff only.

    Raises:
        NotAllowed: the viewer brokers no contacts.
        NotFound: one of the cases is another hub's, or gone.
        InvalidInput: the colleague does not broker contacts in this hub, or the note cannot be stored.
    """
    require_broker(viewer)
    if role_of(viewer.hub_id, to.pk) not in BROKER_ROLES or not to.is_active:
        raise InvalidInput(_("Choose a facilitator or administrator of this hub."), field="to")
    words = clean_text(note, field="note", max_length=MAX_NOTE_CHARACTERS)
    return [_hand_over(case, viewer, to, words, now) for case in _cases(viewer, introductions)]


def _cases(viewer: Viewer, introductions: Collection[Introduction] | None) -> list[Introduction]:
    """In order of id, so that two who hand over at once wait in the same order."""
    rows = Introduction.objects.filter(hub_id=viewer.hub_id).order_by("pk")
    if introductions is None:
        return list(rows.filter(facilitator_id=viewer.user_id).exclude(state__in=ENDED))
    wanted = {introduction.pk for introduction in introductions}
    found = list(rows.filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise not_found()
    return found


def _hand_over(case: Introduction, viewer: Viewer, to: User, words: str, now: datetime) -> Introduction:
    locked = lock_introduction(case)
    if locked.facilitator_id == to.pk:
        return locked
    locked.facilitator_id = to.pk
    given = Event(TimelineKind.HANDED_OVER, "", viewer.user_id, words, staff_only=True)
    return keep(locked, given, now=now, changed=("facilitator",))


def _words(text: str, field: str) -> str:
    return clean_text(text, field=field, max_length=MAX_NOTE_CHARACTERS, min_letters=3)


def _step(purpose: str, code: str) -> str:
    return suggestion_for(code).step.value if purpose == Purpose.OPI_LIGHT else ""
