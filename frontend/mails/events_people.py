"""Mails of events: who comes."""

from mailgate.renderers import Renderer

RENDERERS: dict[str, Renderer] = {}
