"""A person's page writes the stand only where it is changed there: stands are given on other pages meanwhile."""

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client

from events.domain.people.registering import seat_person
from events.domain.setup.giving_stands import give_stands
from events.models import Event, Hall, Participant, Stand
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from profiles.models import Profile
from tests.events.timetable_days import organiser
from tests.frontend.conftest import body, text_of, works_as
from tests.frontend.event_people import comes, event_fixture, profile_fixture  # noqa: F401


@pytest.fixture(name="stands")
def stands_fixture(event: Event) -> dict[str, Stand]:
    hall = Hall.objects.create(hub=event.hub, event=event, name="Hal A")
    return {
        number: Stand.objects.create(hub=event.hub, event=event, hall=hall, number=number) for number in ("5", "6", "7")
    }


@pytest.fixture(name="person")
def person_fixture(client: Client, hub: Hub, event: Event, profile: Profile, stands: dict[str, Stand]) -> Participant:
    works_as(client, hub, Role.ORGANISER)
    return comes(event, profile)


@pytest.fixture(name="other")
def other_fixture(hub: Hub) -> Viewer:
    return organiser(hub)


def address(person: Participant) -> str:
    return f"/en/events/medico-bazar/organise/people/{person.public_id}/"


def shown(page: str) -> dict[str, str]:
    """The form as a browser sends it back untouched."""
    main = page.split("<main")[1]
    inputs = re.findall(r"<input [^>]*>", main)
    values = {}
    for each in inputs:
        name, value = re.search(r'name="([^"]*)"', each), re.search(r'value="([^"]*)"', each)
        is_box = re.search('type="(checkbox|radio)"', each)
        if name and name[1] != "open_slots" and (not is_box or "checked" in each):
            values[name[1]] = unescape(value[1]) if value else "on" if is_box else ""
    chosen = re.search(r'<select name="stand".*?</select>', main, re.DOTALL)
    option = re.search(r'<option value="([^"]*)" selected', chosen[0]) if chosen else None
    return values | {"stand": option[1] if option else ""}


def send(client: Client, person: Participant, form: dict[str, str]) -> HttpResponse:
    return client.post(address(person), form)  # type: ignore[return-value]


def seated(person: Participant) -> tuple[str, str]:
    now = Participant.objects.select_related("stand").get(pk=person.pk)
    return now.name, now.stand.number if now.stand else ""


def test_name_saved_on_an_old_page_leaves_a_stand_given_meanwhile(
    client: Client, event: Event, profile: Profile, person: Participant, other: Viewer
) -> None:
    form = shown(body(client, address(person)))
    version = Event.objects.get(pk=event.pk).version
    give_stands(event, viewer=other, version=version, given={profile.slug: "7"})

    answer = send(client, person, form | {"name": "Kim Dahl"})

    assert (answer.status_code, seated(person)) == (302, ("Kim Dahl", "7"))


def test_stand_taken_away_meanwhile_does_not_come_back(
    client: Client, person: Participant, stands: dict[str, Stand], other: Viewer
) -> None:
    seat_person(person, stand=stands["7"], viewer=other)
    form = shown(body(client, address(person)))
    seat_person(person, stand=None, viewer=other)

    answer = send(client, person, form | {"name": "Kim Dahl"})

    assert (form["stand"], answer.status_code, seated(person)) == ("7", 302, ("Kim Dahl", ""))


def test_stand_is_chosen_changed_and_given_up(client: Client, person: Participant) -> None:
    found = []
    for number in ("5", "6", ""):
        send(client, person, shown(body(client, address(person))) | {"stand": number})
        found.append(seated(person)[1])

    assert found == ["5", "6", ""]


def test_two_who_chose_different_stands_are_told_and_the_second_may_replace(
    client: Client, person: Participant, stands: dict[str, Stand], other: Viewer
) -> None:
    form = shown(body(client, address(person)))
    seat_person(person, stand=stands["7"], viewer=other)

    told = text_of(send(client, person, form | {"name": "Kim Dahl", "stand": "5"}), 409)

    kept = seated(person)
    assert "Another organiser changed the stand of Kim" in told
    assert re.search(r"<h3>Found at stand</h3>.*?>7<.*?>5<", told, re.DOTALL)
    assert kept == ("Kim Holm", "7")
    assert send(client, person, shown(told)).status_code == 302
    assert seated(person) == ("Kim Dahl", "5")


def test_two_who_chose_the_same_stand_agree(
    client: Client, person: Participant, stands: dict[str, Stand], other: Viewer
) -> None:
    form = shown(body(client, address(person)))
    seat_person(person, stand=stands["7"], viewer=other)

    assert send(client, person, form | {"stand": "7"}).status_code == 302
    assert seated(person)[1] == "7"


def test_conflict_about_the_name_keeps_the_stand_given_meanwhile(
    client: Client, person: Participant, stands: dict[str, Stand], other: Viewer
) -> None:
    """The first try is refused for the name; the second must not take the stand back either."""
    form = shown(body(client, address(person)))
    send(client, person, form | {"name": "Kim Lund"})
    seat_person(person, stand=stands["7"], viewer=other)

    told = text_of(send(client, person, form | {"name": "Kim Dahl"}), 409)
    send(client, person, shown(told))

    assert "<h3>Found at stand</h3>" not in told
    assert seated(person) == ("Kim Dahl", "7")


@pytest.mark.parametrize(
    ("stand", "before", "status", "found"),
    [("5", "", 409, "7"), ("5", "6", 409, "7"), ("5", "7", 302, "5"), ("9", "7", 422, "7"), ("", "<b>", 409, "7")],
)
def test_shown_stand_that_is_not_the_one_stored_replaces_nothing(
    client: Client, person: Participant, stands: dict[str, Stand], other: Viewer, stand: str, before: str,
    status: int, found: str,
) -> None:  # fmt: skip
    seat_person(person, stand=stands["7"], viewer=other)
    form = shown(body(client, address(person))) | {"stand": stand, "shown_stand": before}

    assert (send(client, person, form).status_code, seated(person)[1]) == (status, found)


def test_stand_that_was_removed_meanwhile_is_asked_for_again(
    client: Client, person: Participant, stands: dict[str, Stand], other: Viewer
) -> None:
    seat_person(person, stand=stands["7"], viewer=other)
    form = shown(body(client, address(person)))
    Participant.objects.update(stand=None)
    stands["7"].delete()

    told = text_of(send(client, person, form | {"name": "Kim Dahl"}), 422)

    assert 'id="id_stand_error"' in told
    assert send(client, person, shown(told)).status_code == 302
    assert seated(person) == ("Kim Dahl", "")
