"""From rendered words to a message with the headers that mail programs and providers look for."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail

MAX_SUBJECT_CHARACTERS = 150


def compose(mail: OutgoingMail, rendered: RenderedMail, addresses: Addresses) -> EmailMultiAlternatives:
    """The message as it leaves: plain text with HTML beside it.

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
    message.message()  # a header that cannot be written shows here, before anything is handed to a server
    return message


def _one_line(subject: str) -> str:
    """A name in a subject may hold line breaks; a header must not."""
    return " ".join(subject.split())[:MAX_SUBJECT_CHARACTERS]


def _sender_domain() -> str:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return address.rpartition("@")[2] or "localhost"
