"""Whether the repository keeps its own shape: packages, layers, names, sizes, what may be committed."""
