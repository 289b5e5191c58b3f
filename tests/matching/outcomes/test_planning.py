"""The moments of both sides, counted in the calendar whatever the clock does."""

from datetime import date

import pytest

from hubs.models import Hub
from kernel.models import AuditRecord
from matching.domain.outcomes.planning import add_months, cancel_follow_ups, due_day, plan_follow_ups
from matching.enums import Moment, Side
from matching.models import FollowUp, Introduction
from tests.matching.outcomes.contacts import NO_BENEFIT, at, contact, question, tell

pytestmark = pytest.mark.django_db


def days(introduction: Introduction, side: str = "seeker") -> dict[str, str]:
    rows = FollowUp.objects.filter(introduction=introduction, side=side)
    return {row.moment: row.due_on.isoformat() for row in rows}


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-08-31", 3, "2026-11-30"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-02-28", 24, "2028-02-28"),
        ("2026-12-31", 0, "2026-12-31"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_month_that_is_shorter_ends_earlier(day: str, months: int, later: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_both_sides_get_four_moments_from_the_day_of_the_second_yes(hub: Hub) -> None:
    introduction = contact(hub, "2026-08-31")

    wanted = {
        "two_weeks": "2026-09-14",
        "three_months": "2026-11-30",
        "one_year": "2027-08-31",
        "two_years": "2028-08-31",
    }
    assert (days(introduction, "seeker"), days(introduction, "receiver")) == (wanted, wanted)


def test_second_plan_changes_nothing(hub: Hub) -> None:
    introduction = contact(hub)
    before = list(FollowUp.objects.values())

    plan_follow_ups(introduction, now=at("2026-05-05"))

    assert list(FollowUp.objects.values()) == before
    assert AuditRecord.objects.filter(action="follow_ups_planned").count() == 1


def test_late_second_yes_counts_not_the_first(hub: Hub) -> None:
    introduction = contact(hub, planned=False)
    introduction.receiver_consented_at = at("2026-03-10")

    plan_follow_ups(introduction, now=at("2026-04-01"))

    assert days(introduction)["two_weeks"] == "2026-03-24"


def test_day_is_the_danish_one_near_midnight(hub: Hub) -> None:
    introduction = contact(hub, planned=False)
    # 23:30 in London, and half past midnight of the next day in Denmark.
    introduction.met_at = at("2026-07-01", hour=0).replace(minute=30)

    plan_follow_ups(introduction, now=at("2026-07-01"))

    assert days(introduction)["three_months"] == "2026-10-01"


def test_hour_that_the_clocks_skip_or_repeat_moves_no_day() -> None:
    # The clocks go forward on 29 March 2026 and back on 25 October.
    assert due_day(date(2026, 3, 22), Moment.TWO_WEEKS) == date(2026, 4, 5)
    assert due_day(date(2026, 10, 18), Moment.TWO_WEEKS) == date(2026, 11, 1)


def test_meeting_moves_what_is_not_asked_and_nothing_else(hub: Hub) -> None:
    introduction = contact(hub)
    question(introduction).delete()
    FollowUp.objects.filter(introduction=introduction, side="receiver", moment="two_weeks").update(
        asked_at=at("2026-03-16")
    )
    tell(introduction, NO_BENEFIT, "2026-06-02", side="receiver")
    introduction.met_at = at("2026-03-30")

    plan_follow_ups(introduction, now=at("2026-03-30"))

    assert days(introduction, "seeker") == {
        "two_weeks": "2026-04-13",
        "three_months": "2026-06-30",
        "one_year": "2027-03-30",
        "two_years": "2028-03-30",
    }
    receiver = days(introduction, "receiver")
    assert (receiver["two_weeks"], receiver["three_months"]) == ("2026-03-16", "2026-06-02")
    assert receiver["one_year"] == "2027-03-30"


def test_agreed_meeting_is_waited_for(hub: Hub) -> None:
    introduction = contact(hub)
    introduction.meeting_at = at("2026-05-01")

    plan_follow_ups(introduction, now=at("2026-03-05"))

    assert days(introduction)["two_weeks"] == "2026-05-15"


def test_cancelling_keeps_what_was_asked_or_answered(hub: Hub) -> None:
    introduction = contact(hub)
    tell(introduction, NO_BENEFIT, "2026-03-17", side=Side.SEEKER)
    FollowUp.objects.filter(side="receiver", moment="two_weeks").update(asked_at=at("2026-03-16"))

    assert cancel_follow_ups(introduction) == 6

    left = set(FollowUp.objects.values_list("side", "moment"))
    assert left == {("seeker", "two_weeks"), ("receiver", "two_weeks")}
    assert cancel_follow_ups(introduction) == 0
    assert AuditRecord.objects.filter(action="follow_ups_cancelled").count() == 1
