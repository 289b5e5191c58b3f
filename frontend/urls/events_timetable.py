"""Addresses of events: the timetable."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
