"""The form of every mail: one sentence that says it, the facts, one button. Text and HTML are drawn from the same."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import get_language

from frontend.bridge import BridgeCard
from hubs.models import Hub
from mailgate.renderers import Addresses, Attachment, RenderedMail


@dataclass(frozen=True)
class Fact:
    """One thing to know, under a short label; `text` may have several lines."""

    label: str
    text: str


@dataclass(frozen=True)
class Button:
    """The one thing to do."""

    label: str
    url: str


@dataclass(frozen=True)
class Letter:
    """A mail before it is drawn; nothing in it is markup."""

    subject: str
    lead: str
    paragraphs: tuple[str, ...] = ()
    card: BridgeCard | None = None
    facts: tuple[Fact, ...] = ()
    button: Button | None = None
    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def draw(letter: Letter, *, hub: Hub, addresses: Addresses, why: str = "") -> RenderedMail:
    """The letter in both forms, in the active language; `why` it is sent, where it is no matter between two."""
    context = {"letter": letter, "hub": hub, "stop_url": addresses.stop, "language": get_language(), "why": why}
    return RenderedMail(
        subject=letter.subject,
        text=render_to_string("mails/letter.txt", context).strip() + "\n",
        html=render_to_string("mails/letter.html", context),
        attachments=letter.attachments,
    )
