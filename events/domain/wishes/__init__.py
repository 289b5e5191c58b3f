"""Whom people should meet and want to meet: recommendations, preferences, requests and answers."""
