"""Mails of events that wait while their reader's address is put right: none takes the reader's link to the old one."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from events.domain.people.registering import change_person
from events.enums import EventKind, EventState
from events.models import Event, MeetingRequest, Participant
from hubs.models import Hub
from mailgate.domain.outbox import queue_mail
from mailgate.models import OutgoingMail
from tests.events.arrivals import written
from tests.events.setting_up import request_between
from tests.events.wish_people import make_event, person
from tests.frontend.test_events_changes import DAY, HOUR, letter, move

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(hub: Hub) -> Participant:
    starts_at = timezone.now() + 60 * DAY
    event = make_event(
        hub, place="Aarhus", state=EventState.PUBLISHED, kind=EventKind.AIMDAY, languages=["da"],
        starts_at=starts_at, ends_at=starts_at + 8 * HOUR,
    )  # fmt: skip
    return person(event, "Anna", language="en")


def queued(anna: Participant, kind: str, **context: str) -> OutgoingMail:
    return queue_mail(
        anna.hub_id, kind=kind, address=anna.email, language="en",
        context={"participant": str(anna.public_id), **context}, once=kind, not_before=timezone.now(),
    )  # fmt: skip


def of_a_request(anna: Participant) -> OutgoingMail:
    asked = request_between(anna.event, now=timezone.now(), state="asked")
    MeetingRequest.objects.update(receiver=anna)
    return queued(anna, "event_request", request=str(asked.public_id), reader=str(anna.public_id))


def of_a_move(anna: Participant) -> OutgoingMail:
    move(anna.event, place="Odense")
    return OutgoingMail.objects.select_related("hub").get(kind="event_moved")


def of_a_session(anna: Participant) -> OutgoingMail:
    gone = f"{anna.public_id}_20270318T080000Z_20270318T090000Z_1"
    return queued(anna, "event_sessions", version="1", gone_1=gone)


@pytest.mark.parametrize("queue", [
    lambda anna: queued(anna, "event_registered"),
    lambda anna: queued(anna, "event_groups"),
    lambda anna: queued(anna, "event_meeting_gone", shared="1"),
    of_a_request, of_a_move, of_a_session,
])  # fmt: skip
def test_mail_goes_to_the_present_address_alone(
    anna: Participant, queue: Callable[[Participant], OutgoingMail]
) -> None:
    mail = queue(anna)
    written = letter(mail)
    Participant.objects.filter(pk=anna.pk).update(email="ANNA@firma.example")
    in_capitals = letter(mail)
    Participant.objects.filter(pk=anna.pk).update(email="anna@ny.example")

    assert (written is not None, in_capitals is not None, letter(mail)) == (True, True, None)


def test_newer_mail_to_a_former_address_leaves_the_session_to_the_older_one(anna: Participant) -> None:
    older = of_a_session(anna)
    gone = older.context["gone_1"]
    once = f"event_sessions:{anna.event.public_id}:{anna.public_id}:2"
    Event.objects.filter(pk=anna.event_id).update(version=2)
    newer = queue_mail(
        anna.hub_id, kind="event_sessions", address="anna@forkert.example", language="en",
        context={"participant": str(anna.public_id), "version": "2", "gone_1": gone}, once=once,
        not_before=timezone.now(),
    )  # fmt: skip

    told = letter(older), letter(newer)
    OutgoingMail.objects.filter(pk=newer.pk).update(address=anna.email)

    assert (told[0] is not None, told[1], letter(older)) == (True, None, None)


def test_mail_that_waits_follows_its_reader_and_is_written(anna: Participant) -> None:
    mail = queued(anna, "event_registered")

    change_person(anna, fields=written("Anna", "anna@ny.example"), version=1, now=timezone.now())

    mail.refresh_from_db()
    assert (mail.address, letter(mail) is not None) == ("anna@ny.example", True)
