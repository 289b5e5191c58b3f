"""The description of the API: for programs as OpenAPI, for people as a page that needs no script."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response

from api.reference import reference_in, schema_in
from api.views.base import HubView


class SchemaView(HubView):
    """OpenAPI 3.1 as JSON."""

    schema = None

    def get(self, request: Request) -> Response:
        """The description, its texts in the reader's language."""
        return Response(schema_in(get_language() or "da"))


@require_safe
def read_reference(request: HttpRequest) -> HttpResponse:
    """The same description as a page."""
    language = translation.get_language_from_request(request)
    with translation.override(language):
        # Without the request: the page needs nothing of the site's shell, so it works wherever the API does.
        page = render_to_string(
            "api/reference.html",
            {
                "reference": reference_in(language),
                "language": language,
                "site": request.build_absolute_uri("/").rstrip("/"),
            },
        )
        return HttpResponse(page)
