"""Writes of the API's own table."""
