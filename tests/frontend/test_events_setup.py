"""Pages of setting an event up: who sees what, every form, hostile input, two organisers at once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from events.enums import EventState, MeetingState
from events.models import Event, Meeting
from frontend.mails.registering import RENDERERS
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from tests.events.setting_up import (  # noqa: F401
    DAY,
    clocks,
    draft,
    event_fixture,
    meeting_in,
    organiser_of,
    person_at,
    viewer_fixture,
)
from tests.factories import HubFactory, MembershipFactory
from tests.frontend.conftest import SCRIPT, body, works_as
from tests.frontend.event_setting_up import organiser_fixture, page  # noqa: F401

NOW = datetime(2027, 3, 1, tzinfo=UTC)
PAGES = ("", "edit/", "cancel/", "grid/", "places/", "places/halls/new/", "places/tables/new/", "places/walks/",
         "stands/", "stands/?by=theme", "stands/new/", "sessions/", "sessions/new/")  # fmt: skip


def opened(event: Event, **change: object) -> Event:
    Event.objects.filter(pk=event.pk).update(**{"state": EventState.OPEN, **change})
    event.refresh_from_db()
    return event


def details(event: Event, **change: object) -> dict[str, object]:
    return {
        "version": event.version, "name": event.name, "kind": event.kind, "level": event.level, "place": "Aarhus",
        "languages": ["da"], "starts": "2027-03-18T09:00", "ends": "2027-03-18T16:30",
        "time_zone": "Europe/Copenhagen", "request_mode": event.request_mode, "open_requests": 12, "request_days": 7,
        "guaranteed_meetings": 3, "terms": event.terms.all()[0].text, "keeps_colleagues_apart": "on", **change,
    }  # fmt: skip


GRID = {"day_start": "10:00", "day_end": "15:00", "slot_minutes": "30", "pause_minutes": "0", "breaks": "12:00-13:00"}


# The list


def test_visitor_sees_open_events_and_no_drafts(client: Client, viewer: Viewer) -> None:
    opened(draft(viewer, name="Åben dag"))
    opened(draft(viewer, name="Kun medlemmer"), level="community")
    draft(viewer, name="Hemmelig kladde")
    opened(draft(organiser_of(HubFactory(slug="nordbro")), name="I nord"))

    shown = body(client, "/en/events/")

    assert "Åben dag" in shown
    assert [name for name in ("Kun medlemmer", "Hemmelig kladde", "I nord", "New event") if name in shown] == []


def test_member_sees_what_is_for_members(client: Client, hub: Hub, viewer: Viewer) -> None:
    opened(draft(viewer, name="Kun medlemmer"), level="community")

    assert "Kun medlemmer" in body(works_as(client, hub, Role.MEMBER), "/en/events/")


def test_past_events_stand_below(client: Client, viewer: Viewer) -> None:
    opened(draft(viewer, name="Gammel dag", day=DAY.replace(year=2024)))

    shown = body(client, "/en/events/")

    assert shown.index("No event is announced yet") < shown.index("Past events") < shown.index("Gammel dag")


# Who may


@pytest.mark.parametrize("path", PAGES)
def test_organiser_opens_every_page(organiser: Client, event: Event, path: str) -> None:
    body(organiser, page(event, path))


@pytest.mark.parametrize("path", PAGES)
def test_member_is_refused_and_other_hubs_organiser_finds_nothing(
    client: Client, hub: Hub, event: Event, path: str
) -> None:
    body(works_as(client, hub, Role.MEMBER), page(event, path), status=403)
    foreign = draft(organiser_of(HubFactory(slug="nordbro")), name="Hos dem")
    body(works_as(client, hub, Role.ORGANISER), page(foreign, path), status=404)


def test_visitor_is_sent_to_sign_in(client: Client, event: Event) -> None:
    assert client.get(page(event)).status_code == 302


@pytest.mark.parametrize("path", ["state/", "grid/", "places/tables/new/", "stands/new/", "cancel/", "edit/"])
def test_post_by_a_member_changes_nothing(client: Client, hub: Hub, event: Event, path: str) -> None:
    answer = works_as(client, hub, Role.MEMBER).post(page(event, path), {"version": 1, "to": "open", **GRID})

    assert answer.status_code == 403
    assert Event.objects.get().version == 1


def test_state_is_changed_by_post_alone(organiser: Client, event: Event) -> None:
    assert organiser.get(page(event, "state/")).status_code == 405


# A new event


def a_day() -> str:
    return (timezone.localdate() + timedelta(days=100)).isoformat()


def test_event_is_made_once_from_four_things(organiser: Client) -> None:
    posted = {"once": str(uuid4()), "kind": "aimday", "name": "AIMday 2027", "day": a_day(), "place": "Odense"}

    answers = [organiser.post("/en/events/new/", posted), organiser.post("/en/events/new/", posted)]

    event = Event.objects.get()
    assert {answer.url for answer in answers} == {page(event)}  # type: ignore[attr-defined]
    assert (event.kind, event.halls.count(), clocks(event)[0]) == ("aimday", 4, "09:30")


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"kind": "party"},
        {"day": "31-31-2027"},
        {"day": "2025-05-04"},
        {"once": "x"},
        {"name": "x" * 4000},
    ],
)
def test_broken_new_event_comes_back_as_typed(organiser: Client, change: dict[str, str]) -> None:
    posted = {"once": str(uuid4()), "kind": "erfa", "name": "ERFA", "day": a_day(), "place": "Det gule hus"}

    answer = organiser.post("/en/events/new/", {**posted, **change})

    assert answer.status_code == 422
    assert "Det gule hus" in answer.content.decode()
    assert Event.objects.count() == 0


def test_markup_stays_text_everywhere(organiser: Client, viewer: Viewer) -> None:
    event = draft(viewer, name=f"A {SCRIPT}", place=SCRIPT)
    for hall in event.halls.all():
        event.halls.filter(pk=hall.pk).update(name=f"{SCRIPT}{hall.pk}")

    for path in PAGES:
        shown = body(organiser, page(event, path))
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
    assert "<script>alert" not in body(organiser, "/en/events/")


# The console


def test_console_says_what_to_do_next(organiser: Client, event: Event) -> None:
    shown = organiser.get(page(event))

    steps = shown.context["steps"]
    assert [step.title for step in steps if step.is_next] == ["Say what it is about"]
    assert "12 meeting periods" in shown.content.decode()


def test_step_is_taken_from_the_console(organiser: Client, event: Event) -> None:
    organiser.post(page(event, "state/"), {"to": "open", "version": "1"})

    assert Event.objects.get().state == EventState.OPEN


@pytest.mark.parametrize("version", ["", "0", "2", "-1", "x", "9" * 40, "²"])
def test_button_under_another_version_changes_nothing(organiser: Client, event: Event, version: str) -> None:
    answer = organiser.post(page(event, "state/"), {"to": "open", "version": version}, follow=True)

    assert "Another organiser changed the event meanwhile" in answer.content.decode()
    assert Event.objects.get().state == EventState.DRAFT


def test_step_that_is_not_open_says_why(organiser: Client, event: Event) -> None:
    opened(event, state=EventState.WISHES_CLOSED)

    shown = organiser.post(page(event, "state/"), {"to": "published", "version": "1"}, follow=True).content.decode()

    assert "Publish a timetable: that takes the event to this step." in shown


def test_calling_off_tells_the_reason_in_a_mail(organiser: Client, event: Event) -> None:
    person = person_at(opened(event))

    organiser.post(page(event, "cancel/"), {"version": "1", "reason": "Hallen er lukket."})

    mail = OutgoingMail.objects.get(kind="event_called_off")
    letter = RENDERERS["event_called_off"](mail, Addresses(mail))
    assert mail.address == person.email
    assert letter is not None
    assert "Hallen er lukket." in letter.text
    assert "Hallen er lukket." in body(organiser, page(event))


# Details


def test_details_are_saved(organiser: Client, event: Event) -> None:
    organiser.post(
        page(event, "edit/"), details(event, name="Ny bazar", capacity="80", wishes_close="2027-03-01T12:00")
    )

    event.refresh_from_db()
    assert (event.name, event.capacity, event.version) == ("Ny bazar", 80, 2)
    assert event.wishes_close_at == datetime(2027, 3, 1, 11, tzinfo=UTC)


def test_two_organisers_lose_nothing(organiser: Client, event: Event) -> None:
    organiser.post(page(event, "edit/"), details(event, name="Den første"))

    answer = organiser.post(page(event, "edit/"), details(event, name="Den anden"))

    shown = answer.content.decode()
    assert answer.status_code == 409
    assert [label for label, _theirs, _ours in answer.context["differences"]] == ["Name of the event"]
    assert 'value="Den anden"' in shown
    assert '<input type="hidden" name="version" value="2"' in shown
    assert Event.objects.get().name == "Den første"


@pytest.mark.parametrize(
    "change",
    [
        {"ends": "2027-03-18T08:00"},
        {"ends": "i morgen"},
        {"time_zone": "Mars/Olympus"},
        {"capacity": "-3"},
        {"capacity": "9" * 5000},
        {"most_meetings": "1e9"},
        {"version": "x"},
        {"starts": ""},
        {"terms": ""},
        {"earlier_edition": str(uuid4())},
    ],
)
def test_hostile_details_are_refused(organiser: Client, event: Event, change: dict[str, object]) -> None:
    answer = organiser.post(page(event, "edit/"), details(event, name="Ny", **change))

    assert answer.status_code == 422
    assert Event.objects.get().name == "Medico Bazar"


# The grid


def test_grid_is_laid_anew(organiser: Client, event: Event) -> None:
    organiser.post(page(event, "grid/"), {"version": "1", **GRID})

    assert clocks(event) == ["10:00", "10:30", "11:00", "11:30", "13:00", "13:30", "14:00", "14:30"]


def test_form_shows_the_rules_of_the_present_grid(organiser: Client, event: Event) -> None:
    initial = organiser.get(page(event, "grid/")).context["form"].initial

    shown = [initial[name] for name in ("slot_minutes", "pause_minutes", "breaks")]
    assert shown == [20, 5, "12:00-13:00"]


@pytest.mark.parametrize(
    "change",
    [
        {"breaks": "12-13"},
        {"breaks": "13:00-12:00"},
        {"breaks": "11:00-12:30, 12:00-13:00"},
        {"breaks": "x" * 5000},
        {"slot_minutes": "0"},
        {"slot_minutes": "9" * 400},
        {"day_end": "09:00"},
        {"day_start": "25:00"},
        {"pause_minutes": "-5"},
    ],
)
def test_hostile_grid_is_refused(organiser: Client, event: Event, change: dict[str, str]) -> None:
    before = clocks(event)

    answer = organiser.post(page(event, "grid/"), {"version": "1", **GRID, **change})

    assert answer.status_code == 422
    assert clocks(event) == before


def test_grid_that_would_drop_a_meeting_asks_first(organiser: Client, event: Event) -> None:
    meeting_in(event.slots.all()[1], now=NOW)

    refused = organiser.post(page(event, "grid/"), {"version": "1", **GRID})
    organiser.post(page(event, "grid/"), {"version": "1", "and_replan": "on", **GRID})

    assert refused.status_code == 409
    assert "1 planned meeting or question stands there" in refused.content.decode()
    assert Meeting.objects.get().state == MeetingState.CANCELLED
    assert len(clocks(event)) == 8


def test_slot_with_a_meeting_is_taken_out_only_when_said_so(organiser: Client, event: Event) -> None:
    slot = event.slots.all()[0]
    meeting_in(slot, now=NOW)
    address = page(event, f"grid/{slot.public_id}/")

    shown = body(organiser, address)
    refused = organiser.post(address, {"version": "1"})
    organiser.post(address, {"version": "1", "and_replan": "on"})

    assert "1 planned meeting" in shown
    assert refused.status_code == 409
    assert not event.slots.filter(pk=slot.pk).exists()
    assert body(organiser, address, status=404)


def test_night_of_the_clock_change_is_shown_twice(organiser: Client, event: Event) -> None:
    event.slots.all().delete()
    opened(event, starts_at=datetime(2026, 10, 24, 18, tzinfo=UTC), ends_at=datetime(2026, 10, 25, 8, tzinfo=UTC))
    night = {"day_start": "01:00", "day_end": "04:00", "slot_minutes": "60", "pause_minutes": "0", "breaks": ""}

    organiser.post(page(event, "grid/"), {"version": "1", "days": ["2026-10-25"], **night})

    shown = body(organiser, page(event, "grid/"))
    assert [label in shown for label in ("02:00 CEST", "02:00 CET", "03:00")] == [True, True, True]
    assert event.slots.count() == 4


def test_hub_admin_and_facilitator_organise_too(client: Client, hub: Hub, event: Event) -> None:
    for role in (Role.HUB_ADMIN, Role.FACILITATOR):
        client.force_login(MembershipFactory(hub=hub, role=role).user)
        body(client, page(event))
