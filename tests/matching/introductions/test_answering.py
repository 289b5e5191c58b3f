"""Answers: yes, no, not now; once, in time, for one's own side, and contact opens only after both."""

from datetime import date, timedelta

import pytest

from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import DomainError, InvalidInput, NotAllowed, NotFound
from matching.domain.introductions import errors
from matching.domain.introductions.answering import (
    accept_introduction,
    answer_not_now,
    decline_introduction,
    mark_seen,
)
from matching.domain.introductions.changing import withdraw_introduction
from matching.domain.introductions.clock import run_clock
from matching.domain.introductions.errors import AlreadyAnswered, AnswerTooLate, Paused, WrongState
from matching.enums import DeclineReason, Side
from matching.models import FollowUp, Introduction
from matching.queries.contacts import contact_people
from matching.queries.introductions import contact_details
from tests.matching.introductions.parties import (
    LATER,
    NOW,
    Person,
    accepted,
    drafted,
    introduced,
    mailed,
    party,
    sent,
    told,
)


def test_yes_opens_contact_for_both_and_plans_follow_ups(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)
    assert contact_details(firm.viewer, request, "receiver") is None

    done = accept_introduction(request, side="receiver", actor=ward.user, now=LATER)

    assert (done.state, done.receiver_consented_at, done.answered_at) == ("accepted", LATER, LATER)
    assert done.seen_at == LATER
    assert done.new_to_each_other is True
    details = contact_details(firm.viewer, done, "receiver")
    assert details is not None
    assert details.people == ((ward.user.name, ward.user.email),)
    assert mailed()[1:] == [("introduction_accepted", firm.user.email), ("introduction_accepted", ward.user.email)]
    assert FollowUp.objects.filter(introduction=done).count() == 8
    assert told(done)[-1] == ("accepted", "receiver")


def test_second_contact_of_the_same_organisations_is_not_new(firm: Person, ward: Person, hub: Hub) -> None:
    accepted(firm, ward)
    colleague = party(hub, organisation=ward.profile.organisation)

    assert accepted(colleague, firm, now=LATER).new_to_each_other is False


def test_two_departments_of_one_house_are_never_new(ward: Person, hub: Hub) -> None:
    neighbour = party(hub, organisation=ward.profile.organisation)

    assert accepted(ward, neighbour).new_to_each_other is False


@pytest.mark.parametrize("second", ["accept", "decline", "not_now"])
def test_a_second_answer_changes_nothing(firm: Person, ward: Person, second: str) -> None:
    request = accepted(firm, ward)
    before = Introduction.objects.values().get(pk=request.pk)

    with pytest.raises(AlreadyAnswered, match="Both said yes"):
        _answer(second, request, ward.user)

    assert Introduction.objects.values().get(pk=request.pk) == before
    assert len(mailed()) == 3


@pytest.mark.parametrize("reason", DeclineReason.values)
def test_no_keeps_its_reason_and_tells_the_seeker(firm: Person, ward: Person, reason: str) -> None:
    request = sent(firm, ward)

    done = decline_introduction(
        request, side="receiver", actor=ward.user, now=LATER, reason=reason, note=" Prøv <b>Horsens</b>. "
    )

    assert (done.state, done.declined_by, done.decline_reason) == ("declined", "receiver", reason)
    assert done.decline_note == "Prøv <b>Horsens</b>."
    assert mailed()[1:] == [("introduction_declined", firm.user.email)]
    with pytest.raises(AlreadyAnswered):
        accept_introduction(request, side="receiver", actor=ward.user, now=LATER)


@pytest.mark.parametrize("reason", ["", "ugly", "not_now"])
def test_no_needs_one_of_the_reasons(firm: Person, ward: Person, reason: str) -> None:
    request = sent(firm, ward)

    with pytest.raises(InvalidInput):
        decline_introduction(request, side="receiver", actor=ward.user, now=LATER, reason=reason)

    request.refresh_from_db()
    assert request.state == "sent"


def test_not_now_keeps_the_day(firm: Person, ward: Person) -> None:
    done = answer_not_now(sent(firm, ward), side="receiver", actor=ward.user, now=LATER, ask_again_on=date(2026, 9, 1))

    assert (done.state, done.ask_again_on, done.decline_reason) == ("not_now", date(2026, 9, 1), "")
    assert mailed()[1:] == [("introduction_not_now", firm.user.email)]


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 3, 2), date(1970, 1, 1), date(2028, 3, 6)])
def test_not_now_needs_a_coming_day(firm: Person, ward: Person, day: date) -> None:
    request = sent(firm, ward)

    with pytest.raises(InvalidInput, match="from tomorrow on"):
        answer_not_now(request, side="receiver", actor=ward.user, now=LATER, ask_again_on=day)


@pytest.mark.parametrize("clocked", [False, True])
def test_an_answer_after_the_last_day_is_too_late(firm: Person, ward: Person, clocked: bool) -> None:
    request = sent(firm, ward)
    assert request.expires_at is not None
    if clocked:
        run_clock(request.expires_at)

    with pytest.raises(AnswerTooLate):
        accept_introduction(request, side="receiver", actor=ward.user, now=request.expires_at)

    request.refresh_from_db()
    assert request.state == ("expired" if clocked else "sent")
    assert request.receiver_consented_at is None


def test_an_answer_in_the_last_second_counts(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)
    assert request.expires_at is not None
    last = request.expires_at - timedelta(seconds=1)

    assert accept_introduction(request, side="receiver", actor=ward.user, now=last).state == "accepted"


def test_an_answer_to_a_withdrawn_request_is_refused(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)
    withdraw_introduction(request, viewer=firm.viewer, now=NOW)

    with pytest.raises(WrongState, match="Withdrawn"):
        accept_introduction(request, side="receiver", actor=ward.user, now=LATER)


