"""The one place where expected failures become pages, and the pages for what nobody expected."""

from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kernel.errors import DomainError, EditConflict
from mailgate.links import LinkInvalid

RETRY_SECONDS = 30
_LAST_RESORT = (
    "<!doctype html><html lang='da'><head><meta charset='utf-8'><title>Videnbro</title></head><body>"
    "<h1>Noget gik galt</h1><p>Prøv igen om lidt.</p><p lang='en'>Something went wrong. Try again soon.</p>"
    "</body></html>"
)


class Explanation(NamedTuple):
    """What an error page says: what happened, and what to do now."""

    title: str
    advice: str


class DomainErrorMiddleware:
    """Shows each `DomainError` as a page, or as a part of one when htmx asked; the API has its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; only exceptions are looked at."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The error as a page; none for everything else."""
        if not isinstance(exception, DomainError) or _is_api(request):
            return None
        return show_error(request, exception)


def show_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The error's message and status as a page, or for htmx as the notice at its top."""
    response = _answer(request, explain(error.status, error), error.status, message=str(error))
    if error.status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def explain(status: int, error: DomainError | None = None) -> Explanation:
    """Title and advice for an error's status; its kind, where the status alone would say too much."""
    if isinstance(error, LinkInvalid):
        return Explanation(_("This link does not work"), _("Open the newest mail about it, or sign in."))
    if status == 409 and error is not None and not isinstance(error, EditConflict):
        return Explanation(_("That cannot be done now"), _("Go back and look how it stands."))
    known = {
        403: Explanation(_("This page is not open to you"), _("Sign in with another address, or go back.")),
        404: Explanation(
            _("We cannot find the page"), _("The address may be mistyped, or the page may have been removed.")
        ),
        409: Explanation(_("Somebody else saved first"), _("Reload the page to see what changed, then save again.")),
        410: Explanation(
            _("The link is too old"), _("Sign in to find the matter on your own pages, or write to the hub.")
        ),
        503: Explanation(_("We are not quite ready"), _("Profiles can be read meanwhile.")),
    }
    other = Explanation(_("Something needs to be put right"), _("Go back, change it, and try again."))
    return known.get(status, other)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere."""
    return _answer(request, explain(404), 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose security mark is missing or too old."""
    explanation = Explanation(
        _("The form was open too long"),
        _("Nothing was saved. Go back, reload the page, and send the form again. Cookies must be allowed."),
    )
    return _answer(request, explanation, 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke: asks neither the database nor the session, and survives missing assets."""
    is_htmx = _is_htmx(request)
    context = {
        "explanation": Explanation(
            _("Something went wrong"),
            _("The mistake is ours, and it has been noted. What you had saved is still saved."),
        )
    }
    page: str
    try:
        page = render_to_string("partials/error_notice.html" if is_htmx else "errors/500.html", context)
    except Exception:
        page = _LAST_RESORT
    response = HttpResponse(page, status=500)
    return _into_notice(response) if is_htmx else response


def _answer(request: HttpRequest, explanation: Explanation, status: int, *, message: str = "") -> HttpResponse:
    context = {"explanation": explanation, "message": message}
    if _is_htmx(request):
        return _into_notice(render(request, "partials/error_notice.html", context, status=status))
    return render(request, "errors/error.html", context, status=status)


def _into_notice(response: HttpResponse) -> HttpResponse:
    """Tell htmx to show the part at the top of the page, wherever it was meant to go; keep the address."""
    response["HX-Retarget"] = "#notice"
    response["HX-Reswap"] = "innerHTML"
    response["HX-Push-Url"] = "false"
    return response


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
