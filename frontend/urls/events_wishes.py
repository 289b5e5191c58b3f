"""Addresses of events: wishes and requests."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
