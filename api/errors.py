"""One form for every error of the API, whoever raised it: our domain, the framework, or nobody we know."""

import logging
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from api.refusals import BodyTooLarge, CsrfFailed, LengthNeeded
from kernel.errors import DomainError

log = logging.getLogger("django.request")

GENERAL = "general"
_RETRY_SECONDS = 30
_WHOLE_BODY = frozenset({"__all__", "non_field_errors"})


_CODES: dict[type[exceptions.APIException], str] = {
    exceptions.ValidationError: "invalid_input",
    exceptions.ParseError: "malformed",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "authentication_failed",
    CsrfFailed: "csrf_failed",
    exceptions.PermissionDenied: "not_allowed",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "throttled",
    BodyTooLarge: "too_large",
    LengthNeeded: "length_required",
}
_DJANGO_ERRORS: dict[type[Exception], type[exceptions.APIException]] = {
    Http404: exceptions.NotFound,
    PermissionDenied: exceptions.PermissionDenied,
    RequestDataTooBig: BodyTooLarge,
    SuspiciousOperation: exceptions.ParseError,
}


def handle_error(error: Exception, context: Mapping[str, Any]) -> Response:
    """The answer for an error that a view raised."""
    set_rollback()
    if isinstance(error, DomainError):
        return _from_domain(error)
    for raised, ours in _DJANGO_ERRORS.items():
        if isinstance(error, raised):
            error = ours()
    if isinstance(error, exceptions.APIException):
        return _from_framework(error)
    return _unexpected(error, context)


def _from_domain(error: DomainError) -> Response:
    details = dict(error.details)
    field, fields = details.pop("field", None), details.pop("fields", None)
    if fields is None and field is not None:
        fields = {field: [str(error)]}
    headers = {"Retry-After": str(_RETRY_SECONDS)} if error.status == 503 else {}
    return _answer(error.status, error.code, str(error), fields=fields, details=details, headers=headers)


def _from_framework(error: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    code = next((_CODES[kind] for kind in type(error).__mro__ if kind in _CODES), "error")
    message = _("Sign in, or send an API token.") if code == "not_authenticated" else str(error.detail)
    if isinstance(error, exceptions.ValidationError):
        fields = dict(_flattened(error.detail))
        return _answer(error.status_code, code, _summary(fields), fields=fields, headers=headers)
    return _answer(error.status_code, code, message, headers=headers)


def _unexpected(error: Exception, context: Mapping[str, Any]) -> Response:
    """A fault of ours: logged, told by Django's own signal (test clients listen), shown without detail."""
    request = getattr(context.get("request"), "_request", None)
    log.error("Unexpected error in the API: %s", type(error).__name__, exc_info=sys.exc_info())
    got_request_exception.send(sender=type(context.get("view")), request=request)
    return _answer(500, "server_error", _("Something went wrong on our side. Try again in a moment."))


def _answer(
    status: int,
    code: str,
    message: str,
    *,
    fields: Mapping[str, list[str]] | None = None,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body: dict[str, Any] = {"code": code, "message": _sendable(message)}
    if fields:
        named = {GENERAL if name in _WHOLE_BODY else _sendable(name): texts for name, texts in fields.items()}
        body["fields"] = {name: [_sendable(text) for text in texts] for name, texts in named.items()}
    if details:
        body["details"] = dict(details)
    return Response({"error": body}, status=status, headers=dict(headers or {}))


def _sendable(text: str) -> str:
    """The text with a mark for each lone surrogate: an error may quote what was sent, and UTF-8 has none of them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _flattened(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """(dotted path, messages) pairs of the framework's nested errors, `organisation.name` or `themes.0`."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _flattened(value, f"{path}.{key}" if path and key not in _WHOLE_BODY else path or str(key))
    elif isinstance(detail, list) and all(isinstance(item, str) for item in detail):
        yield path or GENERAL, [str(item) for item in detail]
    elif isinstance(detail, list):
        for number, item in enumerate(detail):
            yield from _flattened(item, f"{path}.{number}" if path else str(number))
    else:
        yield path or GENERAL, [str(detail)]


def _summary(fields: Mapping[str, list[str]]) -> str:
    if len(fields) == 1:
        return next(iter(fields.values()))[0]
    return _("Some fields need another look: %(fields)s.") % {"fields": ", ".join(fields)}
