"""How people sign in: with a code that is mailed to them, and nothing else.

Here stand only the answers that allauth asks of a project; the flow itself is in `frontend.views.account`.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from hubs.enums import Role
from hubs.models import User
from hubs.policies import Viewer
from profiles.middleware import viewer_of


class AccountAdapter(DefaultAccountAdapter):
    """Our words, the receiver's language, and where people land."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("That is not the code we sent. Look at the newest mail from us and type it again."),
        "too_many_login_attempts": _("Too many tries. Wait a minute, then ask for a new code."),
        "rate_limited": _("Too many tries. Wait a minute, then ask for a new code."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the receiver's language; a stranger gets that of the page."""
        receiver = User.objects.filter(email__iexact=email).first()
        language = receiver.language if receiver else translation.get_language()
        with translation.override(language):
            super().send_mail(template_prefix, email, context)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Those who speak for nobody yet are asked for a profile first; the hub's staff need none."""
        viewer = viewer_of(request, request.hub.pk)  # type: ignore[attr-defined]
        return reverse(f"frontend:{_first_page(viewer)}")


def _first_page(viewer: Viewer) -> str:
    """Where the person's own work is; organisers speak for no profile, so “For you” has nothing for them."""
    if viewer.role == Role.ORGANISER and not viewer.organisation_ids:
        return "events"
    return "for_you" if viewer.is_staff or viewer.organisation_ids else "onboarding"
