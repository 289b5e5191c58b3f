"""The script that opens a plan and the check-in without network; it must lie where it works, below /events/."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_SCRIPT = Path(__file__).parents[2] / "static" / "frontend" / "offline.js"


@require_safe
def offline_worker(request: HttpRequest) -> HttpResponse:
    """The service worker; the same for everybody."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _script() -> bytes:
    return _SCRIPT.read_bytes()
