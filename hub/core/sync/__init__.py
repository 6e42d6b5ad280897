"""Keeps audiences on other platforms true to their segments, sending only the difference."""
