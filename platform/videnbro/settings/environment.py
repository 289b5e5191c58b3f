"""The one place where the environment is read: typed, and loud when something is missing."""

import re

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
_SITE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?", re.ASCII)
_TRUTHS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def required(name: str) -> str:
    """The text under `name`.

    Raises:
        ImproperlyConfigured: it is not set, or blank.
    """
    value: str = env.str(name).strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name}: it is empty.")
    return value


def optional(name: str) -> str:
    """The text under `name`, empty when it is not set."""
    value: str = env.str(name, default="")
    return value.strip()


def switch(name: str, *, default: bool) -> bool:
    """True or false under `name`.

    Raises:
        ImproperlyConfigured: it is set to something else.
    """
    value: str = env.str(name, default=str(default)).strip().lower()
    if value not in _TRUTHS:
        raise ImproperlyConfigured(f"Set {name} to true or false, not “{value}”.")
    return _TRUTHS[value]


def database(name: str) -> dict[str, object]:
    """Django's settings for the database address under `name`.

    Raises:
        ImproperlyConfigured: it is not set, blank, or no address of a database.
    """
    required(name)
    settings: dict[str, object] = env.db_url(name)
    if not settings.get("ENGINE"):
        raise ImproperlyConfigured(f"Set {name} to an address such as postgres://user:password@host:5432/name.")
    return settings


def site(name: str, *, default: str = "") -> str:
    """Scheme and host under `name`, as `https://videnbro.example`, without the slash at the end.

    Raises:
        ImproperlyConfigured: it is neither set nor has a default, or it is something else than an address of a site.
    """
    value: str = (optional(name) or default or required(name)).rstrip("/")
    if not _SITE.fullmatch(value):
        raise ImproperlyConfigured(f"Set {name} to an address such as https://videnbro.example, not “{value}”.")
    return value
