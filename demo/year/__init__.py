"""A year of contacts that never took place: simulated between invented parties, so that every page shows something."""
