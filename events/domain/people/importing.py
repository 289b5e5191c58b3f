"""Bringing people in from pretix or a spreadsheet: shown beforehand, then stored; the same file twice is once.

Who cancelled here stays cancelled, and what a person has written here is never overwritten by a file.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.domain.people.import_rows import PersonRow
from events.domain.people.imported_texts import ImportedTexts
from events.domain.people.mails_follow import let_mails_follow
from events.domain.people.organisation_kinds import kind_by_name
from events.domain.people.organising_people import Draft, draft_profiles, is_seen_at
from events.domain.people.person_fields import PersonFields
from events.domain.people.profiles_by_name import ProfilesByName
from events.domain.people.registering import EventIsOver
from events.domain.people.registering_many import Arrival, cancel_people, register_people
from events.domain.people.stating import OwnText, fill_statements
from events.domain.people.waiting import BATCH, give_places
from events.enums import ParticipantState
from events.models import Event, Participant
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_change, record_changes
from kernel.errors import DomainError, EditConflict, NotFound
from profiles.models import Profile

logger = logging.getLogger(__name__)

S = ParticipantState
_WRITTEN = (
    "name", "email", "title", "phone", "imported_key", "is_senior", "access_needs", "most_meetings", "version",
    "updated_at",
)  # fmt: skip


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
    # Of an organisation that is new, what kind it becomes, and whether only its name says so.
    organisation_kind: str = ""
    is_guessed: bool = False


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
    new = {
        each.row.organisation.casefold(): each.row.organisation for each in reversed(rows) if each.is_new_organisation
    }
    return Plan(tuple(rows), Counter(each.outcome.value for each in rows), tuple(reversed(new.values())))


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
        self.texts = ImportedTexts(event)
        # Those whom the file brings in, by address.
        self.coming: dict[str, _Coming] = {}
        # What kind the file says that an organisation is, by what tells names apart; the first row that says it counts.
        self.kinds: dict[str, str] = {}

    def person_of(self, row: PersonRow) -> Participant | None:
        return self.by_key.get(row.key) or self.by_email.get(row.email) if row.key else self.by_email.get(row.email)

    def comes_for_named(self, person: Participant, row: PersonRow) -> bool:
        """Whether the organisation for which the person comes is the one that the row names."""
        found = self.profiles.find(row.organisation)
        return found is not None and found.organisation_id == person.organisation_id

    def kind_of(self, organisation: str) -> str:
        """What kind an organisation that is new here becomes."""
        return self.kinds.get(organisation.casefold()) or kind_by_name(organisation)


def _plan_rows(rows: Iterable[PersonRow], known: _Known) -> list[PlannedRow]:
    planned = [_planned(row, known) for row in rows]
    return [_annotated(each, known) for each in planned]


def _annotated(each: PlannedRow, known: _Known) -> PlannedRow:
    """With what was not understood in the row, and the kind of an organisation that is new: any row may say that."""
    if each.outcome not in {Outcome.CREATE, Outcome.UPDATE}:
        return each
    name = each.row.organisation
    told = " ".join(filter(None, (each.told, each.row.notes)))
    if not each.is_new_organisation:
        return replace(each, told=told)
    is_guessed = name.casefold() not in known.kinds
    return replace(each, told=told, organisation_kind=known.kind_of(name), is_guessed=is_guessed)


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
    adds, told = bool(_changes(person, row)), ""
    if known.comes_for_named(person, row):
        adds = adds or bool(known.texts.of_known(person, row))
        told = known.texts.known_told(person, row)
    return PlannedRow(row, Outcome.UPDATE if adds else Outcome.NOTHING, told)


def _planned_arrival(row: PersonRow, known: _Known) -> PlannedRow:
    if row.state == S.CANCELLED:
        return PlannedRow(row, Outcome.NOTHING, _("Cancelled in the file, and not here."))
    try:
        coming = _Coming(row, _fields(row).cleaned(), Draft(row.organisation).fields().cleaned()["name"])
    except DomainError as error:
        return PlannedRow(row, Outcome.PROBLEM, str(error))
    email = coming.values["email"]
    if email in known.by_email or email in known.coming:
        return PlannedRow(row, Outcome.PROBLEM, _("Somebody else at this event has that address."))
    known.coming[email] = coming
    if row.organisation_kind:
        known.kinds.setdefault(coming.organisation.casefold(), row.organisation_kind)
    owner = known.profiles.find(coming.organisation)
    told = known.texts.newcomer_told(owner, row)
    return PlannedRow(row, Outcome.CREATE, told, is_new_organisation=owner is None)


def _fields(row: PersonRow) -> PersonFields:
    return PersonFields(
        name=row.name, email=row.email, title=row.title, phone=row.phone, kind=row.kind,
        language=row.language, meets=row.meets, is_senior=row.is_senior, most_meetings=row.most_meetings,
        access_needs=row.access_needs,
    )  # fmt: skip


def _changes(person: Participant, row: PersonRow) -> dict[str, Any]:
    """What the file adds: empty fields it fills, the ticket's key, and a place for an order that is paid now.

    What somebody may have left empty on purpose is filled only as long as nobody has changed the row.
    """
    written: dict[str, Any] = {"title": row.title, "phone": row.phone, "imported_key": row.key}
    if person.version == 1:
        written |= {
            "is_senior": row.is_senior, "access_needs": row.access_needs, "most_meetings": row.most_meetings,
        }  # fmt: skip
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

    A ticket is a place: paid orders come in even when the event is full. Unknown organisations become profiles: those
    of exhibitors everybody sees, the others members do. `tells` mails those who are new their link. Places that get
    free are given when all rows are done.

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
    updates = _rows(planned, Outcome.UPDATE)
    written = _texts_of_known(updates, known)
    for key, texts in _take_in(event, known, viewer=viewer, now=now, tells=tells).items():
        written[key] += texts
    _update(event, updates, known, viewer=viewer, now=now)
    fill_statements(event, written, viewer=viewer)
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


def _take_in(event: Event, known: _Known, *, viewer: Viewer, now: datetime, tells: bool) -> dict[int, list[OwnText]]:
    """Everybody new, and the organisations that are; key of the profile -> what it shall say at the event."""
    names: dict[str, str] = {}
    for each in known.coming.values():
        names.setdefault(each.organisation.casefold(), each.organisation)
    new = [name for name in names.values() if known.profiles.find(name) is None]
    exhibiting = {
        each.organisation.casefold() for each in known.coming.values() if is_seen_at(event, each.values["kind"])
    }
    drafts = [Draft(name, known.kind_of(name), name.casefold() in exhibiting) for name in new]
    owners = dict(zip(new, _draft(event, drafts), strict=True))
    arrivals: list[Arrival] = []
    written: dict[int, list[OwnText]] = defaultdict(list)
    for each in known.coming.values():
        name = names[each.organisation.casefold()]
        owner = known.profiles.find(name) or owners[name]
        arrivals.append(Arrival(owner, each.values, S(each.row.state), each.row.key))
        written[owner.pk] += known.texts.of_newcomer(owner, each.row)
    register_people(event, arrivals, viewer=viewer, now=now, tells=tells)
    return written


def _texts_of_known(rows: Iterable[PersonRow], known: _Known) -> dict[int, list[OwnText]]:
    """The same of those who were here."""
    written: dict[int, list[OwnText]] = defaultdict(list)
    for row in rows:
        person = known.person_of(row)
        if person is not None and known.comes_for_named(person, row):
            written[person.participation.profile_id] += known.texts.of_known(person, row)
    return written


def _draft(event: Event, drafts: Sequence[Draft]) -> list[Profile]:
    """The only rows that others write without the event's lock: two may store one organisation at the same moment."""
    try:
        return draft_profiles(event.hub, drafts)
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
    let_mails_follow(event, (person for person, names in written.items() if "email" in names))
    record_changes(
        event.hub_id, actor_id=viewer.user_id, action="update", subject_type="event_participant",
        changed_fields={person.public_id: names for person, names in written.items()},
    )  # fmt: skip
    give_places(event, tuple(paid), now=now, actor=viewer)


def _write(person: Participant, changes: Mapping[str, Any]) -> None:
    """What the file adds; a form that somebody has open learns that the row has changed."""
    for name, value in changes.items():
        setattr(person, name, value)
    person.version += 1
    person.updated_at = timezone.now()
