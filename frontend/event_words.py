"""When and where an event is, as people say it, by the clock of its place; and whether it still lies ahead."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.clock import clock_words, days_between, wall_of
from events.enums import EventState
from events.models import Event, Slot


@dataclass(frozen=True)
class When:
    """The day of an event in the pieces that a page shows; `clock` is empty where it lasts several days."""

    day: str
    clock: str
    weekday: str
    day_number: str
    month: str

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.day}, {self.clock}" if self.clock else self.day


def is_on(event: Event, now: datetime) -> bool:
    """Whether something can still come of what people do for it: neither called off nor over."""
    return event.state not in {EventState.OVER, EventState.CANCELLED} and now < event.ends_at


def day_words(day: date) -> str:
    """Weekday, day, month and year."""
    return date_format(day, _("l j F Y"))


def when_words(event: Event) -> When:
    """When the event is."""
    first, *_between = days = days_between(event.starts_at, event.ends_at, event.zone)
    day = day_words(first)
    if len(days) > 1:
        day = _("%(first)s to %(last)s") % {"first": day, "last": day_words(days[-1])}
    clock = "" if len(days) > 1 else stretch_words(event.starts_at, event.ends_at, event)
    return When(day, clock, date_format(first, "l"), str(first.day), date_format(first, "YEAR_MONTH_FORMAT"))


def why_mailed(event: Event) -> str:
    """Why somebody gets a mail about the event."""
    return _("You get this mail because of your registration for %(event)s.") % {"event": event.name}


def stretch_words(starts_at: datetime, ends_at: datetime, event: Event) -> str:
    """From when until when by the clock of the place."""
    return f"{clock_words(starts_at, event.zone)}–{clock_words(ends_at, event.zone)}"


def moment_words(moment: datetime | None, event: Event) -> str:
    """Day and time of a moment by the clock of the place; empty for none."""
    if moment is None:
        return ""
    day = day_words(wall_of(moment, event.zone).date())
    return _("%(day)s at %(time)s") % {"day": day, "time": clock_words(moment, event.zone)}


@dataclass(frozen=True)
class SlotGroup:
    """Slots of one stretch of the day, under a heading."""

    label: str
    slots: tuple[tuple[Slot, str], ...]


def slot_groups(event: Event, slots: list[Slot]) -> list[SlotGroup]:
    """The event's slots by day and part, each with its times."""
    groups: dict[tuple[date, int], list[tuple[Slot, str]]] = {}
    for slot in slots:
        key = (wall_of(slot.starts_at, event.zone).date(), slot.part)
        groups.setdefault(key, []).append((slot, stretch_words(slot.starts_at, slot.ends_at, event)))
    several_days = len({day for day, _part in groups}) > 1
    return [SlotGroup(_group_words(day, rows, several_days), tuple(rows)) for (day, _part), rows in groups.items()]


def _group_words(day: date, rows: list[tuple[Slot, str]], several_days: bool) -> str:
    from_to = f"{rows[0][1].split('–')[0]}–{rows[-1][1].split('–')[-1]}"
    return f"{day_words(day)}, {from_to}" if several_days else from_to


def minutes_words(slot: Slot) -> str:
    """How long a meeting is."""
    minutes = round((slot.ends_at - slot.starts_at).total_seconds() / 60)
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
