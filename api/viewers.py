"""The one place that says who asks in the API: the pages' own rule, for whoever the API has signed in."""

from typing import cast

from rest_framework.request import Request

from hubs.models import Hub
from hubs.policies import Viewer
from profiles.middleware import HubRequest, viewer_of


def hub_of(request: Request) -> Hub:
    """The hub that the host name opens."""
    return cast("HubRequest", request._request).hub


def viewer_for(request: Request) -> Viewer:
    """Hub, role and organisations of the person behind the session or token.

    The middleware knows the session's person only, so its answer is kept when it is about the same person.
    """
    page_viewer = cast("HubRequest", request._request).viewer
    if request.user.pk == page_viewer.user_id:
        return page_viewer
    return viewer_now(request)


def viewer_now(request: Request) -> Viewer:
    """The same, read from the database anew: for the answer to a change that altered who the person is."""
    return viewer_of(request._request, hub_of(request).pk)
