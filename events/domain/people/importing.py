"""Bringing people in from pretix or a spreadsheet: shown beforehand, then stored; the same file twice is once.

Who cancelled here stays cancelled, and what a person has written here is never overwritten by a file.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.domain.people.import_rows import PersonRow
from events.domain.people.organising_people import draft_fields, draft_profiles
from events.domain.people.person_fields import PersonFields
from events.domain.people.profiles_by_name import ProfilesByName
from events.domain.people.registering import EventIsOver
from events.domain.people.registering_many import Arrival, cancel_people, register_people
from events.domain.people.waiting import BATCH, give_places
from events.enums import ParticipantState
from events.models import Event, Participant
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_change, record_changes
from kernel.errors import DomainError, EditConflict, NotFound
from profiles.models import Profile

logger = logging.getLogger(__name__)

S = ParticipantState
_WRITTEN = ("name", "email", "title", "phone", "imported_key", "version", "updated_at")


class ImportFailed(DomainError):
    """The database refused what the file says; nothing of it is stored."""

    code: ClassVar[str] = "import_failed"
    status: ClassVar[int] = 409


class Outcome(StrEnum):
    """What an import makes of a row."""

    CREATE = "create"
    UPDATE = "update"
    CANCEL = "cancel"
    NOTHING = "nothing"
    PROBLEM = "problem"


@dataclass(frozen=True)
class PlannedRow:
    """What will become of a row, and why where that is not plain."""

    row: PersonRow
    outcome: Outcome
    told: str = ""
    is_new_organisation: bool = False


@dataclass(frozen=True)
class Plan:
    """What an import would do, row by row."""

    rows: tuple[PlannedRow, ...]
    counts: Counter[str] = field(default_factory=Counter)
    new_organisations: tuple[str, ...] = ()


def plan_import(event: Event, rows: Sequence[PersonRow], *, viewer: Viewer) -> Plan:
    """What importing would do now; nothing is changed.

    Raises:
        NotAllowed: the viewer is no organiser.
        NotFound: another hub's event.
    """
    _require(event, viewer)
    return _plan_of(_plan_rows(rows, _Known(event)))


def _plan_of(rows: Sequence[PlannedRow]) -> Plan:
    new = dict.fromkeys(each.row.organisation for each in rows if each.is_new_organisation)
    return Plan(tuple(rows), Counter(each.outcome.value for each in rows), tuple(new))


@dataclass(frozen=True)
class _Coming:
    """Somebody new: the row of the file, the columns that will be stored, and the name of the organisation."""

    row: PersonRow
    values: dict[str, Any]
    organisation: str


class _Known:
    """The people of the event and the profiles of the hub, by what a row names them with."""

    def __init__(self, event: Event) -> None:
        people = list(event.people.select_related("event", "participation__profile__organisation"))
        self.by_key = {person.imported_key: person for person in people if person.imported_key}
        self.by_email = {person.email.lower(): person for person in people}
        self.profiles = ProfilesByName(event.hub)
        # Those whom the file brings in, by address.
        self.coming: dict[str, _Coming] = {}

    def person_of(self, row: PersonRow) -> Participant | None:
        return self.by_key.get(row.key) or self.by_email.get(row.email) if row.key else self.by_email.get(row.email)


def _plan_rows(rows: Iterable[PersonRow], known: _Known) -> list[PlannedRow]:
    return [_planned(row, known) for row in rows]


def _planned(row: PersonRow, known: _Known) -> PlannedRow:
    if row.problem:
        return PlannedRow(row, Outcome.PROBLEM, row.problem)
    person = known.person_of(row)
    if person is None:
        return _planned_arrival(row, known)
    if person.state == S.CANCELLED:
        told = "" if row.state == S.CANCELLED else _("Has cancelled here, and stays so. Give them a place by hand.")
        return PlannedRow(row, Outcome.NOTHING, told)
    if row.state == S.CANCELLED:
        return PlannedRow(row, Outcome.CANCEL)
    other = known.by_email.get(row.email)
    if other is not None and other.pk != person.pk:
        return PlannedRow(row, Outcome.PROBLEM, _("Somebody else at this event has that address."))
    return PlannedRow(row, Outcome.UPDATE if _changes(person, row) else Outcome.NOTHING)


def _planned_arrival(row: PersonRow, known: _Known) -> PlannedRow:
    if row.state == S.CANCELLED:
        return PlannedRow(row, Outcome.NOTHING, _("Cancelled in the file, and not here."))
    try:
        coming = _Coming(row, _fields(row).cleaned(), draft_fields(row.organisation).cleaned()["name"])
    except DomainError as error:
        return PlannedRow(row, Outcome.PROBLEM, str(error))
    email = coming.values["email"]
    if email in known.by_email or email in known.coming:
        return PlannedRow(row, Outcome.PROBLEM, _("Somebody else at this event has that address."))
    known.coming[email] = coming
    is_new = known.profiles.find(coming.organisation) is None
    return PlannedRow(row, Outcome.CREATE, is_new_organisation=is_new)


def _fields(row: PersonRow) -> PersonFields:
    return PersonFields(
        name=row.name, email=row.email, title=row.title, phone=row.phone, kind=row.kind,
        language=row.language, meets=row.meets,
    )  # fmt: skip


def _changes(person: Participant, row: PersonRow) -> dict[str, str]:
    """What the file adds: empty fields it fills, the ticket's key, and a place for an order that is paid now."""
    written = {"title": row.title, "phone": row.phone, "imported_key": row.key}
    fresh = {name: value for name, value in written.items() if value and not getattr(person, name)}
    if person.user_id is None and row.key and person.imported_key == row.key and person.version == 1:
        renamed = {"name": row.name, "email": row.email}
        fresh |= {name: value for name, value in renamed.items() if getattr(person, name) != value}
    if person.state == S.WAITING and row.state == S.REGISTERED and row.key:
        fresh["state"] = S.REGISTERED.value
    return fresh


