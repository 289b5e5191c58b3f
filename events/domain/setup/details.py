"""What an organiser writes about an event, checked: texts, languages, times on the clock of the place, numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from events.clock import known_zones, moment_at, zone_named
from events.enums import ActivityLevel, EventKind, RequestMode
from kernel.errors import InvalidInput
from profiles.domain.fields import MEETING_LANGUAGES, one_of
from profiles.texts import clean_line, clean_text

Check = Callable[[], dict[str, Any]]
LONGEST = timedelta(days=14)
_LIMITS = {
    "capacity": (1, 10_000),
    "request_days": (1, 60),
    "open_requests": (1, 200),
    "guaranteed_meetings": (0, 40),
    "most_meetings": (1, 60),
    "equal_within": (0, 40),
}
_MAY_BE_LEFT_OUT = frozenset({"capacity", "most_meetings", "equal_within"})


@dataclass(frozen=True)
class EventFields:
    """An event as written; times are what the clock of `time_zone` shows, without a zone of their own."""

    name: str
    starts: datetime
    ends: datetime
    kind: str = EventKind.MEDICO_BAZAR.value
    level: str = ActivityLevel.OPEN.value
    place: str = ""
    address: str = ""
    summary: str = ""
    languages: tuple[str, ...] = ("da", "en")
    time_zone: str = "Europe/Copenhagen"
    registration_opens: datetime | None = None
    registration_closes: datetime | None = None
    wishes_close: datetime | None = None
    reconfirm: datetime | None = None
    capacity: int | None = None
    request_mode: str = RequestMode.REQUEST_ACCEPT.value
    request_days: int = 7
    open_requests: int = 12
    guaranteed_meetings: int = 3
    most_meetings: int | None = None
    equal_within: int | None = None
    keeps_colleagues_apart: bool = True

    def cleaned(self) -> dict[str, Any]:
        """Column values.

        Raises:
            InvalidInput: names the first field that breaks a rule; `fields` of its details names all of them.
        """
        values: dict[str, Any] = {"keeps_colleagues_apart": self.keeps_colleagues_apart}
        wrong: list[InvalidInput] = []
        for check in (*self._words(), *self._numbers(), self._times):
            try:
                values |= check()
            except InvalidInput as error:
                wrong.append(error)
        if wrong:
            told = {str(error.details["field"]): [str(error)] for error in reversed(wrong)}
            raise InvalidInput(str(wrong[0]), field=wrong[0].details["field"], fields=told) from wrong[0]
        return values

    def _words(self) -> tuple[Check, ...]:
        return (
            lambda: {"name": clean_line(self.name, field="name", max_length=160, min_letters=2)},
            lambda: {"kind": one_of(self.kind, EventKind.values, field="kind")},
            lambda: {"level": one_of(self.level, ActivityLevel.values, field="level")},
            lambda: {"place": clean_line(self.place, field="place", max_length=160)},
            lambda: {"address": clean_line(self.address, field="address", max_length=240)},
            lambda: {"summary": clean_text(self.summary, field="summary", max_length=5_000)},
            lambda: {"languages": _spoken(self.languages)},
            lambda: {"time_zone": zone_named(self.time_zone).key},
            lambda: {"request_mode": one_of(self.request_mode, RequestMode.values, field="request_mode")},
        )

    def _times(self) -> dict[str, Any]:
        # On an unknown clock the order of the times is judged all the same, so that all is told at once.
        zone = ZoneInfo(self.time_zone if self.time_zone in known_zones() else "UTC")
        starts_at = moment_at(self.starts, zone, field="starts")
        ends_at = moment_at(self.ends, zone, field="ends")
        if ends_at <= starts_at:
            raise InvalidInput(_("The event must end after it starts."), field="ends")
        if ends_at - starts_at > LONGEST:
            raise InvalidInput(_("An event lasts at most %(days)d days.") % {"days": LONGEST.days}, field="ends")
        days = {
            name: moment_at(wall, zone, field=name) if wall else None
            for name, wall in (
                ("registration_opens", self.registration_opens), ("registration_closes", self.registration_closes),
                ("wishes_close", self.wishes_close), ("reconfirm", self.reconfirm),
            )
        }  # fmt: skip
        _in_order(days, ends_at)
        return {"starts_at": starts_at, "ends_at": ends_at, **{f"{name}_at": when for name, when in days.items()}}

    def _numbers(self) -> tuple[Check, ...]:
        each = (lambda name=name: {name: _within(name, getattr(self, name))} for name in _LIMITS)
        return (*each, self._promise)

    def _promise(self) -> dict[str, Any]:
        if self.most_meetings is not None and self.guaranteed_meetings > self.most_meetings:
            raise InvalidInput(
                _("You promise more meetings than a person may have: at most %(most)d.") % {"most": self.most_meetings},
                field="guaranteed_meetings",
            )
        return {}


def _spoken(languages: Iterable[str]) -> list[str]:
    chosen = [one_of(code, MEETING_LANGUAGES, field="languages") for code in dict.fromkeys(languages)]
    if not chosen:
        raise InvalidInput(_("Choose at least one language."), field="languages")
    return chosen


def _within(name: str, value: int | None) -> int | None:
    if value is None and name in _MAY_BE_LEFT_OUT:
        return None
    low, high = _LIMITS[name]
    if value is None or not low <= value <= high:
        raise InvalidInput(_("Write a number from %(low)d to %(high)d.") % {"low": low, "high": high}, field=name)
    return value


def _in_order(days: dict[str, datetime | None], ends_at: datetime) -> None:
    opens, closes = days["registration_opens"], days["registration_closes"]
    if opens and closes and closes <= opens:
        raise InvalidInput(_("Registration must close after it opens."), field="registration_closes")
    for name, when in days.items():
        if when and when > ends_at:
            raise InvalidInput(_("This must lie before the end of the event."), field=name)
