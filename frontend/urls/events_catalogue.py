"""Addresses of events: catalogue, rating and report."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
