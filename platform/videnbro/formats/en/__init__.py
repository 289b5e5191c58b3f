"""English as it is written in Denmark."""
