"""What a signed-in person was shown stays theirs: no cache keeps it, nor the back button once they have logged out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers


class PersonalAnswersMiddleware:
    """Marks every answer to a signed-in person, pages and API alike; needs the viewer, so it stands after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; an answer that says itself how long it holds is left alone."""
        # Noted before: the answer to logging out still shows the person's last page.
        viewer = getattr(request, "viewer", None)
        response = self.get_response(request)
        is_personal = (viewer is not None and viewer.is_signed_in) or "Authorization" in request.headers
        if is_personal and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
