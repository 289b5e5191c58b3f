"""Writing to the outbox, sending from it, objecting to it."""
