"""Feeds: segments that other programs read at secret addresses."""
