"""Signed links in mails: they name one act and one cause, expire, and hold nothing but public ids.

A link proves that its reader has the mail. What it opens changes nothing on GET, since mail scanners follow links.
"""

import re
from datetime import timedelta
from typing import ClassVar

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.translation import gettext as _

from kernel.errors import DomainError

MAX_TOKEN_CHARACTERS = 1_000
# A public id or a code; an address, a name or a sentence does not fit.
_CLAIM = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class LinkInvalid(DomainError):
    """The link was cut, changed or made up, or it belongs to another page."""

    code: ClassVar[str] = "link_invalid"
    status: ClassVar[int] = 404


class LinkExpired(DomainError):
    """The link was real once."""

    code: ClassVar[str] = "link_expired"
    status: ClassVar[int] = 410


def sign(action: str, **claims: str) -> str:
    """The token of a link that does `action` for what the claims name.

    Raises:
        ValueError: a claim is no public id and no code.
    """
    for name, value in claims.items():
        if not _CLAIM.fullmatch(value):
            raise ValueError(f"The claim {name} of a link must be a public id or a code.")
    return _signer(action).sign_object(claims)


def read(token: str, *, action: str, max_age: timedelta) -> dict[str, str]:
    """The claims of a token that was signed for `action` at most `max_age` ago.

    Raises:
        LinkExpired: it is older.
        LinkInvalid: it was not signed here, or for something else.
    """
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise _invalid()
    try:
        claims: dict[str, str] = _signer(action).unsign_object(token, max_age=max_age)
    except SignatureExpired as error:
        raise LinkExpired(_("The link in the mail is too old.")) from error
    except BadSignature as error:
        raise _invalid() from error
    return claims


def _signer(action: str) -> TimestampSigner:
    """The act is part of the key: a token for one page opens no other."""
    return TimestampSigner(sep=".", salt=f"mailgate.links.{action}")


def _invalid() -> LinkInvalid:
    return LinkInvalid(_("This link does not work. Open the mail again and use the whole link."))
