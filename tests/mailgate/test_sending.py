"""Sending: at most once whatever happens, again after a pause where that is safe, and nothing personal in the log."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import get_language
from pytest_django import Settings

from hubs.models import Hub
from mailgate.domain.sending import MOST_ATTEMPTS, PAUSES, STUCK_AFTER, send_due_mails
from mailgate.enums import MailState
from mailgate.links import read
from mailgate.models import OutgoingMail
from mailgate.queries import unsent_mails
from mailgate.renderers import Addresses, RenderedMail, Renderer
from tests.factories import HubFactory
from tests.mailgate.conftest import ADDRESS, NOW, Inbox, queue, state_of
from tests.operations.postgres import free_port

WithNote = Callable[[Renderer], None]
Box = list[EmailMultiAlternatives]


class PowerCut(BaseException):
    """Ends the process as nothing in it expects."""


def test_due_mail_is_sent_once(hub: Hub, note: WithNote, mailoutbox: Box) -> None:
    mail = queue(hub)

    assert (send_due_mails(now=NOW), send_due_mails(now=NOW)) == (1, 0)
    assert [(sent.to, sent.subject) for sent in mailoutbox] == [([ADDRESS], "En note")]
    assert state_of(mail) == MailState.SENT
    assert (mail.sent_at, mail.attempts, mail.error) == (NOW, 1, "")


def test_mail_waits_for_its_time(hub: Hub, note: WithNote, mailoutbox: Box) -> None:
    queue(hub, not_before=NOW + timedelta(minutes=1))

    assert send_due_mails(now=NOW) == 0
    assert send_due_mails(now=NOW + timedelta(minutes=1)) == 1


def test_mail_that_comes_too_late_is_dropped(hub: Hub, note: WithNote, mailoutbox: Box) -> None:
    mail = queue(hub, not_after=NOW)

    assert send_due_mails(now=NOW + timedelta(seconds=1)) == 0
    assert (state_of(mail), mail.error, mailoutbox) == (MailState.DROPPED, "too_late", [])


def test_mail_whose_cause_is_gone_is_dropped(hub: Hub, note: WithNote, mailoutbox: Box) -> None:
    note(lambda mail, addresses: None)
    mail = queue(hub)

    assert send_due_mails(now=NOW) == 0
    assert (state_of(mail), mail.error, mailoutbox) == (MailState.DROPPED, "settled", [])


def test_batch_sends_the_longest_due_first_and_no_more_than_its_limit(
    hub: Hub, note: WithNote, mailoutbox: Box
) -> None:
    for number in (3, 1, 2):
        queue(hub, once=str(number), address=f"p{number}@a.example", not_before=NOW - timedelta(hours=number))

    assert send_due_mails(now=NOW, limit=2) == 2
    assert [sent.to for sent in mailoutbox] == [["p3@a.example"], ["p2@a.example"]]


def test_words_are_written_in_the_receivers_language(hub: Hub, note: WithNote, mailoutbox: Box) -> None:
    note(lambda mail, addresses: RenderedMail(str(get_language()), "text", "<p>text</p>"))
    queue(hub, once="a", language="en")
    queue(hub, once="b", language="da")

    send_due_mails(now=NOW)

    assert [(sent.subject, sent.extra_headers["Content-Language"]) for sent in mailoutbox] == [
        ("en", "en"),
        ("da", "da"),
    ]


def test_headers_let_programs_stop_the_mails_and_not_answer_them(hub: Hub, note: WithNote, mailoutbox: Box) -> None:
    mail = queue(hub, language="en")

    send_due_mails(now=NOW)

    headers = mailoutbox[0].message()
    assert headers["Message-ID"] == f"<{mail.public_id}@videnbro.example>"
    assert (headers["Auto-Submitted"], headers["List-Unsubscribe-Post"]) == (
        "auto-generated",
        "List-Unsubscribe=One-Click",
    )
    start, token = headers["List-Unsubscribe"].strip("<>").split("/mail/stop/")
    assert start == "http://testserver/en"
    assert read(token.rstrip("/"), action="stop", max_age=timedelta(days=1)) == {"mail": str(mail.public_id)}


def test_hub_with_a_host_name_is_linked_under_it(db: None, note: WithNote, mailoutbox: Box, settings: Settings) -> None:
    settings.VIDENBRO_SITE_URL = "http://127.0.0.1:8123"
    queue(HubFactory(slug="nordbro", domain="nordbro.localhost"))

    send_due_mails(now=NOW)

    assert mailoutbox[0].extra_headers["List-Unsubscribe"].startswith("<http://nordbro.localhost:8123/mail/stop/")


def test_line_breaks_in_a_subject_write_no_headers(hub: Hub, note: WithNote, mailoutbox: Box) -> None:
    note(lambda mail, addresses: RenderedMail("A\r\nBcc: all@z.example\n B", "text", "<p>text</p>"))
    queue(hub)

    send_due_mails(now=NOW)

    assert mailoutbox[0].subject == "A Bcc: all@z.example B"
    assert mailoutbox[0].message()["Bcc"] is None


def test_death_between_claim_and_sending_never_sends_twice(hub: Hub, note: WithNote, mailoutbox: Box) -> None:
    def die(mail: OutgoingMail, addresses: Addresses) -> RenderedMail:
        raise PowerCut

    mail = queue(hub)
    note(die)
    with pytest.raises(PowerCut):
        send_due_mails(now=NOW)
    assert state_of(mail) == MailState.SENDING

    note(lambda mail, addresses: RenderedMail("A", "a", "<p>a</p>"))
    assert send_due_mails(now=NOW + STUCK_AFTER) == 0
    assert state_of(mail) == MailState.SENDING
    assert send_due_mails(now=NOW + STUCK_AFTER + timedelta(seconds=1)) == 0
    assert (state_of(mail), mail.error, mailoutbox) == (MailState.FAILED, "unknown", [])
    assert list(unsent_mails(hub.pk, since=mail.updated_at)) == [mail]


def test_death_right_after_the_server_took_it_never_sends_twice(
    hub: Hub, note: WithNote, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: object, **_changes: object) -> None:
        raise PowerCut

    mail = queue(hub)
    monkeypatch.setattr("mailgate.domain.sending._mark", die)
    with pytest.raises(PowerCut):
        send_due_mails(now=NOW)
    monkeypatch.undo()

    send_due_mails(now=NOW + STUCK_AFTER * 2)

    assert len(inbox.mails) == 1
    assert (state_of(mail), mail.error) == (MailState.FAILED, "unknown")


def test_real_server_gets_text_and_html(hub: Hub, note: WithNote, inbox: Inbox) -> None:
    mail = queue(hub)

    assert send_due_mails(now=NOW) == 1
    (got,) = inbox.mails
    text, html = got.get_body(("plain",)), got.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (text.get_content().split(), html.get_content().split()) == (["Note", "1"], ["<p>Note</p>"])
    assert (got["To"], got["Message-ID"]) == (ADDRESS, f"<{mail.public_id}@videnbro.example>")


@pytest.mark.parametrize(("who", "words"), [("says_to_receiver", "450 greylisted"), ("says_to_words", "451 later")])
def test_server_that_says_later_is_asked_again_after_growing_pauses(
    hub: Hub, note: WithNote, inbox: Inbox, who: str, words: str
) -> None:
    setattr(inbox, who, words)
    mail, now, waited = queue(hub), NOW, []

    while state_of(mail) == MailState.WAITING:
        waited.append(mail.not_before - now)
        now = mail.not_before
        assert send_due_mails(now=now) == 0

    assert waited == [timedelta(), *PAUSES]
    assert (mail.state, mail.attempts, mail.error) == (MailState.FAILED, MOST_ATTEMPTS, f"not_now {words[:3]}")
    assert inbox.mails == []


def test_mail_arrives_once_when_the_server_says_yes_at_last(hub: Hub, note: WithNote, inbox: Inbox) -> None:
    inbox.says_to_words = "451 later"
    mail = queue(hub)
    send_due_mails(now=NOW)
    inbox.says_to_words = ""

    assert send_due_mails(now=NOW + PAUSES[0] - timedelta(seconds=1)) == 0
    assert send_due_mails(now=NOW + PAUSES[0]) == 1
    assert (state_of(mail), mail.error, mail.attempts, len(inbox.mails)) == (MailState.SENT, "", 2, 1)


@pytest.mark.parametrize(("who", "words"), [("says_to_receiver", "550 unknown"), ("says_to_words", "554 no")])
def test_server_that_says_no_is_not_asked_again(hub: Hub, note: WithNote, inbox: Inbox, who: str, words: str) -> None:
    setattr(inbox, who, words)
    mail = queue(hub)

    send_due_mails(now=NOW)

    assert (state_of(mail), mail.error) == (MailState.FAILED, f"refused {words[:3]}")


def test_line_that_breaks_after_the_words_left_never_sends_twice(hub: Hub, note: WithNote, inbox: Inbox) -> None:
    inbox.hangs_up = True
    mail = queue(hub)

    send_due_mails(now=NOW)
    inbox.hangs_up = False
    send_due_mails(now=NOW + timedelta(days=1))

    assert len(inbox.mails) == 1
    assert state_of(mail) == MailState.FAILED
    assert mail.error.startswith("unknown ")


def test_server_that_is_away_costs_no_attempt_and_holds_everything_back(
    hub: Hub, note: WithNote, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    first, second = queue(hub, once="a"), queue(hub, once="b")

    for _minute in range(MOST_ATTEMPTS + 1):
        assert send_due_mails(now=NOW) == 0

    assert [(state_of(mail), mail.attempts, mail.claimed_at) for mail in (first, second)] == [("waiting", 0, None)] * 2
    assert ADDRESS not in caplog.text


def test_broken_words_are_tried_again_and_hold_up_nobody(
    hub: Hub, note: WithNote, mailoutbox: Box, caplog: pytest.LogCaptureFixture
) -> None:
    def write(mail: OutgoingMail, addresses: Addresses) -> RenderedMail:
        if mail.context["note"] == "bad":
            raise RuntimeError("Anna Berg skrev noget")
        return RenderedMail("A", "a", "<p>a</p>")

    note(write)
    bad, good = queue(hub, once="a", context={"note": "bad"}), queue(hub, once="b")

    assert send_due_mails(now=NOW) == 1
    assert (state_of(bad), bad.error, bad.not_before) == ("waiting", "renderer RuntimeError", NOW + PAUSES[0])
    assert state_of(good) == MailState.SENT
    assert "Anna" not in caplog.text
    assert ADDRESS not in caplog.text
    assert str(bad.public_id) in caplog.text


def test_kind_that_nobody_writes_waits_for_the_worker_that_knows_it(hub: Hub, mailoutbox: Box) -> None:
    mail = queue(hub, kind="of_a_newer_version")

    send_due_mails(now=NOW)

    assert (state_of(mail), mail.error, mailoutbox) == ("waiting", "no_renderer", [])


def test_mails_of_an_erased_hub_go_with_it(db: None, note: WithNote, mailoutbox: Box) -> None:
    other = HubFactory(slug="nordbro")
    queue(other)
    other.delete()

    assert send_due_mails(now=NOW) == 0
    assert mailoutbox == []
