"""Files that go with a mail: written with its words, arriving as they were written, within bounds, kept nowhere."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django.core.mail import EmailMultiAlternatives

from hubs.models import Hub
from mailgate.domain.composing import MOST_ATTACHED_BYTES, MOST_ATTACHMENTS
from mailgate.domain.sending import PAUSES, send_due_mails
from mailgate.models import OutgoingMail
from mailgate.renderers import Attachment, RenderedMail, Renderer
from tests.mailgate.conftest import NOW, Inbox, queue

WithNote = Callable[[Renderer], None]
Box = list[EmailMultiAlternatives]
# A line that is folded, one that is none, and one longer than mail allows.
CONTENT = "BEGIN:VCALENDAR\r\nSUMMARY:Møde\r\n  om løft 🫀\r\n".encode() + b"x" * 1_200


def with_files(*contents: bytes) -> Renderer:
    files = tuple(
        Attachment(f"{number}.ics", content, "text/calendar", {"method": "PUBLISH", "charset": "utf-8"})
        for number, content in enumerate(contents)
    )
    return lambda mail, addresses: RenderedMail("A", "a", "<p>a</p>", files)


def files_of(message: EmailMessage) -> list[tuple[str | None, str, object, object]]:
    return [
        (part.get_filename(), part.get_content_type(), part.get_param("method"), part.get_payload(decode=True))
        for part in message.iter_attachments()
    ]


def test_file_arrives_byte_for_byte_beside_text_and_html(hub: Hub, note: WithNote, inbox: Inbox) -> None:
    note(with_files(CONTENT))
    queue(hub)

    assert send_due_mails(now=NOW) == 1

    (got,) = inbox.mails
    assert files_of(got) == [("0.ics", "text/calendar", "PUBLISH", CONTENT)]
    assert [part.get_content_disposition() for part in got.iter_attachments()] == ["attachment"]
    text, html = got.get_body(("plain",)), got.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (text.get_content().split(), html.get_content().split()) == (["a"], ["<p>a</p>"])


@pytest.mark.parametrize(
    ("contents", "sent"),
    [
        ([b"x"] * (MOST_ATTACHMENTS + 1), MOST_ATTACHMENTS),
        ([b"x", b"x" * (MOST_ATTACHED_BYTES - 1), b"x"], 2),
        ([b"x" * (MOST_ATTACHED_BYTES + 1)], 0),
    ],
)
def test_what_is_too_much_stays_behind_and_the_mail_goes(
    hub: Hub, note: WithNote, mailoutbox: Box, contents: list[bytes], sent: int
) -> None:
    note(with_files(*contents))
    queue(hub)

    assert send_due_mails(now=NOW) == 1
    assert len(mailoutbox[0].attachments) == sent


def test_mail_that_is_put_off_takes_the_file_of_the_day_it_leaves(hub: Hub, note: WithNote, inbox: Inbox) -> None:
    inbox.says_to_words = "451 later"
    note(with_files(b"old"))
    queue(hub)
    send_due_mails(now=NOW)
    inbox.says_to_words = ""
    note(with_files(b"new"))

    send_due_mails(now=NOW + PAUSES[0])

    assert [content for _name, _type, _method, content in files_of(inbox.mails[0])] == [b"new"]


def test_no_file_is_kept_with_the_row(hub: Hub, note: WithNote, mailoutbox: Box) -> None:
    note(with_files(b"Anna Berg"))
    queue(hub)

    send_due_mails(now=NOW)

    assert "Anna Berg" not in str(OutgoingMail.objects.values_list())
