"""The Django project: settings, addresses, start-up and what operators watch."""
