"""Deadlines are days in Copenhagen: through both changes of the clock, month ends and leap days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.domain.introductions.days import deadline, local_day, next_month, reminder_at, start_of
from tests.matching.introductions.parties import at

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("sent", "last"),
    [
        (at("2026-03-20"), "2026-04-03T22:00:00+00:00"),
        (at("2026-10-20"), "2026-11-03T23:00:00+00:00"),
        (at("2026-02-20", 23, 59), "2026-03-06T23:00:00+00:00"),
        (at("2028-02-20"), "2028-03-05T23:00:00+00:00"),
        (at("2026-12-24"), "2027-01-07T23:00:00+00:00"),
    ],
)
def test_fourteen_days_end_at_midnight_of_the_fourteenth_day(sent: datetime, last: str) -> None:
    assert deadline(sent, 14).astimezone(UTC).isoformat() == last


@given(MOMENTS, st.integers(2, 90))
def test_the_receiver_has_at_least_the_promised_days(sent: datetime, days: int) -> None:
    last = deadline(sent, days)

    assert local_day(last - timedelta(seconds=1)) == local_day(sent) + timedelta(days=days)
    assert timedelta(days=days) - timedelta(hours=1) <= last.astimezone(UTC) - sent
    assert last.astimezone(UTC) - sent <= timedelta(days=days + 1, hours=1)


@given(MOMENTS, st.integers(2, 90))
def test_the_reminder_lies_on_a_day_between(sent: datetime, days: int) -> None:
    reminder = reminder_at(sent, deadline(sent, days))

    assert local_day(sent) < local_day(reminder) <= local_day(sent) + timedelta(days=days)
    assert (local_day(reminder) - local_day(sent)).days == max(days // 2, 1)


def test_midnight_on_the_days_of_the_change() -> None:
    assert start_of(date(2026, 3, 29)).astimezone(UTC) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert start_of(date(2026, 3, 30)).astimezone(UTC) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert start_of(date(2026, 10, 26)).astimezone(UTC) == datetime(2026, 10, 25, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 1, 31), date(2026, 2, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2028, 2, 29), date(2028, 3, 1)),
    ],
)
def test_the_month_after(day: date, following: date) -> None:
    assert next_month(day) == following
