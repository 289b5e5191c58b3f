"""Declaring interests before a contact (habilitet): each side for itself, a later word replaces its earlier one."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.models import User
from kernel.errors import InvalidInput, NotAllowed
from matching.domain.introductions.answering import speaks_for
from matching.domain.introductions.life import Event, keep, lock_introduction
from matching.enums import AnswerSource, Side, TimelineKind
from matching.models import Declaration, Introduction
from matching.models.introductions import MAX_NOTE_CHARACTERS
from profiles.domain.fields import one_of
from profiles.queries import organisation_ids_of
from profiles.texts import clean_text


@transaction.atomic
def declare_interests(
    introduction: Introduction,
    *,
    side: str,
    has_interests: bool,
    text: str = "",
    actor: User | None,
    now: datetime,
    source: str = AnswerSource.WEB,
) -> Declaration:
    """Keep what a side declares; interests are said in words, having none needs none.

    Raises:
        NotFound: the request is gone.
        NotAllowed: the person does not speak for the side.
        InvalidInput: interests without words, or words that cannot be stored.
    """
    locked = lock_introduction(introduction)
    one_of(side, Side.values, field="side")
    if not _speaks(locked, side, actor, source):
        raise NotAllowed(_("Each side declares its interests itself."))
    words = clean_text(text, field="text", max_length=MAX_NOTE_CHARACTERS)
    if has_interests and not words:
        raise InvalidInput(_("Say in a few words which interests you have in the other side."), field="text")
    declaration, _created = Declaration.objects.update_or_create(
        introduction=locked,
        side=side,
        defaults={
            "hub_id": locked.hub_id,
            "has_interests": has_interests,
            "text": words,
            "made_by": actor,
            "at": now,
        },
    )
    keep(locked, Event(TimelineKind.DECLARED, side, actor.pk if actor else None), now=now, changed=("declaration",))
    return declaration


def _speaks(introduction: Introduction, side: str, actor: User | None, source: str) -> bool:
    """The asking side may declare while it still writes."""
    if side == Side.SEEKER and actor is not None and actor.is_active and source == AnswerSource.WEB:
        own = organisation_ids_of(introduction.hub_id, actor.pk)
        return introduction.seeker.organisation_id in own
    return speaks_for(introduction, side, actor, source)
