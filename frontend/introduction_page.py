"""What the page of a contact shows: permissions are settled here, so that hidden data never reaches a template."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.queries.contacts import reachable_people
from frontend.forms.introductions import AnswerForm, InterestsForm, MeetingForm, minutes_label
from frontend.introduction_bridge import introduction_card, other_side
from frontend.standing import BEING_WRITTEN, has_consented, last_day_of, standing_of
from hubs.policies import Viewer, may_broker
from matching.domain.introductions.changing import ASKABLE_REASONS
from matching.domain.introductions.opi import meaning_of, undeclared_sides
from matching.enums import ANSWERABLE_STATES, CONSENTED_STATES, TOLD_BY_PHONE, IntroductionState, Side, TimelineKind
from matching.models import Introduction

State = IntroductionState
# What went on between the writer and the facilitator before the asked side was asked.
_BEFORE_SENDING = frozenset(
    {TimelineKind.DRAFTED, TimelineKind.SUBMITTED, TimelineKind.RETURNED, TimelineKind.SCREENED}
)
_ENDS_TO_ASK_AGAIN = frozenset({State.NOT_NOW, State.EXPIRED, State.WITHDRAWN})
_OPEN_TO_WITHDRAW = frozenset({State.SCREENING, *ANSWERABLE_STATES})


@dataclass(frozen=True)
class Forms:
    """The forms of the page; one that was refused comes back as it was typed."""

    answer: AnswerForm = field(default_factory=AnswerForm)
    meeting: MeetingForm | None = None
    interests: InterestsForm = field(default_factory=InterestsForm)


@dataclass(frozen=True)
class Possible:
    """What this side can do now."""

    answer: bool = False
    edit: bool = False
    ask_again: bool = False
    withdraw: bool = False
    meet: bool = False
    tell_met: bool = False
    tell_outcome: bool = False
    close: bool = False
    declare: bool = False


@dataclass(frozen=True)
class TimelineRow:
    """One thing that happened, and whose doing it was."""

    label: str
    who: str
    text: str
    at: datetime
    is_mine: bool
    staff_only: bool


@dataclass(frozen=True)
class Declared:
    """What a side has declared."""

    who: str
    has_interests: bool
    text: str


def page_context(
    viewer: Viewer, found: Introduction, side: Side | None, forms: Forms, *, now: datetime
) -> dict[str, Any]:
    """Everything of `contacts/introduction.html`; a broker who is neither side looks from the seeker's."""
    seen_from = side or Side.SEEKER
    other = found.party(other_side(seen_from))
    possible = possible_for(found, side, now=now) if side else Possible()
    meeting = forms.meeting or MeetingForm(initial={"meeting_at": _local(found.meeting_at)})
    return {
        "introduction": found,
        "side": seen_from,
        "other": other,
        "heading": heading_of(found, side),
        "standing": standing_of(found, seen_from, now=now),
        "card": introduction_card(found, side=seen_from, today=timezone.localdate(now), by_name=side is None),
        "may": possible,
        "timeline": timeline_rows(found, side, is_broker=may_broker(viewer)),
        "people": reachable_people(found, other_side(side)) if side and found.both_consented else None,
        "answer_form": forms.answer,
        "meeting_form": meeting,
        "answer_url": reverse("frontend:answer_introduction", args=[found.public_id]),
        **asked_context(found),
        **interests_context(found, side, forms.interests),
        "interests_url": reverse("frontend:introduction_interests", args=[found.public_id]),
    }


def asked_context(found: Introduction) -> dict[str, Any]:
    """What is asked, how long it takes, until when, and what it means for a later tender."""
    return {
        "asked_language": next((each.language for each in found.quotes.all() if each.side == Side.SEEKER), ""),
        "minutes": minutes_label(found.minutes) if found.minutes else "",
        "last_day": last_day_of(found) if found.state in ANSWERABLE_STATES else None,
        "step": meaning_of(found),
    }


def interests_context(found: Introduction, side: Side | None, form: InterestsForm) -> dict[str, Any]:
    """Both sides' declarations, and the form for one's own."""
    rows = list(found.declarations.all())
    return {
        "declarations": [Declared(found.party(row.side).name, row.has_interests, row.text) for row in rows],
        "has_declared": any(row.side == side for row in rows),
        "must_declare": side in undeclared_sides(found),
        "interests_form": form,
    }


def heading_of(found: Introduction, side: Side | None) -> str:
    """Who asks whom, from where one stands."""
    if side is None:
        return _("%(seeker)s asks %(receiver)s") % {"seeker": found.seeker.name, "receiver": found.receiver.name}
    return found.party(other_side(side)).name


def possible_for(found: Introduction, side: Side, *, now: datetime) -> Possible:
    """What the side can do with it at that time; the domain has the last word."""
    state, asks = State(found.state), side == Side.SEEKER
    in_time = found.expires_at is None or found.expires_at > now
    is_over = state in _ENDS_TO_ASK_AGAIN or (state == State.DECLINED and found.decline_reason in ASKABLE_REASONS)
    named_day = found.ask_again_on
    day_has_come = named_day is None or named_day <= timezone.localdate(now)
    return Possible(
        answer=state in ANSWERABLE_STATES and in_time and not has_consented(found, side),
        edit=asks and state in BEING_WRITTEN,
        ask_again=asks and is_over and day_has_come and found.asked_again_id is None,
        withdraw=asks and state in _OPEN_TO_WITHDRAW and in_time,
        meet=state in {State.ACCEPTED, State.MET},
        tell_met=state == State.ACCEPTED,
        tell_outcome=state in {State.MET, State.CLOSED},
        close=state in {State.ACCEPTED, State.MET},
        declare=has_consented(found, side) and (state in ANSWERABLE_STATES or state in CONSENTED_STATES),
    )


def timeline_rows(found: Introduction, side: Side | None, *, is_broker: bool) -> list[TimelineRow]:
    """What has happened, oldest first, as far as this reader may know."""
    hidden = _BEFORE_SENDING if side == Side.RECEIVER and not is_broker else frozenset()
    return [
        TimelineRow(
            label=str(entry.get_kind_display()),
            who=found.party(entry.side).name if entry.side else "",
            text=_(TOLD_BY_PHONE) if entry.text == TOLD_BY_PHONE else entry.text,
            at=entry.at,
            is_mine=entry.side == side,
            staff_only=entry.staff_only,
        )
        for entry in found.timeline.all()
        if entry.kind not in hidden and (is_broker or not entry.staff_only)
    ]


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment else None
