"""Reads, one room for each part: the index, saved searches, introductions, outcomes, projects, learning."""
