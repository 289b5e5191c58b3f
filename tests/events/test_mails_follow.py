"""An address that is put right: what waits for its person goes to the new one, and nobody else's mail does."""

from typing import Any

import pytest

from events.domain.people import mails_follow
from events.domain.people.import_rows import read_people
from events.domain.people.importing import import_people
from events.domain.people.registering import change_person
from events.models import Event, MeetingRequest, Participant
from mailgate.domain.outbox import queue_mail
from mailgate.enums import MailState
from mailgate.models import OutgoingMail
from tests.events.arrivals import DAY, END, NOW, START, comes, event_fixture, organiser, written  # noqa: F401
from tests.events.setting_up import request_between

NEW = "ny@example.test"


def move(person: Participant, email: str = NEW) -> None:
    change_person(person, fields=written(person.name, email), version=person.version, now=NOW)


def addresses(**found: Any) -> list[str]:
    return list(OutgoingMail.objects.filter(**found).order_by("pk").values_list("address", flat=True))


def mail_of(person: Participant, once: str, **context: str) -> OutgoingMail:
    return queue_mail(
        person.hub_id, kind="event_request", address=person.email, language="da", context=context, once=once,
        not_before=NOW,
    )  # fmt: skip


def test_first_mail_that_waits_goes_to_the_new_address(event: Event) -> None:
    one, two = comes(event, 1), comes(event, 2)

    move(one)

    assert addresses() == [NEW, two.email]


def test_mail_that_names_both_follows_its_reader_alone(event: Event) -> None:
    request = request_between(event, now=NOW, state="asked")
    MeetingRequest.objects.update(sender=(one := comes(event, 1)), receiver=(two := comes(event, 2)))
    OutgoingMail.objects.all().delete()
    for reader in (one, two):
        named = {"request": str(request.public_id), "reader": str(reader.public_id)}
        mail_of(reader, reader.email, **named)
    mail_of(two, "both", participant=str(one.public_id), reader=str(two.public_id))

    move(one)

    assert addresses() == [NEW, two.email, two.email]


@pytest.mark.parametrize("state", [state for state in MailState if state != MailState.WAITING])
def test_mail_that_waits_no_more_stays_as_it_was(event: Event, state: MailState) -> None:
    person = comes(event, 1)
    OutgoingMail.objects.update(state=state)

    move(person)

    assert addresses() == [person.email]


def test_mail_that_the_worker_claims_meanwhile_stays_as_it_was(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    person = comes(event, 1)

    def claimed(mail: OutgoingMail) -> str:
        OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENDING)
        return str(mail.context["participant"])

    monkeypatch.setattr(mails_follow, "_reader", claimed)
    move(person)

    assert addresses() == [person.email]


def test_address_of_another_event_is_not_this_one(event: Event) -> None:
    elsewhere = Event.objects.create(
        hub=event.hub, slug="anden", name="Anden", place="Odense", starts_at=START + DAY, ends_at=END + DAY
    )
    here, there = comes(event, 1), comes(elsewhere, 1)

    move(here)

    assert (addresses(), here.email) == ([NEW, there.email], there.email)


def test_file_that_changes_an_address_takes_the_mails_along(event: Event) -> None:
    def read(*emails: str) -> None:
        head = "Order code,Position ID,Status,Attendee name,Attendee email,Company"
        rows = [f"T{n},1,paid,Person Nummer {n},{email},Lund ApS" for n, email in enumerate(emails)]
        content = "\n".join((head, *rows)).encode()
        import_people(event, read_people(content), viewer=organiser(event.hub), now=NOW, tells=True)

    read("a@example.test", "b@example.test", "c@example.test")
    read("a@ny.example", "b@example.test", "c@ny.example")

    assert addresses(kind="event_registered") == ["a@ny.example", "b@example.test", "c@ny.example"]
