"""Two Medico Bazars of the demo: one that was held, simulated between invented bodies, and one that comes."""
