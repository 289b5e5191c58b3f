"""Bringing people in from pretix or a spreadsheet: read, shown beforehand, then stored; the same file twice is once.

Who cancelled here stays cancelled, and what a person has written here is never overwritten by a file.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.people.headings import columns_of, is_yes, kind_of, state_of
from events.domain.people.organising_people import draft_profile
from events.domain.people.person_fields import PersonFields, clean_email
from events.domain.people.registering import Source, cancel_person, register_person
from events.domain.people.sheets import SheetRefused, read_sheet
from events.domain.people.waiting import lock_event, promote_person
from events.enums import ParticipantState
from events.models import Event, Participant
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_change
from kernel.errors import DomainError, NotFound
from profiles.models import Profile
from profiles.texts import clean_line

S = ParticipantState


class Outcome(StrEnum):
    """What an import makes of a row."""

    CREATE = "create"
    UPDATE = "update"
    CANCEL = "cancel"
    NOTHING = "nothing"
    PROBLEM = "problem"


@dataclass(frozen=True)
class PersonRow:
    """A row of the file as it was understood; `number` is that of the file, `key` names the ticket in pretix."""

    number: int
    name: str
    email: str
    organisation: str
    title: str = ""
    phone: str = ""
    kind: str = "participant"
    state: str = S.REGISTERED.value
    language: str = "da"
    meets: bool = False
    key: str = ""
    problem: str = ""


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


def read_people(content: bytes, *, language: str = "da") -> list[PersonRow]:
    """The people of a file, each with the first problem that it has; `language` is for those who named none.

    Raises:
        SheetRefused: the file is no table, or its first row names no column of people.
    """
    header, *lines = read_sheet(content)
    columns = columns_of(header)
    has_name = "name" in columns or {"given", "family"} <= columns.keys()
    if not has_name or not ("email" in columns or "order_email" in columns):
        raise SheetRefused(
            _("The first row must name the columns, at least “Name”, “Email” and “Company” (pretix does).")
        )
    rows = [_row(number, line, columns, language) for number, line in enumerate(lines, start=2)]
    return _without_doubles(rows)


def _row(number: int, line: list[str], columns: dict[str, list[int]], language: str) -> PersonRow:
    def cell(*fields: str) -> str:
        places = (column for name in fields for column in columns.get(name, ()))
        return next((line[column] for column in places if column < len(line) and line[column]), "")

    row = PersonRow(
        number=number,
        name=cell("name") or f"{cell('given')} {cell('family')}".strip(),
        email=cell("email", "order_email").lower(),
        organisation=cell("organisation"),
        title=cell("title"),
        phone=cell("phone"),
        kind=kind_of(cell("product")).value,
        state=state_of(cell("status")).value,
        language="en" if cell("language")[:2].lower() not in {"", "da"} else cell("language")[:2].lower() or language,
        meets=is_yes(cell("meets")),
        key="-".join(filter(None, (cell("order"), cell("position"))))[:120] if cell("order") else "",
    )
    return replace(row, problem=_problem(row))


def _problem(row: PersonRow) -> str:
    """Why the row cannot be stored, in words; empty when it can."""
    try:
        clean_line(row.name, field="name", max_length=120, min_letters=2)
        clean_email(row.email)
        clean_line(row.title, field="title", max_length=120)
        clean_line(row.phone, field="phone", max_length=40)
        clean_line(row.organisation, field="organisation", max_length=160)
    except DomainError as error:
        return f"{error} ({_field_name(str(error.details.get('field', '')))})"
    if sum(letter.isalpha() for letter in row.organisation) < 2:
        return _("No organisation: say whom the person comes for.")
    return ""


def _field_name(name: str) -> str:
    return {
        "name": _("name"), "email": _("e-mail address"), "title": _("title or task"),
        "phone": _("telephone on the day"), "organisation": _("organisation"),
    }.get(name, name)  # fmt: skip


def _without_doubles(rows: list[PersonRow]) -> list[PersonRow]:
    """One person an address: what comes later in the file is a problem, unless it does not come at all."""
    first: dict[str, int] = {}
    checked = []
    for row in sorted(rows, key=lambda row: (row.state == S.CANCELLED, row.number)):
        seen = first.setdefault(row.email, row.number) if not row.problem else row.number
        if seen != row.number:
            told = _("The same address as in row %(row)d. Each person needs their own.") % {"row": seen}
            row = replace(row, problem=told)
        checked.append(row)
    return sorted(checked, key=lambda row: row.number)


def plan_import(event: Event, rows: Sequence[PersonRow], *, viewer: Viewer) -> Plan:
    """What importing would do now; nothing is changed.

    Raises:
        NotAllowed: the viewer is no organiser.
        NotFound: another hub's event.
    """
    _require(event, viewer)
    known = _Known(event)
    planned = tuple(_planned(row, known) for row in rows)
    new = dict.fromkeys(each.row.organisation for each in planned if each.is_new_organisation)
    return Plan(planned, Counter(each.outcome.value for each in planned), tuple(new))


class _Known:
    """The people of the event and the organisations of the hub, by what a row names them with."""

    def __init__(self, event: Event) -> None:
        people = list(event.people.select_related("event", "participation__profile__organisation"))
        self.by_key = {person.imported_key: person for person in people if person.imported_key}
        self.by_email = {person.email.lower(): person for person in people}
        profiles = Profile.objects.filter(hub_id=event.hub_id).select_related("organisation").order_by("-pk")
        self.by_organisation = {profile.organisation.name.casefold(): profile for profile in profiles}
        self.by_name = {profile.name.casefold(): profile for profile in profiles}

    def person_of(self, row: PersonRow) -> Participant | None:
        return self.by_key.get(row.key) or self.by_email.get(row.email) if row.key else self.by_email.get(row.email)

    def profile_of(self, row: PersonRow) -> Profile | None:
        """A unit's own name first, then the organisation's oldest profile."""
        name = " ".join(row.organisation.split()).casefold()
        return self.by_name.get(name) or self.by_organisation.get(name)


def _planned(row: PersonRow, known: _Known) -> PlannedRow:
    if row.problem:
        return PlannedRow(row, Outcome.PROBLEM, row.problem)
    person = known.person_of(row)
    if person is None:
        if row.state == S.CANCELLED:
            return PlannedRow(row, Outcome.NOTHING, _("Cancelled in the file, and not here."))
        return PlannedRow(row, Outcome.CREATE, is_new_organisation=known.profile_of(row) is None)
    if person.state == S.CANCELLED:
        told = "" if row.state == S.CANCELLED else _("Has cancelled here, and stays so. Give them a place by hand.")
        return PlannedRow(row, Outcome.NOTHING, told)
    if row.state == S.CANCELLED:
        return PlannedRow(row, Outcome.CANCEL)
    other = known.by_email.get(row.email)
    if other is not None and other.pk != person.pk:
        return PlannedRow(row, Outcome.PROBLEM, _("Somebody else at this event has that address."))
    return PlannedRow(row, Outcome.UPDATE if _changes(person, row) else Outcome.NOTHING)


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


@transaction.atomic
def import_people(
    event: Event, rows: Sequence[PersonRow], *, viewer: Viewer, now: datetime, tells: bool = False
) -> Plan:
    """Store what `plan_import` says, all together, and return what was done.

    A ticket is a place: paid orders come in even when the event is full. Unknown organisations become profiles that
    members see. `tells` mails those who are new their link.

    Raises:
        NotAllowed, NotFound
    """
    _require(event, viewer)
    locked = lock_event(event)
    known = _Known(locked)
    done = []
    for row in rows:
        planned = _planned(row, known)
        try:
            with transaction.atomic():
                _carry_out(locked, planned, known, viewer=viewer, now=now, tells=tells)
        except DomainError as error:
            planned = PlannedRow(row, Outcome.PROBLEM, str(error))
        done.append(planned)
    record_change(
        locked.hub_id, actor_id=viewer.user_id, action="import_people", subject_type="event",
        subject_id=locked.public_id,
    )  # fmt: skip
    new = dict.fromkeys(each.row.organisation for each in done if each.is_new_organisation)
    return Plan(tuple(done), Counter(each.outcome.value for each in done), tuple(new))


def _require(event: Event, viewer: Viewer) -> None:
    require_organiser(viewer)
    if event.hub_id != viewer.hub_id:
        raise NotFound(_("We cannot find that event."))


def _carry_out(event: Event, planned: PlannedRow, known: _Known, *, viewer: Viewer, now: datetime, tells: bool) -> None:
    row, person = planned.row, known.person_of(planned.row)
    if planned.outcome is Outcome.CREATE:
        _create(event, row, known, viewer=viewer, now=now, tells=tells)
    elif planned.outcome is Outcome.CANCEL and person is not None:
        cancel_person(person, now=now, actor=viewer, tells=False)
    elif planned.outcome is Outcome.UPDATE and person is not None:
        _update(person, row, viewer=viewer, now=now)


def _create(event: Event, row: PersonRow, known: _Known, *, viewer: Viewer, now: datetime, tells: bool) -> None:
    profile = known.profile_of(row) or draft_profile(event.hub, row.organisation)
    fields = PersonFields(
        name=row.name, email=row.email, title=row.title, phone=row.phone, kind=row.kind,
        language=row.language, meets=row.meets,
    )  # fmt: skip
    person = register_person(
        event, profile=profile, fields=fields, source=Source.IMPORT, now=now, viewer=viewer,
        state=S(row.state), key=row.key, tells=tells,
    )  # fmt: skip
    # Only now: a row that is refused takes its new profile with it.
    known.by_organisation.setdefault(profile.organisation.name.casefold(), profile)
    known.by_email[person.email.lower()] = person
    if row.key:
        known.by_key[row.key] = person


def _update(person: Participant, row: PersonRow, *, viewer: Viewer, now: datetime) -> None:
    changes = _changes(person, row)
    gets_place = changes.pop("state", "") == S.REGISTERED
    for name, value in changes.items():
        setattr(person, name, value)
    if changes:
        # A form that somebody has open learns that the row has changed.
        person.version += 1
        person.save(update_fields=[*changes, "version", "updated_at"])
        record_change(
            person.hub_id, actor_id=viewer.user_id, action="update", subject_type="event_participant",
            subject_id=person.public_id, changed_fields=changes,
        )  # fmt: skip
    if gets_place:
        promote_person(person, viewer=viewer, now=now)
