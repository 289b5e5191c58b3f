"""Mails of events: the day itself."""

from mailgate.renderers import Renderer

RENDERERS: dict[str, Renderer] = {}
