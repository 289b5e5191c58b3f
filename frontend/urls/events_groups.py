"""Addresses of events: AIMday questions and groups."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
