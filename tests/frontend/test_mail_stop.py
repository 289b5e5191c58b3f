"""The link that stops the mails: a look changes nothing, one POST is enough, and it can be taken back."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client

from hubs.models import Hub
from kernel.models import AuditRecord
from mailgate.domain.objecting import has_objected
from mailgate.domain.outbox import queue_mail
from mailgate.links import sign
from mailgate.models import OutgoingMail
from tests.factories import HubFactory

ADDRESS = "laege@afdeling.example"


@pytest.fixture
def mail(hub: Hub) -> OutgoingMail:
    return queue_mail(
        hub.pk, kind="note", address=ADDRESS, language="en", context={}, once="a", not_before=datetime.now(tz=UTC)
    )


def stop_path(mail: OutgoingMail) -> str:
    return f"/en/mail/stop/{sign('stop', mail=str(mail.public_id))}/"


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client: Client, mail: OutgoingMail, method: str) -> None:
    response = getattr(client, method)(stop_path(mail))

    assert response.status_code == 200
    assert has_objected(mail.hub_id, ADDRESS) is False
    assert AuditRecord.objects.count() == 0


def test_page_names_no_address_and_has_one_button(client: Client, mail: OutgoingMail) -> None:
    page = client.get(stop_path(mail)).content.decode()

    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert "Stop the mails?" in main
    assert main.count("<button") == 1
    assert ADDRESS not in page


def test_one_click_of_a_mail_program_stops_the_mails(mail: OutgoingMail) -> None:
    program = Client(enforce_csrf_checks=True)

    response = program.post(stop_path(mail), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert has_objected(mail.hub_id, ADDRESS) is True
    mail.refresh_from_db()
    assert mail.state == "refused"
    assert list(AuditRecord.objects.values_list("action", "actor_id")) == [("object_to_mail", None)]


def test_stopping_twice_is_stopping_once(client: Client, mail: OutgoingMail) -> None:
    client.post(stop_path(mail))
    page = client.post(stop_path(mail)).content.decode()

    assert "You get no more mails" in page
    assert AuditRecord.objects.count() == 1


def test_it_can_be_taken_back(client: Client, mail: OutgoingMail) -> None:
    client.post(stop_path(mail))
    page = client.post(stop_path(mail), {"action": "allow"}).content.decode()

    assert "You get mails again" in page
    assert has_objected(mail.hub_id, ADDRESS) is False


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "e30.1wABCD.zzz", "a" * 3_000])
def test_forged_link_is_a_page_with_words(client: Client, hub: Hub, method: str, token: str) -> None:
    response = getattr(client, method)(f"/en/mail/stop/{token}/")

    assert response.status_code == 404
    assert "This link does not work." in response.content.decode()


@pytest.mark.parametrize("claims", [{}, {"mail": "none"}, {"other": str(uuid4())}])
def test_link_that_names_no_mail_is_forged(client: Client, hub: Hub, claims: dict[str, str]) -> None:
    assert client.post(f"/en/mail/stop/{sign('stop', **claims)}/").status_code == 404


def test_link_for_answering_stops_nothing(client: Client, mail: OutgoingMail) -> None:
    token = sign("answer", mail=str(mail.public_id))

    assert client.post(f"/en/mail/stop/{token}/").status_code == 404
    assert has_objected(mail.hub_id, ADDRESS) is False


def test_old_link_says_how_to_go_on(client: Client, mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stop_path(mail)
    monkeypatch.setattr("django.core.signing.time.time", lambda: 4_000_000_000.0)

    response = client.post(path)

    assert response.status_code == 410
    assert "write to the hub" in response.content.decode()
    assert has_objected(mail.hub_id, ADDRESS) is False


def test_link_of_an_erased_mail_says_that_it_is_gone(client: Client, mail: OutgoingMail) -> None:
    path = stop_path(mail)
    mail.delete()

    response = client.post(path)

    assert response.status_code == 404
    assert "erased" in response.content.decode()


def test_link_of_another_hubs_mail_stops_nothing_here(client: Client, hub: Hub) -> None:
    other = HubFactory(slug="nordbro")
    mail = queue_mail(
        other.pk, kind="note", address=ADDRESS, language="en", context={}, once="a", not_before=datetime.now(tz=UTC)
    )

    assert client.post(stop_path(mail)).status_code == 404
    assert has_objected(other.pk, ADDRESS) is False


def test_other_methods_are_refused(client: Client, mail: OutgoingMail) -> None:
    assert client.delete(stop_path(mail)).status_code == 405
