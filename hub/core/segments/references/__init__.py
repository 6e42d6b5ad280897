"""Segments that refer to segments: names, circles, users."""
