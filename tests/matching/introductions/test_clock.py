"""The clock: one reminder, the last day, "not now" coming back, meeting days; at any pace, never twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hubs.models import Hub, User
from hubs.policies import Viewer
from matching.domain.introductions import clock
from matching.domain.introductions.answering import accept_introduction, answer_not_now
from matching.domain.introductions.changing import ask_again, set_meeting
from matching.domain.introductions.clock import run_clock
from matching.models import HubRules, Introduction
from tests.matching.introductions.parties import LATER, NOW, Person, accepted, at, introduced, mailed, party, sent, told


def kinds(name: str) -> int:
    return [kind for kind, _address in mailed()].count(name)


def test_nothing_is_due_on_the_first_days(firm: Person, ward: Person) -> None:
    sent(firm, ward)

    assert [run_clock(NOW + timedelta(days=day)) for day in range(6)] == [0] * 6


def test_one_reminder_on_the_day_half_way(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)

    assert run_clock(at("2026-03-08", 23, 59)) == 0
    assert [run_clock(at("2026-03-09", hour)) for hour in (0, 0, 5)] == [1, 0, 0]
    assert [run_clock(at(f"2026-03-{day}")) for day in range(10, 17)] == [0] * 7
    assert mailed()[1:] == [("introduction_reminder", ward.user.email)]
    assert told(request)[-1] == ("reminded", "")


def test_an_answered_request_is_not_reminded(firm: Person, ward: Person) -> None:
    accepted(firm, ward)

    assert run_clock(at("2026-03-12")) == 0


def test_the_last_day_ends_at_midnight(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)
    run_clock(at("2026-03-16", 23, 59))

    assert [run_clock(at("2026-03-17", 0, minute)) for minute in (0, 1)] == [1, 0]

    request.refresh_from_db()
    assert request.state == "expired"
    assert mailed()[-1] == ("introduction_expired", firm.user.email)


def test_a_clock_that_stood_still_past_the_end_does_not_remind(firm: Person, ward: Person) -> None:
    sent(firm, ward)

    assert run_clock(NOW + timedelta(days=40)) == 1
    assert (kinds("introduction_reminder"), kinds("introduction_expired")) == (0, 1)


def test_a_clock_that_stood_still_for_days_reminds_once(firm: Person, ward: Person) -> None:
    sent(firm, ward)

    assert [run_clock(at("2026-03-15")) for _time in range(3)] == [1, 0, 0]
    assert kinds("introduction_reminder") == 1


def test_a_clock_set_back_does_nothing_again(firm: Person, ward: Person) -> None:
    sent(firm, ward)
    run_clock(at("2026-03-10"))

    assert [run_clock(moment) for moment in (at("2026-02-01"), at("2026-03-09"), at("2026-03-10"))] == [0, 0, 0]
    assert kinds("introduction_reminder") == 1


@pytest.mark.parametrize(("sent_on", "reminded"), [("2026-03-22", "2026-03-29"), ("2026-10-18", "2026-10-25")])
def test_the_day_of_the_clock_change_is_one_day(firm: Person, ward: Person, sent_on: str, reminded: str) -> None:
    sent(firm, ward, now=at(sent_on))
    start = at(reminded, 0)

    runs = [run_clock(moment) for hour in range(-2, 27) if (moment := _hours_after(start, hour))]

    assert sum(runs) == 1
    assert Introduction.objects.get().reminded_at == start


def _hours_after(start: datetime, hours: int) -> datetime:
    """Elapsed hours, so that two o'clock comes twice or not at all, as it does that night."""
    return start.astimezone(UTC) + timedelta(hours=hours)


def test_the_shortest_time_to_answer_still_has_a_reminder(firm: Person, ward: Person, hub: Hub) -> None:
    HubRules.objects.create(hub=hub, answer_days=2)
    sent(firm, ward)

    assert run_clock(at("2026-03-03", 0)) == 1
    assert run_clock(at("2026-03-05", 0)) == 1
    assert (kinds("introduction_reminder"), kinds("introduction_expired")) == (1, 1)


def test_rules_changed_afterwards_leave_the_promised_day(firm: Person, ward: Person, hub: Hub) -> None:
    sent(firm, ward)
    HubRules.objects.create(hub=hub, answer_days=2)

    assert run_clock(at("2026-03-06")) == 0


