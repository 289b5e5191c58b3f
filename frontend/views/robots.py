"""What search engines may read: the first page and public profiles."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

CLOSED = (
    "/account/", "/answer/", "/api/", "/contacts/", "/desk/", "/events/agenda/", "/events/answer/",
    "/events/feed/", "/events/place/", "/events/standby/", "/events/wall/", "/events/*/agenda/", "/events/*/me/",
    "/events/*/organise/", "/events/*/people/", "/events/*/register/", "/events/*/requests/",
    "/follow-up/", "/for-you/", "/insight/", "/invitation/", "/mail/", "/projects/", "/search/", "/settings/",
    "/shortlists/",
)  # fmt: skip


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Close what is personal or endless, in every language."""
    lines = ["User-agent: *", *(f"Disallow: {prefix}{path}" for prefix in ("", "/en") for path in CLOSED)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
