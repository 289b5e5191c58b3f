"""Stands on the hall plan: laid in rows, moved, given to those who take part."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.domain.setup.changing import change_event, save_change
from events.domain.setup.places import PlaceInUse, require_new_labels
from events.domain.setup.seating_holders import Holder, pass_stand_on
from events.models import Event, Hall, Meeting, MeetingRequest, Stand
from events.queries.days import participant_ids
from events.queries.setup import LIVING_REQUESTS
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotFound
from profiles.domain.saving import assign, save_valid
from profiles.enums import Taxonomy
from profiles.models import Profile
from profiles.terms import key_of
from profiles.texts import clean_line

MOST_STANDS = 600
MOST_CHARACTERS = 20
STAND_DECIMETRES = (5, 500)
MOST_AT_ONCE = 10


@dataclass(frozen=True)
class StandRows:
    """Stands to be laid in rows: `rows` of `each`, numbered from `first`; sizes and gaps in decimetres."""

    rows: int
    each: int
    first: int = 1
    prefix: str = ""
    width: int = 30
    height: int = 20
    aisle: int = 30
    left: int = 20
    top: int = 20


@dataclass(frozen=True)
class StandFields:
    """A stand as written; its place in decimetres, its theme as a code."""

    number: str
    left: int
    top: int
    width: int
    height: int
    meetings_at_once: int = 1
    theme: str = ""

    def cleaned(self, hall: Hall) -> dict[str, Any]:
        """Column values.

        Raises:
            InvalidInput: a field breaks a rule, or the stand would lie outside the hall.
        """
        _check_place(hall, self.left, self.top, self.width, self.height)
        if not 1 <= self.meetings_at_once <= MOST_AT_ONCE:
            raise InvalidInput(
                _("Write a number from %(low)d to %(high)d.") % {"low": 1, "high": MOST_AT_ONCE},
                field="meetings_at_once",
            )
        return {
            "number": stand_number(self.number),
            "left": self.left,
            "top": self.top,
            "width": self.width,
            "height": self.height,
            "meetings_at_once": self.meetings_at_once,
            "theme_id": key_of(Taxonomy.THEME, self.theme),
        }


def stand_number(written: str) -> str:
    """A stand's number as it stands in addresses and on signs.

    Raises:
        InvalidInput: it is empty, long, or has a character that an address cannot hold.
    """
    number = clean_line(written, field="number", max_length=MOST_CHARACTERS)
    if not number or not all(letter.isalnum() or letter in "-._ " for letter in number):
        raise InvalidInput(_("A stand's number is made of letters and digits, such as 14 or B7."), field="number")
    return number


def _check_place(hall: Hall, left: int, top: int, width: int, height: int) -> None:
    low, high = STAND_DECIMETRES
    for field, value in (("width", width), ("height", height)):
        if not low <= value <= high:
            raise InvalidInput(
                _("A stand measures from %(low)s to %(high)d metres.") % {"low": "0.5", "high": high // 10}, field=field
            )
    if left < 0 or left + width > hall.plan_width:
        raise InvalidInput(_("The stand would lie outside the hall."), field="left")
    if top < 0 or top + height > hall.plan_height:
        raise InvalidInput(_("The stand would lie outside the hall."), field="top")


@transaction.atomic
def lay_stands(event: Event, *, viewer: Viewer, version: int, hall: Hall, rows: StandRows) -> list[Stand]:
    """Lay rows of stands, back to back with an aisle between the rows.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: numbers are taken, or the rows do not fit in the hall.
    """
    locked = change_event(event, viewer=viewer, version=version)
    place = locked.halls.filter(pk=hall.pk).first()
    if place is None:
        raise NotFound(_("We cannot find that hall. Somebody may have removed it."))
    numbers = _numbers(rows)
    taken = {number.casefold(): number for number in locked.stands.values_list("number", flat=True)}
    require_new_labels(numbers, taken, field="first")
    if len(taken) + len(numbers) > MOST_STANDS:
        raise InvalidInput(_("An event has at most %(limit)d stands.") % {"limit": MOST_STANDS}, field="each")
    _check_place(place, rows.left, rows.top, rows.width, rows.height)
    right = rows.left + rows.each * rows.width
    bottom = rows.top + rows.rows * rows.height + (rows.rows - 1) * rows.aisle
    if right > place.plan_width or bottom > place.plan_height:
        raise InvalidInput(
            _("These rows need %(width)s by %(height)s metres; the hall has less. Use fewer, or smaller stands.")
            % {"width": f"{right / 10:g}", "height": f"{bottom / 10:g}"},
            field="each" if right > place.plan_width else "rows",
        )
    stands = Stand.objects.bulk_create(
        Stand(
            hub_id=locked.hub_id, event=locked, hall=place, number=number, width=rows.width, height=rows.height,
            left=rows.left + position % rows.each * rows.width,
            top=rows.top + position // rows.each * (rows.height + rows.aisle),
        )
        for position, number in enumerate(numbers)
    )  # fmt: skip
    save_change(locked, viewer=viewer, action="lay_stands", changed=["stands"])
    return stands


def _numbers(rows: StandRows) -> list[str]:
    if not 1 <= rows.rows <= 50 or not 1 <= rows.each <= 100:
        raise InvalidInput(_("Lay from 1 to 50 rows of 1 to 100 stands."), field="rows")
    if not 0 <= rows.first <= 9_999:
        raise InvalidInput(_("Write a number from %(low)d to %(high)d.") % {"low": 0, "high": 9_999}, field="first")
    if not 0 <= rows.aisle <= 500:
        raise InvalidInput(_("An aisle is at most %(high)d metres wide.") % {"high": 50}, field="aisle")
    prefix = clean_line(rows.prefix, field="prefix", max_length=10)
    return [stand_number(f"{prefix}{number}") for number in range(rows.first, rows.first + rows.rows * rows.each)]


@transaction.atomic
def change_stand(
    stand: Stand, *, viewer: Viewer, version: int, fields: StandFields, profile: Profile | None = None
) -> Stand:
    """Change number, place, size and whose it is; without a profile the stand is free.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: a field breaks a rule, the number is taken, or the profile takes no part or has cancelled.
    """
    locked = change_event(stand.event, viewer=viewer, version=version)
    row = _stand_of(locked, stand)
    values = fields.cleaned(row.hall)
    taken = locked.stands.exclude(pk=row.pk).values_list("number", flat=True)
    if values["number"].casefold() in {number.casefold() for number in taken}:
        raise InvalidInput(_("There is a stand of that number already."), field="number")
    former = Holder.of(row)
    changed = assign(row, {**values, **_holder(locked, row, profile)})
    if changed:
        save_valid(row)
        if not {"profile", "organisation"}.isdisjoint(changed):
            pass_stand_on(locked, row, former=former)
        save_change(locked, viewer=viewer, action="change_stand", changed=["stands"])
    return row


@transaction.atomic
def assign_stand(stand: Stand, *, viewer: Viewer, version: int | None = None, profile: Profile | None) -> Stand:
    """Give the stand to one who takes part, or free it.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: the profile takes no part, or all of it have cancelled.
    """
    locked = change_event(stand.event, viewer=viewer, version=version)
    row = _stand_of(locked, stand)
    former = Holder.of(row)
    if assign(row, _holder(locked, row, profile)):
        save_valid(row)
        pass_stand_on(locked, row, former=former)
        save_change(locked, viewer=viewer, action="assign_stand", changed=["stands"])
    return row


def _holder(event: Event, stand: Stand, profile: Profile | None) -> dict[str, Any]:
    if profile is None:
        return {"profile": None, "organisation": None}
    if stand.profile_id == profile.pk:
        return {}
    if profile.pk not in participant_ids(event):
        raise InvalidInput(_("Choose one who takes part in the event."), field="profile")
    return holder_columns(profile)


def holder_columns(profile: Profile) -> dict[str, Any]:
    """What a stand stores of the one whose it is."""
    return {"profile": profile, "organisation": profile.organisation}


@transaction.atomic
def remove_stand(stand: Stand, *, viewer: Viewer, version: int) -> None:
    """Remove a stand at which nothing is planned or asked for.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        PlaceInUse: meetings are or were planned there, requests ask for it, or people stand there.
    """
    locked = change_event(stand.event, viewer=viewer, version=version)
    row = _stand_of(locked, stand)
    number = (
        Meeting.objects.filter(stand=row).count()
        + MeetingRequest.objects.filter(stand=row, state__in=LIVING_REQUESTS, meeting__isnull=True).count()
        + row.people.count()
    )
    if number:
        message = ngettext(
            "%(number)d meeting, request or person belongs to stand %(stand)s. Move it first, or free the stand.",
            "%(number)d meetings, requests and people belong to stand %(stand)s. Move them first, or free the stand.",
            number,
        )
        raise PlaceInUse(message % {"number": number, "stand": row.number}, number=number)
    row.delete()
    save_change(locked, viewer=viewer, action="remove_stand", changed=["stands"])


def _stand_of(event: Event, stand: Stand) -> Stand:
    row = event.stands.select_related("hall").filter(pk=stand.pk).first()
    if row is None:
        raise NotFound(_("We cannot find that stand. Somebody may have removed it."))
    return row
