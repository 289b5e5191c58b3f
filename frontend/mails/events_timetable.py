"""Mails of events: the timetable."""

from mailgate.renderers import Renderer

RENDERERS: dict[str, Renderer] = {}
