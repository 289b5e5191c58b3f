"""Who writes the words of which mail: the parts above register a renderer for each kind of theirs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from mailgate.links import sign
from mailgate.models import OutgoingMail


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail: written when the mail leaves, like its words, and kept nowhere.

    `media_type` is like "text/calendar", `parameters` what stands behind it in the header; `name` is plain ASCII.
    """

    name: str
    content: bytes
    media_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RenderedMail:
    """The words of one mail, in the receiver's language, and the files that go with it, the most wanted first."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Addresses:
    """The absolute addresses that a mail names."""

    mail: OutgoingMail

    def link(self, path: str) -> str:
        """The page under `path`, at the host name of the mail's hub."""
        return site_of(self.mail.hub.domain) + path

    @property
    def stop(self) -> str:
        """Where the receiver stops such mails: one click, nothing to sign in to."""
        token = sign("stop", mail=str(self.mail.public_id))
        return self.link(reverse("frontend:mail_stop", args=[token]))


Renderer = Callable[[OutgoingMail, Addresses], RenderedMail | None]
_renderers: dict[str, Renderer] = {}


def register(kind: str, renderer: Renderer) -> None:
    """Let `renderer` write mails of this kind; it runs in the receiver's language.

    It returns None when the cause of the mail is gone or has been settled: the mail is then dropped.

    Raises:
        ValueError: another renderer writes that kind.
    """
    if _renderers.setdefault(kind, renderer) is not renderer:
        raise ValueError(f"Mails of the kind {kind} have a renderer already.")


def renderer_of(kind: str) -> Renderer | None:
    """The renderer of a kind; none when no part has registered it."""
    return _renderers.get(kind)


def registered_kinds() -> frozenset[str]:
    """All kinds that can be sent."""
    return frozenset(_renderers)


def site_of(domain: str) -> str:
    """Scheme, host and port of a hub's pages: its own host name, else that of the installation."""
    if not domain:
        return str(settings.VIDENBRO_SITE_URL)
    site = urlsplit(settings.VIDENBRO_SITE_URL)
    return f"{site.scheme}://{domain}" + (f":{site.port}" if site.port else "")
