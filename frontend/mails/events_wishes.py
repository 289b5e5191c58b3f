"""Mails of events: wishes and requests."""

from mailgate.renderers import Renderer

RENDERERS: dict[str, Renderer] = {}
