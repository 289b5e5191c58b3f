"""Introductions: one request, both consents, and everything that may happen in between."""
