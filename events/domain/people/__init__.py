"""Who comes: registration, waiting list, reconfirmation, import and export."""
