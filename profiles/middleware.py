"""Tells every request which hub it is in and who asks, before any view runs."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from hubs.models import Hub
from hubs.policies import Viewer
from hubs.queries import find_hub, role_of
from profiles.queries import organisation_ids_of


class HubRequest(HttpRequest):
    """A request after `ViewerMiddleware`."""

    hub: Hub
    viewer: Viewer


class ViewerMiddleware:
    """Sets `request.hub` and `request.viewer`; without a hub there is no platform, only its health check."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach hub and viewer, then go on."""
        if not request.path.startswith("/health/"):
            host, _port = split_domain_port(request.get_host())
            hub = find_hub(host)
            hub_request = cast("HubRequest", request)
            hub_request.hub = hub or Hub(pk=0, slug="", name="Videnbro")
            hub_request.viewer = viewer_of(request, hub_request.hub.pk)
        return self.get_response(request)


def viewer_of(request: HttpRequest, hub_id: int) -> Viewer:
    """Who asks, in that hub: two small queries for a signed-in person; a closed account is a visitor."""
    user_id = request.user.pk if request.user.is_authenticated and request.user.is_active else None
    if user_id is None:
        return Viewer(hub_id=hub_id)
    return Viewer(
        hub_id=hub_id,
        role=role_of(hub_id, user_id),
        user_id=user_id,
        organisation_ids=organisation_ids_of(hub_id, user_id),
    )
