"""The table of transitions: every way that is in it works, every other is refused."""

import pytest

from matching.domain.introductions.errors import WrongState
from matching.domain.introductions.life import TRANSITIONS, Event, lock_introduction, move
from matching.enums import CONSENTED_STATES, OPEN_STATES, IntroductionState, TimelineKind
from matching.models import Introduction
from tests.matching.introductions.parties import NOW, Person

S = IntroductionState
ENDS = {S.NOT_NOW, S.DECLINED, S.EXPIRED, S.WITHDRAWN, S.CLOSED}


def _standing_at(state: IntroductionState, firm: Person, ward: Person) -> Introduction:
    sent = state not in {S.DRAFT, S.SCREENING, S.RETURNED}
    both = state in CONSENTED_STATES
    return Introduction.objects.create(
        hub=firm.profile.hub,
        seeker=firm.profile,
        receiver=ward.profile,
        state=state,
        seeker_consented_at=NOW,
        receiver_consented_at=NOW if both else None,
        sent_at=NOW if sent else None,
        expires_at=NOW if sent else None,
    )


@pytest.mark.parametrize("start", S)
def test_only_ways_of_the_table_can_be_gone(firm: Person, ward: Person, start: IntroductionState) -> None:
    went = {end for end in S if _goes(_standing_at(start, firm, ward), end)}

    assert went == TRANSITIONS.get(start, frozenset())


def _goes(introduction: Introduction, end: IntroductionState) -> bool:
    """Whether the way can be gone; a refusal leaves the row as it was. The row is taken away after."""
    start, locked = introduction.state, lock_introduction(introduction)
    if end in CONSENTED_STATES:
        locked.receiver_consented_at = NOW
    if end in OPEN_STATES:
        locked.expires_at = NOW
    try:
        move(locked, end, Event(TimelineKind.NOTE), now=NOW)
        moved = True
    except WrongState:
        moved = False
    stored = Introduction.objects.get(pk=introduction.pk)
    assert (stored.state, stored.version) == ((end, 2) if moved else (start, 1))
    assert stored.timeline.count() == (1 if moved else 0)
    stored.delete()
    return moved


def test_ends_have_no_way_out() -> None:
    assert {state for state in S if state not in TRANSITIONS} == ENDS


def test_nothing_leads_past_the_consent_of_both() -> None:
    before = {start for start, ends in TRANSITIONS.items() if ends & CONSENTED_STATES and start not in CONSENTED_STATES}

    assert before == {S.SENT, S.SEEN}


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached = {S.DRAFT}
    while more := {end for start in reached for end in TRANSITIONS.get(start, frozenset())} - reached:
        reached |= more

    assert reached == set(S)
