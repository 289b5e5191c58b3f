"""Registers the bench commands."""

from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    """No tables; not installed in production."""

    name = "benchmarks"
