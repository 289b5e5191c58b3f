"""Joining a colleague's agenda: never where meetings or open requests of one's own would be hidden by it."""

import pytest

from events.domain.people.registering import change_person
from events.models import Event, MeetingRequest, Participant, Preference
from kernel.errors import InvalidInput
from tests.events.arrivals import END, NOW, comes, event_fixture, written  # noqa: F401
from tests.factories import ProfileFactory


def two_colleagues(event: Event) -> tuple[Participant, Participant, Participant]:
    """Two of one organisation and somebody of another."""
    profile = ProfileFactory(hub=event.hub, organisation__hub=event.hub)
    return comes(event, 1, profile=profile), comes(event, 2, profile=profile), comes(event, 3)


def asks(sender: Participant, receiver: Participant, **values: object) -> None:
    MeetingRequest.objects.create(
        hub=sender.hub, event=sender.event, sender=sender, receiver=receiver, asked_at=NOW, expires_at=END, **values
    )


@pytest.mark.parametrize("state", ["asked", "accepted"])
@pytest.mark.parametrize("is_sender", [True, False])
def test_agenda_with_open_requests_is_not_given_up_for_a_colleagues(event: Event, state: str, is_sender: bool) -> None:
    host, person, other = two_colleagues(event)
    asks(*((person, other) if is_sender else (other, person)), state=state)

    with pytest.raises(InvalidInput) as refusal:
        change_person(person, fields=written(email=person.email, host=host), version=1, now=NOW)

    assert refusal.value.details["field"] == "host"
    person.refresh_from_db()
    assert person.host is None


def test_what_has_ended_or_what_a_no_thanks_hides_keeps_nobody_from_sharing(event: Event) -> None:
    host, person, other = two_colleagues(event)
    asks(person, other, state="declined")
    asks(other, person, state="asked")
    Preference.objects.create(hub=event.hub, event=event, person=person, other=other, wanting="no_thanks")

    changed = change_person(person, fields=written(email=person.email, host=host), version=1, now=NOW)

    assert changed.host == host


def test_who_shares_an_agenda_already_stays_in_it(event: Event) -> None:
    host, person, other = two_colleagues(event)
    Participant.objects.filter(pk=person.pk).update(host=host)
    asks(person, other, state="accepted")

    changed = change_person(person, fields=written(email=person.email, host=host), version=1, now=NOW)

    assert changed.host == host
