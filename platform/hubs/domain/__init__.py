"""Writes of the tenant layer."""
