"""Writes and orchestration of matching."""
