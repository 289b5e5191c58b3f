"""Events of a hub and who takes part in them."""
