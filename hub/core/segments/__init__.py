"""Segments: what they are, how they are written, and who is in them."""
