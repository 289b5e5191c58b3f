"""The demo's small coming events, one of each kind beside the Bazars and the AIMday: made as an organiser makes them.

Who comes, what they bring and what they ask each other is written in `demo/data/small_events.yaml`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from demo.bazar.desk import Desk
from demo.bazar.small_wishes import wish_at
from demo.loading import DATA_DIR
from events.domain.people.admitting import has_project
from events.domain.people.registering import Source, register_person
from events.domain.people.stating import OwnText, set_event_statements
from events.domain.setup.creating import NewEvent, create_event, fields_from, update_event
from events.domain.setup.places import HallFields, change_hall, remove_table
from events.domain.setup.sessions import SessionFields, add_session
from events.domain.setup.states import move_on
from events.enums import ActivityLevel, EventState, PeopleKind
from events.models import Event, Participant, Participation
from events.templates import template_of
from hubs.enums import Role
from hubs.models import Hub, Membership
from hubs.policies import Viewer
from kernel.errors import NotReady
from kernel.yaml_files import read_yaml
from profiles.enums import StatementKind
from profiles.models import Profile

Row = Mapping[str, Any]
# The people of an event by the key of their profile, in the order in which they are written.
Guests = dict[str, list[Participant]]
# Registration and wishes have to be open at that moment, also where the demo is made years after its events.
_BEFORE = timedelta(days=60)


def has_small_events(hub: Hub) -> bool:
    """Whether all of them are there already."""
    return not _missing(hub, written_small_events())


def written_small_events() -> list[Row]:
    """The events as they stand in the file."""
    return list(read_yaml(DATA_DIR / "small_events.yaml"))


def load_small_events(hub: Hub, *, generator: np.random.Generator, now: datetime) -> int:
    """Make those that are not there; returns how many people come. Whoever is no profile of the hub is left out.

    Raises:
        NotReady: the demo's people are not there yet, or the language model is not.
    """
    rows = written_small_events()
    wanted = {row["once"] for row in _missing(hub, rows)}
    # Each draws for itself: one that is there already changes nobody's name at the others.
    draws = zip(rows, generator.spawn(len(rows)), strict=True)
    return sum(_make(hub, row, draw, now) for row, draw in draws if row["once"] in wanted)


def _missing(hub: Hub, rows: Iterable[Row]) -> list[Row]:
    there = {str(key) for key in Event.objects.filter(hub=hub).values_list("public_id", flat=True)}
    return [row for row in rows if row["once"] not in there]


def _make(hub: Hub, row: Row, generator: np.random.Generator, now: datetime) -> int:
    viewer = _organiser(hub)
    event = _open_event(viewer, row)
    at = min(now, event.starts_at - _BEFORE)
    guests = _sign_up(event, row["people"], Desk(event, generator, at), at, viewer)
    _write_programme(event, row.get("programme", ()), guests, viewer)
    wish_at(event, row, guests, now=at)
    return sum(len(people) for people in guests.values())


def _organiser(hub: Hub) -> Viewer:
    organiser = Membership.objects.filter(hub=hub, role=Role.ORGANISER).order_by("pk").first()
    if organiser is None:
        raise NotReady("The demo's people are not there yet: manage.py load_demo")
    return Viewer(hub.pk, Role.ORGANISER, organiser.user_id)


def _open_event(viewer: Viewer, row: Row) -> Event:
    """From the template of its kind, with words, room and tables of its own, and open for registration."""
    new = NewEvent(row["name"], row["kind"], date.fromisoformat(row["day"]), row["place"])
    event = create_event(viewer, new=new, once=UUID(row["once"]))
    fields = fields_from(template_of(row["kind"]), new)
    fields = replace(
        fields,
        summary=row["summary"],
        address=row["address"],
        languages=tuple(row.get("languages", ("da",))),
        registration_closes=datetime.fromisoformat(row["registration_closes"]),
        wishes_close=datetime.fromisoformat(row["wishes_close"]) if "wishes_close" in row else None,
        capacity=row.get("capacity", fields.capacity),
    )
    event = update_event(event, viewer=viewer, version=event.version, fields=fields)
    _lay_room(event, row, viewer)
    event.refresh_from_db()
    at = event.starts_at - _BEFORE
    return move_on(event, viewer=viewer, to=EventState.OPEN, version=event.version, now=at)


def _lay_room(event: Event, row: Row, viewer: Viewer) -> None:
    """The template's room under its own name, with as many of its tables as are needed."""
    hall = event.halls.get()
    change_hall(hall, viewer=viewer, version=event.version, fields=HallFields(row["hall"], seats=row.get("seats")))
    for table in list(event.tables.order_by("position", "pk"))[row.get("tables", 0) :]:
        event.refresh_from_db(fields=["version"])
        remove_table(table, viewer=viewer, version=event.version)


def _sign_up(event: Event, rows: Sequence[Row], desk: Desk, at: datetime, viewer: Viewer) -> Guests:
    profiles = {each.slug: each for each in Profile.objects.filter(hub=event.hub).select_related("organisation")}
    guests: Guests = {}
    for row in rows:
        profile = profiles.get(row["profile"])
        if profile is None:
            continue
        guests[profile.slug] = [_register(event, profile, row, title, desk, at, viewer) for title in row["titles"]]
        _state(guests[profile.slug][0].participation, row)
    return guests


def _register(
    event: Event, profile: Profile, row: Row, title: str, desk: Desk, at: datetime, viewer: Viewer
) -> Participant:
    """By itself where the level of the activity lets it in, else by the organiser."""
    brings_itself = event.level != ActivityLevel.COMMUNITY_PLUS or has_project(profile)
    has_bookings = template_of(event.kind).has_bookings
    user, fields = desk.written(
        profile,
        title,
        PeopleKind(row.get("kind", PeopleKind.PARTICIPANT)),
        language=row.get("language", "da"),
        meets=has_bookings,
        # Nobody's month is filled by people who do not exist.
        beside_cap=has_bookings,
        agreed_terms=1,
    )
    source = Source.PERSON if brings_itself else Source.ORGANISER
    return register_person(
        event,
        profile=profile,
        fields=fields,
        user=user,
        source=source,
        now=at,
        viewer=None if brings_itself else viewer,
        tells=False,
    )


def _state(participation: Participation, row: Row) -> None:
    language = row.get("language", "da")
    own = [
        OwnText(kind.value, text, language)
        for kind, texts in ((StatementKind.NEED, "needs"), (StatementKind.OFFER, "offers"))
        for text in row.get(texts, ())
    ]
    if own:
        set_event_statements(participation, own=own)


def _write_programme(event: Event, rows: Iterable[Row], guests: Guests, viewer: Viewer) -> None:
    day, hall = event.starts_at.astimezone(event.zone).date(), event.halls.get()
    for row in rows:
        speaking = [guests[key][0].email for key in row.get("speakers", ()) if key in guests]
        starts, ends = (datetime.combine(day, time.fromisoformat(row[name])) for name in ("starts", "ends"))
        fields = SessionFields(
            row["title"], starts, ends, row.get("text", ""), is_for_all=row.get("for_all", False),
            speakers=tuple(speaking),
        )  # fmt: skip
        event.refresh_from_db(fields=["version"])
        add_session(event, viewer=viewer, version=event.version, fields=fields, hall=hall)
