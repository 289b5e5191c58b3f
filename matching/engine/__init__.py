"""Vectors in, ranked matches out: plain arrays and dataclasses, usable from a notebook without Django."""
