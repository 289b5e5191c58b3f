"""Pages of events, a room for each part of the day."""
