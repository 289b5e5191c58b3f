"""Addresses of events: the day itself."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
