"""An event that is called off: every page of those who had a place says so and why, and one mail alone tells it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone, translation

from events.domain.day.checking_in import Scan, Seen, check_in
from events.domain.setup.states import call_off
from events.enums import RequestState
from events.models import Event, MeetingRequest, Participant, Publication, Slot
from frontend.event_links import address_mark, place_token
from frontend.mails.registering import RENDERERS
from hubs.enums import Role
from hubs.models import Hub
from mailgate.domain.outbox import queue_mail
from mailgate.links import sign
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from tests.events.arrivals import organiser
from tests.events.bazar import Bazar, make_bazar
from tests.frontend.conftest import body, speaks_for, works_as

WHY = "Salen er brændt."
SAID = "The event is called off."
BASE = "/en/events/bazar"


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    """A day to come, in which Bo has asked Anna besides."""
    made = make_bazar(hub)
    starts = timezone.now() + timedelta(days=30)
    Event.objects.filter(pk=made.event.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=8))
    for number, slot in enumerate(made.slots):
        begins = starts + timedelta(hours=number)
        Slot.objects.filter(pk=slot.pk).update(starts_at=begins, ends_at=begins + timedelta(minutes=20))
    MeetingRequest.objects.create(
        hub=hub, event=made.event, sender=made.bo, receiver=made.anna, reason="Vi vil gerne mødes igen.",
        asked_at=timezone.now(), expires_at=starts,
    )  # fmt: skip
    made.event.refresh_from_db()
    return made


def is_called_off(bazar: Bazar) -> None:
    call_off(
        bazar.event, viewer=organiser(bazar.event.hub), version=bazar.event.version, reason=WHY, now=timezone.now()
    )


def asked_of(anna: Participant) -> MeetingRequest:
    return MeetingRequest.objects.get(receiver=anna, state=RequestState.ASKED)


def test_plan_by_link_says_so_and_promises_nothing(client: Client, bazar: Bazar) -> None:
    address = f"/en/events/agenda/{place_token(bazar.anna)}/"
    promised = ("Nothing is planned yet", "KANNA", "The whole day", "plan.pdf")
    before = body(client, address)

    is_called_off(bazar)

    page = body(client, address)
    assert [words for words in promised if words in before] == list(promised[1:])
    assert (SAID in page, WHY in page, "marks each entry as cancelled" in page) == (True, True, True)
    assert [words for words in promised if words in page] == []


@pytest.mark.parametrize("part", ["agenda", "me", "people", "requests"])
def test_signed_in_pages_say_so_and_ask_for_nothing(client: Client, bazar: Bazar, part: str) -> None:
    speaks_for(client, bazar.anna.participation.profile)
    before = body(client, f"{BASE}/{part}/")

    is_called_off(bazar)

    after = body(client, f"{BASE}/{part}/")
    assert (SAID in before, SAID in after, WHY in after) == (False, True, True)
    assert [words for words in ("Wishes are closed", "See whom to meet", "Yes, let us meet") if words in after] == []


@pytest.mark.parametrize("part", ["people", "requests"])
@pytest.mark.parametrize("state", ["cancelled", "over", "past"])
def test_nothing_can_be_pressed_once_it_is_not_held_or_over(
    client: Client, bazar: Bazar, part: str, state: str
) -> None:
    user = speaks_for(client, bazar.anna.participation.profile).session["_auth_user_id"]
    Participant.objects.filter(pk=bazar.anna.pk).update(user=user)
    before = forms_in(body(client, f"{BASE}/{part}/"))

    if state == "cancelled":
        is_called_off(bazar)
    elif state == "over":
        Event.objects.update(state=state)
    else:
        now = timezone.now()
        Event.objects.update(starts_at=now - timedelta(hours=8), ends_at=now - timedelta(hours=1))

    after = body(client, f"{BASE}/{part}/")
    offered = ("You can still say no thanks", "on their way", "Recommended for you", "See whom to meet", "See who")
    assert (before != [], forms_in(after), [words for words in offered if words in after]) == (True, [], [])


def forms_in(page: str) -> list[str]:
    return re.findall(r'action="(/[a-z]{2}/events/[^"]*)"', page)


def test_request_that_nobody_answered_stays_in_sight(client: Client, bazar: Bazar) -> None:
    speaks_for(client, bazar.anna.participation.profile)
    is_called_off(bazar)

    page = body(client, f"{BASE}/requests/")

    assert "Vi vil gerne mødes igen." in page.split("Ended requests")[1]
    assert "This request is not open any more" in page


def test_page_without_requests_leads_nowhere(client: Client, bazar: Bazar) -> None:
    MeetingRequest.objects.all().delete()
    Event.objects.update(state="open")
    speaks_for(client, bazar.anna.participation.profile)
    before = body(client, f"{BASE}/requests/")
    bazar.event.refresh_from_db()

    is_called_off(bazar)

    after = body(client, f"{BASE}/requests/")
    assert ("See whom to meet" in before, "See whom to meet" in after) == (True, False)
    assert "There were no meeting requests" in after


def test_who_waited_for_a_place_is_promised_none(client: Client, bazar: Bazar) -> None:
    Participant.objects.filter(pk=bazar.anna.pk).update(state="waiting")
    speaks_for(client, bazar.anna.participation.profile)
    promise = "as soon as you have a place"
    before = body(client, f"{BASE}/me/")

    is_called_off(bazar)

    assert (promise in before, promise in body(client, f"{BASE}/me/")) == (True, False)


def test_answer_link_asks_for_no_word_any_more(client: Client, bazar: Bazar) -> None:
    token = sign("event_answer", request=str(asked_of(bazar.anna).public_id), address=address_mark(bazar.anna))
    before = body(client, f"/en/events/answer/{token}/")

    is_called_off(bazar)

    after = body(client, f"/en/events/answer/{token}/")
    assert ("Answer no later than" in before, "Answer no later than" in after, SAID in after) == (True, False, True)


def test_check_in_says_so_and_notes_nobody(client: Client, bazar: Bazar) -> None:
    is_called_off(bazar)
    works_as(client, bazar.event.hub, Role.ORGANISER)

    page = body(client, f"{BASE}/organise/check-in/")
    scan = Scan(uuid4(), bazar.anna.code, timezone.now())
    (result,) = check_in(bazar.event, viewer=organiser(bazar.event.hub), scans=[scan], now=timezone.now())
    typed = client.post(f"{BASE}/organise/check-in/", {"code": bazar.anna.code}, follow=True).content.decode()

    assert (SAID in page, WHY in page, "data-check-in" in page, "check_in.js" in page) == (True, True, False, False)
    assert (result.seen, "so nobody is checked in" in typed) == (Seen.CALLED_OFF, True)
    assert not Participant.objects.filter(checked_in_at__isnull=False).exists()


def test_mails_that_still_wait_are_not_sent_but_the_one_that_tells(bazar: Bazar, hub: Hub) -> None:
    request, now = asked_of(bazar.anna), timezone.now()
    Publication.objects.create(hub=hub, event=bazar.event, number=1, at=now)
    person = {"participant": str(bazar.anna.public_id)}
    asked = {"request": str(request.public_id), "reader": str(bazar.anna.public_id)}
    waiting = [
        queue_mail(hub.pk, kind=kind, address=bazar.anna.email, language="en", context=told, once=kind, not_before=now)
        for kind, told in (
            ("event_timetable", person | {"publication": "1"}), ("event_request", asked),
            ("event_request_reminder", asked),
        )
    ]  # fmt: skip

    before = [rendered(mail) for mail in waiting]
    is_called_off(bazar)
    after = [rendered(mail) for mail in waiting]

    told = OutgoingMail.objects.get(kind="event_called_off", address=bazar.anna.email)
    assert (before, after, rendered(told)) == ([True] * 3, [False] * 3, True)


def rendered(mail: OutgoingMail) -> bool:
    with translation.override("en"):
        return RENDERERS[mail.kind](mail, Addresses(mail)) is not None
