"""Registries: organisations, profiles, their statements, and the taxonomies that describe them."""
