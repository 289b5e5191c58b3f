"""Addresses of the hub's own people: the desk, screening, brokering, settings."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
