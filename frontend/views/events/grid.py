"""The time grid of an event: the day as a strip of periods, laid anew or with one period taken out."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from events.clock import clock_words, days_between, wall_of
from events.domain.setup.grids import LaidGrid, lay_grid, remove_slot
from events.models import Event, Slot
from events.queries.setup import Holdings, find_slot, slot_holdings, slots_with_holdings
from events.templates import GridRules, template_of
from frontend.event_words import day_words
from frontend.forms.bodies import form_page
from frontend.forms.events_places import GridForm, RemoveSlotForm
from frontend.requests import PageRequest
from frontend.views.events.organising import OrganiserPage, organised, part_address, save_or_show


@dataclass(frozen=True)
class SlotRow:
    """One period on the strip: `x` and `width` in minutes from the start of its day, `label` on the wall clock."""

    slot: Slot
    label: str
    ends: str
    x: int
    width: int
    held: Holdings
    opens_part: bool


@dataclass(frozen=True)
class GridDay:
    """One day of the grid; `length` are the minutes of its strip."""

    day: str
    rows: tuple[SlotRow, ...]
    length: int


@login_required
@never_cache
@form_page
def event_grid(request: PageRequest, slug: str) -> HttpResponse:
    """See the grid, and lay it anew."""
    event = organised(request, slug)
    found = slots_with_holdings(event)
    held = sum(each.total for _slot, each in found)
    form = GridForm(
        request.POST or None,
        event_days=days_between(event.starts_at, event.ends_at, event.zone),
        holds=held > 0,
        initial=_initial(event, [slot for slot, _held in found]),
    )

    def save() -> str:
        laid = lay_grid(
            event, viewer=request.viewer, version=form.seen, rules=form.rules(), days=form.chosen_days(),
            and_replan=form.cleaned_data.get("and_replan", False), now=timezone.now(),
        )  # fmt: skip
        _tell(request, laid)
        return part_address(event, "event_grid")

    page = OrganiserPage(
        title=_("Time grid"),
        lead=_("The periods in which meetings are held. Breaks are what lies between them."),
        submit=_("Lay the grid"),
        part="event_grid",
        back=part_address(event),
        back_label=event.name,
        template="events/grid.html",
    )
    days = grid_days(event, found)
    return save_or_show(request, event, form, page, save, days=days, held=held, slot_count=len(found))


def _tell(request: PageRequest, laid: LaidGrid) -> None:
    messages.success(
        request,
        _("The grid is laid: %(kept)d periods stay, %(added)d are new, %(removed)d are gone.")
        % {"kept": laid.kept, "added": laid.added, "removed": laid.removed},
    )
    if laid.called_off:
        words = ngettext(
            "%(number)d meeting was called off and is to be planned anew.",
            "%(number)d meetings were called off and are to be planned anew.",
            laid.called_off,
        )
        messages.warning(request, words % {"number": laid.called_off})


def _initial(event: Event, slots: list[Slot]) -> dict[str, object]:
    """The rules as the present grid shows them, else those of the kind of event."""
    used = sorted({wall_of(slot.starts_at, event.zone).date() for slot in slots})
    days = [day.isoformat() for day in used or days_between(event.starts_at, event.ends_at, event.zone)]
    rules = rules_of(event, slots) or template_of(event.kind).grid
    if rules is None:
        starts, ends = wall_of(event.starts_at, event.zone).time(), wall_of(event.ends_at, event.zone).time()
        rules = GridRules(starts, ends, 20, 5)
    breaks = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in rules.breaks)
    return {
        "version": event.version, "days": days, "day_start": rules.day_start, "day_end": rules.day_end,
        "slot_minutes": rules.slot_minutes, "pause_minutes": rules.pause_minutes, "breaks": breaks,
    }  # fmt: skip


def rules_of(event: Event, slots: list[Slot]) -> GridRules | None:
    """The rules that would lay the first day as it is now; None without slots."""
    zone = event.zone
    first = [slot for slot in slots if wall_of(slot.starts_at, zone).date() == wall_of(slots[0].starts_at, zone).date()]
    if not first:
        return None
    lengths = [int((slot.ends_at - slot.starts_at).total_seconds()) // 60 for slot in first]
    pairs = list(pairwise(first))
    gaps = [int((after.starts_at - slot.ends_at).total_seconds()) // 60 for slot, after in pairs]
    pause = min(gaps, default=0)
    breaks = tuple(
        (wall_of(slot.ends_at, zone).time(), wall_of(after.starts_at, zone).time())
        for (slot, after), gap in zip(pairs, gaps, strict=True)
        if gap > pause
    )
    return GridRules(
        wall_of(first[0].starts_at, zone).time(), wall_of(first[-1].ends_at, zone).time(), lengths[0], pause, breaks
    )


def grid_days(event: Event, found: list[tuple[Slot, Holdings]]) -> list[GridDay]:
    """The grid day by day, as it is drawn."""
    zone = event.zone
    return [
        _draw_day(event, day, list(rows))
        for day, rows in groupby(found, key=lambda row: wall_of(row[0].starts_at, zone).date())
    ]


def _draw_day(event: Event, day: date, found: list[tuple[Slot, Holdings]]) -> GridDay:
    zone = event.zone
    begin, end = found[0][0].starts_at, found[-1][0].ends_at

    def minutes(moment: datetime) -> int:
        return int((moment - begin).total_seconds()) // 60

    rows = []
    part = None
    for slot, held in found:
        length = minutes(slot.ends_at) - minutes(slot.starts_at)
        labels = (clock_words(slot.starts_at, zone), clock_words(slot.ends_at, zone))
        opens_part = part is not None and slot.part != part
        rows.append(SlotRow(slot, *labels, minutes(slot.starts_at), length, held, opens_part))
        part = slot.part
    return GridDay(day_words(day), tuple(rows), max(minutes(end), 1))


@login_required
@never_cache
@form_page
def event_slot(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Take one period out of the grid; what stands in it is named first."""
    event = organised(request, slug)
    slot = find_slot(event, public_id)
    held = slot_holdings([slot.pk]).get(slot.pk, Holdings())
    form = RemoveSlotForm(request.POST or None, holds=held.total > 0, initial={"version": event.version})

    def save() -> None:
        remove_slot(
            slot, viewer=request.viewer, version=form.seen,
            and_replan=form.cleaned_data.get("and_replan", False), now=timezone.now(),
        )  # fmt: skip

    label = f"{clock_words(slot.starts_at, event.zone)}–{clock_words(slot.ends_at, event.zone)}"
    page = OrganiserPage(
        title=_("Take %(period)s out of the grid?") % {"period": label},
        lead=_("Nobody can meet in this period any more."),
        submit=_("Take it out"),
        part="event_grid",
        back=part_address(event, "event_grid"),
        back_label=_("Time grid"),
        template="events/slot.html",
        is_grave=True,
        keeps_draft=False,
    )
    return save_or_show(request, event, form, page, save, saved=_("The period is taken out."), slot=slot, held=held)
