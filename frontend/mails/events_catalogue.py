"""Mails of events: catalogue, rating and report."""

from mailgate.renderers import Renderer

RENDERERS: dict[str, Renderer] = {}
