"""Days and months as people in Denmark live them: a deadline is a day, and a month ends at midnight in Copenhagen.

Every moment is aware; arithmetic is done on local dates, so that a day of 23 or 25 hours is still one day.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def local_day(moment: datetime) -> date:
    """The date in Copenhagen at that moment."""
    return moment.astimezone(COPENHAGEN).date()


def start_of(day: date) -> datetime:
    """Midnight in Copenhagen at which the day begins (the clocks change at two, so it is there every day)."""
    return datetime.combine(day, time(), tzinfo=COPENHAGEN)


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (month_of(day) + timedelta(days=32)).replace(day=1)


def deadline(sent_at: datetime, days: int) -> datetime:
    """The end of the last day to answer: `days` whole days after the day of sending."""
    return start_of(local_day(sent_at) + timedelta(days=days + 1))


def reminder_at(sent_at: datetime, expires_at: datetime) -> datetime:
    """The start of the day that lies half way between sending and the last day."""
    first, last = local_day(sent_at), local_day(expires_at) - timedelta(days=1)
    return start_of(first + timedelta(days=max((last - first).days // 2, 1)))
