"""Addresses of introductions: asking, answering, the contacts of a profile."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
