"""Build the encoder once a machine and keep it in the user's cache; the web process only loads it."""
