"""Addresses of follow-ups, signed links in mails, and what came of contacts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
