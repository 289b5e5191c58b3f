"""Making an event from the template of its kind, and changing what it says of itself."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from events.clock import moment_at, wall_of, zone_named
from events.domain.setup.changing import change_event, save_change
from events.domain.setup.details import EventFields
from events.domain.setup.grids import SlotHasMeetings, store_grid
from events.domain.setup.telling_moved import count_up_meetings, tell_moved
from events.enums import EventKind, EventState
from events.models import Event, EventTerms, Hall, ProgrammeSession, Slot, Table
from events.queries.moves import Setting
from events.queries.setup import slot_holdings
from events.templates import EventTemplate, template_of, usual_terms
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_change
from kernel.errors import InvalidInput
from profiles.domain.fields import one_of
from profiles.domain.saving import assign, save_valid
from profiles.texts import clean_text

# Parts of addresses below events/, which an event's own address must not hide.
TAKEN_ADDRESSES = frozenset({"new", "place", "answer", "agenda", "feed", "rate", "standby", "organise"})
MOST_TERMS = 20_000
_SLUG_LENGTH = 60
_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


@dataclass(frozen=True)
class NewEvent:
    """The four things that a new event needs; the template of its kind gives the rest."""

    name: str
    kind: str
    day: date
    place: str = ""
    starts: time | None = None
    ends: time | None = None
    time_zone: str = "Europe/Copenhagen"


@transaction.atomic
def create_event(viewer: Viewer, *, new: NewEvent, once: UUID) -> Event:
    """Make a draft with grid, places, rules and terms; the same `once` gives the event that is there.

    Raises:
        NotAllowed: the viewer is no organiser.
        InvalidInput: a field breaks a rule.
    """
    require_organiser(viewer)
    known = Event.objects.filter(hub_id=viewer.hub_id, public_id=once).first()
    if known is not None:
        return known
    template = template_of(one_of(new.kind, EventKind.values, field="kind"))
    fields = fields_from(template, new)
    event = Event(hub_id=viewer.hub_id, public_id=once, state=EventState.DRAFT, **fields.cleaned())
    event.slug = free_slug(viewer.hub_id, event.name, event.starts_at)
    save_valid(event)
    EventTerms.objects.create(hub_id=event.hub_id, event=event, text=usual_terms(template))
    _lay_places(event, template)
    if template.grid is not None:
        store_grid(event, template.grid)
    record_change(
        event.hub_id, actor_id=viewer.user_id, action="create_event", subject_type="event", subject_id=event.public_id
    )
    return event


def fields_from(template: EventTemplate, new: NewEvent) -> EventFields:
    """What a new event says of itself."""
    starts, ends = new.starts or template.starts, new.ends or template.ends
    return EventFields(
        name=new.name, kind=template.kind.value, level=template.level.value, place=new.place, time_zone=new.time_zone,
        starts=datetime.combine(new.day, starts), ends=datetime.combine(new.day, ends),
        capacity=template.capacity, request_mode=template.request_mode.value, request_days=template.request_days,
        open_requests=template.open_requests, guaranteed_meetings=template.guaranteed_meetings,
        most_meetings=template.most_meetings, keeps_colleagues_apart=template.keeps_colleagues_apart,
    )  # fmt: skip


def free_slug(hub_id: int, name: str, starts_at: datetime) -> str:
    """An address that no event of the hub has: the name, then with the year, then with a number."""
    base = slugify(name.casefold().translate(_DANISH))[:_SLUG_LENGTH].strip("-") or "event"
    taken = set(Event.objects.filter(hub_id=hub_id, slug__startswith=base).values_list("slug", flat=True))
    taken |= TAKEN_ADDRESSES
    wanted = [base, f"{base}-{starts_at.year}", *(f"{base}-{starts_at.year}-{number}" for number in range(2, 1000))]
    return next(slug for slug in wanted if slug not in taken)


def _lay_places(event: Event, template: EventTemplate) -> None:
    names = [str(name) for name, _tables in template.halls]
    for position, (name, tables) in enumerate(template.halls):
        title = str(name) if names.count(str(name)) == 1 else f"{name} {position + 1}"
        hall = Hall.objects.create(hub_id=event.hub_id, event=event, name=title, position=position)
        Table.objects.bulk_create(
            Table(hub_id=event.hub_id, event=event, hall=hall, label=f"T{number}", position=number)
            for number in range(1, tables + 1)
        )


@transaction.atomic
def update_event(
    event: Event,
    *,
    viewer: Viewer,
    version: int,
    fields: EventFields,
    terms: str | None = None,
    earlier: Event | None = None,
    now: datetime | None = None,
) -> Event:
    """Change what the event says of itself; a new text of the terms is a new version of them.

    On another day or clock, slots and sessions move along, at the same time of the wall clock. Everybody who comes or
    waits is told of another time or place.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: a field breaks a rule, or the grid would lie outside the event.
        SlotHasMeetings: meetings stand in slots that would move to another day.
    """
    locked = change_event(event, viewer=viewer, version=version)
    values = fields.cleaned()
    if earlier is not None and (earlier.hub_id != locked.hub_id or earlier.pk == locked.pk):
        raise InvalidInput(_("Choose another event of your hub."), field="earlier_edition")
    before = Setting.of(locked)
    changed = assign(locked, {**values, "earlier_edition": earlier})
    _move_along(locked, was_at=before.starts_at, was_zone=before.time_zone)
    if terms is not None and write_terms(locked, text=terms):
        changed.append("terms")
    if changed:
        save_change(locked, viewer=viewer, action="edit_event", changed=changed)
        if "place" in changed:
            count_up_meetings(locked)
        tell_moved(locked, before, now=now or timezone.now())
    return locked


def write_terms(event: Event, *, text: str) -> bool:
    """Store a new version of the terms; whether the text differs from the present one.

    Raises:
        InvalidInput: the text is empty or breaks a rule.
    """
    words = clean_text(text, field="terms", max_length=MOST_TERMS, min_letters=3)
    latest = event.terms.first()
    if latest is not None and latest.text == words:
        return False
    number = latest.number + 1 if latest else 1
    EventTerms.objects.create(hub_id=event.hub_id, event=event, number=number, text=words)
    return True


def _move_along(event: Event, *, was_at: datetime, was_zone: str) -> None:
    """Carry slots and sessions to the event's new day and clock, and see that they lie within it."""
    old_zone, zone = zone_named(was_zone), event.zone
    days = wall_of(event.starts_at, zone).date() - wall_of(was_at, old_zone).date()
    slots, sessions = list(event.slots.all()), list(event.sessions.all())
    rows: list[Slot | ProgrammeSession] = [*slots, *sessions]
    if days or old_zone != zone:
        held = sum(each.total for each in slot_holdings([slot.pk for slot in slots]).values())
        if held:
            raise SlotHasMeetings.of(held)
        for row in rows:
            _carry(row, days=days, old=old_zone.key, new=zone.key)
        _store_moved(slots, sessions)
    outside = sum(not event.starts_at <= row.starts_at < row.ends_at <= event.ends_at for row in rows)
    if outside:
        raise InvalidInput(
            _(
                "%(number)d meeting periods or sessions would lie outside the event. Change the time grid and the "
                "sessions first, or choose times around them."
            )
            % {"number": outside},
            field="ends",
        )


def _carry(row: Slot | ProgrammeSession, *, days: timedelta, old: str, new: str) -> None:
    lasts = row.ends_at - row.starts_at
    wall = wall_of(row.starts_at, zone_named(old)) + days
    row.starts_at = moment_at(wall, zone_named(new), field="starts")
    row.ends_at = row.starts_at + lasts


def _store_moved(slots: list[Slot], sessions: list[ProgrammeSession]) -> None:
    """Slots are hidden from the rule "one slot a time" while they move, since they may change places."""
    keys = [slot.pk for slot in slots]
    Slot.objects.filter(pk__in=keys).update(is_lost=True)
    Slot.lost_too.bulk_update(slots, ["starts_at", "ends_at"])
    Slot.lost_too.filter(pk__in=keys).update(is_lost=False)
    ProgrammeSession.objects.bulk_update(sessions, ["starts_at", "ends_at"])
