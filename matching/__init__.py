"""Whom to talk to and why: statements become vectors, vectors become recommendations with reasons."""
