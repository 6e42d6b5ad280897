"""The csv plugin."""
