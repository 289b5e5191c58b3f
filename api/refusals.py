"""Refusals that the framework has no class for; apart from their handler: what raises them loads earlier."""

from django.utils.translation import gettext_lazy
from rest_framework import exceptions


class CsrfFailed(exceptions.PermissionDenied):
    """A change asked for with a session cookie but without the page's token."""

    default_code = "csrf_failed"
    default_detail = gettext_lazy(
        "The CSRF token is missing or wrong. Send the csrftoken cookie's value as X-CSRFToken, or use an API token."
    )


class BodyTooLarge(exceptions.APIException):
    """More bytes than a body may have."""

    status_code = 413
    default_code = "too_large"
    default_detail = gettext_lazy("The body is too large. Send less at a time.")


class LengthNeeded(exceptions.APIException):
    """A body sent in chunks: the server's interface would read it as no body at all."""

    status_code = 411
    default_code = "length_required"
    default_detail = gettext_lazy("Send the body in one piece, with its Content-Length.")
