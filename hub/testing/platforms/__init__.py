"""Platforms on loopback that hold to the real ones' contracts; for tests and for ``hub demo``."""