def test_an_answer_to_an_erased_request_is_not_found(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)
    firm.profile.delete()

    with pytest.raises(NotFound, match="left the hub"):
        accept_introduction(request, side="receiver", actor=ward.user, now=LATER)


def test_a_draft_cannot_be_answered(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)

    with pytest.raises(NotFound):
        accept_introduction(draft, side="receiver", actor=ward.user, now=NOW)


def test_nobody_answers_for_another_side(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    request = sent(firm, ward)
    closed: User = ward.user

    for actor in (firm.user, party(hub).user, facilitator[0], None):
        with pytest.raises(NotAllowed):
            accept_introduction(request, side="receiver", actor=actor, now=LATER)
    closed.is_active = False
    with pytest.raises(NotAllowed):
        accept_introduction(request, side="receiver", actor=closed, now=LATER)
    with pytest.raises(InvalidInput):
        accept_introduction(request, side="hub", actor=ward.user, now=LATER)


def test_a_facilitator_may_record_what_she_heard_by_phone(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    with pytest.raises(NotAllowed):
        accept_introduction(sent(firm, ward), side="receiver", actor=firm.user, now=LATER, source="phone")

    request = Introduction.objects.get()
    done = accept_introduction(request, side="receiver", actor=facilitator[0], now=LATER, source="phone")

    assert done.state == "accepted"
    entry = done.timeline.get(kind="accepted")
    assert (entry.side, entry.actor, entry.text) == ("receiver", facilitator[0], "Told by phone")
    assert [person.address for person in contact_people(done, Side.RECEIVER)] == [ward.user.email]
    assert [person.address for person in contact_people(done, Side.SEEKER)] == [firm.user.email]


def test_no_and_not_now_by_phone_are_marked_and_an_answer_of_their_own_is_not(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    told_no, told_later, own = (sent(party(hub), ward) for _request in range(3))
    phone = {"side": "receiver", "actor": facilitator[0], "now": LATER, "source": "phone"}

    decline_introduction(told_no, reason="other", **phone)
    answer_not_now(told_later, **phone)
    decline_introduction(own, side="receiver", actor=ward.user, now=LATER, reason="other")

    last = [row.timeline.order_by("pk").last() for row in (told_no, told_later, own)]
    assert [entry.text for entry in last] == ["Told by phone", "Told by phone", ""]


def test_a_signed_link_answers_without_a_person(firm: Person, ward: Person) -> None:
    done = accept_introduction(sent(firm, ward), side="receiver", actor=None, now=LATER, source="link")

    assert done.state == "accepted"


def test_the_seekers_side_cannot_answer_its_own_request(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)

    with pytest.raises(AlreadyAnswered):
        accept_introduction(request, side="seeker", actor=firm.user, now=LATER)
    with pytest.raises(AlreadyAnswered):
        decline_introduction(request, side="seeker", actor=None, now=LATER, source="link", reason="other")


def test_yes_to_somebody_on_a_break_waits(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)
    type(firm.profile).objects.filter(pk=firm.profile.pk).update(is_paused=True)

    with pytest.raises(Paused):
        accept_introduction(request, side="receiver", actor=ward.user, now=LATER)

    request.refresh_from_db()
    assert request.receiver_consented_at is None


def test_seen_counts_once_and_only_for_the_asked_side(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)

    mark_seen(request, side="seeker", actor=firm.user, now=NOW)
    seen = mark_seen(request, side="receiver", actor=None, now=LATER)
    again = mark_seen(request, side="receiver", actor=None, now=LATER + timedelta(days=1))

    assert (seen.state, again.seen_at) == ("seen", LATER)
    assert [kind for kind, _side in told(request)].count("seen") == 1


def test_seeing_what_was_answered_changes_nothing(firm: Person, ward: Person) -> None:
    request = accepted(firm, ward)

    assert mark_seen(request, side="receiver", actor=None, now=LATER).state == "accepted"


def test_an_introduction_of_two_opens_only_when_both_said_yes(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    request = introduced(facilitator[1], firm, ward)
    half = accept_introduction(request, side="receiver", actor=ward.user, now=LATER)

    assert (half.state, half.both_consented) == ("sent", False)
    assert contact_details(ward.viewer, half, "seeker") is None
    with pytest.raises(AlreadyAnswered):
        accept_introduction(request, side="receiver", actor=ward.user, now=LATER)
    whole = accept_introduction(request, side="seeker", actor=firm.user, now=LATER)
    assert whole.state == "accepted"
    assert contact_details(ward.viewer, whole, "seeker") is not None


def test_no_of_one_side_of_an_introduction_of_two_tells_the_other(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    request = introduced(facilitator[1], firm, ward)
    accept_introduction(request, side="receiver", actor=ward.user, now=LATER)

    done = decline_introduction(request, side="seeker", actor=firm.user, now=LATER, reason="too_early")

    assert (done.state, done.declined_by) == ("declined", "seeker")
    assert mailed()[-1] == ("introduction_declined", ward.user.email)
    assert contact_details(ward.viewer, done, "seeker") is None


def _answer(how: str, request: Introduction, actor: User) -> None:
    answers = {
        "accept": lambda: accept_introduction(request, side="receiver", actor=actor, now=LATER),
        "decline": lambda: decline_introduction(request, side="receiver", actor=actor, now=LATER, reason="other"),
        "not_now": lambda: answer_not_now(request, side="receiver", actor=actor, now=LATER),
    }
    answers[how]()


def test_every_error_has_a_code_of_its_own() -> None:
    classes = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, DomainError) and each is not DomainError
    ]

    assert len({each.code for each in classes}) == len(classes) == 9
