"""The demo's coming AIMday: questions of invented firms, and who can answer them; the organiser composes the groups."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from demo.bazar.desk import Desk
from demo.loading import DATA_DIR
from demo.written_events import take_part
from events.domain.groups.questions import QuestionFields
from events.domain.setup.creating import NewEvent, create_event
from events.enums import EventKind, EventState, PeopleKind
from events.models import (
    Availability,
    Event,
    Hall,
    Participant,
    Participation,
    ProgrammeSession,
    Question,
    Slot,
)
from hubs.enums import Role
from hubs.models import Hub, Membership
from hubs.policies import Viewer
from kernel.errors import NotReady
from kernel.yaml_files import read_yaml
from profiles.models import Profile

AIMDAY_SLUG = "aimday-aldring-2027"
_ONCE = UUID("5f0c8a54-7a0e-4f5d-9d1c-6f1b6b0f2e27")
_NAME, _DAY = "AIMday Aldring 2027", date(2027, 4, 22)
_SUMMARY = (
    "En dag om det at blive ældre. Virksomheder har på forhånd stillet et spørgsmål hver; forskere og klinikere fra "
    "flere steder sætter sig en time sammen om det. Ingen salgstaler: det handler om, hvad man ved, hvad man kan "
    "undersøge, og hvem der kunne gøre det."
)
_ROOMS = (("Havestuen", 10), ("Biblioteket", 8), ("Pejsestuen", 8), ("Værkstedet", 12))
_SESSIONS = ((time(9, 0), 30, "Velkomst og dagens spørgsmål"), (time(15, 15), 30, "Hvad gik vi derfra med?"))
# How many of those who answer have something else in one of the hours.
_BUSY_SHARE = 0.3
_FIRM_TITLE = "Udviklingschef"


def has_aimday() -> bool:
    """Whether it is there already."""
    return Event.objects.filter(slug=AIMDAY_SLUG).exists()


def load_aimday(hub: Hub, *, generator: np.random.Generator, now: datetime) -> int:
    """Make the day; returns how many questions are handed in. Whoever is no profile of the hub is left out.

    Raises:
        NotReady: the demo's people are not there yet.
    """
    written = _written()
    keys = {row["asker"] for row in written["questions"]} | {row["profile"] for row in written["answering"]}
    event = _make_event(hub)
    parts = {row.profile.slug: row for row in take_part(event, Profile.objects.filter(hub=hub, slug__in=keys))}
    askers, answering = _seat(event, written, parts, generator, now)
    _close_some_slots(event, answering, generator)
    return _hand_in(event, written["questions"], askers)


def _written() -> dict[str, list[dict[str, Any]]]:
    return dict(read_yaml(DATA_DIR / "aimday.yaml"))


def _make_event(hub: Hub) -> Event:
    """Like an organiser makes one from the template, then with its own rooms and words."""
    organiser = Membership.objects.filter(hub=hub, role=Role.ORGANISER).order_by("pk").first()
    if organiser is None:
        raise NotReady("The demo's people are not there yet: manage.py load_demo")
    viewer = Viewer(hub.pk, Role.ORGANISER, organiser.user_id)
    event = create_event(viewer, new=NewEvent(_NAME, EventKind.AIMDAY.value, _DAY, "Fjordby"), once=_ONCE)
    event.slug, event.state, event.summary = AIMDAY_SLUG, EventState.OPEN, _SUMMARY
    event.address, event.languages = "Forskerhuset, Bøgevej 10, Fjordby", ["da", "en"]
    event.wishes_close_at = event.starts_at - timedelta(days=30)
    event.registration_closes_at = event.starts_at - timedelta(days=7)
    event.save()
    for hall, (name, seats) in zip(event.halls.order_by("position", "pk"), _ROOMS, strict=True):
        Hall.objects.filter(pk=hall.pk).update(name=name, seats=seats)
    ProgrammeSession.objects.bulk_create(_session(event, *each) for each in _SESSIONS)
    return event


def _session(event: Event, begins: time, minutes: int, title: str) -> ProgrammeSession:
    starts_at = datetime.combine(_DAY, begins, tzinfo=event.zone)
    return ProgrammeSession(
        hub=event.hub,
        event=event,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        is_for_all=True,
    )


def _seat(
    event: Event,
    written: Mapping[str, list[dict[str, Any]]],
    parts: Mapping[str, Participation],
    generator: np.random.Generator,
    now: datetime,
) -> tuple[dict[str, Participant], list[Participant]]:
    """One person a firm, by its key, and those who answer."""
    desk = Desk(event, generator, now)
    asking = dict.fromkeys(row["asker"] for row in written["questions"] if row["asker"] in parts)
    askers = {key: desk.person(parts[key], parts[key].profile, _FIRM_TITLE, PeopleKind.PARTICIPANT) for key in asking}
    answering = [
        desk.person(parts[row["profile"]], parts[row["profile"]].profile, title, PeopleKind.EXPERT)
        for row in written["answering"]
        if row["profile"] in parts
        for title in row["titles"]
    ]
    Participant.objects.bulk_create([*askers.values(), *answering])
    return askers, answering


def _close_some_slots(event: Event, people: list[Participant], generator: np.random.Generator) -> None:
    slots = list(Slot.objects.filter(event=event).order_by("starts_at"))
    Availability.objects.bulk_create(
        Availability(hub=event.hub, participant=person, slot=slots[int(generator.integers(len(slots)))])
        for person in people
        if generator.random() < _BUSY_SHARE
    )


def _hand_in(event: Event, rows: list[dict[str, Any]], askers: Mapping[str, Participant]) -> int:
    made = Question.objects.bulk_create(
        Question(hub=event.hub, event=event, asker=askers[row["asker"]], **_fields(row))
        for row in rows
        if row["asker"] in askers
    )
    return len(made)


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return vars(QuestionFields(**{name: value for name, value in row.items() if name != "asker"}).cleaned())
