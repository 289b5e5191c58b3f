"""Halls, the tables in them, and the minutes that it takes to walk from one to another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.domain.setup.changing import change_event, save_change
from events.models import Event, Hall, Meeting, Table, Walk
from events.queries.setup import planned_at
from hubs.policies import Viewer
from kernel.errors import DomainError, InvalidInput, NotFound
from profiles.domain.saving import assign, save_valid
from profiles.texts import clean_line

MOST_HALLS = 20
MOST_TABLES = 1_000
MOST_AT_ONCE = 300
PLAN_DECIMETRES = (20, 5_000)
MOST_WALK_MINUTES = 120
_RANGE = re.compile(r"(?P<head>.*?)(?P<first>\d{1,4})\s*[-–]\s*(?P<head2>.*?)(?P<last>\d{1,4})")


class PlaceInUse(DomainError):
    """Something is planned or stands there, so it cannot be removed."""

    code = "place_in_use"
    status = 409


@dataclass(frozen=True)
class HallFields:
    """A hall as written; its size on the plan in decimetres."""

    name: str
    plan_width: int = 400
    plan_height: int = 250
    seats: int | None = None

    def cleaned(self) -> dict[str, Any]:
        """Column values.

        Raises:
            InvalidInput
        """
        low, high = PLAN_DECIMETRES
        for field, value in (("plan_width", self.plan_width), ("plan_height", self.plan_height)):
            if not low <= value <= high:
                raise InvalidInput(
                    _("A hall measures from %(low)d to %(high)d metres.") % {"low": low // 10, "high": high // 10},
                    field=field,
                )
        if self.seats is not None and not 0 <= self.seats <= 30_000:
            words = _("Write a number from %(low)d to %(high)d.") % {"low": 0, "high": 30_000}
            raise InvalidInput(words, field="seats")
        return {
            "name": clean_line(self.name, field="name", max_length=80, min_letters=1),
            "plan_width": self.plan_width,
            "plan_height": self.plan_height,
            "seats": self.seats,
        }


@transaction.atomic
def add_hall(event: Event, *, viewer: Viewer, version: int, fields: HallFields) -> Hall:
    """Add a hall after the others.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: a field breaks a rule, there is one of that name, or there are very many.
    """
    locked = change_event(event, viewer=viewer, version=version)
    values = fields.cleaned()
    if locked.halls.count() >= MOST_HALLS:
        raise InvalidInput(_("An event has at most %(limit)d halls.") % {"limit": MOST_HALLS}, field="name")
    _require_free_name(locked, values["name"])
    hall = save_valid(Hall(hub_id=locked.hub_id, event=locked, position=locked.halls.count(), **values))
    save_change(locked, viewer=viewer, action="add_hall", changed=["halls"])
    return hall


@transaction.atomic
def change_hall(hall: Hall, *, viewer: Viewer, version: int, fields: HallFields) -> Hall:
    """Change name, size or seats.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: a field breaks a rule, or stands would lie outside.
    """
    locked = change_event(hall.event, viewer=viewer, version=version)
    row = _hall_of(locked, hall)
    values = fields.cleaned()
    _require_free_name(locked, values["name"], but=row)
    outside = [
        stand.number
        for stand in row.stands.all()
        if stand.left + stand.width > values["plan_width"] or stand.top + stand.height > values["plan_height"]
    ]
    if outside:
        raise InvalidInput(
            _("These stands would lie outside: %(stands)s. Move them first.") % {"stands": ", ".join(outside[:10])},
            field="plan_width",
        )
    changed = assign(row, values)
    if changed:
        save_valid(row)
        save_change(locked, viewer=viewer, action="change_hall", changed=["halls"])
    return row


@transaction.atomic
def remove_hall(hall: Hall, *, viewer: Viewer, version: int) -> None:
    """Remove an empty hall.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        PlaceInUse: tables, stands, sessions or questions are in it.
    """
    locked = change_event(hall.event, viewer=viewer, version=version)
    row = _hall_of(locked, hall)
    number = row.tables.count() + row.stands.count() + row.sessions.count() + row.questions.count()
    if number:
        message = ngettext(
            "%(number)d table, stand or session is in the hall. Remove or move it first.",
            "%(number)d tables, stands and sessions are in the hall. Remove or move them first.",
            number,
        )
        raise PlaceInUse(message % {"number": number}, number=number)
    row.delete()
    save_change(locked, viewer=viewer, action="remove_hall", changed=["halls"])


def _require_free_name(event: Event, name: str, *, but: Hall | None = None) -> None:
    taken = {hall.name.casefold() for hall in event.halls.all() if but is None or hall.pk != but.pk}
    if name.casefold() in taken:
        raise InvalidInput(_("There is a hall of that name already."), field="name")


def _hall_of(event: Event, hall: Hall) -> Hall:
    row = event.halls.filter(pk=hall.pk).first()
    if row is None:
        raise NotFound(_("We cannot find that hall. Somebody may have removed it."))
    return row


def table_labels(written: str) -> list[str]:
    """Labels from a list such as "T1-T12, Bar": ranges are counted, the rest is taken as it stands.

    Raises:
        InvalidInput: a label breaks a rule, stands there twice, a range runs backwards, or there are very many.
    """
    labels: list[str] = []
    for part in re.split(r"[,;\n]", written[:4_000]):
        if part.strip():
            labels.extend(_labels_of(clean_line(part, field="labels", max_length=45)))
        if len(labels) > MOST_AT_ONCE:
            raise _too_many()
    if not labels:
        raise InvalidInput(_("Write labels, such as T1-T12."), field="labels")
    for label in labels:
        clean_line(label, field="labels", max_length=20)
    return labels


def _labels_of(part: str) -> list[str]:
    found = _RANGE.fullmatch(part)
    if found is None or found["head2"] not in ("", found["head"]):
        return [part]
    first, last = int(found["first"]), int(found["last"])
    if last < first:
        raise InvalidInput(_("A range counts upwards: write T1-T12."), field="labels")
    if last - first >= MOST_AT_ONCE:
        raise _too_many()
    width = len(found["first"]) if found["first"].startswith("0") else 0
    return [f"{found['head']}{number:0{width}d}" for number in range(first, last + 1)]


def _too_many() -> InvalidInput:
    return InvalidInput(_("That is more than %(limit)d at a time.") % {"limit": MOST_AT_ONCE}, field="labels")


def require_new_labels(labels: list[str], taken: Mapping[str, str], *, field: str) -> None:
    """Stop if a label stands there twice or is taken; `taken` maps casefolded labels to how they are written.

    Raises:
        InvalidInput: names them.
    """
    seen: set[str] = set()
    clashing = []
    for label in labels:
        key = label.casefold()
        if key in seen or key in taken:
            clashing.append(label)
        seen.add(key)
    if clashing:
        raise InvalidInput(
            _("These labels are there already: %(labels)s. Choose others.") % {"labels": ", ".join(clashing[:10])},
            field=field,
        )


@transaction.atomic
def add_tables(event: Event, *, viewer: Viewer, version: int, hall: Hall, labels: str) -> list[Table]:
    """Add tables in bulk, "T1-T12".

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: a label breaks a rule or is taken, or there are very many.
    """
    locked = change_event(event, viewer=viewer, version=version)
    row = _hall_of(locked, hall)
    wanted = table_labels(labels)
    taken = {label.casefold(): label for label in locked.tables.values_list("label", flat=True)}
    require_new_labels(wanted, taken, field="labels")
    if len(taken) + len(wanted) > MOST_TABLES:
        raise InvalidInput(_("An event has at most %(limit)d tables.") % {"limit": MOST_TABLES}, field="labels")
    start = row.tables.count()
    tables = Table.objects.bulk_create(
        Table(hub_id=locked.hub_id, event=locked, hall=row, label=label, position=start + number)
        for number, label in enumerate(wanted, start=1)
    )
    save_change(locked, viewer=viewer, action="add_tables", changed=["tables"])
    return tables


@transaction.atomic
def lose_table(table: Table, *, viewer: Viewer, version: int, is_lost: bool = True) -> int:
    """Say that a table cannot be used, or can again; how many planned meetings stand at it and need another place.

    Nothing is moved here: the repair shows what would move before it does.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
    """
    locked = change_event(table.event, viewer=viewer, version=version)
    row = _table_of(locked, table)
    if row.is_lost != is_lost:
        row.is_lost = is_lost
        row.save(update_fields=["is_lost", "updated_at"])
        save_change(locked, viewer=viewer, action="lose_table" if is_lost else "regain_table", changed=["tables"])
    return planned_at(tables=[row.pk]) if is_lost else 0


@transaction.atomic
def remove_table(table: Table, *, viewer: Viewer, version: int) -> None:
    """Remove a table that was never used.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        PlaceInUse: a meeting is or was planned at it.
    """
    locked = change_event(table.event, viewer=viewer, version=version)
    row = _table_of(locked, table)
    if Meeting.objects.filter(table=row).exists():
        raise PlaceInUse(
            _("Meetings are or were planned at table %(label)s. Mark it as out of use instead.") % {"label": row.label}
        )
    row.delete()
    save_change(locked, viewer=viewer, action="remove_table", changed=["tables"])


def _table_of(event: Event, table: Table) -> Table:
    row = event.tables.filter(pk=table.pk).first()
    if row is None:
        raise NotFound(_("We cannot find that table. Somebody may have removed it."))
    return row


@transaction.atomic
def set_walks(event: Event, *, viewer: Viewer, version: int, minutes: Mapping[frozenset[int], int]) -> None:
    """Store the minutes between halls, by pairs of their ids; pairs that are left out take no time.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: a number breaks a rule, or a hall is not of this event.
    """
    locked = change_event(event, viewer=viewer, version=version)
    own = set(locked.halls.values_list("pk", flat=True))
    if any(len(pair) != 2 or not pair <= own for pair in minutes):
        raise InvalidInput(_("Choose two halls of the event."))
    if any(not 0 <= value <= MOST_WALK_MINUTES for value in minutes.values()):
        raise InvalidInput(_("A walk takes at most %(high)d minutes.") % {"high": MOST_WALK_MINUTES})
    Walk.objects.filter(event=locked).delete()
    Walk.objects.bulk_create(
        Walk(hub_id=locked.hub_id, event=locked, one_id=min(pair), other_id=max(pair), minutes=value)
        for pair, value in minutes.items()
        if value
    )
    save_change(locked, viewer=viewer, action="set_walks", changed=["walks"])
