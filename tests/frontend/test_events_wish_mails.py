"""Mails of wishes: what is asked, how it ended, whom to meet; nothing once it is settled or unwanted."""

import pytest
from django.utils import timezone, translation

from events.domain.wishes.answering import answer_request, expire_due
from events.domain.wishes.suggesting import suggest_people
from events.domain.wishes.wishing import prefer
from events.models import Event, Participant
from frontend.mails.registering import RENDERERS
from hubs.models import Hub
from mailgate.domain.outbox import queue_mail
from mailgate.renderers import Addresses, RenderedMail
from tests.events.wish_people import person
from tests.frontend.conftest import SCRIPT
from tests.frontend.test_events_wishes import ask, event_fixture, pair_fixture  # noqa: F401


def rendered(kind: str, context: dict[str, str], hub: Hub, language: str = "en") -> RenderedMail | None:
    reader = Participant.objects.filter(public_id=context.get("reader") or context.get("participant")).first()
    address = reader.email if reader else "a@b.example"
    mail = queue_mail(
        hub.pk, kind=kind, address=address, language=language, context=context, once=f"{kind}{context}{language}",
        not_before=timezone.now(),
    )  # fmt: skip
    with translation.override(language):
        return RENDERERS[kind](mail, Addresses(mail))


@pytest.mark.parametrize("language", ["da", "en"])
def test_mails_of_a_request_say_what_is_asked_and_nothing_once_it_is_settled(
    event: Event, pair: tuple[Participant, Participant], language: str
) -> None:
    made = ask(*pair, reason=f"{SCRIPT} Vi vil gerne mødes.")
    told = {"request": str(made.public_id), "reader": str(pair[1].public_id)}

    for kind in ("event_request", "event_request_reminder"):
        mail = rendered(kind, told, event.hub, language)
        assert mail is not None
        assert "Asta" in mail.subject
        assert "/events/answer/" in mail.text
        assert SCRIPT not in mail.html
    answer_request(made, accepts=True, now=timezone.now())

    assert rendered("event_request", told | {"x": language}, event.hub, language) is None


@pytest.mark.parametrize("end", ["accepted", "declined", "expired"])
def test_sender_is_told_how_it_ended(event: Event, pair: tuple[Participant, Participant], end: str) -> None:
    made = ask(*pair)
    if end == "expired":
        expire_due(made.expires_at)
    else:
        answer_request(made, accepts=end == "accepted", note="Ikke i år.", now=timezone.now())
    told = {"request": str(made.public_id), "reader": str(pair[0].public_id)}

    mail = rendered(f"event_request_{end}", told, event.hub)

    assert mail is not None
    assert "Bo" in mail.subject
    assert ("Ikke i år." in mail.text) is (end == "declined")


def test_mail_to_somebody_who_said_no_thanks_meanwhile_is_dropped(
    event: Event, pair: tuple[Participant, Participant]
) -> None:
    made = ask(*pair)
    prefer(pair[1], other=pair[0], wanting="no_thanks", now=timezone.now())

    told = {"request": str(made.public_id), "reader": str(pair[1].public_id)}

    assert rendered("event_request", told, event.hub) is None


def test_mail_of_recommendations_shows_cards_and_drops_when_there_are_none(
    event: Event, pair: tuple[Participant, Participant]
) -> None:
    told = {"participant": str(pair[0].public_id)}
    assert rendered("event_suggestions", told, event.hub, "da") is None
    suggest_people(event, now=timezone.now())

    mail = rendered("event_suggestions", told, event.hub)

    assert mail is not None
    assert "Medico Bazar" in mail.subject
    assert "<mark>afprøvning</mark>" in mail.html
    assert "Vi tilbyder afprøvning" in mail.text
    assert "/events/bazar/people/" in mail.text


def test_mail_that_asks_to_open_up_names_nobody(event: Event, pair: tuple[Participant, Participant]) -> None:
    dea = person(event, "Dea", meets=False, asked_to_open=1)

    mail = rendered("event_open_up", {"participant": str(dea.public_id)}, event.hub)

    assert mail is not None
    assert "Asta" not in mail.text + mail.html
