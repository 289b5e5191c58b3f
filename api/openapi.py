"""What the schema generator cannot see by itself: our ways to sign in, the errors of any call."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse

from api.serializers.errors import ErrorAnswer

_MEANINGS = {
    400: _("Something in the request breaks a rule; `fields` says what and where."),
    401: _("Nobody is signed in, or the token does not work."),
    403: _("You may not do this, or the CSRF token is missing."),
    404: _("It does not exist, or it is not open to you."),
    406: _("Answers are JSON only."),
    409: _("Somebody saved in between; nothing was overwritten. Read again, compare, send the new version."),
    411: _("The body came in chunks; send it in one piece, with its Content-Length."),
    413: _("The body is too large."),
    415: _("Bodies are JSON only."),
    429: _("Too many calls; `Retry-After` says when to go on."),
    503: _("A part that the answer needs is not built yet. Try again shortly."),
}
_ANY_CALL = (401, 406, 429, 503)
_CALL_WITH_BODY = (400, 403, 411, 413, 415)


def refusals(*statuses: int) -> dict[int, OpenApiResponse]:
    """The documented errors of one operation, beside those that any call may meet."""
    return {status: OpenApiResponse(ErrorAnswer, description=_MEANINGS[status]) for status in statuses}


class TokenScheme(OpenApiAuthenticationExtension):
    """How a program signs in."""

    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """A header that holds the scheme's name and the token."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": _("`Token` and your token, with a space between. `manage.py create_api_token` makes one."),
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """How a page of the site signs in."""

    target_class = "api.authentication.CheckedSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The session cookie."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": _("The site's own session; a change needs the header X-CSRFToken too."),
        }


def add_common_errors(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Give every operation the errors that any call may meet."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
    for operation in operations(result):
        statuses = _ANY_CALL + (_CALL_WITH_BODY if "requestBody" in operation else ())
        for status in statuses:
            answer = {"description": _MEANINGS[status], "content": content}
            operation["responses"].setdefault(str(status), answer)
        operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def close_bodies(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Say in the schema that a body has no other fields, as `Shape` refuses them."""
    schemas = result["components"]["schemas"]
    pending = [operation["requestBody"] for operation in operations(result) if "requestBody" in operation]
    for name in _closure(pending, schemas):
        schemas[name]["additionalProperties"] = False
    return result


def drop_private_marks(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Take out the generator's own notes about choices."""
    for node in _nodes(result):
        node.pop("x-spec-enum-id", None)
    return result


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operation of every path."""
    return [operation for methods in schema["paths"].values() for operation in methods.values()]


def _closure(pending: list[Any], schemas: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    while pending:
        for node in _nodes(pending.pop()):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                pending.append(schemas[name])
    return found


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)
