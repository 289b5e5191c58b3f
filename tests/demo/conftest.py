"""Fixtures of the simulated year for the modules that live one through."""

from tests.demo.small_year import folder, loaded

__all__ = ["folder", "loaded"]
