"""AIMday: questions, and groups of researchers around them."""
