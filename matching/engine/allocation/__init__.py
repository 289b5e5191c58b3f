"""Allocation for a whole two-sided market: fair rankings of everybody, and short lists under load caps."""
