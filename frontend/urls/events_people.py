"""Addresses of events: who comes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
