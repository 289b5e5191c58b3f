"""From rendered words to a message with the headers that mail programs and providers look for."""

import logging
from collections.abc import Iterator, Sequence
from email.encoders import encode_base64
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, Attachment, RenderedMail

logger = logging.getLogger(__name__)

MAX_SUBJECT_CHARACTERS = 150
# A file for each of the sixty meetings that one person can have at most, were all called off, and some more; the bytes
# stay far below what mail servers refuse.
MOST_ATTACHMENTS = 80
MOST_ATTACHED_BYTES = 256 * 1024


def compose(mail: OutgoingMail, rendered: RenderedMail, addresses: Addresses) -> EmailMultiAlternatives:
    """The message as it leaves: plain text with HTML beside it, and the files that go with it.

    The Message-ID is the row's, so whoever gets a mail twice sees one. Source: RFC 8058 (one-click unsubscribe),
    RFC 3834 (Auto-Submitted), RFC 3282 (Content-Language).
    """
    message = EmailMultiAlternatives(
        subject=_one_line(rendered.subject),
        body=rendered.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.address],
        headers={
            "Message-ID": f"<{mail.public_id}@{_sender_domain()}>",
            "Auto-Submitted": "auto-generated",
            # Exchange would answer with out-of-office notes, to an address that nobody reads.
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "Content-Language": mail.language,
            "List-Unsubscribe": f"<{addresses.stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    for attachment in _fitting(mail, rendered.attachments):
        message.attach(_part(attachment))
    message.message()  # a header that cannot be written shows here, before anything is handed to a server
    return message


def _fitting(mail: OutgoingMail, attachments: Sequence[Attachment]) -> Iterator[Attachment]:
    """The first ones, as far as they fit: a mail without its last file is worth more than none at all."""
    left = MOST_ATTACHED_BYTES
    for number, attachment in enumerate(attachments):
        left -= len(attachment.content)
        if number == MOST_ATTACHMENTS or left < 0:
            logger.warning("Mail %s (%s) leaves with %d of its files.", mail.public_id, mail.kind, number)
            return
        yield attachment


def _part(attachment: Attachment) -> MIMENonMultipart:
    """In base64: line ends and long lines of a file arrive as they were written."""
    main, _slash, sub = attachment.media_type.partition("/")
    part = MIMENonMultipart(main, sub)
    for name, value in attachment.parameters.items():
        part.set_param(name, value)
    part.set_payload(attachment.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return part


def _one_line(subject: str) -> str:
    """A name in a subject may hold line breaks; a header must not."""
    return " ".join(subject.split())[:MAX_SUBJECT_CHARACTERS]


def _sender_domain() -> str:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return address.rpartition("@")[2] or "localhost"
