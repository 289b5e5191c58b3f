"""Addresses of project rooms and shortlists."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
