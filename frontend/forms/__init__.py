"""Forms: the shape of what is posted; rules of the domain stay in the domain."""
