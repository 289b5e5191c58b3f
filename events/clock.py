"""The clock on the wall of an event: local times to moments and back, over changes of daylight saving too."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from kernel.errors import InvalidInput


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """Names of time zones that the machine knows."""
    return frozenset(available_timezones())


def zone_named(name: str, *, field: str = "time_zone") -> ZoneInfo:
    """The zone of that name.

    Raises:
        InvalidInput: there is none.
    """
    if name not in known_zones():
        raise InvalidInput(_("We do not know that time zone. Write it like Europe/Copenhagen."), field=field)
    return ZoneInfo(name)


def moment_at(wall: datetime, zone: ZoneInfo, *, field: str) -> datetime:
    """The UTC moment at which the clock there shows `wall` (naive); of an hour that comes twice, the first.

    Raises:
        InvalidInput: the clock jumps over that time, or it lies beyond the calendar.
    """
    try:
        moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        shown = moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError as error:
        raise InvalidInput(_("That day is very far off. Look at the year once more."), field=field) from error
    if shown != wall:
        raise InvalidInput(
            _("The clock goes forward that night, so there is no %(time)s. Choose another time.")
            % {"time": f"{wall:%H:%M}"},
            field=field,
        )
    return moment


def moment_on(day: date, clock: time, zone: ZoneInfo, *, field: str) -> datetime:
    """Like `moment_at`, of a day and a time."""
    return moment_at(datetime.combine(day, clock), zone, field=field)


def wall_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock there shows, as a naive time."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def clock_words(moment: datetime, zone: ZoneInfo) -> str:
    """Hours and minutes there; with the name of the hour where the clock shows the same time twice."""
    local = moment.astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H:%M} {local:%Z}" if twice else f"{local:%H:%M}"


def days_between(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> list[date]:
    """The days of the calendar there that the stretch touches; one that ends at midnight does not touch the next."""
    first = starts_at.astimezone(zone).date()
    last = (ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
