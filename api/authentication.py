"""Who asks: a program with a token, or a browser with its session (then changes need the CSRF token too)."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from api.domain.tokens import digest_of
from api.models import ApiToken
from api.queries import find_token
from api.refusals import CsrfFailed
from api.viewers import hub_of
from hubs.models import User

SCHEME = "Token"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token vb_...`: refused if unknown, expired, another hub's, or the account is closed."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The person and the token; none when the request brings no token.

        Raises:
            AuthenticationFailed: it brings one that does not work here.
        """
        scheme, __, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        token = find_token(hub_of(request).pk, digest_of(secret.strip()))
        if token is None or not token.user.is_active:
            raise AuthenticationFailed(_("This token is not valid here. Ask the hub for a new one."))
        if token.is_expired(timezone.now()):
            raise AuthenticationFailed(_("This token has expired. Ask the hub for a new one."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 answer asks for."""
        return SCHEME


class CheckedSessionAuthentication(SessionAuthentication):
    """The browser's session; a failed CSRF check has an error code of its own."""

    def enforce_csrf(self, request: Request) -> None:
        """Check as every page does.

        Raises:
            CsrfFailed: the token is missing or wrong.
        """
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise CsrfFailed from error
