"""What only the demo has: log-in buttons for its fictional people, and the mails that it would have sent."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import wraps
from pathlib import Path

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from demo.people import demo_people, profile_key_of
from frontend.requests import PageRequest
from hubs.models import Hub, User

SHOWN_MAILS = 10
READ_FILES = 50
# A line of dashes ends a mail in the file only where the next mail begins or the file ends.
_MAIL_END = re.compile(rb"\n-{79}\n(?=[A-Z][\w-]*: |\Z)")

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class ShownMail:
    """One mail as the page shows it."""

    to: str
    subject: str
    sent: datetime
    text: str


def only_in_demo(view: View) -> View:
    """As if the page did not exist, unless this is the demo."""

    @wraps(view)
    def guarded(request: PageRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.VIDENBRO_DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def demo_logins(hub: Hub) -> list[User]:
    """The people to offer on the first page; none outside the demo."""
    return demo_people(hub) if settings.VIDENBRO_DEMO else []


@only_in_demo
@require_POST
def log_in(request: PageRequest) -> HttpResponse:
    """Sign in as one of the demo's people, without a code; nobody else can be chosen."""
    chosen = request.POST.get("person", "")
    user = next((user for user in demo_logins(request.hub) if str(user.public_id) == chosen), None)
    if user is None:
        raise Http404
    adapter = get_adapter()
    adapter.login(request, user)
    key = profile_key_of(user)
    return redirect("frontend:for_profile", slug=key) if key else redirect(adapter.get_login_redirect_url(request))


@only_in_demo
@never_cache
@require_safe
def mail(request: PageRequest) -> HttpResponse:
    """The newest mails, so that a stranger can read the code that was mailed."""
    return render(request, "demo/mail.html", {"mails": newest_mails(Path(settings.EMAIL_FILE_PATH))})


def newest_mails(folder: Path) -> list[ShownMail]:
    """The last mails written to the folder, newest first; a file may hold several."""
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)[-READ_FILES:]
    parts = [part for path in reversed(files) for part in _MAIL_END.split(path.read_bytes()) if part.strip()]
    mails = [_as_shown(message_from_bytes(part, policy=policy.default)) for part in parts]
    return sorted(mails, key=lambda mail: mail.sent, reverse=True)[:SHOWN_MAILS]


def _as_shown(message: EmailMessage) -> ShownMail:
    body, date = message.get_body(("plain",)), message["Date"]
    return ShownMail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent=date.datetime if date else datetime.fromtimestamp(0, tz=UTC),
        text=body.get_content().strip() if body else "",
    )
