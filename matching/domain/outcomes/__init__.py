"""Outcomes: asking both sides, keeping what each said, never averaging."""
