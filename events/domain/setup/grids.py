"""The time grid: meeting periods laid between breaks, in real minutes, and taken away only with what stands in them.

A grid is built on UTC from the clock on the wall, so that a night in which the clock changes keeps its real length.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Self

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.clock import days_between, moment_on
from events.domain.groups.telling_groups import groups_by_person, tell_changed_groups
from events.domain.setup.changing import change_event, save_change
from events.domain.timetable.day_changes import note_slot_lost
from events.enums import OfferState
from events.models import Availability, Event, Meeting, MeetingRequest, Question, Slot, StandbyOffer
from events.queries.setup import slot_holdings
from events.templates import GridRules
from hubs.policies import Viewer
from kernel.errors import DomainError, InvalidInput, NotFound

MOST_SLOTS = 300
MOST_BREAKS = 20
SLOT_MINUTES = (5, 480)
MOST_PAUSE_MINUTES = 240
# A break from this length on parts the day in two: waiting over it is no idle gap.
LONG_BREAK = timedelta(minutes=30)


class SlotHasMeetings(DomainError):
    """Something is planned in the slot; it goes only if that is called off and planned anew."""

    code = "slot_has_meetings"
    status = 409

    @classmethod
    def of(cls, number: int) -> Self:
        """The refusal, naming how many."""
        words = ngettext(
            "%(number)d planned meeting or question stands there. Choose to plan it anew, or keep the period.",
            "%(number)d planned meetings or questions stand there. Choose to plan them anew, or keep the periods.",
            number,
        )
        return cls(words % {"number": number}, number=number)


@dataclass(frozen=True)
class PlannedSlot:
    """A period of a grid that is not stored yet; UTC."""

    starts_at: datetime
    ends_at: datetime
    part: int


@dataclass(frozen=True)
class LaidGrid:
    """What became of a grid: periods kept, added and taken away, and how much was called off with those."""

    kept: int
    added: int
    removed: int
    called_off: int


def planned_slots(event: Event, rules: GridRules, *, days: Sequence[date] | None = None) -> list[PlannedSlot]:
    """The periods that the rules give on these days (None: each day of the event), in order.

    Raises:
        InvalidInput: a number or time breaks a rule, breaks overlap, the grid leaves the event or has no period.
    """
    _check_numbers(rules)
    all_days = days_between(event.starts_at, event.ends_at, event.zone)
    chosen = all_days if days is None else sorted(set(days))
    if not chosen or not set(chosen) <= set(all_days):
        raise InvalidInput(_("Choose days of the event."), field="days")
    found: list[PlannedSlot] = []
    for number, day in enumerate(chosen):
        found.extend(_slots_of_day(event, rules, day, first_part=number * (MOST_BREAKS + 1)))
        if len(found) > MOST_SLOTS:
            raise InvalidInput(
                _("That makes more than %(limit)d meeting periods. Make them longer, or the day shorter.")
                % {"limit": MOST_SLOTS},
                field="slot_minutes",
            )
    if not found:
        raise InvalidInput(_("No meeting period fits between these times."), field="slot_minutes")
    return _renumbered(found)


def _check_numbers(rules: GridRules) -> None:
    low, high = SLOT_MINUTES
    if not low <= rules.slot_minutes <= high:
        raise InvalidInput(
            _("A meeting lasts from %(low)d to %(high)d minutes.") % {"low": low, "high": high}, field="slot_minutes"
        )
    if not 0 <= rules.pause_minutes <= MOST_PAUSE_MINUTES:
        raise InvalidInput(
            _("The pause between meetings is at most %(high)d minutes.") % {"high": MOST_PAUSE_MINUTES},
            field="pause_minutes",
        )
    if len(rules.breaks) > MOST_BREAKS:
        raise InvalidInput(_("A day has at most %(limit)d breaks.") % {"limit": MOST_BREAKS}, field="breaks")


def _slots_of_day(event: Event, rules: GridRules, day: date, *, first_part: int) -> list[PlannedSlot]:
    opens = moment_on(day, rules.day_start, event.zone, field="day_start")
    closes = _following(event, rules, day, rules.day_end, field="day_end")
    if opens < event.starts_at or closes > event.ends_at:
        message = (
            _("The last meeting must end after the first one starts, within the times of the event.")
            if rules.day_end <= rules.day_start
            else _("The grid must lie within the times of the event. Change those first, or the grid.")
        )
        raise InvalidInput(message, field="day_end" if closes > event.ends_at else "day_start")
    breaks = _breaks_of_day(event, rules, day, opens, closes)
    length, pause = timedelta(minutes=rules.slot_minutes), timedelta(minutes=rules.pause_minutes)
    slots: list[PlannedSlot] = []
    moment = opens
    while moment + length <= closes and len(slots) <= MOST_SLOTS:
        hindered = next((end for start, end in breaks if moment < end and moment + length > start), None)
        if hindered is not None:
            moment = hindered
            continue
        part = sum(end <= moment and end - start >= LONG_BREAK for start, end in breaks)
        slots.append(PlannedSlot(moment, moment + length, first_part + part))
        moment += length + pause
    return slots


def _following(event: Event, rules: GridRules, day: date, clock: time, *, field: str) -> datetime:
    """The moment of `clock` on the day that begins at `day_start`: what lies before that is the morning after."""
    is_next = clock <= rules.day_start if field == "day_end" else clock < rules.day_start
    return moment_on(day + timedelta(days=is_next), clock, event.zone, field=field)


def _breaks_of_day(
    event: Event, rules: GridRules, day: date, opens: datetime, closes: datetime
) -> list[tuple[datetime, datetime]]:
    breaks = sorted(
        (_following(event, rules, day, start, field="breaks"), _following(event, rules, day, end, field="breaks"))
        for start, end in rules.breaks
    )
    for start, end in breaks:
        if end <= start:
            raise InvalidInput(_("A break must end after it starts."), field="breaks")
        if start < opens or end > closes:
            raise InvalidInput(_("A break must lie between the first and the last meeting."), field="breaks")
    for (_start, end), (start, _end) in pairwise(breaks):
        if start < end:
            raise InvalidInput(_("Two breaks overlap. Make one of them shorter."), field="breaks")
    return breaks


def _renumbered(slots: list[PlannedSlot]) -> list[PlannedSlot]:
    numbers = {part: number for number, part in enumerate(sorted({slot.part for slot in slots}))}
    return [PlannedSlot(slot.starts_at, slot.ends_at, numbers[slot.part]) for slot in slots]


@transaction.atomic
def lay_grid(
    event: Event,
    *,
    viewer: Viewer,
    version: int,
    rules: GridRules,
    days: Sequence[date] | None = None,
    and_replan: bool = False,
    now: datetime,
) -> LaidGrid:
    """Lay the whole grid anew; periods that stay the same keep what is planned in them.

    Who has said that a period does not suit them is taken at their word for the new ones over the same time.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: the rules give no grid.
        SlotHasMeetings: a period that goes holds something, and it is not to be planned anew.
    """
    locked = change_event(event, viewer=viewer, version=version)
    laid = store_grid(locked, rules, days=days, viewer=viewer, and_replan=and_replan, now=now)
    save_change(locked, viewer=viewer, action="lay_grid", changed=["slots"])
    return laid


def store_grid(
    event: Event,
    rules: GridRules,
    *,
    days: Sequence[date] | None = None,
    viewer: Viewer | None = None,
    and_replan: bool = False,
    now: datetime | None = None,
) -> LaidGrid:
    """Like `lay_grid`, for callers that hold the event's row already; `and_replan` needs a viewer and `now`."""
    wanted = {(slot.starts_at, slot.ends_at): slot for slot in planned_slots(event, rules, days=days)}
    present = {(slot.starts_at, slot.ends_at): slot for slot in event.slots.all()}
    gone = [slot for when, slot in present.items() if when not in wanted]
    closed = list(Availability.objects.filter(slot__in=gone).select_related("slot"))
    called_off = _take_away(gone, viewer=viewer, and_replan=and_replan, now=now)
    added = [
        Slot(hub_id=event.hub_id, event=event, starts_at=slot.starts_at, ends_at=slot.ends_at, part=slot.part)
        for when, slot in wanted.items()
        if when not in present
    ]
    Slot.objects.bulk_create(added)
    _number_parts([slot for when, slot in present.items() if when in wanted], wanted.values())
    _carry_closed(closed, added)
    return LaidGrid(len(wanted) - len(added), len(added), len(gone), called_off)


