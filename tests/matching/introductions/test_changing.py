"""Withdrawing, asking again, meetings, closing, notes: by those who take part, at the right time."""

from datetime import date, timedelta

import pytest

from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from matching.domain.introductions.answering import answer_not_now, decline_introduction, mark_seen
from matching.domain.introductions.changing import (
    add_note,
    ask_again,
    close_introduction,
    mark_met,
    set_meeting,
    withdraw_introduction,
)
from matching.domain.introductions.clock import run_clock
from matching.domain.introductions.errors import AlreadyAsked, TooEarlyToAsk, WrongState
from matching.domain.introductions.sending import submit_introduction
from matching.enums import DeclineReason
from matching.models import FollowUp, Introduction
from matching.queries.introductions import timeline_of
from tests.matching.introductions.parties import (
    LATER,
    NOW,
    Person,
    accepted,
    at,
    capped,
    drafted,
    mailed,
    party,
    sent,
    told,
)


def test_a_request_is_withdrawn_by_its_sender_only(firm: Person, ward: Person, hub: Hub) -> None:
    request = sent(firm, ward)

    with pytest.raises(NotAllowed):
        withdraw_introduction(request, viewer=ward.viewer, now=LATER)
    with pytest.raises(NotFound):
        withdraw_introduction(request, viewer=Viewer(hub.pk), now=LATER)
    done = withdraw_introduction(request, viewer=firm.viewer, now=LATER)

    assert (done.state, told(done)[-1]) == ("withdrawn", ("withdrawn", "seeker"))
    assert mailed() == [("introduction_received", ward.user.email)]


def test_withdrawing_what_was_seen_tells_the_receiver(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)
    mark_seen(request, side="receiver", actor=ward.user, now=NOW)

    withdraw_introduction(request, viewer=firm.viewer, now=LATER)

    assert mailed()[-1] == ("introduction_withdrawn", ward.user.email)


def test_what_was_accepted_cannot_be_withdrawn(firm: Person, ward: Person) -> None:
    request = accepted(firm, ward)

    with pytest.raises(WrongState):
        withdraw_introduction(request, viewer=firm.viewer, now=LATER)


def test_asking_again_makes_a_new_draft_and_the_old_stays(firm: Person, ward: Person) -> None:
    old = answer_not_now(sent(firm, ward), side="receiver", actor=ward.user, now=NOW)

    new = ask_again(old, viewer=firm.viewer, now=LATER)

    old.refresh_from_db()
    assert (old.state, old.asked_again, new.state) == ("not_now", new, "draft")
    assert (new.asked, new.minutes, new.contact_purpose_id) == (old.asked, old.minutes, old.contact_purpose_id)
    assert list(new.quotes.values_list("side", "text")) == list(old.quotes.values_list("side", "text"))
    assert (new.seeker_consented_at, new.sent_at, list(new.asked_before.all())) == (None, None, [old])
    assert told(old)[-1] == ("asked_again", "seeker")
    assert submit_introduction(new, viewer=firm.viewer, now=LATER).state == "sent"


def test_asking_again_twice_gives_the_same_draft(firm: Person, ward: Person) -> None:
    old = answer_not_now(sent(firm, ward), side="receiver", actor=ward.user, now=NOW)

    first, second = (ask_again(old, viewer=firm.viewer, now=LATER) for _time in range(2))

    assert first.pk == second.pk
    submit_introduction(first, viewer=firm.viewer, now=LATER)
    with pytest.raises(AlreadyAsked) as raised:
        ask_again(old, viewer=firm.viewer, now=LATER)
    assert raised.value.details == {"introduction": str(first.public_id)}


def test_asking_again_before_the_day_says_when(firm: Person, ward: Person) -> None:
    old = answer_not_now(sent(firm, ward), side="receiver", actor=ward.user, now=NOW, ask_again_on=date(2026, 4, 1))

    with pytest.raises(TooEarlyToAsk) as raised:
        ask_again(old, viewer=firm.viewer, now=at("2026-03-31", 23, 59))

    assert raised.value.details == {"ask_again_on": "2026-04-01"}
    assert ask_again(old, viewer=firm.viewer, now=at("2026-04-01", 0, 0)).state == "draft"


@pytest.mark.parametrize("reason", DeclineReason.values)
def test_a_no_is_asked_again_only_where_it_invites_that(firm: Person, ward: Person, reason: str) -> None:
    old = decline_introduction(sent(firm, ward), side="receiver", actor=ward.user, now=NOW, reason=reason)

    if reason in {"too_early", "no_capacity", "description_unclear"}:
        assert ask_again(old, viewer=firm.viewer, now=LATER).state == "draft"
    else:
        with pytest.raises(WrongState):
            ask_again(old, viewer=firm.viewer, now=LATER)


