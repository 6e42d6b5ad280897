"""Newsletters: messages to many customers."""
