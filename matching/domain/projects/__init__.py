"""Collaboration projects and shortlists."""
