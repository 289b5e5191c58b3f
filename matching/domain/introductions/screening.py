"""What a facilitator looks at before a busy department sees a request: sixteen criteria in four groups.

Source: domain brief, section 3; it names patentability, time to market and unmet need; background, commercial expertise
and resources; global scalability, risk and competition; cost and quality of care. The others are in their spirit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubs.policies import Viewer, require_broker
from kernel.errors import InvalidInput
from matching.domain.introductions.life import (
    Event,
    lock_introduction,
    lock_parties,
    move,
    not_found,
    require_state,
)
from matching.domain.introductions.pairs import require_awake
from matching.domain.introductions.sending import send_out
from matching.domain.introductions.telling import tell_of_return
from matching.enums import IntroductionState, ScreeningGroup, ScreeningMark, Side, TimelineKind
from matching.models import Introduction, Screening
from matching.models.introductions import MAX_NOTE_CHARACTERS
from profiles.domain.fields import one_of
from profiles.texts import clean_text


@dataclass(frozen=True)
class Criterion:
    """One thing to look at: `label` names it, `question` says what to ask oneself."""

    code: str
    group: ScreeningGroup
    label: Any
    question: Any


_PROJECT, _OWNER = ScreeningGroup.PROJECT, ScreeningGroup.OWNER
_COMMERCIAL, _SOCIETAL = ScreeningGroup.COMMERCIAL, ScreeningGroup.SOCIETAL

CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "unmet_need", _PROJECT, gettext_lazy("Unmet need"), gettext_lazy("Is there a need that nobody meets today?")
    ),
    Criterion(
        "patentability",
        _PROJECT,
        gettext_lazy("Patentability"),
        gettext_lazy("Is it new, and is the novelty protected?"),
    ),
    Criterion(
        "time_to_market",
        _PROJECT,
        gettext_lazy("Time to market"),
        gettext_lazy("How long until somebody can buy and use it?"),
    ),
    Criterion(
        "clear_request",
        _PROJECT,
        gettext_lazy("Clear request"),
        gettext_lazy("Is it plain what is asked, and is the time it takes worth it?"),
    ),
    Criterion(
        "background", _OWNER, gettext_lazy("Background"), gettext_lazy("Do they know the field and its daily work?")
    ),
    Criterion(
        "commercial_expertise",
        _OWNER,
        gettext_lazy("Commercial expertise"),
        gettext_lazy("Has somebody brought a product to market before?"),
    ),
    Criterion(
        "resources", _OWNER, gettext_lazy("Resources"), gettext_lazy("Have they people and money to carry it through?")
    ),
    Criterion(
        "commitment", _OWNER, gettext_lazy("Commitment"), gettext_lazy("Do they prepare, keep appointments and listen?")
    ),
    Criterion(
        "scalability",
        _COMMERCIAL,
        gettext_lazy("Global scalability"),
        gettext_lazy("Can it be sold outside Denmark without change?"),
    ),
    Criterion(
        "risk", _COMMERCIAL, gettext_lazy("Risk"), gettext_lazy("Are approval, technique and funding within reach?")
    ),
    Criterion(
        "competition",
        _COMMERCIAL,
        gettext_lazy("Competition"),
        gettext_lazy("Is it better than what is on the market already?"),
    ),
    Criterion(
        "payer", _COMMERCIAL, gettext_lazy("Payer"), gettext_lazy("Is it plain who pays, and out of which budget?")
    ),
    Criterion(
        "cost", _SOCIETAL, gettext_lazy("Cost"), gettext_lazy("Does it save money or work in the health service?")
    ),
    Criterion(
        "quality_of_care",
        _SOCIETAL,
        gettext_lazy("Quality of care"),
        gettext_lazy("Do patients or citizens get better care?"),
    ),
    Criterion(
        "work_environment",
        _SOCIETAL,
        gettext_lazy("Work environment"),
        gettext_lazy("Does it make the staff's day easier or safer?"),
    ),
    Criterion(
        "equality",
        _SOCIETAL,
        gettext_lazy("Equality in health"),
        gettext_lazy("Does it reach those who are hard to reach today?"),
    ),
)
_GROUP_OF = {criterion.code: criterion.group for criterion in CRITERIA}


def criteria_by_group() -> dict[ScreeningGroup, tuple[Criterion, ...]]:
    """The criteria of each group, in order."""
    return {group: tuple(each for each in CRITERIA if each.group == group) for group in ScreeningGroup}


@transaction.atomic
def screen_introduction(
    introduction: Introduction,
    *,
    viewer: Viewer,
    marks: Mapping[str, str],
    passes: bool,
    note: str = "",
    now: datetime,
) -> Introduction:
    """Pass a request on to the asked side, or send it back with a question; the marks stay with the hub.

    Criteria without a mark count as not known. The note of one that passes is for the staff; of one that is sent
    back it is the question to its writer.

    Raises:
        NotFound: another hub's, or gone.
        NotAllowed: the viewer brokers no contacts.
        WrongState: it does not wait for a facilitator.
        InvalidInput: an unknown criterion or mark, or no question where it is sent back.
        Paused, CapReached: the asked side cannot take it now; it waits on.
    """
    require_broker(viewer)
    if introduction.hub_id != viewer.hub_id:
        raise not_found()
    lock_parties(introduction.seeker, introduction.receiver)
    locked = lock_introduction(introduction)
    require_state(locked, IntroductionState.SCREENING)
    words = clean_text(note, field="note", max_length=MAX_NOTE_CHARACTERS)
    _store_marks(locked, marks)
    locked.facilitator_id = locked.facilitator_id or viewer.user_id
    if not passes:
        return _send_back(locked, viewer, words, now)
    require_awake(locked.seeker, locked.receiver)
    sent = send_out(locked, actor_id=viewer.user_id, side="", now=now)
    _note_screening(sent, viewer, words, now)
    return sent


def _send_back(locked: Introduction, viewer: Viewer, question: str, now: datetime) -> Introduction:
    if not question:
        raise InvalidInput(_("Write what they should change or answer, so that they can send it again."), field="note")
    # Only the hub has read it; who hands it in again says yes again.
    locked.seeker_consented_at = None
    back = Event(TimelineKind.RETURNED, "", viewer.user_id, question)
    move(locked, IntroductionState.RETURNED, back, now=now, changed=("seeker_consented_at",))
    tell_of_return(locked, side=Side.SEEKER, now=now)
    return locked


def _note_screening(introduction: Introduction, viewer: Viewer, words: str, now: datetime) -> None:
    introduction.timeline.create(
        hub_id=introduction.hub_id,
        kind=TimelineKind.SCREENED,
        actor_id=viewer.user_id,
        text=words,
        staff_only=True,
        at=now,
    )


def _store_marks(introduction: Introduction, marks: Mapping[str, str]) -> None:
    for code in marks:
        one_of(code, tuple(_GROUP_OF), field="criterion")
    for criterion in CRITERIA:
        mark = marks.get(criterion.code) or ScreeningMark.UNKNOWN.value
        Screening.objects.update_or_create(
            introduction=introduction,
            criterion=criterion.code,
            defaults={
                "hub_id": introduction.hub_id,
                "group": criterion.group,
                "mark": one_of(mark, ScreeningMark.values, field=criterion.code),
            },
        )
