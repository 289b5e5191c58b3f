"""A site of one page that shows what `ViewerMiddleware` made of the request."""

from django.http import HttpRequest, JsonResponse
from django.urls import path


def show(request: HttpRequest) -> JsonResponse:
    """Hub and viewer; nulls where the middleware set none."""
    hub, viewer = getattr(request, "hub", None), getattr(request, "viewer", None)
    return JsonResponse(
        {
            "hub": hub and hub.slug,
            "viewer_hub": viewer and viewer.hub_id,
            "role": viewer and viewer.role,
            "user": viewer and viewer.user_id,
            "organisations": viewer and sorted(viewer.organisation_ids),
        }
    )


urlpatterns = [path("", show), path("health/live", show)]