@transaction.atomic
def remove_slot(slot: Slot, *, viewer: Viewer, version: int, and_replan: bool = False, now: datetime) -> int:
    """Take one period out of the grid; how many meetings were called off with it.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        SlotHasMeetings: it holds something, and that is not to be planned anew.
    """
    locked = change_event(slot.event, viewer=viewer, version=version)
    row = Slot.objects.filter(event=locked, pk=slot.pk).first()
    if row is None:
        raise NotFound(_("We cannot find that meeting period. Somebody may have removed it."))
    called_off = _take_away([row], viewer=viewer, and_replan=and_replan, now=now)
    save_change(locked, viewer=viewer, action="remove_slot", changed=["slots"])
    return called_off


def _take_away(slots: list[Slot], *, viewer: Viewer | None, and_replan: bool, now: datetime | None) -> int:
    """Delete what nothing refers to, hide the others; returns how many meetings were called off."""
    held = slot_holdings([slot.pk for slot in slots])
    total = sum(each.total for each in held.values())
    if total and (not and_replan or viewer is None or now is None):
        raise SlotHasMeetings.of(total)
    called_off = 0
    event = slots[0].event if slots else None
    before = groups_by_person(event) if event is not None else {}
    for slot in slots:
        if slot.pk in held and viewer is not None and now is not None:
            called_off += _call_off(slot, viewer=viewer, now=now)
    keys = [slot.pk for slot in slots]
    MeetingRequest.objects.filter(fixed_slot__in=keys).update(fixed_slot=None)
    Question.objects.filter(slot__in=keys).update(slot=None, hall=None)
    if event is not None and now is not None:
        tell_changed_groups(event, before, now=now)
    # What once stood there must be told to calendars with its time, so the slot itself stays, out of the grid.
    remembered = set(Meeting.objects.filter(slot__in=keys).values_list("slot_id", flat=True))
    remembered |= set(StandbyOffer.objects.filter(slot__in=keys).values_list("slot_id", flat=True))
    Slot.objects.filter(pk__in=remembered).update(is_lost=True)
    Availability.objects.filter(slot__in=remembered).delete()
    Slot.objects.filter(pk__in=set(keys) - remembered).delete()
    return called_off


def _call_off(slot: Slot, *, viewer: Viewer, now: datetime) -> int:
    called_off = note_slot_lost(slot, actor=viewer, now=now)
    StandbyOffer.objects.filter(slot=slot, state=OfferState.OFFERED).update(state=OfferState.LAPSED)
    return called_off


def _number_parts(kept: list[Slot], wanted: Iterable[PlannedSlot]) -> None:
    parts = {slot.starts_at: slot.part for slot in wanted}
    for slot in kept:
        slot.part = parts[slot.starts_at]
    Slot.objects.bulk_update(kept, ["part"])


def _carry_closed(closed: list[Availability], added: list[Slot]) -> None:
    """Who could not meet then cannot meet in any new period over the same time."""
    rows = {
        (row.participant_id, slot.pk): Availability(hub_id=row.hub_id, participant_id=row.participant_id, slot=slot)
        for row in closed
        for slot in added
        if slot.starts_at < row.slot.ends_at and slot.ends_at > row.slot.starts_at
    }
    Availability.objects.bulk_create(rows.values(), ignore_conflicts=True)
