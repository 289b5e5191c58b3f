"""What a view may count on: the hub, the viewer and whether htmx asks for a part of the page."""

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from profiles.middleware import HubRequest


class PageRequest(HubRequest):
    """A request after every middleware of the pages."""

    htmx: HtmxDetails


def wants_partial(request: PageRequest) -> bool:
    """Whether htmx will swap a part; going back in the history needs the whole page again."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def vary_on_htmx(response: HttpResponse) -> HttpResponse:
    """Keep caches from showing a part where a page belongs."""
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
