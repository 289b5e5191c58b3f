"""Addresses of what the ranker learnt, its fairness and its model cards."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
