"""Mails with plain words, and a real mail server on a port of this machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from hubs.models import Hub
from mailgate import renderers
from mailgate.domain.outbox import queue_mail
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail
from tests.operations.postgres import free_port

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADDRESS = "laege@afdeling.example"
KIND = "note"


@dataclass
class Inbox:
    """What the server took, and what it says to the next commands (empty: yes)."""

    mails: list[EmailMessage] = field(default_factory=list)
    says_to_receiver: str = ""
    says_to_words: str = ""
    hangs_up: bool = False

    async def handle_RCPT(  # noqa: N802 (the name is aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the receiver, or say what was asked for."""
        envelope.rcpt_tos.append(address)
        return self.says_to_receiver or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the words, then answer, or hang up before the answer."""
        if self.says_to_words:
            return self.says_to_words
        assert isinstance(envelope.content, bytes)
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        if self.hangs_up:
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    """A mail server that the settings name."""
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    yield inbox
    controller.stop()


def plain_note(mail: OutgoingMail, addresses: Addresses) -> RenderedMail:
    """A mail that says what its context names."""
    return RenderedMail("En note", f"Note {mail.context.get('note', '')}\n", "<p>Note</p>")


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch) -> Callable[[renderers.Renderer], None]:
    """A kind of mail of the tests' own; call it to have another renderer write it."""

    def write(renderer: renderers.Renderer) -> None:
        monkeypatch.setitem(renderers._renderers, KIND, renderer)

    write(plain_note)
    return write


def queue(hub: Hub, *, once: str = "once", address: str = ADDRESS, **changes: object) -> OutgoingMail:
    """A mail that is due at `NOW`."""
    values: dict[str, object] = {"kind": KIND, "language": "da", "context": {"note": "1"}, "not_before": NOW}
    return queue_mail(hub.pk, address=address, once=once, **{**values, **changes})  # type: ignore[arg-type]


def state_of(mail: OutgoingMail) -> str:
    """Where the row stands now."""
    mail.refresh_from_db()
    return mail.state
