"""Sending recommendations by mail: an organiser asks for a round, and the worker computes them anew and mails."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.domain.setup.changing import change_event
from events.domain.wishes.showing import note_shown
from events.domain.wishes.telling_wishes import tell_of_suggestions
from events.domain.wishes.wish_errors import NobodyToRecommend, RoundIsOut
from events.domain.wishes.wish_rules import require_wishes_open
from events.models import Event, SuggestionRound
from events.queries.suggestions import people_with_suggestions, round_of, suggestions_for
from events.queries.wishes import people_to_recommend
from events.templates import template_of
from hubs.policies import Viewer
from kernel.audit import record_change
from matching.enums import Channel

MAILED_EACH = 3


@transaction.atomic
def ask_round(event: Event, *, viewer: Viewer, number: int, now: datetime) -> SuggestionRound:
    """Ask for one more round of mails; `number` is how many the organiser saw asked for.

    Raises:
        NotAllowed, NotFound, EventCalledOff, WishesClosed
        RoundIsOut: somebody, or a second press, has asked for it already.
        NobodyToRecommend: it would go to nobody.
    """
    locked = change_event(event, viewer=viewer)
    require_wishes_open(locked, now=now)
    SuggestionRound.objects.get_or_create(event=locked, defaults={"hub_id": locked.hub_id})
    held = SuggestionRound.objects.select_for_update().get(event=locked)
    if held.number != number or held.is_due:
        raise RoundIsOut(_("This round is on its way already. Nobody gets a second mail."))
    if lacking := what_a_round_lacks(locked):
        raise NobodyToRecommend(lacking)
    held.number += 1
    held.asked_at = now
    held.save(update_fields=["number", "asked_at"])
    record_change(
        locked.hub_id, actor_id=viewer.user_id, action="send_recommendations",
        subject_type="event", subject_id=locked.public_id, changed_fields=["suggestions"],
    )  # fmt: skip
    return held


def what_a_round_lacks(event: Event) -> str:
    """Why a round would go to nobody, in words; empty where it can be sent, or lists are made of two or more first."""
    if people_with_suggestions(event):
        return ""
    shown, held = len(people_to_recommend(event)), round_of(event)
    if shown > 1 and (held is None or held.computed_at is None):
        return ""
    if template_of(event.kind).has_bookings:
        if not shown:
            return _("Nobody takes booked meetings yet. Let people come first: each of them says so at registration.")
        return _(
            "So far there are no two people to recommend to each other: both must take booked meetings and have said "
            "what they offer or seek."
        )
    if not shown:
        return _("Nobody is signed up who is shown to others. Let people come first.")
    return _("So far there are no two people to recommend to each other: both must have said what they offer or seek.")


def mail_round(event: Event, *, now: datetime) -> int:
    """Queue the round that was asked for, once to each person with a list; returns to how many it goes."""
    with transaction.atomic():
        lock_event(event)
        held = SuggestionRound.objects.select_for_update().filter(event=event).first()
        if held is None or not held.is_due:
            return 0
        people = people_with_suggestions(event)
        for person in people:
            tell_of_suggestions(event, person, number=held.number, now=now)
            note_shown(person, suggestions_for(person, limit=MAILED_EACH), channel=Channel.MAIL, now=now)
        held.mailed_at, held.mailed_to = now, len(people)
        held.save(update_fields=["mailed_at", "mailed_to"])
        return len(people)