def import_people(
    event: Event, rows: Sequence[PersonRow], *, viewer: Viewer, now: datetime, tells: bool = False
) -> Plan:
    """Store what `plan_import` says, all together, and return what was done; a few queries whatever the number of rows.

    A ticket is a place: paid orders come in even when the event is full. Unknown organisations become profiles that
    members see. `tells` mails those who are new their link. Places that get free are given when all rows are done.

    Raises:
        NotAllowed, NotFound
        EditConflict: somebody stored one of the organisations at the same moment; nothing is stored.
        ImportFailed: the database refused something else; nothing is stored.
    """
    _require(event, viewer)
    try:
        with transaction.atomic():
            return _import(lock_event(event), rows, viewer=viewer, now=now, tells=tells)
    except IntegrityError as error:
        # Its words hold names and addresses of the file, so they are neither logged nor passed on.
        logger.error("Import into event %s: %s", event.pk, type(error).__name__)
        raise ImportFailed(
            _("The file could not be stored, and nothing of it was. Import it again; if that fails too, tell us.")
        ) from None


def _import(event: Event, rows: Sequence[PersonRow], *, viewer: Viewer, now: datetime, tells: bool) -> Plan:
    known = _Known(event)
    planned = _plan_rows(rows, known)
    _take_in(event, known, viewer=viewer, now=now, tells=tells)
    _update(event, _rows(planned, Outcome.UPDATE), known, viewer=viewer, now=now)
    off = dict.fromkeys(known.person_of(row) for row in _rows(planned, Outcome.CANCEL))
    try:
        cancel_people(event, [person for person in off if person is not None], now=now, actor=viewer)
    except EventIsOver as error:
        planned = [
            PlannedRow(each.row, Outcome.PROBLEM, str(error)) if each.outcome is Outcome.CANCEL else each
            for each in planned
        ]
    record_change(
        event.hub_id, actor_id=viewer.user_id, action="import_people", subject_type="event",
        subject_id=event.public_id,
    )  # fmt: skip
    return _plan_of(planned)


def _rows(planned: Iterable[PlannedRow], outcome: Outcome) -> list[PersonRow]:
    return [each.row for each in planned if each.outcome is outcome]


def _require(event: Event, viewer: Viewer) -> None:
    require_organiser(viewer)
    if event.hub_id != viewer.hub_id:
        raise NotFound(_("We cannot find that event."))


def _take_in(event: Event, known: _Known, *, viewer: Viewer, now: datetime, tells: bool) -> None:
    """Everybody new, and the organisations that are."""
    names: dict[str, str] = {}
    for each in known.coming.values():
        names.setdefault(each.organisation.casefold(), each.organisation)
    new = [name for name in names.values() if known.profiles.find(name) is None]
    owners = dict(zip(new, _draft(event, new), strict=True))
    arrivals = []
    for each in known.coming.values():
        name = names[each.organisation.casefold()]
        owner = known.profiles.find(name) or owners[name]
        arrivals.append(Arrival(owner, each.values, S(each.row.state), each.row.key))
    register_people(event, arrivals, viewer=viewer, now=now, tells=tells)


def _draft(event: Event, names: Sequence[str]) -> list[Profile]:
    """The only rows that others write without the event's lock: two may store one organisation at the same moment."""
    try:
        return draft_profiles(event.hub, names)
    except IntegrityError as error:
        raise EditConflict(
            _("Somebody else brought in one of these at the same moment. Nothing was stored: import the file again.")
        ) from error


def _update(event: Event, rows: Iterable[PersonRow], known: _Known, *, viewer: Viewer, now: datetime) -> None:
    written: dict[Participant, set[str]] = defaultdict(set)
    paid: dict[Participant, None] = {}
    for row in rows:
        person = known.person_of(row)
        if person is None:
            continue
        changes = _changes(person, row)
        if changes.pop("state", "") == S.REGISTERED:
            paid[person] = None
        if changes:
            written[person] |= changes.keys()
            _write(person, changes)
    Participant.objects.bulk_update(written, _WRITTEN, batch_size=BATCH)
    record_changes(
        event.hub_id, actor_id=viewer.user_id, action="update", subject_type="event_participant",
        changed_fields={person.public_id: names for person, names in written.items()},
    )  # fmt: skip
    give_places(event, tuple(paid), now=now, actor=viewer)


def _write(person: Participant, changes: Mapping[str, str]) -> None:
    """What the file adds; a form that somebody has open learns that the row has changed."""
    for name, value in changes.items():
        setattr(person, name, value)
    person.version += 1
    person.updated_at = timezone.now()
