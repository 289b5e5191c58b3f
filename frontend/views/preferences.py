"""How a person wants the pages to look; kept in a cookie, so it works without JavaScript or an account."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "theme"
SYSTEM = "system"
THEMES = (SYSTEM, "light", "dark")
YEAR_SECONDS = 365 * 24 * 60 * 60


def theme_of(request: HttpRequest) -> str:
    """The chosen theme; the system's own when nothing, or nothing known, was chosen."""
    theme = request.COOKIES.get(COOKIE, SYSTEM)
    return theme if theme in THEMES else SYSTEM


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme and go back to the page it was chosen on."""
    response = HttpResponseRedirect(_way_back(request))
    theme = request.POST.get("theme", SYSTEM)
    if theme in THEMES:
        secure = request.is_secure()
        response.set_cookie(COOKIE, theme, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=secure)
    return response


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else reverse("frontend:home")