def test_both_of_a_proposal_are_reminded_until_they_answer(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    request = introduced(facilitator[1], firm, ward)
    accept_introduction(request, side="receiver", actor=ward.user, now=LATER)

    run_clock(at("2026-03-10"))
    run_clock(at("2026-03-20"))

    assert mailed()[2:] == [("introduction_reminder", firm.user.email), ("introduction_expired", ward.user.email)]


def test_not_now_comes_back_on_its_day_once(firm: Person, ward: Person) -> None:
    request = answer_not_now(
        sent(firm, ward), side="receiver", actor=ward.user, now=LATER, ask_again_on=date(2026, 3, 29)
    )

    assert run_clock(at("2026-03-28", 23, 59)) == 0
    assert [run_clock(at(day)) for day in ("2026-03-29", "2026-03-29", "2026-04-12")] == [1, 0, 0]
    assert mailed()[1:] == [("introduction_not_now", firm.user.email)] * 2
    assert told(request)[-1] == ("reminded", "seeker")


def test_not_now_by_the_seeker_of_a_proposal_does_not_come_back_as_the_others(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    request = introduced(facilitator[1], firm, ward)
    answer_not_now(request, side="seeker", actor=firm.user, now=LATER, ask_again_on=date(2026, 3, 29))

    assert run_clock(at("2026-03-29")) == 0
    assert mailed()[2:] == [("introduction_not_now", ward.user.email)]


def test_not_now_after_a_reminder_still_comes_back(firm: Person, ward: Person) -> None:
    request = sent(firm, ward)
    run_clock(at("2026-03-10"))
    answer_not_now(request, side="receiver", actor=ward.user, now=at("2026-03-11"), ask_again_on=date(2026, 4, 1))

    assert [run_clock(at("2026-04-01")), run_clock(at("2026-04-02"))] == [1, 0]


def test_not_now_that_was_asked_again_is_left_alone(firm: Person, ward: Person) -> None:
    request = answer_not_now(
        sent(firm, ward), side="receiver", actor=ward.user, now=LATER, ask_again_on=date(2026, 4, 1)
    )
    ask_again(request, viewer=firm.viewer, now=at("2026-04-01", 0))

    assert run_clock(at("2026-04-01", 8)) == 0


def test_not_now_without_a_day_stays_where_it_is(firm: Person, ward: Person) -> None:
    answer_not_now(sent(firm, ward), side="receiver", actor=ward.user, now=LATER)

    assert run_clock(at("2027-04-01")) == 0


def test_a_meeting_counts_as_held_from_the_day_after(firm: Person, ward: Person) -> None:
    request = accepted(firm, ward)
    set_meeting(request, viewer=firm.viewer, meeting_at=at("2026-03-20", 9), now=LATER)

    assert run_clock(at("2026-03-20", 23, 59)) == 0
    assert [run_clock(at("2026-03-21", 0)), run_clock(at("2026-03-22"))] == [1, 0]

    request.refresh_from_db()
    assert (request.state, request.met_at, told(request)[-1]) == ("met", at("2026-03-20", 9), ("met", ""))


def test_one_request_that_fails_does_not_stop_the_others(
    firm: Person, ward: Person, hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    poison, healthy = sent(firm, ward), sent(party(hub), party(hub))
    real = clock.tell_side

    def tell(introduction: Introduction, *arguments: object, **options: object) -> None:
        if introduction.pk == poison.pk:
            raise RuntimeError("Sårpleje ApS")
        real(introduction, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(clock, "tell_side", tell)

    assert run_clock(at("2026-03-17", 0)) == 1

    poison.refresh_from_db()
    healthy.refresh_from_db()
    assert (poison.state, healthy.state) == ("sent", "expired")
    assert caplog.messages == [f"introduction clock: RuntimeError in hub {hub.pk}"]


def test_the_requests_of_a_demonstration_stand_still(firm: Person, ward: Person, hub: Hub) -> None:
    sent(firm, ward)
    sent(party(hub), party(hub, is_paused=False))
    Introduction.objects.filter(seeker=firm.profile).update(is_simulated=True)

    assert run_clock(NOW + timedelta(days=40)) == 1
    assert Introduction.objects.get(seeker=firm.profile).state == "sent"