def test_an_expired_request_may_be_asked_again_an_open_one_not(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)

    with pytest.raises(WrongState):
        ask_again(request, viewer=firm.viewer, now=LATER)
    run_clock(NOW + timedelta(days=30))

    assert ask_again(request, viewer=firm.viewer, now=NOW + timedelta(days=31)).state == "draft"
    with pytest.raises(NotAllowed):
        ask_again(request, viewer=ward.viewer, now=NOW + timedelta(days=31))


def test_asking_again_meets_the_cap_like_any_request(firm: Person, ward: Person, hub: Hub) -> None:
    old = answer_not_now(sent(firm, ward), side="receiver", actor=ward.user, now=NOW)
    capped(ward, 1)

    new = ask_again(old, viewer=firm.viewer, now=LATER)

    assert submit_introduction(new, viewer=firm.viewer, now=at("2026-04-02")).state == "sent"


def test_a_meeting_is_agreed_put_off_and_held(firm: Person, ward: Person) -> None:
    request = accepted(firm, ward)

    set_meeting(request, viewer=ward.viewer, meeting_at=at("2026-03-10", 14), now=LATER)
    moved = set_meeting(request, viewer=firm.viewer, meeting_at=at("2026-03-30", 9), now=LATER)
    held = mark_met(moved, viewer=firm.viewer, now=at("2026-03-31"))

    assert (held.state, held.met_at) == ("met", at("2026-03-30", 9))
    assert told(held)[-3:] == [("meeting_set", "receiver"), ("meeting_set", "seeker"), ("met", "seeker")]
    assert held.timeline.filter(kind="meeting_set").last().text == "2026-03-30 09:00"
    due = FollowUp.objects.get(introduction=held, side="seeker", moment="two_weeks").due_on
    assert due == date(2026, 4, 13)


def test_a_meeting_counted_as_held_can_still_be_put_off(firm: Person, ward: Person) -> None:
    request = accepted(firm, ward)
    set_meeting(request, viewer=firm.viewer, meeting_at=at("2026-03-10"), now=LATER)
    run_clock(at("2026-03-11"))

    moved = set_meeting(request, viewer=ward.viewer, meeting_at=at("2026-04-10"), now=at("2026-03-12"))

    assert (moved.state, moved.met_at) == ("accepted", None)


@pytest.mark.parametrize("moment", [at("2026-03-01"), at("2028-03-10")])
def test_a_meeting_lies_ahead(firm: Person, ward: Person, moment: object) -> None:
    request = accepted(firm, ward)

    with pytest.raises(InvalidInput):
        set_meeting(request, viewer=firm.viewer, meeting_at=moment, now=LATER)  # type: ignore[arg-type]


def test_no_meeting_before_both_said_yes(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)

    with pytest.raises(WrongState):
        set_meeting(request, viewer=firm.viewer, meeting_at=LATER, now=NOW)
    with pytest.raises(WrongState):
        mark_met(request, viewer=firm.viewer, now=NOW)
    with pytest.raises(WrongState):
        close_introduction(request, viewer=firm.viewer, now=NOW)


def test_met_twice_says_so(firm: Person, ward: Person) -> None:
    request = mark_met(accepted(firm, ward), viewer=firm.viewer, now=LATER)

    with pytest.raises(WrongState):
        mark_met(request, viewer=ward.viewer, now=LATER)


def test_a_closed_contact_keeps_its_follow_ups(firm: Person, ward: Person) -> None:
    done = close_introduction(accepted(firm, ward), viewer=ward.viewer, now=LATER, note="Vi har talt færdig.")

    assert (done.state, done.closed_at) == ("closed", LATER)
    assert FollowUp.objects.filter(introduction=done).count() == 8


def test_notes_are_for_those_who_take_part(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    request = accepted(firm, ward)
    add_note(request, viewer=firm.viewer, text="Vi ses på fredag.", now=LATER)
    add_note(request, viewer=facilitator[1], text="Ring i april.", staff_only=True, now=LATER)

    with pytest.raises(NotAllowed):
        add_note(request, viewer=firm.viewer, text="Hemmeligt.", staff_only=True, now=LATER)
    with pytest.raises(NotFound):
        add_note(request, viewer=party(hub).viewer, text="Hvem der?", now=LATER)
    with pytest.raises(InvalidInput):
        add_note(request, viewer=firm.viewer, text="  ", now=LATER)

    assert [entry.text for entry in timeline_of(ward.viewer, request) if entry.kind == "note"] == ["Vi ses på fredag."]
    assert Introduction.objects.get().timeline.filter(kind="note").count() == 2


def test_a_note_on_a_draft_is_the_writers(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)

    with pytest.raises(NotFound):
        add_note(draft, viewer=ward.viewer, text="Nysgerrig.", now=NOW)
    assert add_note(draft, viewer=firm.viewer, text="Husk tallene.", now=NOW).state == "draft"
