"""Hands messages of the outbox to channels: at the right pace, once, and only to whom may be written to."""
