"""Writes of the registries: one function, one transaction."""
