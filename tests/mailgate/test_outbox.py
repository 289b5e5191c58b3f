"""The outbox: with its cause or not at all, once, and never for whoever objected."""

from collections.abc import Callable

import pytest
from django.db import transaction
from pytest_django import Settings

from hubs.models import Hub
from mailgate.domain.objecting import allow_mail_again, has_objected, object_to_mail
from mailgate.domain.sending import send_due_mails
from mailgate.enums import MailState
from mailgate.models import MailObjection, OutgoingMail
from mailgate.renderers import Renderer, register, registered_kinds
from tests.factories import HubFactory
from tests.mailgate.conftest import ADDRESS, KIND, NOW, plain_note, queue, state_of

WithNote = Callable[[Renderer], None]


def test_mail_goes_when_its_cause_is_rolled_back(hub: Hub) -> None:
    with transaction.atomic():
        queue(hub)
        assert OutgoingMail.objects.count() == 1
        transaction.set_rollback(True)

    assert list(OutgoingMail.objects.all()) == []


def test_same_cause_gives_one_row(hub: Hub) -> None:
    first, again = queue(hub, once="a"), queue(hub, once="a", context={"note": "2"})

    assert again == first
    assert [mail.context for mail in OutgoingMail.objects.all()] == [{"note": "1"}]


def test_same_cause_in_two_hubs_gives_two_rows(hub: Hub) -> None:
    queue(hub, once="a")
    queue(HubFactory(slug="nordbro"), once="a")

    assert OutgoingMail.objects.count() == 2


def test_cause_with_a_long_name_is_still_told_apart(hub: Hub) -> None:
    first, second = queue(hub, once="a" * 200), queue(hub, once="a" * 199 + "b")
    again = queue(hub, once="a" * 200)

    assert first != second
    assert again == first


@pytest.mark.parametrize("address", ["", "no address", "a@b@c", "x@y.example\nBcc: all@z.example"])
def test_address_that_is_none_fails_the_mail_and_not_its_cause(hub: Hub, address: str) -> None:
    mail = queue(hub, address=address)

    assert (mail.state, mail.error) == (MailState.FAILED, "invalid_address")


@pytest.mark.parametrize("value", ["anna@firma.example", "Anna Berg", "x" * 101])
def test_context_that_could_be_personal_is_refused(hub: Hub, value: str) -> None:
    with pytest.raises(ValueError, match="public ids and codes"):
        queue(hub, context={"who": value})


def test_unknown_language_becomes_the_first_one(hub: Hub) -> None:
    assert queue(hub, language="kl").language == "da"


def test_whoever_objected_gets_no_row_that_waits(hub: Hub) -> None:
    object_to_mail(hub.pk, address=ADDRESS.upper())

    assert queue(hub).state == MailState.REFUSED


def test_objection_refuses_what_waits_already_and_nothing_of_others(hub: Hub, note: WithNote) -> None:
    mine, others = queue(hub, once="a"), queue(hub, once="b", address="anden@afdeling.example")
    elsewhere = queue(HubFactory(slug="nordbro"), once="c")

    object_to_mail(hub.pk, address=f" {ADDRESS.upper()} ")

    assert [state_of(mail) for mail in (mine, others, elsewhere)] == ["refused", "waiting", "waiting"]


def test_objection_between_writing_and_sending_counts(hub: Hub, note: WithNote, mailoutbox: list[object]) -> None:
    mail = queue(hub)
    object_to_mail(hub.pk, address=ADDRESS)
    OutgoingMail.objects.update(state=MailState.WAITING)  # as if it was written while the objection was stored

    send_due_mails(now=NOW)

    assert state_of(mail) == MailState.REFUSED
    assert mailoutbox == []


def test_objection_holds_for_one_hub_and_can_be_taken_back(hub: Hub) -> None:
    other = HubFactory(slug="nordbro")
    object_to_mail(hub.pk, address=ADDRESS)
    object_to_mail(hub.pk, address=ADDRESS)

    assert (has_objected(hub.pk, ADDRESS), has_objected(other.pk, ADDRESS)) == (True, False)
    allow_mail_again(hub.pk, address=ADDRESS)
    assert has_objected(hub.pk, ADDRESS) is False


def test_objection_names_nobody(hub: Hub) -> None:
    object_to_mail(hub.pk, address=ADDRESS)

    (digest,) = MailObjection.objects.values_list("digest", flat=True)
    assert len(digest) == 64
    assert "laege" not in digest


def test_objection_outlives_a_new_key(hub: Hub, settings: Settings) -> None:
    object_to_mail(hub.pk, address=ADDRESS)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a-new-key", [old]

    assert has_objected(hub.pk, ADDRESS) is True
    object_to_mail(hub.pk, address=ADDRESS)
    allow_mail_again(hub.pk, address=ADDRESS)
    assert MailObjection.objects.count() == 0


def test_kind_has_one_renderer(note: WithNote) -> None:
    register(KIND, plain_note)

    with pytest.raises(ValueError, match=KIND):
        register(KIND, lambda mail, addresses: None)
    assert KIND in registered_kinds()
