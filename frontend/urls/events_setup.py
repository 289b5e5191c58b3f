"""Addresses of events: setting an event up."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
